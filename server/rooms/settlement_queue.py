"""Ended rounds on their way into the ledger: rounds that end at about the same time share one transaction."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from server.batcher import Batcher
from server.retry import Attempts
from storage import ledger
from storage.errors import DatabaseUnavailableError
from storage.settlement import EndedRound, Settlement
from storage.store import Store

log = logging.getLogger(__name__)

LARGEST_BATCH = 500


class CommitListener(Protocol):
    def commits_changed(self, trouble: str | None) -> None:
        """Commits fail, for the reason ``trouble``; None: they work again."""


class SettlementQueue:
    """Commits ended rounds, and tells ``listener`` when commits fail and when they work again."""

    def __init__(
        self,
        db: Store,
        listener: CommitListener,
        *,
        first_pause_s: float = 0.1,
        longest_pause_s: float = 2.0,
        slow_s: float = 5.0,
    ) -> None:
        """The pauses are those between two attempts while the database is away. A commit that takes longer than
        ``slow_s`` counts as one that hangs, until it is done or given up."""
        self._db = db
        self._listener = listener
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._slow_s = slow_s
        self._details = ""
        self._batcher: Batcher[EndedRound, Settlement] = Batcher(self._commit, LARGEST_BATCH, in_halves=True)
        self.trouble: str | None = None
        self.counts: Counter[str] = Counter()
        """Ended rounds by status: settled, void, failed."""
        self.commits = 0
        self.seconds = 0.0

    def submit(self, ended: EndedRound) -> asyncio.Future[Settlement]:
        """Commit the round, however long the database is away. If it has been committed before, the result says so."""
        return self._batcher.submit(ended)

    async def drained(self) -> None:
        await self._batcher.drained()

    async def _commit(self, rounds: Sequence[EndedRound]) -> Sequence[Settlement]:
        """Returns a settlement for every round, even if all attempts fail: a room waits for it without a time limit."""
        async for _ in Attempts(self._first_pause_s, longest_pause_s=self._longest_pause_s):
            try:
                started = time.perf_counter()
                settlements = await self._settle(rounds)
            except DatabaseUnavailableError as error:
                log.warning(
                    "the database is unavailable; a batch of %d ended rounds waits for the next attempt: %s",
                    len(rounds),
                    error,
                )
                self._report("database", str(error))
            except Exception as error:
                log.exception("%d ended rounds could not be committed; retrying each of them alone", len(rounds))
                if len(rounds) == 1:
                    self.counts["failed"] += 1
                    return [
                        Settlement(
                            room=rounds[0].room, number=rounds[0].number, status="failed", reason=type(error).__name__
                        )
                    ]
                return [(await self._commit([round_]))[0] for round_ in rounds]
            else:
                self._report(None)
                self.commits += 1
                self.seconds += time.perf_counter() - started
                self.counts.update(settlement.status for settlement in settlements)
                return settlements
        raise AssertionError("attempts without a deadline do not end")

    async def _settle(self, rounds: Sequence[EndedRound]) -> Sequence[Settlement]:
        """Raises DatabaseUnavailableError."""
        hanging = asyncio.get_running_loop().call_later(self._slow_s, self._hangs, len(rounds))
        try:
            return await ledger.settle(self._db, rounds)
        finally:
            hanging.cancel()

    def _hangs(self, rounds: int) -> None:
        details = f"a commit of {rounds} ended rounds has taken longer than {self._slow_s:g} s"
        log.error("%s; rooms pause until it is done or given up", details)
        self._report("database", details)

    async def check(self) -> str | None:
        """Why ended rounds wait for their commits; None: they don't."""
        return f"ended rounds wait: {self._details}" if self.trouble else None

    def _report(self, trouble: str | None, details: str = "") -> None:
        self._details = details
        if trouble != self.trouble:
            self.trouble = trouble
            self._listener.commits_changed(trouble)

"""Settles ended rounds: rounds that end at about the same time share one transaction."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence

from server.batcher import Batcher
from server.retry import Attempts
from storage import ledger
from storage.errors import DatabaseUnavailableError
from storage.settlement import EndedRound, Settlement
from storage.store import Store

log = logging.getLogger(__name__)

FIRST_WAIT = 0.1
LONGEST_WAIT = 2.0
LARGEST_BATCH = 500


class SettlementQueue:
    """``health_changed(reason)`` is called when commits fail, and with None when they work again."""

    def __init__(self, db: Store, health_changed: Callable[[str | None], None]) -> None:
        self._db = db
        self._health_changed = health_changed
        self._batcher: Batcher[EndedRound, Settlement] = Batcher(self._commit, LARGEST_BATCH, in_halves=True)
        self.trouble: str | None = None
        self.counts: Counter[str] = Counter()
        """Rounds by what became of them: settled, void, failed."""
        self.commits = 0
        self.seconds = 0.0

    def settle(self, ended: EndedRound) -> asyncio.Future[Settlement]:
        """Commit the round, however long the database is unavailable. A repeated commit finds the first one."""
        return self._batcher.submit(ended)

    async def drained(self) -> None:
        await self._batcher.drained()

    async def _commit(self, rounds: Sequence[EndedRound]) -> Sequence[Settlement]:
        """Answers for every round in any case: without an answer its room would wait for ever."""
        async for _ in Attempts(FIRST_WAIT, longest_pause_s=LONGEST_WAIT):
            try:
                started = time.perf_counter()
                settlements = await ledger.settle(self._db, rounds)
            except DatabaseUnavailableError as error:
                log.warning("the database is unavailable; %d ended rounds wait for it: %s", len(rounds), error)
                self._report("database")
            except Exception as error:
                log.exception("%d ended rounds could not be written; each is tried alone", len(rounds))
                if len(rounds) == 1:
                    self.counts["failed"] += 1
                    return [Settlement(rounds[0].room, rounds[0].number, "failed", type(error).__name__)]
                return [(await self._commit([round_]))[0] for round_ in rounds]
            else:
                self._report(None)
                self.commits += 1
                self.seconds += time.perf_counter() - started
                self.counts.update(settlement.status for settlement in settlements)
                return settlements
        raise AssertionError("attempts without a deadline do not end")

    def _report(self, trouble: str | None) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._health_changed(trouble)

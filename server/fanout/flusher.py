"""One write a turn of the loop for each client, however much fell into that turn."""

import asyncio
from collections.abc import Callable, Iterable

from server.clock import Clock
from server.fanout.outbox import Outbox

LAGGARD_INTERVAL = 0.1
COMPANY_DELAY = 0.05
"""Seconds that a frame waits, at most twice, for another one to be written with."""
CROWD = 50
"""Clients beyond which writing to all of them takes long enough for others to notice."""


class Flusher:
    """``too_slow(outbox, limit)`` is called for a client that has passed a limit."""

    def __init__(self, clock: Clock, too_slow: Callable[[Outbox, str], None]) -> None:
        self._clock = clock
        self._too_slow = too_slow
        self._dirty: list[Outbox] = []
        self._alone: set[Outbox] = set()
        self._waited: set[Outbox] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._laggards: set[Outbox] = set()

    def mark(self, outbox: Outbox, soon: bool) -> None:
        """Flush ``outbox`` at the end of this turn of the loop, with all others that have something by then; with a
        crowd of them a turn later. Not ``soon``: only if nothing does so within ``COMPANY_DELAY``."""
        if soon:
            if not self._dirty:
                asyncio.get_running_loop().call_soon(self._flush)
            self._dirty.append(outbox)
        else:
            self._alone.add(outbox)
            self._look_later()

    def forget(self, outbox: Outbox) -> None:
        for outboxes in (self._laggards, self._alone, self._waited):
            outboxes.discard(outbox)

    def _look_later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COMPANY_DELAY, self._flush_alone)

    def _flush_alone(self) -> None:
        """Flush what was there at the last look already, so that each has waited for one delay at least."""
        self._timer = None
        waited, self._waited, self._alone = self._waited, self._alone, set()
        self._flush_all(waited)
        if self._waited:
            self._look_later()

    def _flush(self) -> None:
        # The loop writes to all transports that have something at the end of a turn, in no order: what goes to other
        # nodes must not wait for a crowd here.
        if len(self._dirty) > CROWD:
            asyncio.get_running_loop().call_soon(self._flush_crowd)
        else:
            self._flush_crowd()

    def _flush_crowd(self) -> None:
        dirty, self._dirty = self._dirty, []
        self._flush_all(dirty)

    def _flush_all(self, outboxes: Iterable[Outbox]) -> None:
        if self._alone or self._waited:
            self._alone.difference_update(outboxes)
            self._waited.difference_update(outboxes)
        now = self._clock.now_ms()
        for outbox in outboxes:
            passed = outbox.flush(now)
            if passed is not None:
                self._too_slow(outbox, passed)
            elif outbox.behind:
                if not self._laggards:
                    asyncio.get_running_loop().call_later(LAGGARD_INTERVAL, self._flush_laggards)
                self._laggards.add(outbox)

    def _flush_laggards(self) -> None:
        laggards, self._laggards = list(self._laggards), set()
        self._flush_all(laggards)

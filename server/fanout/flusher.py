"""Writes to sockets: one write per client and turn of the event loop, however many frames that turn brought."""

import asyncio
from collections.abc import Iterable

from server.clock import Clock
from server.fanout.outbox import Outbox

CROWD = 50
"""Clients beyond which the writes take long enough to delay other work in the same turn."""


class Flusher:
    """Flushes marked outboxes at the end of the turn, retries those that are behind, and closes too slow clients."""

    def __init__(self, clock: Clock, *, retry_s: float = 0.1) -> None:
        """``retry_s`` is the pause before an outbox that is behind is flushed again."""
        self._clock = clock
        self._retry_s = retry_s
        self._marked: list[Outbox] = []
        self._behind: set[Outbox] = set()

    def mark(self, outbox: Outbox) -> None:
        """Flush ``outbox`` at the end of this turn of the loop, or one turn later with a crowd."""
        if not self._marked:
            asyncio.get_running_loop().call_soon(self._flush)
        self._marked.append(outbox)

    def forget(self, outbox: Outbox) -> None:
        """Don't retry ``outbox``: its client is gone."""
        self._behind.discard(outbox)

    def _flush(self) -> None:
        # At the end of a turn, the loop writes to its transports in no particular order. Commands to other nodes must
        # not wait for the writes to a crowd.
        if len(self._marked) > CROWD:
            asyncio.get_running_loop().call_soon(self._flush_marked)
        else:
            self._flush_marked()

    def _flush_marked(self) -> None:
        marked, self._marked = self._marked, []
        self._flush_all(marked)

    def _flush_all(self, outboxes: Iterable[Outbox]) -> None:
        now = self._clock.now_ms()
        for outbox in outboxes:
            limit = outbox.flush(now)
            if limit is not None:
                outbox.owner.close("too_slow", f"The client reads too slowly: {limit}.")
            elif outbox.behind:
                if not self._behind:
                    asyncio.get_running_loop().call_later(self._retry_s, self._flush_behind)
                self._behind.add(outbox)

    def _flush_behind(self) -> None:
        behind, self._behind = list(self._behind), set()
        self._flush_all(behind)

"""The frames that wait to be written to one client, the one write per client and turn of the event loop, and the limits
for a client that does not read.

While the client keeps up, the transport takes each write at once. When the transport's buffer is full, frames wait
here, without their ticks; replies, money and results are never dropped. A client is too slow when more than
``limit_bytes`` wait for it, or when it reads nothing for ``deadline_ms``.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from server.clock import Clock

HIGH_WATER = 64 * 1024
"""Bytes in the transport's buffer from which a client counts as behind."""
CROWD = 50
"""Clients beyond which the writes take long enough to delay other work in the same turn."""


class FlushQueue(Protocol):
    """Flushes the outboxes that are marked."""

    def mark(self, outbox: "Outbox") -> None:
        """Flush the outbox soon: it has something to write."""


class Closeable(Protocol):
    """The owner of an outbox."""

    def close(self, name: str, message: str = "") -> None:
        """Say goodbye and close with the close code of this name."""


class Outbox:
    """Frames for one transport. ``owner`` is the socket to close when its client is too slow."""

    __slots__ = (
        "_behind",
        "_blocked_since",
        "_deadline_ms",
        "_is_marked",
        "_limit_bytes",
        "_mark",
        "_queue",
        "_size",
        "_transport",
        "_waiting_then",
        "closed",
        "owner",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        flusher: FlushQueue,
        owner: Closeable,
        *,
        limit_bytes: int,
        deadline_ms: int,
    ) -> None:
        self.owner = owner
        self._transport = transport
        self._mark = flusher.mark
        self._limit_bytes = limit_bytes
        self._deadline_ms = deadline_ms
        self._queue: list[bytes] = []
        self._size = 0
        self._is_marked = False
        self._behind = False
        self._blocked_since = 0
        self._waiting_then = 0
        self.closed = False

    def put(self, frame: bytes, without_ticks: bytes | None = None) -> None:
        """Queue ``frame``, or ``without_ticks`` in its place if the client is behind and there is one."""
        if self.closed:
            return
        if not self._is_marked:
            self._is_marked = True
            self._mark(self)
        chosen = without_ticks if without_ticks is not None and self._behind else frame
        self._queue.append(chosen)
        self._size += len(chosen)

    def flush(self, now_ms: int) -> str | None:
        """Write the queue if the transport has room. Returns the limit that the client has passed, if any."""
        if self.closed or not self._queue:
            return None
        waiting = self._transport.get_write_buffer_size()
        if waiting < HIGH_WATER:
            self._write_queue()
            self._behind = self._is_marked = False
            return None
        if not self._behind or waiting < self._waiting_then:
            self._behind, self._blocked_since = True, now_ms
        self._waiting_then = waiting
        if self._size > self._limit_bytes:
            return f"more than {self._limit_bytes} bytes were waiting"
        if now_ms - self._blocked_since > self._deadline_ms:
            return f"nothing was read for {self._deadline_ms} ms"
        return None

    @property
    def behind(self) -> bool:
        """Whether frames wait here because the transport is full."""
        return self._behind and not self.closed

    def finish(self, last: bytes) -> None:
        """Write the queue, or drop it if the client is behind; then write ``last`` and accept nothing more."""
        if self.closed:
            return
        if not self._behind:
            self._write_queue()
        self._queue.clear()
        self.closed = True
        if not self._transport.is_closing():
            self._transport.write(last)

    def _write_queue(self) -> None:
        if not self._transport.is_closing():
            queue = self._queue
            self._transport.write(queue[0] if len(queue) == 1 else b"".join(queue))
        self._queue = []
        self._size = 0


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
        now = self._clock.monotonic_ms()
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

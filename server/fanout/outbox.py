"""What waits to be written to one client, and what happens when it does not read.

Everything that is sent in one turn of the event loop leaves in one write. While the client keeps up, the transport
takes it at once. When its buffer is full, frames wait here, without their ticks; replies, money and results always
stay in. A client that lets more wait than ``limit_bytes``, or takes nothing for ``deadline_ms``, is too slow.
"""

import asyncio
from collections.abc import Callable

HIGH_WATER = 64 * 1024


class Outbox:
    """Frames for one transport. ``mark(outbox, soon)`` is called when there is something to flush: in this turn, or
    within a moment if nothing else brings that about before."""

    __slots__ = (
        "_behind",
        "_blocked_since",
        "_deadline_ms",
        "_is_due",
        "_limit_bytes",
        "_mark",
        "_queue",
        "_size",
        "_transport",
        "_waiting_then",
        "closed",
    )

    def __init__(
        self, transport: asyncio.Transport, mark: Callable[["Outbox", bool], None], limit_bytes: int, deadline_ms: int
    ) -> None:
        self._transport = transport
        self._mark = mark
        self._limit_bytes = limit_bytes
        self._deadline_ms = deadline_ms
        self._queue: list[bytes] = []
        self._size = 0
        self._is_due = False
        self._behind = False
        self._blocked_since = 0
        self._waiting_then = 0
        self.closed = False

    def put(self, frame: bytes, lean: bytes | None = None, *, in_company: bool = False) -> None:
        """Queue ``frame``; ``lean`` takes its place while the client lags. ``in_company``: it needs no write of its
        own, since another frame, which follows in a moment, takes it along."""
        if self.closed:
            return
        if not self._is_due:
            self._is_due = not in_company
            self._mark(self, self._is_due)
        chosen = lean if lean is not None and self._behind else frame
        self._queue.append(chosen)
        self._size += len(chosen)

    def flush(self, now_ms: int) -> str | None:
        """Write what may be written. Returns the limit that was passed, if the client is too slow."""
        if self.closed or not self._queue:
            return None
        waiting = self._transport.get_write_buffer_size()
        if waiting < HIGH_WATER:
            self._write_queue()
            self._behind = self._is_due = False
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
        """Frames wait here because the transport is full."""
        return self._behind and not self.closed

    def finish(self, last: bytes) -> None:
        """Write ``last`` behind what the transport holds, drop what waits here if it lags, and take no more."""
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

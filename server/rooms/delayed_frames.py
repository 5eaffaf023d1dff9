"""A room as delayed spectators see it: its frames and snapshots, each some seconds after it happened.

Delayed spectators have their own numbering, so that a position in one numbering is never taken for a position in the
other. Frames that are not due yet exist only here.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Collection

from msgspec import structs

from server import messages
from server.backends.bus import Bus, Claim, EncodedFrame, delayed_view, room_channel
from server.backends.lease import Lease
from server.errors import ClientError
from server.messages import Position, encode
from server.rooms.frame_log import frames_between, without_line


class DelayedFrames:
    """``snapshot`` is the room's state after frame ``seq`` of the numbering ``epoch``, the last one that was due."""

    def __init__(
        self, claim: Claim, lease: Lease, bus: Bus, *, delay_s: float, keep: int, retry_s: float = 0.1
    ) -> None:
        """``keep`` is how many sent frames to keep for reconnects, ``retry_s`` the pause between looks at an uncertain
        lease."""
        self.view = delayed_view(claim.room)
        self.epoch = secrets.token_hex(6)
        self.seq = 0
        self.snapshot: messages.Snapshot
        self._claim = claim
        self._lease = lease
        self._bus = bus
        self._delay_s = delay_s
        self._retry_s = retry_s
        self._kept: deque[EncodedFrame] = deque(maxlen=keep)
        self._due: deque[tuple[float, EncodedFrame, messages.Snapshot]] = deque()
        self._newest: messages.Snapshot
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, first: messages.Snapshot) -> None:
        """``first`` is the snapshot before the first frame. It must not contain anything that the room's previous
        owner had not shown yet."""
        self.snapshot = self._newest = first

    def add(self, frame: EncodedFrame, snapshot: messages.Snapshot | None) -> None:
        """The room has sent a frame. ``snapshot`` is the room's state after it, or None if the frame has only ticks."""
        now = asyncio.get_running_loop().time()
        self._newest = snapshot or self._newest
        delayed = EncodedFrame(
            room=self.view, epoch=self.epoch, seq=frame.seq, wire=frame.wire, without_ticks=frame.without_ticks
        )
        self._due.append((now + self._delay_s, delayed, self._newest))
        self._wait()

    @property
    def oldest(self) -> int:
        """The number of the oldest frame that is kept or not due yet."""
        return self._kept[0].seq if self._kept else self.seq + 1

    def remove_lines(self, lines: Collection[messages.ChatLine]) -> None:
        """Put ``chat_removed`` in place of these chat lines, in all frames, and take them out of the snapshots."""
        for line in lines:
            self._kept = deque((without_line(frame, line) for frame in self._kept), self._kept.maxlen)
            self._due = deque((at, without_line(frame, line), seen) for at, frame, seen in self._due)

        def without(seen: messages.Snapshot) -> messages.Snapshot:
            return structs.replace(seen, chat=[line for line in seen.chat if line not in lines])

        self.snapshot, self._newest = without(self.snapshot), without(self._newest)
        self._due = deque((at, frame, without(seen)) for at, frame, seen in self._due)

    def _wait(self, at_least_s: float = 0.0) -> None:
        if self._due and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._due[0][0], loop.time() + at_least_s), self._send_due)

    def _send_due(self) -> None:
        self._timer = None
        if not self._lease.owns(self._claim):
            self._wait(self._retry_s)
            return
        now = asyncio.get_running_loop().time()
        while self._due and self._due[0][0] <= now:
            _, frame, self.snapshot = self._due.popleft()
            self._send(frame)
        self._wait()

    def _send(self, frame: EncodedFrame) -> None:
        self.seq = frame.seq
        self._kept.append(frame)
        self._bus.publish(room_channel(self.view), frame, self._claim)

    def position(self) -> Position:
        return Position(self.epoch, self.seq)

    def require_position(self) -> Position:
        """The position of ``snapshot``. Raises ClientError unavailable while the lease is uncertain."""
        if not self._lease.owns(self._claim):
            raise ClientError("unavailable")
        return self.position()

    def since(self, position: Position) -> list[EncodedFrame] | None:
        """The frames after ``position``, or None if some of them are no longer kept. Raises ClientError unavailable
        while the lease is uncertain."""
        return frames_between(position, self.require_position(), self._kept)

    def close(self) -> None:
        """The room has closed: drop the frames that are not due yet, and tell the spectators now."""
        self.drop()
        wire = encode(messages.Frame(self._claim.room, self.seq + 1, [messages.RoomClosed()]))
        self._send(EncodedFrame(room=self.view, epoch=self.epoch, seq=self.seq + 1, wire=wire))

    def drop(self) -> None:
        """Send nothing more."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

"""A room as those see it who see it late: its frames, and what there was to see at each, so many seconds after.

Players and spectators of a room with a delay have numberings of their own, so that nobody's place in the one is taken
for a place in the other. Whatever is not due yet exists only here.
"""

import asyncio
import secrets
from collections import deque

from server import messages
from server.backends.bus import Bus, Claim, EncodedFrame, late_view, room_channel
from server.errors import ClientError
from server.messages import Position, encode
from server.rooms.frame_log import frames_after
from server.rooms.room_deps import Services

AGAIN = 0.1
"""Seconds before it is looked again whether the room is still this node's."""


class DelayedFrames:
    """``snapshot`` is what there is to see after the frame ``seq`` of the numbering ``epoch``, the last that is due."""

    def __init__(self, claim: Claim, services: Services, delay_s: float) -> None:
        self.view = late_view(claim.room)
        self.epoch = secrets.token_hex(6)
        self.seq = 0
        self.snapshot: messages.Snapshot
        self._claim = claim
        self._owns = services.owns
        self._bus: Bus = services.bus
        self._delay_s = delay_s
        self._kept: deque[EncodedFrame] = deque(maxlen=services.config.history_frames)
        self._due: deque[tuple[float, EncodedFrame, messages.Snapshot]] = deque()
        self._newest: messages.Snapshot
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, beginning: messages.Snapshot) -> None:
        """What there is to see before the first frame: nothing of what the room's last owner has not shown yet."""
        self.snapshot = self._newest = beginning

    def take(self, frame: EncodedFrame, snapshot: messages.Snapshot | None) -> None:
        """The room has sent a frame, after which it looks like this; None: not much different from before."""
        now = asyncio.get_running_loop().time()
        self._newest = snapshot or self._newest
        late = EncodedFrame(self.view, self.epoch, frame.seq, frame.wire, frame.without_ticks)
        self._due.append((now + self._delay_s, late, self._newest))
        self._wait()

    def _wait(self, at_least: float = 0.0) -> None:
        if self._due and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(self._due[0][0], loop.time() + at_least), self._send_due)

    def _send_due(self) -> None:
        self._timer = None
        if not self._owns(self._claim):
            self._wait(AGAIN)
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

    def at(self) -> Position:
        return Position(self.epoch, self.seq)

    def since(self, position: Position) -> list[EncodedFrame] | None:
        """As ``FrameLog.since``."""
        if not self._owns(self._claim):
            raise ClientError("unavailable")
        return frames_after(position, self.at(), self._kept)

    def close(self) -> None:
        """The room is no more, and what was not due yet is never told."""
        self.drop()
        wire = encode(messages.Frame(self._claim.room, self.seq + 1, [messages.RoomClosed()]))
        self._send(EncodedFrame(self.view, self.epoch, self.seq + 1, wire))

    def drop(self) -> None:
        """Nothing more is told."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

"""A room's numbered frames: events gather, leave as one frame, and are kept for clients that come back."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from server.backends.bus import Bus, Claim, EncodedFrame, room_channel
from server.clock import Clock
from server.errors import ClientError
from server.messages import Position, encode

T = TypeVar("T")


class FrameLog:
    """``seq`` is the number of the last frame; ``epoch`` names this numbering.

    While ``owns`` says that the room may belong to another node, nothing leaves: it waits for the next ``flush``.
    """

    def __init__(
        self, claim: Claim, owns: Callable[[Claim], bool], bus: Bus, clock: Clock, *, interval_ms: int, keep: int
    ) -> None:
        room = claim.room
        self._claim = claim
        self._owns = owns
        self._room = room
        self._head = b'{"room":"%b","seq":' % room.encode()
        self._channel = room_channel(room)
        self._bus = bus
        self._clock = clock
        self._interval_ms = interval_ms
        self._kept: deque[EncodedFrame] = deque(maxlen=keep)
        self._pending: list[bytes] = []
        self._without_ticks: list[bytes] = []
        self._timer: asyncio.Handle | None = None
        self._timer_is_soon = False
        self._flushed_at = 0
        self._looking: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._stood: list[int] = []
        self.sent: Callable[[EncodedFrame, bool], None] | None = None
        """Called with every frame in the moment when it leaves, and with whether it has more than ticks."""
        self.epoch = secrets.token_hex(6)
        self.seq = 0

    def add(self, event: Any, *, tick: bool = False, soon: bool = False, in_company: bool = False) -> None:
        """Queue an event for the next frame: at the end of this turn with ``soon``, else within the interval.

        ``in_company``: it needs no frame of its own; another event, which follows in any case, takes it along.
        """
        encoded = encode(event)
        self._pending.append(encoded)
        if not tick:
            self._without_ticks.append(encoded)
        if not in_company:
            self._flush_within(0 if soon else self._flushed_at + self._interval_ms - self._clock.now_ms())

    def stood(self, user_id: int) -> None:
        """Somebody has stood up, as the next frame says."""
        self._stood.append(user_id)

    def _flush_within(self, wait_ms: int) -> None:
        soon = wait_ms <= 0
        if self._timer is not None and (self._timer_is_soon or not soon):
            return
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        self._timer_is_soon = soon
        self._timer = loop.call_soon(self.flush) if soon else loop.call_later(wait_ms / 1000, self.flush)

    def flush(self) -> None:
        """Send what is pending as one frame."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._owns(self._claim):
            self._refuse_to_look()
            return
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        lasting, self._without_ticks = self._without_ticks, []
        self.seq += 1
        wire = self._wire(pending)
        lean = None if len(lasting) == len(pending) else self._wire(lasting)
        stood, self._stood = tuple(self._stood), []
        frame = EncodedFrame(self._room, self.epoch, self.seq, wire, lean, stood)
        self._kept.append(frame)
        self._flushed_at = self._clock.now_ms()
        self._bus.publish(self._channel, frame, self._claim)
        if self.sent is not None:
            self.sent(frame, bool(lasting))
        if self._looking:
            looking, self._looking = self._looking, []
            for look, seen in looking:
                if not seen.done():
                    seen.set_result(look())

    async def at_rest(self, look: Callable[[], T]) -> T:
        """What ``look`` sees when nothing is pending, so that it stands exactly at ``seq``; at most one interval.

        It looks in the very moment of a flush: in a busy room the next event is there before anybody could wake up.
        Raises ClientError unavailable while the room may belong to another node.
        """
        self._require_certainty()
        if not self._pending:
            return look()
        seen: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._looking.append((look, seen))
        self._flush_within(self._interval_ms)
        return await seen

    def _require_certainty(self) -> None:
        if not self._owns(self._claim):
            raise ClientError("unavailable")

    def drop(self) -> None:
        """Another node has the room: what is pending was never said."""
        self._pending.clear()
        self._without_ticks.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._refuse_to_look()

    def _refuse_to_look(self) -> None:
        looking, self._looking = self._looking, []
        for _, seen in looking:
            if not seen.done():
                seen.set_exception(ClientError("unavailable"))

    def since(self, epoch: str, seq: int) -> list[EncodedFrame] | None:
        """The frames after ``seq``, or None when they are not all here. Raises ClientError unavailable while the room
        may belong to another node."""
        self._require_certainty()
        return frames_after(Position(epoch, seq), Position(self.epoch, self.seq), self._kept)

    def _wire(self, events: list[bytes]) -> bytes:
        return b'%b%d,"events":[%b]}' % (self._head, self.seq, b",".join(events))


def frames_after(position: Position, at: Position, kept: deque[EncodedFrame]) -> list[EncodedFrame] | None:
    """The frames that lead from a position to where the numbering stands, if they are all among the last ones."""
    missing = at.seq - position.seq
    if position.epoch != at.epoch or missing < 0 or missing > len(kept):
        return None
    return list(kept)[len(kept) - missing :]

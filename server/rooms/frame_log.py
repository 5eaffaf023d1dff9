"""A room's numbered frames: collects events, sends them as one frame, and keeps the last frames for reconnects."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from msgspec import structs

from server.backends.bus import Bus, Claim, EncodedFrame, room_channel
from server.backends.lease import Lease
from server.clock import Clock
from server.errors import ClientError
from server.messages import ChatLine, ChatRemoved, ChatSaid, Position, encode

T = TypeVar("T")


class FrameListener(Protocol):
    def frame_sent(self, frame: EncodedFrame, *, only_ticks: bool) -> None:
        """Called with every frame at the moment when it is sent."""


class FrameLog:
    """``seq`` is the number of the last frame; ``epoch`` names this numbering.

    While the lease is uncertain, the room may belong to another node. Then nothing is sent; the events wait for the
    next ``flush``.
    """

    def __init__(
        self,
        claim: Claim,
        lease: Lease,
        bus: Bus,
        clock: Clock,
        listener: FrameListener,
        *,
        interval_ms: int,
        keep: int,
    ) -> None:
        """Send a frame at most every ``interval_ms``, unless an event can't wait. Keep the last ``keep`` frames.
        They have the time of ``clock``, which is the room's own."""
        self._claim = claim
        self._lease = lease
        self._room = claim.room
        self._head = b'{"room":"%b","seq":' % claim.room.encode()
        self._channel = room_channel(claim.room)
        self._bus = bus
        self._clock = clock
        self._listener = listener
        self._interval_ms = interval_ms
        self._kept: deque[EncodedFrame] = deque(maxlen=keep)
        self._pending: list[bytes] = []
        self._without_ticks: list[bytes] = []
        self._timer: asyncio.Handle | None = None
        self._timer_is_now = False
        self._flushed_at = 0
        self._observers: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._departed: list[int] = []
        self.epoch = secrets.token_hex(6)
        self.seq = 0

    def add(self, event: Any, *, tick: bool = False, flush_now: bool = False, hold_back: bool = False) -> None:
        """Queue an event for the next frame: at the end of this turn of the loop with ``flush_now``, else within the
        interval. ``hold_back``: another event is certain to follow, so don't send a frame just for this one."""
        encoded = encode(event)
        self._pending.append(encoded)
        if not tick:
            self._without_ticks.append(encoded)
        if not hold_back:
            self._flush_within(0 if flush_now else self._flushed_at + self._interval_ms - self._clock.monotonic_ms())

    @property
    def oldest(self) -> int:
        """The number of the oldest frame that is kept."""
        return self.seq + 1 - len(self._kept)

    def remove_lines(self, lines: Iterable[ChatLine]) -> None:
        """Put ``chat_removed`` in place of these chat lines, in the frames that are kept and in the next one."""
        for line in lines:
            self._kept = deque((without_line(frame, line) for frame in self._kept), self._kept.maxlen)
            self._pending = [_in_place_of(line) if event == _said(line) else event for event in self._pending]
            self._without_ticks = [
                _in_place_of(line) if event == _said(line) else event for event in self._without_ticks
            ]

    def add_departure(self, user_id: int) -> None:
        """Note in the next frame that the user has left their seat."""
        self._departed.append(user_id)

    def _flush_within(self, wait_ms: int) -> None:
        now = wait_ms <= 0
        if self._timer is not None and (self._timer_is_now or not now):
            return
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        self._timer_is_now = now
        self._timer = loop.call_soon(self.flush) if now else loop.call_later(wait_ms / 1000, self.flush)

    def flush(self) -> None:
        """Send the pending events as one frame."""
        self._stop_timer()
        if not self._lease.owns(self._claim):
            self._refuse_observers()
            return
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        lasting, self._without_ticks = self._without_ticks, []
        departed, self._departed = tuple(self._departed), []
        self.seq += 1
        wire = self._wire(pending)
        without_ticks = None if len(lasting) == len(pending) else self._wire(lasting)
        frame = EncodedFrame(
            room=self._room,
            epoch=self.epoch,
            seq=self.seq,
            wire=wire,
            without_ticks=without_ticks,
            departed=departed,
        )
        self._kept.append(frame)
        self._flushed_at = self._clock.monotonic_ms()
        self._bus.publish(self._channel, frame, self._claim)
        self._listener.frame_sent(frame, only_ticks=not lasting)
        if self._observers:
            observers, self._observers = self._observers, []
            for observe, seen in observers:
                if not seen.done():
                    seen.set_result(observe())

    async def observe(self, observe: Callable[[], T]) -> T:
        """Call ``observe`` while no event is pending, so that its result matches ``seq`` exactly, and return the
        result; this takes at most one interval. It runs during a flush: in a busy room the next event would arrive
        before a waiting task could run. Raises ClientError unavailable while the lease is uncertain.
        """
        self._require_ownership()
        if not self._pending:
            return observe()
        seen: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._observers.append((observe, seen))
        self._flush_within(self._interval_ms)
        return await seen

    def _require_ownership(self) -> None:
        if not self._lease.owns(self._claim):
            raise ClientError("unavailable")

    def drop(self) -> None:
        """Another node owns the room: drop the pending events."""
        self._pending.clear()
        self._without_ticks.clear()
        self._stop_timer()
        self._refuse_observers()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse_observers(self) -> None:
        observers, self._observers = self._observers, []
        for _, seen in observers:
            if not seen.done():
                seen.set_exception(ClientError("unavailable"))

    def position(self) -> Position:
        return Position(self.epoch, self.seq)

    def since(self, position: Position) -> list[EncodedFrame] | None:
        """The frames after ``position``, or None if some of them are no longer kept. Raises ClientError unavailable
        while the lease is uncertain."""
        self._require_ownership()
        return frames_between(position, self.position(), self._kept)

    def _wire(self, events: list[bytes]) -> bytes:
        return b'%b%d,"at":%d,"events":[%b]}' % (self._head, self.seq, self._clock.now_ms(), b",".join(events))


def without_line(frame: EncodedFrame, line: ChatLine) -> EncodedFrame:
    """The frame, with ``chat_removed`` in place of this chat line."""
    # Its quotation marks would be escaped within a text, so the event's bytes are found nowhere else.
    said = _said(line)
    if said not in frame.wire:
        return frame
    removed = _in_place_of(line)
    without_ticks = None if frame.without_ticks is None else frame.without_ticks.replace(said, removed)
    return structs.replace(frame, wire=frame.wire.replace(said, removed), without_ticks=without_ticks)


def _said(line: ChatLine) -> bytes:
    return encode(ChatSaid(line.player, line.text, line.at))


def _in_place_of(line: ChatLine) -> bytes:
    return encode(ChatRemoved(line.player))


def frames_between(start: Position, end: Position, kept: deque[EncodedFrame]) -> list[EncodedFrame] | None:
    """The frames from ``start`` to ``end``; None unless all of them are among the last ones, which are ``kept``."""
    missing = end.seq - start.seq
    if start.epoch != end.epoch or missing < 0 or missing > len(kept):
        return None
    return list(kept)[len(kept) - missing :]

"""Small fakes for the edges of fan-out: a transport that a test drains, a clock that stands still."""

import asyncio
from collections.abc import Iterable
from itertools import cycle
from typing import Any

from msgspec import Raw

from server.backends.bus import EncodedFrame
from server.errors import SignOutReason, UnreachableError
from server.fanout.framing import close_frame
from server.fanout.outbox import FlushQueue, Outbox
from server.messages import Position, SnapshotAt


class FakeTransport(asyncio.Transport):
    """Records writes; ``waiting`` is the number of bytes that the client has not read yet."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.waiting = 0
        self.reads_at_once = True
        self.closing = False

    @property
    def written(self) -> bytes:
        return b"".join(self.writes)

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))
        if not self.reads_at_once:
            self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.closing


class StillClock:
    def __init__(self, ms: int = 1_795_000_000_000) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms


class FakeSocket:
    """The part of a connection that fan-out uses."""

    def __init__(self, flusher: FlushQueue, user_id: int | None = None) -> None:
        self.transport = FakeTransport()
        self.outbox = Outbox(self.transport, flusher, self, limit_bytes=1000, deadline_ms=5000)
        self.seated: set[str] = set()
        self.greeted = True
        self.token_id: int | None = None
        self._user_id = user_id
        self.closes: list[tuple[str, str]] = []
        self.rooms_closed: list[str] = []
        self.reviews: list[str] = []

    @property
    def user_id(self) -> int | None:
        return self._user_id

    def close(self, name: str, message: str = "", reason: SignOutReason | None = None) -> None:
        self.closes.append((name, message))
        self.outbox.finish(close_frame(1000, name))

    def room_closed(self, room: str) -> None:
        self.rooms_closed.append(room)

    def review(self, room: str) -> None:
        self.reviews.append(room)


class FakeSource:
    """The owner of a room. ``delays`` are the turns of the loop that each question and each answer takes."""

    def __init__(self, epoch: str, delays: Iterable[int] = (1,)) -> None:
        self.epoch = epoch
        self.delays = cycle(delays)
        self.frames: list[EncodedFrame] = []
        self.kept = 1000
        self.away = False
        self.seats: set[int] = set()
        self.asked: list[str] = []
        self.reported: list[tuple[str, int]] = []
        """Rooms, and how many watch them on the node."""

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        await self._pass("frames")
        missing = len(self.frames) - position.seq
        known = position.epoch == self.epoch and 0 <= missing <= self.kept
        frames = self.frames[position.seq :] if known else None
        await self._travel()
        return frames

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        await self._pass("snapshot")
        beginning = from_start and len(self.frames) <= self.kept
        snapshot = SnapshotAt(
            room=view, epoch=self.epoch, seq=0 if beginning else len(self.frames), snapshot=Raw(b"{}")
        )
        await self._travel()
        return snapshot

    async def reconnect(self, room: str, user_id: int) -> bool:
        await self._pass("reconnect")
        return user_id in self.seats

    def report_watchers(self, room: str, anonymous: int, users: dict[int, int]) -> None:
        self.reported.append((room, anonymous + sum(users.values())))

    async def _pass(self, what: str) -> None:
        self.asked.append(what)
        await self._travel()
        if self.away:
            raise UnreachableError("switched off by the test")

    async def _travel(self) -> None:
        for _ in range(next(self.delays)):
            await asyncio.sleep(0)


def payloads(written: bytes) -> list[bytes]:
    """The payloads of the text frames in ``written`` (RFC 6455, 5.2)."""
    found = []
    while written:
        size, start = written[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(written[2:start], "big")
        found.append(written[start : start + size])
        written = written[start + size :]
    return found


class FakePlayers:
    """The players of a node; ``looked_up`` are those of whom it heard that they changed."""

    def __init__(self) -> None:
        self.looked_up: list[int] = []

    def changed_elsewhere(self, user_id: int) -> None:
        self.looked_up.append(user_id)

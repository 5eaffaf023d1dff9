"""Passes one room's frames on to the watchers on this node, and repairs gaps.

The bus may lose messages. Frames are numbered, so a gap shows. The feed then asks the room's owner for the missing
frames. If the owner no longer has them, or has a new numbering (epoch), every watcher gets a snapshot.

The state of each watcher::

                 ┌─ ready, snapshot newer than the feed ─► Ahead
                 │                                           │ the feed reaches its snapshot
                 │                                           ▼
    watch ──► Collecting ───────────── ready ────────────► IN_LINE
                 ▲   │                                       │ frames or private messages are lost
                 │   └─ ready, but frames are missing ──┐    │ (from Ahead too)
                 │                                      ▼    ▼
                 └───────── a snapshot is fetched ────── LOST

- *Collecting*: a snapshot is on its way; the frames that arrive meanwhile are kept.
- *IN_LINE*: the watcher has everything up to the feed's position and gets each frame at once.
- *Ahead*: the watcher's snapshot is newer than the feed's position; it skips the frames that the snapshot contains.
- *LOST*: the watcher has missed frames that are no longer kept; it gets nothing before a snapshot.

While the feed is behind, or a watcher is LOST, or the owner may not know who is here, one task asks the owner
repeatedly. When it gives up, it closes the watchers' sockets, and the clients reconnect.
"""

import asyncio
import logging
from collections.abc import Collection
from enum import Enum
from typing import Protocol

from msgspec import Struct

from server.backends.bus import EncodedFrame, NewOwner, room_of
from server.errors import ClientError, UnreachableError
from server.fanout.framing import text_frame
from server.fanout.sockets import Socket
from server.fanout.watcher_reports import Owners, WatcherReports
from server.messages import Position, SnapshotAt, encode
from server.retry import Attempts

log = logging.getLogger(__name__)


class Source(Owners, Protocol):
    """The room's owner, on this node or another. ``view`` is a room or its delayed view. All methods raise
    ClientError."""

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        """The frames after this position; None when they are not available."""
        ...

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        """The room as this user may see it now; with ``from_start``, before the owner's first frame if all frames
        since then are still kept."""
        ...

    async def reconnect(self, room: str, user_id: int) -> bool:
        """Report to the owner that the player is connected. Returns False if the player has no seat in the room."""
        ...


class Status(Enum):
    """The watcher states that carry no data."""

    IN_LINE = "in line"
    LOST = "lost"


class Ahead(Struct, frozen=True):
    """The watcher needs no frame up to number ``seq``."""

    seq: int


class Collecting(Struct):
    """``frames`` have arrived while the watcher waits for a snapshot. ``stale``: a message was lost while it
    waited, so there may be a gap between the snapshot and the frames."""

    frames: list[EncodedFrame]
    stale: bool = False


IN_LINE, LOST = Status.IN_LINE, Status.LOST
WatcherState = Status | Ahead | Collecting


class Feed:
    """``view`` is a room, or its delayed view, which has no seats. The feed asks the owner again every ``retry_s``
    seconds; after ``give_up_s`` it closes the watchers' sockets."""

    def __init__(
        self, view: str, source: Source, reports: WatcherReports, *, retry_s: float = 0.1, give_up_s: float = 15.0
    ) -> None:
        self.watchers: dict[Socket, WatcherState] = {}
        self._view = view
        self._source = source
        self._reports = reports
        self._retry_s = retry_s
        self._give_up_s = give_up_s
        self._at: Position | None = None
        """The last frame passed on. None: the feed begins with the first snapshot or frame."""
        self._target: Position | None = None
        """A later position, of which the feed knows."""
        self._unknown_to_owner = False
        self._catching_up: asyncio.Task[None] | None = None

    # -- watchers --

    def add(self, socket: Socket) -> None:
        """Collect frames for the socket until it is ready."""
        if not isinstance(self.watchers.get(socket), Collecting):
            self.watchers[socket] = Collecting([])

    def ready(self, socket: Socket, position: Position) -> None:
        """The socket was sent a snapshot of this position, or frames up to it. Send it the frames that were collected
        since; from now on it gets every frame."""
        state = self.watchers.get(socket)
        if state is None:
            return
        at = self._at = self._at or position
        collected = state.frames if isinstance(state, Collecting) else []
        due = [frame for frame in collected if frame.epoch == position.epoch and frame.seq > position.seq]
        behind = at.seq - position.seq
        usable = state is IN_LINE or (isinstance(state, Collecting) and not state.stale)
        if not usable or position.epoch != at.epoch or (behind > 0 and behind != len(due)):
            self.watchers[socket] = LOST
            self.catch_up()
            return
        for frame in due:
            socket.outbox.put(text_frame(frame.wire))
        self.watchers[socket] = IN_LINE
        if behind < 0:
            self.watchers[socket] = Ahead(position.seq)
            self._target = position
            self.catch_up()

    def remove(self, socket: Socket) -> None:
        del self.watchers[socket]
        if not self.watchers and self._catching_up is not None:
            self._catching_up.cancel()

    def _lose(self, socket: Socket) -> None:
        """The socket has missed a message."""
        state = self.watchers[socket]
        if isinstance(state, Collecting):
            state.stale = True
        else:
            self.watchers[socket] = LOST

    def _lost(self) -> list[Socket]:
        return [socket for socket, state in self.watchers.items() if state is LOST]

    def _seated(self) -> list[Socket]:
        return [socket for socket in self.watchers if self._view in socket.seated]

    # -- frames --

    def take(self, frame: EncodedFrame) -> None:
        """A frame has arrived. Pass it on if it is the next one."""
        if self._at is None:
            self._at = Position(frame.epoch, frame.seq - 1)
        if frame.epoch == self._at.epoch and frame.seq <= self._at.seq:
            return
        if frame.epoch == self._at.epoch and frame.seq == self._at.seq + 1:
            self._at = Position(frame.epoch, frame.seq)
            self._pass_on(frame)
            if frame.departed:
                self._review(frame.departed)
        else:
            self._target = Position(frame.epoch, frame.seq)
            self.catch_up()

    def _review(self, user_ids: Collection[int]) -> None:
        """These users have left their seats; those who still watch are spectators now."""
        watching = [socket for socket in self.watchers if socket.user_id in user_ids]
        for socket in watching:
            socket.review(self._view)
        if watching:
            self._reports.changed(room_of(self._view))

    def _pass_on(self, frame: EncodedFrame) -> None:
        wire = text_frame(frame.wire)
        without_ticks = wire if frame.without_ticks is None else text_frame(frame.without_ticks)
        for socket, state in self.watchers.items():
            if state is IN_LINE:
                socket.outbox.put(wire, without_ticks)
            elif isinstance(state, Collecting):
                state.frames.append(frame)
            elif isinstance(state, Ahead) and frame.seq > state.seq:
                self.watchers[socket] = IN_LINE
                socket.outbox.put(wire, without_ticks)

    def opened(self, message: NewOwner) -> None:
        """The room has a new owner, with this numbering."""
        if self._at is not None and message.epoch != self._at.epoch:
            self._target = Position(message.epoch, message.seq)
            self.catch_up()

    def messages_lost(self) -> None:
        """The bus may have lost messages. Frames show a gap by their numbers; private messages don't, so every player
        with a seat gets a snapshot."""
        for socket in self._seated():
            self._lose(socket)
        self.catch_up()

    def forgotten(self) -> None:
        """The room's owner may believe that this node died and its players left."""
        self._unknown_to_owner = True
        self.catch_up()

    # -- catching up --

    def catch_up(self) -> None:
        """Ask the owner for what is missing, unless a task already does."""
        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.create_task(self._ask_until_caught_up())

    async def _ask_until_caught_up(self) -> None:
        async for _ in Attempts(self._retry_s, give_up_after_s=self._give_up_s):
            try:
                await self._ask()
            except ClientError:
                continue
            except Exception:
                log.exception(
                    "%s: catching up failed; closing the sockets of its watchers",
                    self._view,
                    extra={"room": room_of(self._view)},
                )
                break
            if self._is_caught_up():
                return
        self._close_watchers()

    def _is_caught_up(self) -> bool:
        if self._unknown_to_owner or self._lost():
            return False
        at, target = self._at, self._target
        return target is None or (at is not None and at.epoch == target.epoch and at.seq >= target.seq)

    async def _ask(self) -> None:
        at, target = self._at, self._target
        frames = None if at is None else await self._source.frames_since(self._view, at)
        if frames is None:
            for socket in self.watchers:
                self._lose(socket)
            self._at = self._target = None
            self._unknown_to_owner = True
        elif at and target and target is self._target and target.epoch != at.epoch:
            # The previous owner's last frames came after the new owner's first ones; the new owner confirms our epoch.
            self._target = None
        for frame in frames or ():
            self.take(frame)
        if self._unknown_to_owner:
            await self._introduce()
            self._unknown_to_owner = False
        await self._send_snapshots(from_start=frames is None)

    async def _introduce(self) -> None:
        """Report to the owner who is here."""
        self._reports.changed(room_of(self._view))
        for socket in self._seated():
            assert socket.user_id is not None
            if not await self._source.reconnect(self._view, socket.user_id):
                socket.seated.discard(self._view)
                socket.review(self._view)

    async def _send_snapshots(self, *, from_start: bool) -> None:
        """Send every LOST watcher a snapshot; those without a seat share one."""
        fetched: dict[int | None, tuple[list[bytes], Position]] = {}
        for socket in self._lost():
            viewer = socket.user_id if self._view in socket.seated else None
            if self.watchers.get(socket) is not LOST:
                continue
            collecting = self.watchers[socket] = Collecting([])
            try:
                if viewer not in fetched:
                    fetched[viewer] = await self._fetch_snapshot(viewer, from_start=from_start)
            except BaseException:
                if self.watchers.get(socket) is collecting:
                    self.watchers[socket] = LOST
                raise
            if self.watchers.get(socket) is collecting:
                messages, position = fetched[viewer]
                for message in messages:
                    socket.outbox.put(text_frame(message))
                self.ready(socket, position)

    async def _fetch_snapshot(self, viewer: int | None, *, from_start: bool) -> tuple[list[bytes], Position]:
        """A snapshot and the frames that follow it, and the position that they lead to."""
        snapshot = await self._source.snapshot(self._view, viewer, from_start=from_start)
        frames = await self._source.frames_since(self._view, snapshot.at()) if from_start else []
        if frames is None:
            raise UnreachableError(f"{self._view} has changed owners again")
        messages = [encode(snapshot), *(frame.wire for frame in frames)]
        return messages, Position(snapshot.epoch, snapshot.seq + len(frames))

    def _close_watchers(self) -> None:
        """Close the sockets. The clients reconnect, and then learn what became of the room."""
        for socket in tuple(self.watchers):
            socket.close("going_away", "The room can't be reached.")

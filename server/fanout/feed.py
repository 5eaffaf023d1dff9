"""The frames of one room as they arrive at a node, brought back into line when something was lost on the way.

A bus may lose messages. The room's numbers show it: then what is missing is asked for, or, where it is not to be had
any more, a snapshot for everybody who watches here.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from server.backends.bus import EncodedFrame, NewOwner
from server.errors import ClientError, UnreachableError
from server.fanout.framing import text_frame
from server.fanout.outbox import Outbox
from server.messages import Position, SnapshotAt, encode

log = logging.getLogger(__name__)

ASK_AGAIN = 0.1
"""Seconds before the room's owner is asked again, which may just be changing."""
LOST = -1
GIVE_UP = 15.0
"""Seconds without an answer after which the watchers are sent to come back later."""


class Socket(Protocol):
    """What the node's switchboard needs of a connection."""

    outbox: Outbox
    seated: set[str]
    """The rooms in which its player sits by this connection."""
    signed_in_at: int
    """When the connection's token was issued, ms since the epoch."""

    @property
    def user_id(self) -> int | None: ...

    def close(self, name: str, message: str = "") -> None:
        """Say goodbye and close with the close code of this name."""

    def room_closed(self, room: str) -> None: ...

    def review(self, room: str) -> None:
        """Its player may have no seat in the room any more: see what may still be shown."""


class Source(Protocol):
    """Who knows the room, wherever it is; ``room`` may be its late view. All raise Problem."""

    async def frames_since(self, room: str, position: Position) -> list[EncodedFrame] | None:
        """The frames after this position; None: they are not to be had."""
        ...

    async def standing(self, room: str, user_id: int | None, *, anew: bool = False) -> SnapshotAt:
        """``anew``: for somebody who comes from another numbering, who may have to hear how this one began."""
        ...

    async def attached(self, user_id: int, room: str) -> bool:
        """The player has a connection to the room; False: there is no seat for it."""
        ...


class Feed:
    """``room`` is a room or its late view. ``watchers`` are the local ones; who waits for a snapshot has a list, which
    keeps the frames since.

    ``anew`` is called when the room's numbering has begun anew, so under an owner who knows nobody here yet.
    """

    def __init__(self, room: str, source: Source, anew: Callable[[str], None]) -> None:
        self.room = room
        self.watchers: dict[Socket, list[EncodedFrame] | None] = {}
        self._source = source
        self._anew = anew
        self._at: Position | None = None
        self._newest: Position | None = None
        self._apart: dict[Socket, int] = {}
        """Watchers who don't stand where the feed stands: at the frame of this number, ahead of it, or LOST: frames are
        missing to them that nobody has any more, and they get no further ones before a snapshot."""
        self._catching_up: asyncio.Task[None] | None = None
        self._forgotten = False

    # -- watchers --

    def add(self, socket: Socket) -> None:
        """Keep the room's frames for the socket until it is ready."""
        if self.watchers.get(socket) is None:
            self.watchers[socket] = []

    def ready(self, socket: Socket, standing: Position) -> None:
        """The socket stands there now: send it the frames kept since, and from here on every frame."""
        if socket not in self.watchers:
            return
        kept, self.watchers[socket] = self.watchers[socket], None
        at = self._at = self._at or standing
        due = [frame for frame in kept or () if frame.epoch == standing.epoch and frame.seq > standing.seq]
        behind = at.seq - standing.seq
        if socket in self._apart or standing.epoch != at.epoch or (behind > 0 and behind != len(due)):
            self._apart[socket] = LOST
            self.catch_up()
            return
        for frame in due:
            socket.outbox.put(text_frame(frame.wire))
        if behind < 0:
            self._apart[socket] = standing.seq
            self._newest = standing
            self.catch_up()

    def remove(self, socket: Socket) -> None:
        del self.watchers[socket]
        self._apart.pop(socket, None)
        if not self.watchers and self._catching_up is not None:
            self._catching_up.cancel()

    # -- frames --

    def take(self, frame: EncodedFrame) -> None:
        """A frame has arrived: pass it on if it is the next one."""
        if self._at is None:
            self._at = Position(frame.epoch, frame.seq - 1)
        if frame.epoch == self._at.epoch and frame.seq <= self._at.seq:
            return
        if frame.epoch == self._at.epoch and frame.seq == self._at.seq + 1:
            self._at = Position(frame.epoch, frame.seq)
            self._pass_on(frame)
            for socket in [each for each in self.watchers if each.user_id in frame.departed] if frame.departed else ():
                socket.review(self.room)
        else:
            self._newest = Position(frame.epoch, frame.seq)
            self.catch_up()

    def opened(self, message: NewOwner) -> None:
        """The room has an owner whose numbering begins here."""
        if self._at is not None and message.epoch != self._at.epoch:
            self._newest = Position(message.epoch, message.seq)
            self.catch_up()

    def missed_something(self) -> None:
        """Any message may be missing, also such as have no number."""
        self._apart.update(dict.fromkeys(self._seated(), LOST))
        self.catch_up()

    def forgotten(self) -> None:
        """The room's owner may have taken everybody here for gone."""
        self._forgotten = True
        self.catch_up()

    def _pass_on(self, frame: EncodedFrame) -> None:
        wire = text_frame(frame.wire)
        lean = wire if frame.without_ticks is None else text_frame(frame.without_ticks)
        apart = self._apart
        for socket, kept in self.watchers.items():
            if kept is not None:
                kept.append(frame)
            elif not apart or self._is_due(socket, frame):
                socket.outbox.put(wire, lean)

    def _is_due(self, socket: Socket, frame: EncodedFrame) -> bool:
        ahead = self._apart.get(socket)
        if ahead is None:
            return True
        if ahead == LOST or frame.seq <= ahead:
            return False
        del self._apart[socket]
        return True

    # -- catching up --

    def catch_up(self) -> None:
        """Ask for what is missing, if that is not under way."""
        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.create_task(self._ask_until_in_line())

    async def _ask_until_in_line(self) -> None:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + GIVE_UP
        while loop.time() < give_up_at:
            try:
                await self._ask()
            except ClientError:
                pass
            except Exception:
                log.exception("%s could not be brought into line", self.room)
                break
            else:
                if self._is_in_line():
                    return
            # Even if the room is this node's and answers at once: nothing else would ever have its turn.
            await asyncio.sleep(ASK_AGAIN)
        self._send_away()

    def _is_in_line(self) -> bool:
        if self._forgotten or self._waiting_for_snapshots():
            return False
        at, newest = self._at, self._newest
        return newest is None or (at is not None and at.epoch == newest.epoch and at.seq >= newest.seq)

    async def _ask(self) -> None:
        at, newest = self._at, self._newest
        frames = None if at is None else await self._source.frames_since(self.room, at)
        if frames is not None and at and newest and newest is self._newest and newest.epoch != at.epoch:
            # The last owner's last frames may arrive after the first ones of the next, who says that we stand right.
            self._newest = None
        if frames is None:
            self._apart = dict.fromkeys(self.watchers, LOST)
            self._at = self._newest = None
        for frame in frames or ():
            self.take(frame)
        if frames is None or self._forgotten:
            self._forgotten = True
            await self._introduce()
            self._forgotten = False
        await self._send_snapshots(anew=frames is None)

    async def _introduce(self) -> None:
        """Tell the owner who is here."""
        self._anew(self.room)
        for socket in self._seated():
            assert socket.user_id is not None
            if not await self._source.attached(socket.user_id, self.room):
                socket.seated.discard(self.room)
                socket.review(self.room)

    async def _send_snapshots(self, *, anew: bool) -> None:
        known: dict[int | None, tuple[list[bytes], Position]] = {}
        for socket in self._waiting_for_snapshots():
            viewer = socket.user_id if self.room in socket.seated else None
            self.watchers[socket] = []
            try:
                if viewer not in known:
                    known[viewer] = await self._whole(viewer, anew=anew)
            except BaseException:
                if socket in self.watchers:
                    self.watchers[socket] = None
                raise
            if socket in self.watchers:
                wires, at = known[viewer]
                for wire in wires:
                    socket.outbox.put(text_frame(wire))
                self._apart.pop(socket, None)
                self.ready(socket, at)

    async def _whole(self, viewer: int | None, *, anew: bool) -> tuple[list[bytes], Position]:
        """A snapshot and the frames that follow it, and where they lead."""
        standing = await self._source.standing(self.room, viewer, anew=anew)
        frames = await self._source.frames_since(self.room, standing.at()) if anew else []
        if frames is None:
            raise UnreachableError(f"{self.room} has moved again")
        wires = [encode(standing), *(frame.wire for frame in frames)]
        return wires, Position(standing.epoch, standing.seq + len(frames))

    def _waiting_for_snapshots(self) -> list[Socket]:
        return [socket for socket, at in self._apart.items() if at == LOST and self.watchers[socket] is None]

    def _seated(self) -> list[Socket]:
        return [socket for socket in self.watchers if self.room in socket.seated]

    def _send_away(self) -> None:
        """Who is sent away comes back, and hears then what has become of the room."""
        for socket in tuple(self.watchers):
            socket.close("going_away", "The room can't be reached.")

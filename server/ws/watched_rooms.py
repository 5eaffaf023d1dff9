"""The rooms that one connection watches, and its view of each."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

from server import messages
from server.errors import ClientError
from server.messages import SnapshotAt, encode
from server.rooms.access import Admission
from server.ws.dependencies import Dependencies
from storage.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from server.ws.connection import Connection

T = TypeVar("T")


class WatchedRooms:
    """Each watched room has a view: the room itself or its delayed view. Hold ``changing`` while you change which rooms
    are watched."""

    def __init__(self, connection: "Connection", deps: Dependencies) -> None:
        self.changing = asyncio.Lock()
        self._connection = connection
        self._deps = deps
        self._views: dict[str, str] = {}

    def __contains__(self, room: str) -> bool:
        return room in self._views

    def require_space(self, room: str | None) -> None:
        """Raises ClientError limit_exceeded if the room would be one too many."""
        most = self._deps.limits.watched_rooms
        if room not in self._views and len(self._views) >= most:
            raise ClientError("limit_exceeded", reason="watched_rooms", most=most)

    async def admit(self, room: str, invite: str | None) -> Admission:
        """How the connection may watch the room. If it may because of the player's seat, the connection has the seat
        from now on. Raises ClientError no_such_room."""
        admission = await self._deps.room_service.private.admit(room, self._connection.user_id, invite)
        if admission.seated:
            # The player may have lost the seat between the two calls.
            if not await self._deps.room_service.reconnect(self._connection.player().user_id, room):
                return await self.admit(room, invite)
            self._connection.seated.add(room)
            # The player may also lose the seat before this node receives the frame that announces it.
            self._connection.review(room)
        return admission

    async def start(self, room: str, view: str) -> None:
        """Collect the view's frames until ``Hub.ready``. If this fails, ``stop`` must follow."""
        self.require_space(room)
        if self._views.get(room, view) != view:
            self.stop(room)
        self._views[room] = view
        await self._deps.hub.watch(self._connection, view)

    async def watch(self, room: str, view: str) -> SnapshotAt:
        """``start``, and return the snapshot to send before ``Hub.ready``."""
        self.require_space(room)
        try:
            await self.start(room, view)
            snapshot = await self._deps.room_service.snapshot(view, self._connection.user_id)
        except ClientError:
            self.stop(room)
            raise
        if room not in self._views:
            raise ClientError("no_such_room", reason="just_closed", field="room")
        return snapshot

    def stop(self, room: str) -> None:
        view = self._views.pop(room, None)
        if view is not None:
            self._deps.hub.unwatch(self._connection, view)

    def stop_all(self) -> None:
        for room in tuple(self._views):
            self.stop(room)

    async def review(self, room: str) -> None:
        """The player may have lost the seat in the room: from now on show only what a viewer without a seat may see."""
        async with self.changing:
            before = self._views.get(room)
            if before is None:
                return
            try:
                await self._review(room, before)
            except (ClientError, DatabaseUnavailableError):
                # When the client reconnects, it gets what it may see then.
                self._connection.close("going_away", "The room can't be reached.")

    async def _review(self, room: str, before: str) -> None:
        admission = await _unless_gone(self._deps.room_service.private.admit(room, self._connection.user_id, None))
        view = admission.view_of(room) if admission else None
        if view == before or room not in self._views:
            return
        self._connection.room_closed(room)
        snapshot = await _unless_gone(self.watch(room, view)) if view else None
        if view is None or snapshot is None:
            self._connection.send(encode(messages.PrivateFrame(room, [messages.RoomClosed()])))
            return
        self._connection.send(encode(snapshot))
        self._deps.hub.ready(self._connection, view, snapshot.at())


async def _unless_gone(answer: Awaitable[T]) -> T | None:
    """None instead of ClientError no_such_room."""
    try:
        return await answer
    except ClientError as problem:
        if problem.error.code == "no_such_room":
            return None
        raise

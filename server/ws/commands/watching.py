"""rooms, watch and unwatch: seeing without a seat."""

from collections.abc import Awaitable
from typing import TypeVar

from server import messages
from server.errors import ClientError
from server.messages import SnapshotAt, encode
from server.ws.connection import Connection
from server.ws.registry import Command, Context
from storage.errors import DatabaseUnavailableError

T = TypeVar("T")
MOST_WATCHED = 50


async def rooms(connection: Connection, request: messages.Rooms, _raw: bytes, _context: Context) -> None:
    connection.reply(request.id, messages.RoomsOk(await connection.lobby.summaries(request.game)))


async def watch_room(connection: Connection, request: messages.Watch, _raw: bytes, _context: Context) -> None:
    if (request.room is None) == (request.session is None):
        raise ClientError("bad_request", "Name a room or a session.", field="room")
    room = request.room
    if request.session is not None:
        room = await connection.lobby.private.room_of_session(request.session)
    assert room is not None
    async with connection.moving:
        view = await admitted(connection, room, request.invite)
        standing = await watch(connection, room, view)
        connection.reply(request.id, standing)
        connection.hub.ready(connection, view, standing.at())


async def admitted(connection: Connection, room: str, invite: str | None) -> str:
    """The view of the room that the connection is shown. Where a seat shows more than others see, it has the seat from
    now on. Raises ClientError no_such_room."""
    admission = await connection.lobby.private.admit(room, connection.user_id, invite)
    if admission.seated:
        account = connection.player()
        # Between the two questions the player may have stood up.
        if not await connection.lobby.attach(account.user_id, room):
            return await admitted(connection, room, invite)
        connection.seated.add(room)
        # And again before the first frame that would tell so is heard here.
        connection.review(room)
    return admission.view_of(room)


def require_place(connection: Connection, room: str | None) -> None:
    """One more room can be watched, if this one is not already. Raises ClientError limit_exceeded."""
    if room not in connection.watched and len(connection.watched) >= MOST_WATCHED:
        raise ClientError("limit_exceeded", f"A connection can watch {MOST_WATCHED} rooms.")


async def begin_to_watch(connection: Connection, room: str, view: str) -> None:
    """From here on frames are kept, until the hub is told that the connection is ready for them; when it fails,
    ``Connection.unwatch`` must follow."""
    require_place(connection, room)
    if connection.watched.get(room, view) != view:
        connection.unwatch(room)
    connection.watched[room] = view
    await connection.hub.watch(connection, view)


async def watch(connection: Connection, room: str, view: str) -> SnapshotAt:
    """Begin to watch; what there is to see."""
    require_place(connection, room)
    try:
        await begin_to_watch(connection, room, view)
        standing = await connection.lobby.snapshot(view, connection.user_id)
    except ClientError:
        connection.unwatch(room)
        raise
    if room not in connection.watched:
        raise ClientError("no_such_room", "The room has just been closed.", field="room")
    return standing


async def review(connection: Connection, room: str) -> None:
    """The connection's player may have stood up in a room: show no more of it than somebody without a seat may see."""
    async with connection.moving:
        before = connection.watched.get(room)
        if before is None:
            return
        try:
            await _show_less(connection, room, before)
        except (ClientError, DatabaseUnavailableError):
            # Who comes back hears what may be seen by then.
            connection.close("going_away", "The room can't be reached.")


async def _show_less(connection: Connection, room: str, before: str) -> None:
    admission = await _if_there(connection.lobby.private.admit(room, connection.user_id, None))
    view = admission.view_of(room) if admission else None
    if view == before or room not in connection.watched:
        return
    connection.room_closed(room)
    standing = await _if_there(watch(connection, room, view)) if view else None
    if view is None or standing is None:
        connection.send(encode(messages.PrivateFrame(room, [messages.RoomClosed()])))
        return
    connection.send(encode(standing))
    connection.hub.ready(connection, view, standing.at())


async def _if_there(answer: Awaitable[T]) -> T | None:
    """None: there is no such room for whoever asks."""
    try:
        return await answer
    except ClientError as problem:
        if problem.error.code == "no_such_room":
            return None
        raise


async def unwatch_room(connection: Connection, request: messages.Unwatch, _raw: bytes, _context: Context) -> None:
    if request.room in connection.seated:
        raise ClientError("bad_request", "Leave the room first.", field="room")
    async with connection.moving:
        connection.unwatch(request.room)
    connection.reply(request.id, messages.Empty())


COMMANDS: dict[type, Command] = {
    messages.Rooms: rooms,
    messages.Watch: watch_room,
    messages.Unwatch: unwatch_room,
}

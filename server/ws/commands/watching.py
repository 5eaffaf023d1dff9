"""rooms, watch and unwatch: seeing without a seat."""

from server import messages
from server.errors import Problem
from server.messages import Standing
from server.ws.connection import Connection
from server.ws.registry import Command, Context

MOST_WATCHED = 50


async def rooms(connection: Connection, request: messages.Rooms, _raw: bytes, _context: Context) -> None:
    connection.reply(request.id, messages.RoomsOk(await connection.lobby.summaries(request.game)))


async def watch_room(connection: Connection, request: messages.Watch, _raw: bytes, _context: Context) -> None:
    if (request.room is None) == (request.session is None):
        raise Problem("bad_request", "Name a room or a session.", field="room")
    room = request.room
    if request.session is not None:
        room = await connection.lobby.gate.room_of_session(request.session)
    assert room is not None
    await connection.lobby.gate.admit(room, connection.user_id, request.invite)
    standing = await watch(connection, room)
    connection.reply(request.id, standing)
    connection.hub.ready(connection, room, standing.at())


def require_place(connection: Connection, room: str | None) -> None:
    """One more room can be watched, if this one is not already. Raises Problem limit_exceeded."""
    if room not in connection.watched and len(connection.watched) >= MOST_WATCHED:
        raise Problem("limit_exceeded", f"A connection can watch {MOST_WATCHED} rooms.")


async def begin_to_watch(connection: Connection, room: str) -> None:
    """From here on frames are kept, until the hub is told that the connection is ready for them; when it fails,
    ``unwatch`` must follow."""
    require_place(connection, room)
    connection.watched.add(room)
    await connection.hub.watch(connection, room)


async def watch(connection: Connection, room: str) -> Standing:
    """Begin to watch; what there is to see."""
    require_place(connection, room)
    try:
        await begin_to_watch(connection, room)
        standing = await connection.lobby.standing(room, connection.user_id)
    except Problem:
        unwatch(connection, room)
        raise
    if room not in connection.watched:
        raise Problem("no_such_room", "The room has just been closed.", field="room")
    return standing


async def unwatch_room(connection: Connection, request: messages.Unwatch, _raw: bytes, _context: Context) -> None:
    if request.room in connection.seated:
        raise Problem("bad_request", "Leave the room first.", field="room")
    unwatch(connection, request.room)
    connection.reply(request.id, messages.Empty())


def unwatch(connection: Connection, room: str) -> None:
    connection.watched.discard(room)
    connection.hub.unwatch(connection, room)


COMMANDS: dict[type, Command] = {
    messages.Rooms: rooms,
    messages.Watch: watch_room,
    messages.Unwatch: unwatch_room,
}

"""rooms, watch and unwatch: what a spectator can do."""

from server import messages
from server.errors import ClientError
from server.ws.connection import Command, Connection


async def rooms(connection: Connection, request: messages.Rooms, _raw: bytes) -> None:
    connection.reply(request.id, messages.RoomsOk(await connection.deps.room_service.summaries(request.game)))


async def watch(connection: Connection, request: messages.Watch, _raw: bytes) -> None:
    if (request.room is None) == (request.session is None):
        raise ClientError("bad_request", "Name a room or a session.", field="room")
    room = request.room
    if request.session is not None:
        room = await connection.deps.room_service.private.room_of_session(request.session)
    assert room is not None
    async with connection.watched.changing:
        view = await connection.watched.admit(room, request.invite)
        snapshot = await connection.watched.watch(room, view)
        connection.reply(request.id, snapshot)
        connection.deps.hub.ready(connection, view, snapshot.at())


async def unwatch(connection: Connection, request: messages.Unwatch, _raw: bytes) -> None:
    if request.room in connection.seated:
        raise ClientError("bad_request", "Leave the room first.", field="room")
    async with connection.watched.changing:
        connection.watched.stop(request.room)
    connection.reply(request.id, messages.Empty())


COMMANDS: dict[type, Command] = {
    messages.Rooms: rooms,
    messages.Watch: watch,
    messages.Unwatch: unwatch,
}

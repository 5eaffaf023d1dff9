"""rooms, watch and unwatch: what a spectator can do."""

from msgspec.structs import asdict

from server import messages
from server.errors import ClientError
from server.ws.connection import Command, Connection


async def rooms(connection: Connection, request: messages.Rooms, _raw: bytes) -> None:
    await _take_list(connection)
    connection.reply(request.id, await connection.deps.room_service.room_list(request.game))


async def _take_list(connection: Connection) -> None:
    """The list is a large answer, so the number of lists is limited too. Raises ClientError rate_limited."""
    deps = connection.deps
    if connection.user_id is not None:
        wait_ms = await deps.rate_limiter.take(deps.list_rate, str(connection.user_id))
    else:
        wait_ms = deps.list_buckets.take(connection.address, deps.clock.monotonic_ms())
    if wait_ms:
        raise ClientError("rate_limited", retry_after_ms=wait_ms)


async def watch(connection: Connection, request: messages.Watch, _raw: bytes) -> None:
    if (request.room is None) == (request.session is None):
        raise ClientError("bad_request", reason="room_or_session", field="room")
    room = request.room
    if request.session is not None:
        room = await connection.deps.room_service.private.room_of_session(request.session)
    assert room is not None
    async with connection.watched.changing:
        admission = await connection.watched.admit(room, request.invite)
        view = admission.view_of(room)
        snapshot = await connection.watched.watch(room, view)
        told = {} if admission.invited is None else {"invited": admission.invited}
        connection.reply(request.id, asdict(snapshot) | told)
        connection.deps.hub.ready(connection, view, snapshot.at())


async def unwatch(connection: Connection, request: messages.Unwatch, _raw: bytes) -> None:
    if request.room in connection.seated:
        raise ClientError("bad_request", reason="seated", field="room")
    async with connection.watched.changing:
        connection.watched.stop(request.room)
    connection.reply(request.id, messages.Empty())


COMMANDS: dict[type, Command] = {
    messages.Rooms: rooms,
    messages.Watch: watch,
    messages.Unwatch: unwatch,
}

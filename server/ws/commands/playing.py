"""join, leave, bet, act and chat: what takes a seat."""

from typing import Any

import msgspec

from server import messages
from server.backends.holds import CachedAccount
from server.backends.rate import Rate
from server.errors import ClientError
from server.ws.commands.watching import require_place, watch
from server.ws.connection import Connection
from server.ws.registry import Command, Context

ENVELOPE = ("id", "do", "room")


async def join(connection: Connection, request: messages.Join, _raw: bytes, context: Context) -> None:
    account = connection.player()
    if (request.room is None) == (request.game is None):
        raise ClientError("bad_request", "Name a room or a game.", field="room")
    await _take(context.join_rate, account, context, "You come and go too often.")
    require_place(connection, await connection.lobby.room_to_join(account.user_id, request))
    async with connection.moving:
        room, session = await connection.lobby.join(account, request)
        connection.seated.add(room)
        standing = await watch(connection, room, room)
        connection.reply(request.id, {"session": session, **msgspec.structs.asdict(standing)})
        connection.hub.ready(connection, room, standing.at())
        if connection.lobby.private.is_guarded(room):
            # The player may have stood up, on another connection, before frames that tell so were heard here.
            connection.review(room)


async def leave(connection: Connection, request: messages.Leave, _raw: bytes, _context: Context) -> None:
    account = connection.player()
    if request.room not in connection.seated:
        raise ClientError("not_seated")
    async with connection.moving:
        connection.unwatch(request.room)
    # Who could not be heard has the seat still, to leave it again or be missed there.
    await connection.lobby.leave(account.user_id, request.room)
    connection.seated.discard(request.room)
    connection.reply(request.id, messages.Empty())


async def bet(connection: Connection, request: messages.Bet, _raw: bytes, _context: Context) -> None:
    connection.reply(request.id, await connection.lobby.bet(connection.player(), request))


async def act(connection: Connection, request: messages.Act, raw: bytes, _context: Context) -> None:
    fields: dict[str, Any] = msgspec.json.decode(raw)
    for name in ENVELOPE:
        del fields[name]
    connection.reply(request.id, await connection.lobby.act(connection.player(), request.room, fields))


async def chat(connection: Connection, request: messages.Chat, _raw: bytes, context: Context) -> None:
    account = connection.player()
    text = " ".join(request.text.split())
    if not text:
        raise ClientError("bad_request", "The text is empty.", field="text")
    await _take(context.chat_rate, account, context, "You talk faster than the room can read.")
    await connection.lobby.chat(account, request.room, text)
    connection.reply(request.id, messages.Empty())


async def _take(rate: Rate, account: CachedAccount, context: Context, message: str) -> None:
    wait_ms = await context.rate_limiter.take(rate, str(account.user_id))
    if wait_ms:
        raise ClientError("rate_limited", message, retry_after_ms=wait_ms)


COMMANDS: dict[type, Command] = {
    messages.Join: join,
    messages.Leave: leave,
    messages.Bet: bet,
    messages.Act: act,
    messages.Chat: chat,
}

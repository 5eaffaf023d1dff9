"""join, leave, bet, act and chat: what a player can do."""

from typing import Any

import msgspec

from server import messages, security_log
from server.backends.holds import CachedAccount
from server.backends.rate import Rate
from server.clock import utc
from server.errors import ClientError
from server.messages import DECODE_ERRORS
from server.visible_text import visible_line
from server.ws.connection import Command, Connection
from storage.store import UNTIL_UNMUTED

ENVELOPE = ("id", "do", "room", "key", "round")
"""The members of a request that are not the game's."""


async def join(connection: Connection, request: messages.Join, _raw: bytes) -> None:
    deps, watched, account = connection.deps, connection.watched, connection.player()
    if (request.room is None) == (request.game is None):
        raise ClientError("bad_request", reason="room_or_game", field="room")
    await _take(connection, deps.join_rate, "joins")
    watched.require_space(await deps.room_service.room_to_join(account.user_id, request))
    async with watched.changing:
        room, session = await deps.room_service.join(account, request)
        connection.seated.add(room)
        snapshot = await watched.watch(room, room)
        connection.reply(request.id, {"session": session, **msgspec.structs.asdict(snapshot)})
        deps.hub.ready(connection, room, snapshot.at())
        if deps.room_service.private.is_private(room):
            # The player may have left through another connection before this node received frames of the room.
            connection.review(room)


async def leave(connection: Connection, request: messages.Leave, _raw: bytes) -> None:
    account, service = connection.player(), connection.deps.room_service
    if request.key is None:
        if request.room not in connection.seated:
            raise ClientError("not_seated")
    elif await service.has_left(account.user_id, request.room, request.key):
        connection.reply(request.id, messages.Empty())
        return
    async with connection.watched.changing:
        connection.watched.stop(request.room)
    # If this fails, the connection keeps the seat: the player can repeat the request, or is away when it ends.
    await service.leave(account.user_id, request.room, request.key)
    connection.seated.discard(request.room)
    connection.reply(request.id, messages.Empty())


async def bet(connection: Connection, request: messages.Bet, _raw: bytes) -> None:
    connection.reply(request.id, await connection.deps.room_service.bet(connection.player(), request))


async def act(connection: Connection, request: messages.Act, raw: bytes) -> None:
    try:
        fields: dict[str, Any] = msgspec.json.decode(raw)
    except DECODE_ERRORS:
        # The first decoding skips what it does not know, such as a number that is too large for any type.
        raise ClientError("bad_request", reason="undecodable") from None
    for name in ENVELOPE:
        fields.pop(name, None)
    connection.reply(request.id, await connection.deps.room_service.act(connection.player(), request, fields))


async def chat(connection: Connection, request: messages.Chat, _raw: bytes) -> None:
    account = connection.player()
    text = visible_line(request.text)
    if not text:
        raise ClientError("bad_request", reason="invisible_text", field="text")
    await _take(connection, connection.deps.chat_rate, "chat")
    _require_voice(connection, account)
    await connection.deps.room_service.chat(account, request.room, text)
    connection.reply(request.id, messages.Empty())


def _require_voice(connection: Connection, account: CachedAccount) -> None:
    """Raises ClientError muted."""
    muted_until = account.muted_until
    if muted_until is None or muted_until <= connection.deps.clock.now_ms():
        return
    security_log.record("chat", "muted", user_id=account.user_id, source=connection.address)
    until = utc(muted_until)
    if until >= UNTIL_UNMUTED:
        raise ClientError("muted")
    raise ClientError("muted", reason="until", until=until)


async def _take(connection: Connection, rate: Rate, reason: str) -> None:
    """Raises ClientError rate_limited, with this reason."""
    wait_ms = await connection.deps.rate_limiter.take(rate, str(connection.player().user_id))
    if wait_ms:
        raise ClientError("rate_limited", reason=reason, retry_after_ms=wait_ms)


COMMANDS: dict[type, Command] = {
    messages.Join: join,
    messages.Leave: leave,
    messages.Bet: bet,
    messages.Act: act,
    messages.Chat: chat,
}

"""hello and ping: who is there, and what was missed."""

import asyncio
from contextlib import suppress
from typing import Literal

from msgspec import Struct

from server import messages
from server.clock import to_ms
from server.errors import ClientError, UnreachableError
from server.messages import Position, encode
from server.ws.commands.watching import admitted, begin_to_watch, require_place
from server.ws.connection import Connection
from server.ws.registry import Command, Context
from storage.store import PlayerRow

PATIENCE = 6.0
"""Seconds that a hello waits for rooms that have no owner just now: longer than it takes to miss a node that died."""
LOOK_AGAIN = 0.1


class Resumed(Struct, frozen=True):
    """A room that is watched again, by this view: what has to be sent so that the client stands there."""

    view: str
    by: Literal["frames", "snapshot"]
    wires: list[bytes]
    at: Position


async def hello(connection: Connection, request: messages.Hello, _raw: bytes, context: Context) -> None:
    if connection.greeted:
        raise ClientError("bad_request", "hello was said already.")
    connection.stop_expecting_hello()
    try:
        await _let_in(connection, request, context)
    except BaseException:
        connection.expect_hello(context.config.hello_timeout)
        raise
    if connection.closed:
        return
    connection.greeted = True
    async with connection.moving:
        resumed = await _resume_all(connection, request.resume)
        _answer(connection, request, resumed, context)


async def _let_in(connection: Connection, request: messages.Hello, context: Context) -> None:
    token = request.token if request.token is not None else connection.token
    if token is None:
        return
    row = await context.tokens.player(token)
    if row.is_active:
        await _sign_in(connection, row, context)
    else:
        connection.close("account_disabled")


async def _sign_in(connection: Connection, row: PlayerRow, context: Context) -> None:
    if not await context.presence.add_connection(row.user_id, context.config.max_connections_per_account):
        raise ClientError("rate_limited", "The account has as many connections as it may.")
    connection.arrivals.append(lambda: context.presence.remove_connection(row.user_id))
    account = await connection.players.holds.enter(row)
    connection.arrivals.append(lambda: connection.players.holds.exit(row.user_id))
    connection.account = account
    connection.signed_in_at = to_ms(row.token_created_at) if row.token_created_at else 0
    try:
        await connection.hub.sign_in(connection)
    except UnreachableError:
        connection.account = None
        raise


def _answer(connection: Connection, request: messages.Hello, resumed: dict[str, Resumed], context: Context) -> None:
    """The reply, the wallet, what was missed, and from here on what comes."""
    account = connection.account
    connection.reply(
        request.id,
        messages.HelloOk(
            user=messages.User(account.username, account.client_seed) if account else None,
            node=context.node,
            server_time=context.clock.now_ms(),
            heartbeat_ms=int(context.config.heartbeat * 1000),
            resumed={room: each.by for room, each in resumed.items()},
        ),
    )
    if account is not None:
        wallet = account.wallet()
        connection.send(encode(messages.WalletNotice(wallet.balance, wallet.held, wallet.version)))
    for each in resumed.values():
        for wire in each.wires:
            connection.send(wire)
        connection.hub.ready(connection, each.view, each.at)


async def _resume_all(connection: Connection, positions: dict[str, messages.Resumption]) -> dict[str, Resumed]:
    resumed: dict[str, Resumed] = {}
    give_up_at = asyncio.get_running_loop().time() + PATIENCE
    for room, position in positions.items():
        with suppress(ClientError):
            resumed[room] = await _resume_when_it_has_an_owner(connection, room, position, give_up_at)
    # One that closed while the others were looked up has told those who were ready for it, which this client was not.
    return {room: each for room, each in resumed.items() if room in connection.watched}


async def _resume_when_it_has_an_owner(
    connection: Connection, room: str, position: messages.Resumption, give_up_at: float
) -> Resumed:
    """Who comes because a node is no more comes before its rooms have their next owners."""
    while True:
        try:
            return await _resume(connection, room, position)
        except UnreachableError:
            if connection.closed or asyncio.get_running_loop().time() > give_up_at:
                raise
        await asyncio.sleep(LOOK_AGAIN)


async def _resume(connection: Connection, room: str, position: messages.Resumption) -> Resumed:
    """Watch a room again. What is sent from here on is kept, so the frames before that close the gap."""
    require_place(connection, room)
    account = connection.account
    if account is not None and await connection.lobby.attach(account.user_id, room):
        connection.seated.add(room)
    try:
        view = await admitted(connection, room, position.invite)
        await begin_to_watch(connection, room, view)
        anew = room in connection.seated and connection.lobby.has_private_views(room)
        frames = None if anew else await connection.lobby.frames_since(view, position)
        if frames is not None:
            at = Position(position.epoch, position.seq + len(frames))
            return Resumed(view, "frames", [frame.wire for frame in frames], at)
        standing = await connection.lobby.snapshot(view, connection.user_id, from_start=not anew)
        frames = await connection.lobby.frames_since(view, standing.at()) or []
        at = Position(standing.epoch, standing.seq + len(frames))
        return Resumed(view, "snapshot", [encode(standing), *(frame.wire for frame in frames)], at)
    except ClientError:
        connection.unwatch(room)
        raise


async def ping(connection: Connection, request: messages.Ping, _raw: bytes, context: Context) -> None:
    connection.reply(request.id, messages.PingOk(context.clock.now_ms()))


COMMANDS: dict[type, Command] = {messages.Hello: hello, messages.Ping: ping}

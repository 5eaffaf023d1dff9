"""hello and ping: who is there, and what was missed."""

from typing import Literal

from server import messages
from server.clock import to_ms
from server.errors import Problem
from server.messages import Position, encode
from server.ws.commands.watching import watch
from server.ws.connection import Connection
from server.ws.registry import Command, Context
from storage.play import PlayerRow


async def hello(connection: Connection, request: messages.Hello, _raw: bytes, context: Context) -> None:
    if connection.greeted.is_set():
        raise Problem("bad_request", "hello was said already.")
    token = request.token if request.token is not None else connection.token
    if token is not None:
        row = await context.tokens.player(token)
        if not row.is_active:
            connection.close("account_disabled")
            return
        _sign_in(connection, row, context)
    connection.greeted.set()
    account = connection.account
    resumed: dict[str, Literal["frames", "snapshot"]] = {}
    missed: list[bytes] = []
    for room, position in request.resume.items():
        try:
            resumed[room], wires = await _resume(connection, room, position)
        except Problem:
            continue
        missed.extend(wires)
    connection.reply(
        request.id,
        messages.HelloOk(
            user=messages.User(account.username, account.client_seed) if account else None,
            node=context.node,
            server_time=context.clock.now_ms(),
            heartbeat_ms=int(context.config.heartbeat * 1000),
            resumed=resumed,
        ),
    )
    if account is not None:
        purse = account.purse()
        connection.send(encode(messages.WalletNotice(purse.balance, purse.held, purse.version)))
    for wire in missed:
        connection.send(wire)
    for room in resumed:
        connection.hub.ready(connection, room, connection.standing_at.pop(room))


def _sign_in(connection: Connection, row: PlayerRow, context: Context) -> None:
    hub = connection.hub
    if len(hub.sockets_of(row.user_id)) >= context.config.max_connections_per_account:
        raise Problem("rate_limited", "The account has as many connections as it may.")
    connection.account = connection.players.bank.enter(row)
    connection.signed_in_at = to_ms(row.token_created_at) if row.token_created_at else 0
    hub.sign_in(connection)


async def _resume(
    connection: Connection, room: str, position: Position
) -> tuple[Literal["frames", "snapshot"], list[bytes]]:
    """Watch a room again, and what has to be sent to stand where it stands: frames, or a snapshot."""
    account = connection.account
    if account is not None and await connection.lobby.attached(account.user_id, room):
        connection.seated.add(room)
    standing = await watch(connection, room)
    frames = await connection.lobby.frames_since(room, position)
    connection.standing_at[room] = standing.seq
    if frames is None:
        return "snapshot", [encode(standing)]
    return "frames", [frame.wire for frame in frames if frame.seq <= standing.seq]


async def ping(connection: Connection, request: messages.Ping, _raw: bytes, context: Context) -> None:
    connection.reply(request.id, messages.PingOk(context.clock.now_ms()))


COMMANDS: dict[type, Command] = {messages.Hello: hello, messages.Ping: ping}

"""hello and ping: signing in, and resuming the rooms that the client watched on its last connection."""

import asyncio
import logging
from contextlib import ExitStack, suppress
from typing import Literal

from msgspec import Struct

from server import messages
from server.clock import to_ms, utc
from server.errors import ClientError, UnreachableError
from server.messages import Position, encode
from server.retry import Attempts
from server.rooms.live_round import bet_name
from server.ws.connection import Command, Connection
from storage.errors import DatabaseUnavailableError
from storage.history import void_bets
from storage.limits import DAY_MS
from storage.store import PlayerRow, TokenOwner

log = logging.getLogger(__name__)

TOLD_FOR_MS = 7 * DAY_MS
MOST_TOLD = 20


class Resumed(Struct, frozen=True):
    """A room that is watched again in ``view``. The encoded ``messages`` bring the client to ``position``."""

    view: str
    by: Literal["frames", "snapshot"]
    messages: list[bytes]
    position: Position


async def hello(connection: Connection, request: messages.Hello, _raw: bytes) -> None:
    if connection.greeted:
        raise ClientError("bad_request", reason="greeted")
    connection.stop_expecting_hello()
    try:
        player = await _sign_in(connection, request)
    except BaseException:
        connection.expect_hello(connection.deps.config.hello_timeout)
        raise
    if connection.closed:
        return
    if not connection.deps.places.greeted(connection, signed_in=connection.account is not None):
        connection.close("full")
        return
    connection.greeted = True
    async with connection.watched.changing:
        resumed = await _resume_all(connection, request.resume)
        # A room that the client watched may have been taken over since the player was looked up.
        voided: list[messages.VoidBet] = []
        if player is not None and (player.last_void_bet is not None or request.resume):
            voided = await _void_bets(connection, player.user_id)
        _answer(connection, request, resumed, voided)


async def _sign_in(connection: Connection, request: messages.Hello) -> PlayerRow | None:
    token = request.token if request.token is not None else connection.token
    if token is None:
        return None
    owner = await connection.deps.tokens.owner(token)
    if not owner.player.is_active:
        connection.close("account_disabled")
        return None
    await _sign_in_player(connection, owner)
    return owner.player


async def _void_bets(connection: Connection, user_id: int) -> list[messages.VoidBet]:
    since = utc(connection.deps.clock.now_ms() - TOLD_FOR_MS)
    try:
        rows = await void_bets(connection.deps.db, user_id, since, MOST_TOLD)
    except DatabaseUnavailableError as error:
        log.warning(
            "user %d is not told of void bets, since the database is unavailable: %s",
            user_id,
            error,
            extra={"user_id": user_id},
        )
        return []
    return [
        messages.VoidBet(
            bet=bet_name(row.room, row.round_number, row.bet_number),
            game=row.game,
            room=row.room,
            amount=row.amount,
            reason=row.outcome["reason"],
            ended_at=to_ms(row.ended_at),
        )
        for row in rows
    ]


async def _sign_in_player(connection: Connection, owner: TokenOwner) -> None:
    """``Connection.gone`` undoes it."""
    deps, row = connection.deps, owner.player
    if not await deps.presence.add_connection(row.user_id, deps.config.max_connections_per_account):
        raise ClientError("rate_limited", reason="connections")
    with ExitStack() as undo:
        undo.callback(deps.presence.remove_connection, row.user_id)
        account = await deps.holds.enter(row)
        undo.callback(deps.holds.exit, row.user_id)
        connection.token_id = owner.state.token_id
        connection.account = account
        undo.callback(setattr, connection, "account", None)
        await deps.hub.sign_in(connection)
        undo.pop_all()


def _answer(
    connection: Connection, request: messages.Hello, resumed: dict[str, Resumed], voided: list[messages.VoidBet]
) -> None:
    """Send the reply, the wallet and what the client missed. New frames follow."""
    account, deps = connection.account, connection.deps
    connection.reply(
        request.id,
        messages.HelloOk(
            user=messages.User(account.username, account.client_seed) if account else None,
            node=deps.node,
            server_time=deps.clock.now_ms(),
            heartbeat_ms=int(deps.config.heartbeat * 1000),
            resumed={room: each.by for room, each in resumed.items()},
            void_bets=voided,
        ),
    )
    if account is not None:
        wallet = account.wallet()
        connection.send(encode(messages.WalletNotice(wallet.balance, wallet.held, wallet.version)))
    for each in resumed.values():
        for message in each.messages:
            connection.send(message)
        deps.hub.ready(connection, each.view, each.position)


async def _resume_all(connection: Connection, positions: dict[str, messages.Resumption]) -> dict[str, Resumed]:
    resumed: dict[str, Resumed] = {}
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + connection.deps.limits.resume_patience_s
    for room, position in positions.items():
        with suppress(ClientError):
            resumed[room] = await _resume_when_owned(connection, room, position, give_up_at - loop.time())
    # A room that closed in the meantime is no longer watched. Its "closed" frame did not reach this client, which was
    # not ready.
    return {room: each for room, each in resumed.items() if room in connection.watched}


async def _resume_when_owned(
    connection: Connection, room: str, position: messages.Resumption, patience_s: float
) -> Resumed:
    """Retry: clients of a node that has died reconnect before its rooms have new owners."""
    async for _ in Attempts(connection.deps.limits.resume_retry_s, give_up_after_s=patience_s):
        try:
            return await _resume(connection, room, position)
        except UnreachableError:
            if connection.closed:
                raise
    raise UnreachableError(f"{room} has no owner")


async def _resume(connection: Connection, room: str, resumption: messages.Resumption) -> Resumed:
    """Watch a room again. New frames are collected from then on, so the earlier ones close the gap."""
    service, watched = connection.deps.room_service, connection.watched
    watched.require_space(room)
    account = connection.account
    if account is not None and await service.reconnect(account.user_id, room):
        connection.seated.add(room)
    try:
        view = (await watched.admit(room, resumption.invite)).view_of(room)
        await watched.start(room, view)
        # A plain position: another node refuses the invite of a Resumption.
        position = Position(resumption.epoch, resumption.seq)
        # A player may have missed private frames, which have no numbers.
        needs_snapshot = room in connection.seated and service.has_private_views(room)
        frames = None if needs_snapshot else await service.frames_since(view, position)
        if frames is not None:
            return _resumed(view, "frames", [], position, [frame.wire for frame in frames])
        snapshot = await service.snapshot(view, connection.user_id, from_start=not needs_snapshot)
        frames = await service.frames_since(view, snapshot.at()) or []
        return _resumed(view, "snapshot", [encode(snapshot)], snapshot.at(), [frame.wire for frame in frames])
    except ClientError:
        watched.stop(room)
        raise


def _resumed(
    view: str, by: Literal["frames", "snapshot"], first: list[bytes], position: Position, frames: list[bytes]
) -> Resumed:
    at = Position(position.epoch, position.seq + len(frames))
    return Resumed(view=view, by=by, messages=first + frames, position=at)


async def ping(connection: Connection, request: messages.Ping, _raw: bytes) -> None:
    connection.reply(request.id, messages.PingOk(connection.deps.clock.now_ms()))


COMMANDS: dict[type, Command] = {messages.Hello: hello, messages.Ping: ping}

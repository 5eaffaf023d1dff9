"""The rooms that a connection watches: their number, their views, and the state after one closes or fails."""

import pytest

from server.errors import ClientError, UnreachableError
from server.ws.connection import Connection
from server.ws.dependencies import Limits
from tests.server.intercepted_rooms import Call
from tests.server.live_clients import Player
from tests.server.live_node import Live, OpenLive


async def connection_of(live: Live, player: Player) -> Connection:
    (connection,) = live.node.sockets.of(player.user_id)
    assert isinstance(connection, Connection)
    return connection


async def test_a_room_beyond_the_limit_is_refused_but_a_watched_one_can_be_watched_again(open_live: OpenLive) -> None:
    live = await open_live(ws_limits=Limits(watched_rooms=1))
    connection = await connection_of(live, await live.player())
    connection.watched.require_space("crash")
    for other in ("dice-1", None):
        with pytest.raises(ClientError, match="at most 1 rooms"):
            connection.watched.require_space(other)


async def test_a_failed_watch_leaves_nothing(live: Live) -> None:
    ann = await live.player(room=None)
    connection = await connection_of(live, ann)

    async def away(_call: Call) -> None:
        raise UnreachableError("switched off by the test")

    live.rooms.around["snapshot"] = away
    with pytest.raises(UnreachableError):
        await connection.watched.watch("crash", "crash")
    assert "crash" not in connection.watched
    assert live.node.hub.watchers("crash") == []


async def test_a_room_is_shown_in_one_view_at_a_time(live: Live) -> None:
    connection = await connection_of(live, await live.player())
    await connection.watched.start("crash", "crash~late")
    assert list(live.node.hub._feeds) == ["crash~late"]
    connection.watched.stop_all()
    assert live.node.hub._feeds == {}


async def test_a_review_that_fails_closes_the_connection(live: Live) -> None:
    ann = await live.player()
    connection = await connection_of(live, ann)

    async def away(_call: Call) -> None:
        raise UnreachableError("switched off by the test")

    live.rooms.around["admit"] = away
    await connection.watched.review("crash")
    assert connection.closed_as == "going_away"


async def test_a_review_of_a_room_that_is_not_watched_does_nothing(live: Live) -> None:
    connection = await connection_of(live, await live.player(room=None))
    await connection.watched.review("crash")
    assert not connection.closed

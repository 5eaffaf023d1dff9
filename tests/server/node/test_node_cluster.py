"""Tests of rooms that can't be taken over or given up at first, because a service is away."""

import pytest
from msgspec import structs

from server.backends.journal_redis import CLEAR
from tests.server.live_cluster import OpenCluster
from tests.waiting import eventually


async def test_a_solo_room_is_taken_over_once_the_database_is_back(
    open_cluster: OpenCluster, caplog: pytest.LogCaptureFixture
) -> None:
    cluster = await open_cluster()
    one, two = cluster.nodes
    ann = await one.player(room="dice")
    room = ann.snapshots[-1][0]
    two.db.away = True
    await one.die()
    await eventually(lambda: room in two.lease._claims, "a claim of the other node")
    await eventually(lambda: "could not take over rooms" in caplog.text, "a takeover that failed")
    assert two.room(room) is None
    two.db.away = False
    await eventually(lambda: two.room(room) is not None, "the room at the other node")
    again = await two.reconnect(ann)
    assert room in again.client.positions
    await again.roll(room)


async def test_a_room_is_given_up_however_long_redis_is_away(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(1)
    (node,) = cluster.nodes
    ann = await node.player(room="dice")
    room = ann.snapshots[-1][0]
    node.link.failing += [CLEAR, CLEAR]
    await ann.ask("leave", room=room)
    await eventually(lambda: node.link.failing == [], "two failures")
    await eventually(lambda: room not in node.lease._claims, "a room without an owner")
    assert await node.lease.unowned([room]) == [room]


async def test_a_room_whose_game_is_off_ends_at_the_node_that_takes_it(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(1, crash_betting_ms=60_000)
    (one,) = cluster.nodes
    cluster.config = structs.replace(cluster.config, games=("dice",))
    two = await cluster.start_node()
    ann = await one.player()
    bob = await two.spectator(room=None)
    await bob.ask("watch", room="crash")
    await ann.bet(300)
    await one.die()
    await bob.event_of("room_closed", room="crash")
    again = await two.reconnect(ann)
    await again.notice_of("wallet", balance=100_000, held=0)
    assert "crash" not in again.client.positions
    assert (await again.refused("join", game="crash"))["code"] == "no_such_room"
    assert await two.rows("SELECT count(*) FROM game_sessions WHERE ended_at IS NULL") == [(0,)]
    assert await two.rows("SELECT status FROM rounds WHERE room = 'crash'") == [("void",)]
    await eventually(lambda: two.lease._claims == {}, "a room without an owner")

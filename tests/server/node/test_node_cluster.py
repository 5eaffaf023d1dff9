"""Tests of rooms that can't be taken over or given up at first, because a service is away."""

import pytest

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

"""Tests of pauses: rooms pause while the database or Redis is away, say so, and lose nothing."""

import asyncio
from typing import Any, cast

from devtools.services import RedisServer
from server.messages import RoomPaused
from server.node.node import Times
from server.node.pauses import Pauses
from tests.redis_server import silent
from tests.server.live_cluster import OpenCluster
from tests.waiting import eventually


class SomeRoom:
    """A room that records its calls."""

    def __init__(self) -> None:
        self.paused: list[str | None] = []
        self.restored = 0
        self.may_restore = asyncio.Event()
        self.may_restore.set()

    def set_paused(self, reason: str | None) -> None:
        self.paused.append(reason)

    async def restore(self) -> None:
        await self.may_restore.wait()
        self.restored += 1


class World:
    """Two rooms and their pauses."""

    def __init__(self) -> None:
        self.rooms = {key: SomeRoom() for key in ("crash", "dice-1")}
        self.pauses = Pauses(cast(Any, self.rooms))


def test_rooms_are_paused_while_the_database_or_redis_is_away() -> None:
    async def play() -> None:
        world = World()
        steps = [
            (world.pauses.commits_changed, "database", "database"),
            (world.pauses.lease_changed, "redis", "database"),
            (world.pauses.commits_changed, None, "redis"),
            (world.pauses.commits_changed, "database", "database"),
            (world.pauses.lease_changed, None, "database"),
            (world.pauses.commits_changed, None, None),
        ]
        for change, trouble, expected in steps:
            change(trouble)
            assert world.pauses.reason() == expected
            assert [room.paused[-1] for room in world.rooms.values()] == [expected, expected]

    asyncio.run(play())


async def test_rooms_are_restored_after_trouble_with_redis() -> None:
    world = World()
    world.pauses.lease_changed("redis")
    await eventually(lambda: all(room.restored == 1 for room in world.rooms.values()))
    world.pauses.lease_changed(None)
    world.pauses.commits_changed("database")
    world.pauses.commits_changed(None)
    await asyncio.sleep(0)
    assert [room.restored for room in world.rooms.values()] == [1, 1]


async def test_a_node_restores_until_the_last_of_its_rooms_has_done_so() -> None:
    world = World()
    slow = world.rooms["dice-1"]
    slow.may_restore.clear()
    world.pauses.lease_changed("redis")
    world.pauses.lease_changed("redis")  # once more: what was restored may be lost again
    await eventually(lambda: world.rooms["crash"].restored == 2)
    assert world.pauses.is_restoring()
    slow.may_restore.set()
    await eventually(lambda: not world.pauses.is_restoring())
    assert slow.restored == 2


# ---- a node that plays ----

SHORT_LEASE = {"lease_ms": 3000, "renew_ms": 500, "answer_s": 1.0}


async def test_while_redis_is_silent_a_room_takes_no_bets_and_sends_nothing(
    open_cluster: OpenCluster, redis_server: RedisServer
) -> None:
    """Another node may own the room meanwhile. Afterwards everything is sent, in order and without a gap."""
    cluster = await open_cluster(1, crash_betting_ms=600_000, **SHORT_LEASE)
    (node,) = cluster.nodes
    ann, watcher = await node.player(), await node.spectator()
    await ann.bet(100, key="k")
    room = node.room()
    assert room is not None
    with silent(redis_server):
        await eventually(lambda: room.paused == "redis", "a pause")
        await eventually(lambda: not node.lease.owns(room.claim), "an uncertain lease")
        seen = len(watcher.seen)
        room.frames.add(RoomPaused("added in doubt"), flush_now=True)
        error = await ann.refused("bet", room="crash", amount=1, key="l")
        assert error["code"] in ("paused", "unavailable")
        assert node.node.room_service.troubles() == ["redis"]
        assert len(watcher.seen) == seen
    await watcher.event_of("room_resumed")
    told = [event.get("reason", event["type"]) for _, _, event in watcher.seen[seen:]]
    assert told.index("added in doubt") < told.index("room_resumed")
    assert watcher.client.gaps == ann.client.gaps == 0
    assert node.node.room_service.troubles() == []
    ok = await ann.bet(100, key="l")
    assert ok["held"] == 200


async def test_a_redis_that_comes_back_empty_gets_the_live_round_again(
    open_cluster: OpenCluster, redis_server: RedisServer
) -> None:
    cluster = await open_cluster(1, crash_betting_ms=600_000, **SHORT_LEASE)
    (node,) = cluster.nodes
    ann = await node.player()
    first = await ann.bet(100, key="k")
    redis_server.kill()
    await ann.event_of("room_paused", reason="redis")
    redis_server.start()  # in this thread, because the server ends with it
    await ann.event_of("room_resumed")
    holds = node.node.holds
    await eventually(lambda: holds.left_in("crash"), "the stakes on hold")
    assert [hold.key for hold in await holds.left_in("crash")] == ["k"]
    assert await holds.held(ann.user_id) == 100
    record = await node.backends.journal.read("crash")
    assert record is not None
    assert (record.opened.number, record.journal.count(b"bet")) == (1, 1)
    assert (await ann.bet(100, key="k"))["bet"] == first["bet"]
    assert (await ann.bet(100, key="l"))["held"] == 200


async def test_no_chip_is_staked_twice_after_redis_came_back_empty(
    open_cluster: OpenCluster, redis_server: RedisServer
) -> None:
    """One node takes no stake before the other has written its holds again."""
    cluster = await open_cluster(2, twins=("crush",), crash_betting_ms=600_000, **SHORT_LEASE)
    owner, other = await cluster.owner_and_other("crash")
    room = "crush" if other.room("crush") is not None else "dice"
    ann = await owner.player()
    await ann.bet(90_000, key="k")
    again = other.another_client(ann)
    await again.client.connect()
    joined = (await again.join(room))["room"]
    redis_server.kill()
    owner.link.loses = "questions"
    redis_server.start()  # in this thread, because the server ends with it

    async def tries() -> str:
        selection = {"target": 50.0, "over": True} if room == "dice" else {}
        error = await again.refused("bet", room=joined, amount=90_000, key="l", selection=selection)
        return str(error["code"])

    refusals = [await tries()]
    owner.link.loses = "nothing"
    while refusals[-1] in ("unavailable", "paused"):
        refusals.append(await tries())
    assert refusals[-1] == "insufficient_funds"


async def test_the_remaining_of_two_reasons_is_announced(open_cluster: OpenCluster, redis_server: RedisServer) -> None:
    times = Times(first_settlement_pause=0.02, longest_settlement_pause=0.05)
    cluster = await open_cluster(1, points=(1.02, 1.05), times=times, **SHORT_LEASE)
    (node,) = cluster.nodes
    watcher = await node.spectator()
    room = node.room()
    assert room is not None
    node.db.away = True
    await watcher.event_of("room_paused", reason="database")
    with silent(redis_server):
        await eventually(lambda: not node.lease.owns(room.claim))
        node.db.away = False
        await eventually(lambda: room.paused == "redis", "Redis as the only cause")
    await watcher.event_of("room_resumed")
    reasons = [event["reason"] for event in watcher.events("room_paused")]
    assert reasons == ["database", "redis"]
    kinds = [event["type"] for event in watcher.events()]
    assert kinds.count("room_resumed") == 1
    after = len(watcher.events("round_ended"))
    await watcher.event_of("round_ended", after=after)

"""Tests of what pauses the rooms of a node: the database, Redis, or both; and what is told of it, and when."""

import asyncio
from typing import Any, cast

import pytest

from devtools.services import RedisServer
from server.backends.bus import Claim
from server.node.health import Health
from server.rooms import settlement_queue
from tests.redis_server import silent, until
from tests.server.backends.holds_world import claim
from tests.server.live import eventually
from tests.server.several import OpenFloor


class SomeRoom:
    """A room that keeps what it was told; what its backing does waits until it is ``restored``."""

    def __init__(self, key: str) -> None:
        self.claim = claim(key)
        self.told: list[str | None] = []
        self.flushed = 0
        self.is_ours = True
        self.asked_back: list[Any] = []
        self.restored = asyncio.Event()
        self.rounds = self.backing = self.frames = self
        self.live = f"the round of {key}"

    def set_paused(self, reason: str | None) -> None:
        self.told.append(reason)

    async def restore(self, round_: Any) -> bool:
        self.asked_back.append(round_)
        await self.restored.wait()
        return self.is_ours

    def flush(self) -> None:
        self.flushed += 1


class SomeLease:
    def __init__(self) -> None:
        self.sure = asyncio.Event()
        self.lost: set[str] = set()

    async def confirm(self, claim: Claim) -> bool:
        await self.sure.wait()
        return claim.room not in self.lost


class Ward:
    """Two rooms and their health."""

    def __init__(self) -> None:
        self.rooms = {key: SomeRoom(key) for key in ("crash", "dice-1")}
        self.lease = SomeLease()
        self.backs = 0
        self.health = Health(cast(Any, self.rooms), cast(Any, self.lease), self.is_back)

    def is_back(self) -> None:
        self.backs += 1

    @property
    def crash(self) -> SomeRoom:
        return self.rooms["crash"]


async def test_rooms_are_paused_as_long_as_one_of_both_is_away() -> None:
    ward = Ward()
    steps = [
        (ward.health.database_changed, "database", "database"),
        (ward.health.lease_changed, "redis", "database"),
        (ward.health.database_changed, None, "redis"),
        (ward.health.database_changed, "database", "database"),
        (ward.health.lease_changed, None, "database"),
        (ward.health.database_changed, None, None),
    ]
    for change, trouble, expected in steps:
        change(trouble)
        assert ward.health.trouble() == expected
        assert [room.told[-1] for room in ward.rooms.values()] == [expected, expected]


async def test_after_trouble_with_the_lease_the_node_makes_itself_known_again() -> None:
    ward = Ward()
    ward.health.database_changed("database")
    ward.health.database_changed(None)
    ward.health.lease_changed("redis")
    assert ward.backs == 0
    ward.health.lease_changed(None)
    assert ward.backs == 1


async def test_once_the_claim_is_certain_what_may_be_missing_is_put_back_and_then_told() -> None:
    ward = Ward()
    ward.health.lease_changed("redis")
    await asyncio.sleep(0.005)
    assert ward.crash.asked_back == []
    ward.lease.sure.set()
    await until(lambda: all(room.asked_back == [f"the round of {key}"] for key, room in ward.rooms.items()))
    assert ward.crash.flushed == 0
    ward.crash.restored.set()
    await until(lambda: ward.crash.flushed == 1)
    assert ward.rooms["dice-1"].flushed == 0


@pytest.mark.parametrize("lost", ["before it was certain", "while it was put back"])
async def test_a_room_that_was_lost_has_nothing_to_tell(lost: str) -> None:
    ward = Ward()
    ward.health.lease_changed("redis")
    if lost == "before it was certain":
        ward.lease.lost.add("crash")
    ward.crash.is_ours = False
    for room in ward.rooms.values():
        room.restored.set()
    ward.lease.sure.set()
    await until(lambda: ward.rooms["dice-1"].flushed == 1)
    assert ward.crash.flushed == 0
    assert bool(ward.crash.asked_back) == (lost == "while it was put back")


async def test_the_database_alone_puts_nothing_back() -> None:
    ward = Ward()
    ward.lease.sure.set()
    ward.health.database_changed("database")
    ward.health.database_changed(None)
    await asyncio.sleep(0.005)
    assert ward.crash.asked_back == []


# ---- a node that plays ----


async def test_while_redis_is_silent_the_room_takes_no_bets_and_says_so_when_it_is_back(
    open_floor: OpenFloor, redis_server: RedisServer
) -> None:
    """Nothing is told while the room may belong to somebody else; then everything is, in order and without a gap."""
    floor = await open_floor(1, crash_betting_ms=600_000)
    (node,) = floor.nodes
    ann, watcher = await node.player(), await node.spectator()
    await ann.bet(100, key="k")
    room = node.room()
    assert room is not None
    with silent(redis_server):
        await eventually(lambda: room.paused == "redis", "a pause")
        await eventually(lambda: not node.lease.owns(room.claim), "doubt")
        seen = len(watcher.seen)
        room.rounds.say({"type": "said in doubt"}, soon=True)
        error = await ann.refused("bet", room="crash", amount=1, key="l")
        assert error["code"] in ("paused", "unavailable")
        assert node.lobby.troubles() == ["redis"]
        assert len(watcher.seen) == seen
    await watcher.event_of("room_resumed")
    told = [event["type"] for _, _, event in watcher.seen[seen:]]
    assert told.index("said in doubt") < told.index("room_resumed")
    assert watcher.client.gaps == ann.client.gaps == 0
    assert node.lobby.troubles() == []
    ok = await ann.bet(100, key="l")
    assert ok["held"] == 200


async def test_a_redis_that_comes_back_empty_is_told_the_live_round_again(
    open_floor: OpenFloor, redis_server: RedisServer
) -> None:
    floor = await open_floor(1, crash_betting_ms=600_000)
    (node,) = floor.nodes
    ann = await node.player()
    first = await ann.bet(100, key="k")
    redis_server.kill()
    await ann.event_of("room_paused", reason="redis")
    redis_server.start()  # by this thread, with which it goes
    await ann.event_of("room_resumed")
    holds = node.floor.players.holds
    await eventually(lambda: holds.left_in("crash"), "the stakes on hold")
    assert [hold.key for hold in await holds.left_in("crash")] == ["k"]
    assert await holds.held(ann.user_id) == 100
    record = await node.floor._journal.read("crash")
    assert record is not None
    assert (record.opened.number, record.journal.count(b"bet")) == (1, 1)
    assert (await ann.bet(100, key="k"))["bet"] == first["bet"]
    assert (await ann.bet(100, key="l"))["held"] == 200


async def test_of_both_causes_the_one_that_is_left_is_told(
    open_floor: OpenFloor, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlement_queue, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(settlement_queue, "LONGEST_WAIT", 0.05)
    floor = await open_floor(1, points=(1.02, 1.05))
    (node,) = floor.nodes
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

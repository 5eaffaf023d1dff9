"""Leases of nodes that share a Redis: who owns what when nodes die, pause and wake up."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from devtools.services import RedisServer
from server.backends.bus import Claim
from server.backends.lease_redis import ACQUIRE
from server.backends.redis_link import RedisLink, Script
from server.errors import UnreachableError
from tests.redis_server import join_run
from tests.server.backends.lease_world import (
    LEASE_MS,
    LONG_MS,
    Node,
    OpenNode,
    elsewhere,
    fence,
    opener,
    takes_over,
    tell,
)
from tests.waiting import eventually

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def open_node(redis_url: str) -> AsyncIterator[OpenNode]:
    async with opener(redis_url) as open_:
        yield open_


async def test_a_room_is_taken_over_when_its_owner_s_lease_expired(open_node: OpenNode) -> None:
    first, second = await open_node(lease_ms=LEASE_MS), await open_node(lease_ms=LONG_MS)
    old = await first.claim("crash")
    assert await second.lease.acquire("crash") is None
    assert await second.lease.orphans() == []
    await first.die()
    new = await second.taken_over("crash")
    assert not first.lease.owns(old)
    assert fence(new) > fence(old)
    assert await second.lease.owner("crash") == second.name


async def test_rooms_of_dead_nodes_are_orphans_until_they_are_taken_over(open_node: OpenNode) -> None:
    first, second = await open_node(lease_ms=LEASE_MS), await open_node(lease_ms=LONG_MS)
    await first.claim("crash")
    await first.claim("dice-1")
    await first.die()
    assert sorted(await eventually(second.lease.orphans)) == ["crash", "dice-1"]
    assert await second.lease.nodes() == [second.name]
    assert await second.lease.owner("crash") is None
    assert await second.lease.unowned(["crash"]) == []
    await second.claim("crash")
    assert await second.lease.orphans() == ["dice-1"]
    await second.claim("dice-1")
    assert await second.lease.orphans() == []
    assert await second.link.call("SMEMBERS", second.link.key("nodes")) == [second.name.encode()]


async def test_a_leaving_node_leaves_its_rooms_to_others(open_node: OpenNode) -> None:
    first, second = await open_node(), await open_node()
    claim = await first.claim("crash")
    assert await first.lease.leave()
    assert not first.lease.owns(claim)
    assert not await first.lease.confirm(claim)
    with pytest.raises(UnreachableError):
        await first.lease.acquire("dice-1")
    assert await second.lease.orphans() == ["crash"]
    await second.claim("crash")
    assert not await second.lease.leave()
    assert first.lost == second.lost == []


# -- nodes that pause and wake up --


async def test_a_paused_node_knows_at_once_that_its_claims_are_uncertain(open_node: OpenNode, redis_url: str) -> None:
    node = await open_node()
    claim, other = await node.claim("crash"), await node.claim("dice-1")
    new = elsewhere(lambda: takes_over(redis_url, "crash"))
    assert not node.lease.owns(claim)
    assert not node.lease.owns(other)
    assert not await node.lease.confirm(claim)
    assert await node.lease.confirm(other)
    await eventually(lambda: node.well)
    assert node.lost == [claim]
    assert node.troubles[0] == "redis"
    assert fence(new) > fence(claim)


async def test_a_room_taken_over_and_closed_does_not_come_back(open_node: OpenNode, redis_url: str) -> None:
    node = await open_node()
    claim = await node.claim("dice-1")
    elsewhere(lambda: takes_over(redis_url, "dice-1", keeps=False))
    assert not await node.lease.confirm(claim)
    assert node.lost == [claim]
    assert await node.lease.unowned(["dice-1"]) == ["dice-1"]


async def test_a_paused_node_keeps_rooms_that_no_node_took_over(open_node: OpenNode) -> None:
    node = await open_node()
    claim = await node.claim("crash")
    time.sleep(LEASE_MS / 1000)
    assert not node.lease.owns(claim)
    assert await node.lease.confirm(claim)
    await eventually(lambda: node.well)
    assert node.lost == []


CHILD = """
import asyncio, sys
from tests.server.backends.lease_world import Node

async def main():
    node = Node(sys.argv[1])
    lost = lambda claim: print("lost", claim.room, flush=True)
    await node.lease.start(node.troubles.append, lost)
    claims = [await node.claim(room) for room in ("crash", "dice-1")]
    print("owns", flush=True)
    sys.stdin.readline()  # the loop waits too, or it might renew the lease before the first look
    print(*(node.lease.owns(claim) for claim in claims), flush=True)
    print(*[await node.lease.confirm(claim) for claim in claims], flush=True)
    await node.close()

asyncio.run(main())
"""


async def test_a_process_that_was_stopped_learns_what_it_lost(open_node: OpenNode, redis_url: str) -> None:
    node = await open_node(lease_ms=LONG_MS)
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, redis_url, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    assert child.stdout is not None
    assert child.stdin is not None
    try:
        assert await child.stdout.readline() == b"owns\n"
        child.send_signal(signal.SIGSTOP)
        await node.taken_over("crash")
        child.stdin.write(b"go on\n")
        child.send_signal(signal.SIGCONT)
        told = (await child.stdout.read()).decode().splitlines()
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    assert sorted(told) == ["False False", "False True", "lost crash"]
    assert told.index("False False") < told.index("False True")


# -- lost answers --


class Deaf(RedisLink):
    """A link that loses answers while ``deaf``; Redis runs the commands."""

    deaf = False

    async def run(self, *asked: Any) -> Any:
        answer = await super().run(*asked)
        if self.deaf:
            raise UnreachableError("the answer got lost")
        return answer


class Slow(RedisLink):
    """A link whose answers take long, by the caller's clock."""

    now = 0.0

    async def run(self, *asked: Any) -> Any:
        answer = await super().run(*asked)
        self.now += LONG_MS * 2 / 3 / 1000
        return answer


async def test_a_lease_counts_from_before_its_renewal_was_sent(open_node: OpenNode, redis_url: str) -> None:
    link = Slow(redis_url)
    node = await open_node(link=link, lease_ms=LONG_MS, monotonic=lambda: link.now)
    claim = await node.claim("crash")
    assert not node.lease.owns(claim)
    assert node.lost == []


async def test_a_room_acquired_with_a_lost_answer_is_released(open_node: OpenNode, redis_url: str) -> None:
    link = Deaf(redis_url)
    node = await open_node(link=link, lease_ms=LONG_MS)
    kept = await node.claim("dice-1")
    link.deaf = True
    with pytest.raises(UnreachableError):
        await node.lease.acquire("crash")
    link.deaf = False

    async def acquired() -> Claim | None:
        return await node.lease.acquire("crash")

    claim = await eventually(acquired)
    assert node.lease.owns(claim)
    assert node.lease.owns(kept)
    assert node.lost == []


class Holding(RedisLink):
    """A link that delays the answer to ``acquire``."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def run(self, script: Script, *more: Any) -> Any:
        answer = await super().run(script, *more)
        if script is ACQUIRE:
            self.asked.set()
            await self.go_on.wait()
        return answer


async def test_a_room_that_is_being_acquired_is_not_released(open_node: OpenNode, redis_url: str) -> None:
    link = Holding(redis_url)
    node = await open_node(link=link, lease_ms=LONG_MS)
    acquiring = asyncio.create_task(node.claim("crash"))
    await link.asked.wait()
    for _ in range(3):  # renewals
        await link.call("PEXPIRE", link.key(f"node:{node.name}"), LONG_MS // 2)
        while await link.call("PTTL", link.key(f"node:{node.name}")) <= LONG_MS // 2:
            await asyncio.sleep(0.002)
    link.go_on.set()
    claim = await acquiring
    assert await link.call("HGET", link.key("owners"), "crash") == claim.token.encode()


async def test_acquiring_a_room_again_loses_the_old_claim(open_node: OpenNode, redis_server: RedisServer) -> None:
    node = await open_node(lease_ms=LONG_MS, renew_ms=LONG_MS)
    old = await node.claim("crash")
    tell(redis_server, "HDEL", node.link.key("owners"), "crash")
    new = await node.claim("crash")
    assert node.lost == [old]
    assert [node.lease.owns(old), node.lease.owns(new)] == [False, True]


async def test_a_fence_is_higher_than_the_last_owner_s(open_node: OpenNode, redis_server: RedisServer) -> None:
    node = await open_node(lease_ms=LONG_MS)
    ahead = 10**13
    tell(redis_server, "HSET", node.link.key("owners"), "crash", f"earlier {ahead}")
    assert fence(await node.claim("crash")) == ahead + 1


async def test_a_node_with_an_expired_lease_finds_no_orphans_of_its_own(
    open_node: OpenNode, redis_server: RedisServer
) -> None:
    node = await open_node(lease_ms=LONG_MS, renew_ms=LONG_MS)
    await node.claim("crash")
    tell(redis_server, "DEL", node.link.key(f"node:{node.name}"))
    assert await node.lease.orphans() == []


async def test_a_failed_release_is_repeated(open_node: OpenNode, redis_server: RedisServer) -> None:
    node, other = await open_node(lease_ms=LONG_MS), await open_node(lease_ms=LONG_MS)
    claim = await node.claim("crash")
    token = claim.token
    redis_server.stop()
    with pytest.raises(UnreachableError):
        await node.lease.release(claim)
    assert not node.lease.owns(claim)
    redis_server.start()
    join_run(redis_server.url)
    tell(redis_server, "SADD", node.link.key("nodes"), node.name)
    tell(redis_server, "SET", node.link.key(f"node:{node.name}"), 1)
    tell(redis_server, "HSET", node.link.key("owners"), "crash", token)
    tell(redis_server, "SADD", node.link.key(f"rooms:{node.name}"), "crash")
    await other.taken_over("crash")
    assert node.lost == []


async def test_a_room_that_another_node_took_is_reported_as_lost(
    open_node: OpenNode, redis_server: RedisServer
) -> None:
    node = await open_node(lease_ms=LONG_MS)
    claim, kept = await node.claim("crash"), await node.claim("dice-1")
    tell(redis_server, "HSET", node.link.key("owners"), "crash", f"other {fence(kept) + 1}")
    tell(redis_server, "SREM", node.link.key(f"rooms:{node.name}"), "crash")
    await eventually(lambda: node.lost == [claim])
    assert not node.lease.owns(claim)
    assert node.lease.owns(kept)
    assert node.well


async def test_a_listener_that_raises_does_not_stop_the_renewals(redis_url: str) -> None:
    node = Node(redis_url)

    def fails(told: Claim | str | None) -> None:
        node.troubles.append(str(told))
        raise RuntimeError("can't let go")

    join_run(redis_url)
    await node.lease.start(fails, fails)
    lost, kept = [await node.claim(room) for room in ("crash", "dice-1")]
    elsewhere(lambda: takes_over(redis_url, "crash"))
    assert not await node.lease.confirm(lost)
    assert await node.lease.confirm(kept)
    await eventually(lambda: node.troubles[-1:] == ["None"])
    assert node.troubles.count(str(lost)) == 1
    await node.close()


async def test_only_one_of_many_nodes_acquires_a_room(open_node: OpenNode) -> None:
    nodes = [await open_node(lease_ms=LONG_MS) for _ in range(3)]
    newest = 0
    for turn in range(10):
        rooms = [f"room-{number}" for number in range(20)]
        wanted = [(node, room) for room in rooms for node in nodes]
        got = await asyncio.gather(*(node.lease.acquire(room) for node, room in wanted))
        claims = [(node, claim) for (node, _), claim in zip(wanted, got, strict=True) if claim is not None]
        assert sorted(claim.room for _, claim in claims) == sorted(rooms), turn
        assert all(node.lease.owns(claim) for node, claim in claims)
        fences = sorted(fence(claim) for _, claim in claims)
        assert len(set(fences)) == len(rooms)
        assert fences[0] > newest
        newest = fences[-1]
        await asyncio.gather(*(node.lease.release(claim) for node, claim in claims))

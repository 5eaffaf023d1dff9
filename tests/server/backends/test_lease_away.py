"""Leases while Redis is away or silent, or after it came back with less data."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from devtools.services import RedisServer
from server.backends.bus import Claim
from server.errors import UnreachableError
from tests.redis_server import join_run, silent
from tests.server.backends.lease_world import (
    LONG_MS,
    Node,
    OpenNode,
    fence,
    opener,
    tell,
)
from tests.waiting import eventually


@pytest.fixture
async def open_node(redis_url: str) -> AsyncIterator[OpenNode]:
    async with opener(redis_url) as open_:
        yield open_


async def refused(node: Node, room: str) -> bool:
    try:
        await node.lease.acquire(room)
    except UnreachableError:
        return True
    return False


async def test_claims_survive_a_restart_of_redis(open_node: OpenNode, tmp_path: Path) -> None:
    with RedisServer(tmp_path / "kept", appendonly=True) as server:
        join_run(server.url)
        first, second = await open_node(server.url), await open_node(server.url)
        claims = [(node, await node.claim(room)) for node, room in ((first, "crash"), (second, "dice-1"))]
        server.stop()
        for node, claim in claims:
            await eventually(lambda node=node: not node.well)  # type: ignore[misc]
            await eventually(lambda node=node, claim=claim: not node.lease.owns(claim))  # type: ignore[misc]
        assert await refused(first, "mines-1")
        server.start()
        for node, claim in claims:
            assert await node.lease.confirm(claim)
            await eventually(lambda node=node: node.well)  # type: ignore[misc]
            assert node.lost == []
        assert await first.lease.acquire("dice-1") is None
        await asyncio.gather(first.close(), second.close())


async def test_claims_are_written_again_to_an_empty_redis(open_node: OpenNode, redis_server: RedisServer) -> None:
    first, second = await open_node(), await open_node()
    claims = [(node, await node.claim(room)) for node, room in ((first, "crash"), (second, "dice-1"))]
    redis_server.restart(empty=True)
    tries = 0
    while not (first.troubles[-1:] == [None] and second.troubles[-1:] == [None]):
        for node, theirs in ((first, "dice-1"), (second, "crash")):
            try:
                assert await node.lease.acquire(theirs) is None
            except UnreachableError:
                tries += 1
        await asyncio.sleep(0.002)
    assert tries
    for node, claim in claims:
        assert await node.lease.confirm(claim)
        assert await node.lease.owner(claim.room) == node.name
        assert node.lost == []
    new = await first.claim("mines-1")
    assert fence(new) > max(fence(claim) for _, claim in claims)


async def test_trouble_lasts_while_the_record_is_fresh(open_node: OpenNode, redis_server: RedisServer) -> None:
    node = await open_node(lease_ms=1000)
    claim = await node.claim("crash")
    redis_server.restart(empty=True)
    await eventually(lambda: not node.well)
    assert await node.lease.confirm(claim)
    assert not node.well
    assert await node.link.call("EXISTS", node.link.key("fresh"))
    await eventually(lambda: node.well)
    assert not await node.link.call("EXISTS", node.link.key("fresh"))


async def test_the_record_stays_fresh_while_any_node_restores_its_stakes(
    open_node: OpenNode, redis_server: RedisServer
) -> None:
    restoring, other = await open_node(lease_ms=LONG_MS), await open_node(lease_ms=LONG_MS)
    restoring.restoring = True
    redis_server.restart(empty=True)
    fresh = other.link.key("fresh")

    async def fresh_ms() -> int:
        with suppress(UnreachableError):
            return int(await other.link.call("PTTL", fresh))
        return -2

    await eventually(lambda: not restoring.well and not other.well)
    tell(redis_server, "PEXPIRE", fresh, LONG_MS // 3)

    async def is_prolonged() -> bool:
        return await fresh_ms() > LONG_MS // 2

    await eventually(is_prolonged)
    assert not other.well
    restoring.restoring = False
    tell(redis_server, "DEL", fresh)
    await eventually(lambda: restoring.well and other.well)


async def test_a_restart_is_noticed_though_redis_kept_everything(
    open_node: OpenNode, redis_server: RedisServer
) -> None:
    """It may have lost its last writes. Nodes look at the run, because their connections may be back within a turn."""
    node, other = await open_node(), await open_node()
    claim = await node.claim("crash")
    tell(redis_server, "SET", node.link.key("run"), "0123456789abcdef the run before")
    await eventually(lambda: node.troubles == other.troubles == ["redis", None])
    assert await node.lease.confirm(claim)
    assert node.lost == []


async def test_what_was_restored_before_another_restart_is_restored_again(
    open_node: OpenNode, redis_server: RedisServer
) -> None:
    node = await open_node(lease_ms=LONG_MS)
    for _ in range(2):
        tell(redis_server, "SET", node.link.key("run"), "0123456789abcdef the run before")
        await eventually(lambda: node.troubles == ["redis"])
        node.troubles.clear()


async def test_start_waits_only_while_the_record_is_fresh(redis_url: str) -> None:
    """It does not wait for a whole lease of its own."""
    node = Node(redis_url, lease_ms=LONG_MS)
    join_run(redis_url)
    await node.link.call("SET", node.link.key("fresh"), 1, "PX", 300)
    async with asyncio.timeout(LONG_MS / 3000):
        await node.start()
    await node.claim("crash")
    await node.close()


async def test_no_room_is_acquired_while_the_record_is_fresh(redis_url: str) -> None:
    first, second = Node(redis_url), Node(redis_url)
    starting = asyncio.create_task(first.start())
    await eventually(second.lease.nodes)
    with pytest.raises(UnreachableError):
        await first.lease.acquire("crash")
    await second.start()
    await starting
    await first.claim("crash")
    await second.claim("dice-1")
    await first.close()
    await second.close()


async def test_older_data_in_redis_is_corrected(open_node: OpenNode, redis_server: RedisServer) -> None:
    node = await open_node(lease_ms=LONG_MS)
    old = await node.claim("crash")
    await node.lease.release(old)
    claim = await node.claim("crash")
    tell(redis_server, "HSET", node.link.key("owners"), "crash", f"earlier {fence(old)}")
    tell(redis_server, "SREM", node.link.key(f"rooms:{node.name}"), "crash")
    tell(redis_server, "SADD", node.link.key("rooms:earlier"), "crash")
    await until_owner(node, "crash", claim)
    assert node.lost == []
    assert await node.lease.orphans() == []


async def until_owner(node: Node, room: str, claim: Claim) -> None:
    async def is_so() -> bool:
        found: bytes = await node.link.call("HGET", node.link.key("owners"), room)
        return found.decode() == claim.token

    await eventually(is_so)


async def test_a_silent_redis_is_trouble_at_once(open_node: OpenNode, redis_server: RedisServer) -> None:
    node = await open_node(lease_ms=LONG_MS)
    claim = await node.claim("crash")
    with silent(redis_server):
        before = time.monotonic()
        await eventually(lambda: not node.well)
        assert time.monotonic() - before < node.link.answer_s
        assert node.lease.owns(claim)
    await eventually(lambda: node.well)
    assert node.lease.owns(claim)
    assert node.lost == []


async def test_a_node_may_leave_while_redis_is_away(open_node: OpenNode, redis_server: RedisServer) -> None:
    node = await open_node()
    claim = await node.claim("crash")
    waiting = asyncio.create_task(node.lease.confirm(claim))
    redis_server.stop()
    await eventually(lambda: not node.lease.owns(claim))
    again = asyncio.create_task(node.lease.confirm(claim))
    assert await node.lease.leave()
    assert await waiting
    assert not await again

"""Leases of nodes that share a Redis: who owns what when nodes die, stop and wake up, and when Redis does."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from server.errors import Away
from tests.server.rooms.lease_world import LEASE_MS, Node, eventually, fence, not_fresh

OpenNode = Callable[..., Awaitable[Node]]

LONG_MS = 30_000
"""A lease that does not run out in a test."""


@pytest.fixture
async def open_node(redis_url: str) -> AsyncIterator[OpenNode]:
    await not_fresh(redis_url)
    opened: list[Node] = []

    async def open_(url: str = redis_url, **settings: Any) -> Node:
        node = Node(url, **settings)
        opened.append(node)
        await node.start()
        return node

    yield open_
    for node in opened:
        await node.close()


async def test_a_room_is_taken_over_when_its_owner_has_run_out(open_node: OpenNode) -> None:
    first, second = await open_node(lease_ms=LEASE_MS), await open_node(lease_ms=LONG_MS)
    old = await first.claim("crash")
    assert await second.lease.acquire("crash") is None
    assert await second.lease.orphans() == []
    await first.die()
    new = await second.taken_over("crash")
    assert not first.lease.holds(old)
    assert fence(new) > fence(old)
    assert await second.lease.owner("crash") == second.name


async def test_what_the_dead_leave_is_found_until_it_is_taken(open_node: OpenNode) -> None:
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


async def test_who_leaves_leaves_rooms_to_others(open_node: OpenNode) -> None:
    first, second = await open_node(), await open_node()
    claim = await first.claim("crash")
    assert await first.lease.leave()
    assert not first.lease.holds(claim)
    assert not await first.lease.confirmed(claim)
    with pytest.raises(Away):
        await first.lease.acquire("dice-1")
    assert await second.lease.orphans() == ["crash"]
    await second.claim("crash")
    assert not await second.lease.leave()
    assert first.lost == second.lost == []

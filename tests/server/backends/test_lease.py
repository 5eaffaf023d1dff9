"""What every lease guarantees, tested with the local one and with one of two nodes that share a Redis."""

from collections.abc import AsyncIterator

import pytest

from server.backends.bus import Claim
from server.backends.lease import Lease, LocalLease
from tests.redis_server import join_run
from tests.server.backends.lease_world import LONG_MS, Node, fence


@pytest.fixture(params=["local", "redis"])
async def lease(request: pytest.FixtureRequest) -> AsyncIterator[Lease]:
    if request.param == "local":
        yield LocalLease()
        return
    url: str = request.getfixturevalue("redis_url")
    join_run(url)
    nodes = [Node(url, lease_ms=LONG_MS) for _ in range(2)]
    for node in nodes:
        await node.start()
    yield nodes[0].lease
    for node in nodes:
        assert node.well
        assert not node.lost
        await node.close()


async def claimed(lease: Lease, room: str) -> Claim:
    claim = await lease.acquire(room)
    assert claim is not None
    assert claim.room == room
    return claim


async def test_one_owner_at_a_time_with_growing_fences(lease: Lease) -> None:
    first = await claimed(lease, "crash")
    assert await lease.acquire("crash") is None
    other = await claimed(lease, "dice-1")
    await lease.release(first)
    again = await claimed(lease, "crash")
    assert fence(first) < fence(other) < fence(again)
    assert again.token.startswith(f"{lease.node} ")


async def test_a_claim_is_certain_from_the_start(lease: Lease) -> None:
    claim = await claimed(lease, "crash")
    assert lease.owns(claim)
    assert await lease.confirm(claim)


async def test_releasing_an_old_claim_changes_nothing(lease: Lease) -> None:
    first = await claimed(lease, "crash")
    await lease.release(first)
    await lease.release(first)
    second = await claimed(lease, "crash")
    await lease.release(first)
    assert await lease.acquire("crash") is None
    assert lease.owns(second)


async def test_releasing_an_unowned_room_is_harmless(lease: Lease) -> None:
    await lease.release(Claim("crash", f"{lease.node} 1"))
    assert await lease.unowned(["crash"]) == ["crash"]


async def test_the_owner_of_a_room_is_found_and_rooms_without_an_owner(lease: Lease) -> None:
    claim = await claimed(lease, "crash")
    assert await lease.owner("crash") == lease.node
    assert await lease.owner("dice-1") is None
    assert await lease.unowned(["a", "crash", "b"]) == ["a", "b"]
    assert await lease.unowned([]) == []
    await lease.release(claim)
    assert await lease.owner("crash") is None
    assert await lease.unowned(["crash"]) == ["crash"]


async def test_there_are_no_orphans_without_dead_nodes(lease: Lease) -> None:
    await claimed(lease, "crash")
    assert lease.node in await lease.nodes()
    assert await lease.orphans() == []


async def test_a_single_node_leaves_its_rooms_to_no_other() -> None:
    assert not await LocalLease().leave()

"""The presence of several nodes: they count together, dead nodes do not count, and lost writes are repeated."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from devtools.services import RedisServer
from server.backends.presence_redis import RedisPresence
from server.backends.redis_link import RedisLink
from server.errors import UnreachableError
from tests.server.backends.lease_world import tell
from tests.waiting import eventually


class Nodes:
    """Two nodes that are alive until a test says otherwise."""

    def __init__(self, url: str) -> None:
        self.links = [RedisLink(url) for _ in range(2)]
        self.first, self.second = (
            RedisPresence(link, name) for link, name in zip(self.links, ("first", "second"), strict=True)
        )

    async def live(self, *names: str) -> None:
        for name in names:
            await self.links[0].call("SET", self.links[0].key(f"node:{name}"), 1)

    async def die(self, name: str) -> None:
        await self.links[0].call("DEL", self.links[0].key(f"node:{name}"))

    async def here(self, user_id: int) -> dict[str, int]:
        found = await self.links[0].call("HGETALL", self.links[0].key(f"connections:{user_id}"))
        return {name.decode(): int(number) for name, number in zip(found[::2], found[1::2], strict=True)}


@pytest.fixture
async def nodes(redis_url: str) -> AsyncIterator[Nodes]:
    nodes = Nodes(redis_url)
    await nodes.live("first", "second")
    yield nodes
    for link in nodes.links:
        await link.close()


async def test_nodes_count_together(nodes: Nodes) -> None:
    assert await nodes.first.add_connection(1, 3)
    assert await nodes.second.add_connection(1, 3)
    assert await nodes.first.add_connection(1, 3)
    assert not await nodes.first.add_connection(1, 3)
    assert not await nodes.second.add_connection(1, 3)
    assert await nodes.here(1) == {"first": 2, "second": 1}
    nodes.second.remove_connection(1)
    await nodes.links[1].call("PING")
    assert await nodes.first.add_connection(1, 3)


async def test_connections_at_the_same_moment_keep_the_limit(nodes: Nodes) -> None:
    answers = await asyncio.gather(*(node.add_connection(1, 5) for node in (nodes.first, nodes.second) * 10))
    assert sum(answers) == 5
    assert sum((await nodes.here(1)).values()) == 5


async def test_dead_nodes_do_not_count(nodes: Nodes) -> None:
    assert await nodes.second.add_connection(1, 1)
    assert not await nodes.first.add_connection(1, 1)
    await nodes.die("second")
    assert await nodes.first.add_connection(1, 1)
    assert await nodes.here(1) == {"first": 1}


async def test_counts_are_removed_or_expire(nodes: Nodes) -> None:
    link = nodes.links[0]
    await nodes.first.add_connection(1, 2)
    await nodes.first.add_connection(1, 2)
    await nodes.first.add_connection(2, 2)
    nodes.first.remove_connection(1)
    assert 0 < await link.call("TTL", link.key("connections:1")) <= 86_400
    nodes.first.remove_connection(1)
    assert await link.call("EXISTS", link.key("connections:1")) == 0


async def test_a_lost_count_is_right_after_the_next_connection(nodes: Nodes) -> None:
    assert await nodes.first.add_connection(1, 9)
    assert await nodes.first.add_connection(1, 9)
    await nodes.links[0].call("FLUSHALL")
    await nodes.live("first", "second")
    assert await nodes.first.add_connection(1, 9)
    assert await nodes.here(1) == {"first": 3}
    assert not await nodes.second.add_connection(1, 3)


async def test_connections_while_redis_was_away_are_counted_later(nodes: Nodes, redis_server: RedisServer) -> None:
    for user_id in (1, 2):
        assert await nodes.first.add_connection(user_id, 1)
    redis_server.stop()
    with pytest.raises(UnreachableError):
        await nodes.first.add_connection(3, 1)
    nodes.first.remove_connection(1)
    await asyncio.gather(nodes.first.add_connection(4, 1), return_exceptions=True)
    redis_server.start()
    link = nodes.links[0]
    tell(redis_server, "SET", link.key("node:first"), 1)
    for user_id in (1, 3):
        tell(redis_server, "HSET", link.key(f"connections:{user_id}"), "first", 1)

    async def comes() -> bool:
        try:
            return await nodes.first.add_connection(5, 1)
        except UnreachableError:
            return False

    await eventually(comes)
    assert await nodes.second.add_connection(1, 1)
    assert await nodes.second.add_connection(3, 1)
    assert await nodes.here(4) == {}

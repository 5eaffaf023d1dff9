"""Two nodes that share holds, for the tests of holds and of the wallet cache."""

from collections.abc import AsyncIterator

import pytest

from tests.server.backends.holds_world import RedisHoldsWorld, nodes_of


@pytest.fixture
async def nodes(redis_url: str) -> AsyncIterator[tuple[RedisHoldsWorld, RedisHoldsWorld]]:
    async with nodes_of(redis_url) as nodes:
        yield nodes


@pytest.fixture
def here(nodes: tuple[RedisHoldsWorld, RedisHoldsWorld]) -> RedisHoldsWorld:
    return nodes[0]


@pytest.fixture
def there(nodes: tuple[RedisHoldsWorld, RedisHoldsWorld]) -> RedisHoldsWorld:
    """Another node with the same database."""
    return nodes[1]

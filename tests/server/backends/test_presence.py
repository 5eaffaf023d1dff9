"""What every presence promises, held against a node that is alone and one of two that share a Redis."""

from collections.abc import AsyncIterator

import pytest

from server.backends.presence import LocalPresence, Presence
from server.backends.presence_redis import RedisPresence
from server.backends.redis_link import RedisLink


@pytest.fixture(params=["local", "redis"])
async def presence(request: pytest.FixtureRequest) -> AsyncIterator[Presence]:
    if request.param == "local":
        yield LocalPresence()
        return
    link = RedisLink(request.getfixturevalue("redis_url"))
    yield RedisPresence(link, "first")
    await link.close()


async def test_so_many_and_no_more(presence: Presence) -> None:
    assert [await presence.add_connection(1, 2) for _ in range(4)] == [True, True, False, False]
    assert await presence.add_connection(2, 2)


async def test_one_goes_and_another_may_come(presence: Presence) -> None:
    for _ in range(3):
        assert await presence.add_connection(1, 1)
        assert not await presence.add_connection(1, 1)
        presence.remove_connection(1)


async def test_the_limit_may_change(presence: Presence) -> None:
    assert [await presence.add_connection(1, 3) for _ in range(3)] == [True, True, True]
    presence.remove_connection(1)
    assert not await presence.add_connection(1, 2)
    assert await presence.add_connection(1, 3)

"""What every presence guarantees, tested with the local one and with one of two nodes that share a Redis."""

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


async def test_connections_up_to_the_limit(presence: Presence) -> None:
    assert [await presence.add_connection(1, 2) for _ in range(4)] == [True, True, False, False]
    assert await presence.add_connection(2, 2)


async def test_a_closed_connection_makes_room_for_another(presence: Presence) -> None:
    for _ in range(3):
        assert await presence.add_connection(1, 1)
        assert not await presence.add_connection(1, 1)
        presence.remove_connection(1)


async def test_the_limit_may_change(presence: Presence) -> None:
    assert [await presence.add_connection(1, 3) for _ in range(3)] == [True, True, True]
    presence.remove_connection(1)
    assert not await presence.add_connection(1, 2)
    assert await presence.add_connection(1, 3)

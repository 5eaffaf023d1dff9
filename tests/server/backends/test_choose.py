"""A node's backends have the form that the settings ask for."""

import pytest
from msgspec import structs

from server.backends.choose import Backends, local_backends, make_link, open_backends
from server.backends.lease import LocalLease
from server.backends.lease_redis import RedisLease
from server.clock import SystemClock
from server.config import Config, ConfigError
from server.errors import UnreachableError

JOINED = Config(database_url="postgresql://db.example/croupier", redis_url="redis://127.0.0.1:1/0")


async def test_without_redis_the_backends_are_local() -> None:
    async with open_backends(Config(), SystemClock()) as ports:
        assert isinstance(ports.lease, LocalLease)


async def test_with_redis_the_backends_are_shared(redis_url: str) -> None:
    config = structs.replace(JOINED, redis_url=redis_url)
    async with open_backends(config, SystemClock()) as one, open_backends(config, SystemClock()) as other:
        assert isinstance(one.lease, RedisLease)
        assert one.lease.node != other.lease.node


async def test_a_missing_redis_is_reported() -> None:
    with pytest.raises(UnreachableError) as caught:
        async with open_backends(JOINED, SystemClock()):
            raise AssertionError("it opened")
    assert "127.0.0.1:1" in caught.value.what


def test_two_local_nodes_share_nothing() -> None:
    clock = SystemClock()
    one, other = local_backends(clock, "one"), local_backends(clock, "other")
    for name in Backends.__struct_fields__:
        if name != "make_holds":
            assert getattr(one, name) is not getattr(other, name), name


def test_an_unknown_parameter_in_the_url_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError, match="REDIS_URL can't be used"):
        make_link(structs.replace(JOINED, redis_url="redis://127.0.0.1/0?speed=high"))

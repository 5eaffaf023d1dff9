"""The rate limiter of several nodes: shared buckets that expire, and local ones while Redis is away."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.backends.rate import Rate
from server.backends.rate_redis import RedisRateLimiter
from server.backends.redis_link import RedisLink
from tests.server.fanout.fakes import StillClock
from tests.server.shaky_link import ShakyLink

CHAT = Rate("chat", 0.01, 5)


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[ShakyLink]:
    link = ShakyLink(redis_url)
    yield link
    await link.close()


@pytest.fixture
async def other(redis_url: str) -> AsyncIterator[RedisLink]:
    other = RedisLink(redis_url)
    yield other
    await other.close()


async def test_nodes_take_from_one_bucket(link: RedisLink, other: RedisLink) -> None:
    nodes = [RedisRateLimiter(each, StillClock()) for each in (link, other)]
    taken = await asyncio.gather(*(nodes[n % 2].take(CHAT, "1") for n in range(40)))
    assert taken.count(0) == 5


async def test_a_bucket_lasts_until_it_is_full_again(link: RedisLink) -> None:
    rate_limiter = RedisRateLimiter(link, StillClock())
    for taken in (1, 2):
        assert await rate_limiter.take(CHAT, "1") == 0
        assert taken * 100_000 - 5_000 < await link.call("PTTL", link.key("rate:chat:1")) <= taken * 100_000
    quick = Rate("quick", 1_000_000, 1)
    assert [await rate_limiter.take(quick, "1") for _ in range(3)] == [0, 0, 0]


async def test_a_clock_that_goes_back_gives_no_tokens_and_takes_none(link: RedisLink) -> None:
    """Another Redis server may have taken over, and its clock may be behind, or it was set back. Nobody waits until the
    clock shows the old time again."""
    rate_limiter = RedisRateLimiter(link, StillClock())
    for _ in range(5):
        await rate_limiter.take(CHAT, "1")
    key = link.key("rate:chat:1")
    ahead = float(await link.call("HGET", key, "at")) + 50_000
    await link.call("HSET", key, "at", str(ahead))
    assert 95_000 < await rate_limiter.take(CHAT, "1") <= 100_000
    assert float(await link.call("HGET", key, "at")) < ahead - 40_000
    assert await link.call("PTTL", key) <= 500_000


@pytest.mark.parametrize("burst", [5, 2.5])
async def test_without_redis_each_node_counts_by_itself(link: ShakyLink, other: RedisLink, burst: float) -> None:
    rate = Rate("chat", 0.01, burst)
    alone, well = (RedisRateLimiter(each, StillClock()) for each in (link, other))
    link.loses = "questions"
    taken = [await alone.take(rate, "1") for _ in range(8)]
    assert taken.count(0) == int(burst)
    assert min(taken[int(burst) :]) > 0
    link.loses = "nothing"
    assert await alone.take(rate, "1") == 0
    assert await well.take(rate, "1") == 0

"""Token buckets, by example and against a count of the allowed requests; and rate limiters, local and in Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.backends.rate import AddressBuckets, Bucket, Buckets, LocalRateLimiter, Rate, RateLimiter
from server.backends.rate_redis import RedisRateLimiter
from server.backends.redis_link import RedisLink
from tests.server.fanout.fakes import StillClock


def test_a_burst_then_a_steady_rate() -> None:
    bucket = Bucket(rate_per_s=2, burst=3)
    assert [bucket.take(1000) for _ in range(4)] == [0, 0, 0, 500]
    assert bucket.take(1499) == 1
    assert bucket.take(1500) == 0
    assert bucket.take(1500) == 500
    assert [bucket.take(60_000) for _ in range(4)] == [0, 0, 0, 500]


def test_waiting_takes_nothing() -> None:
    bucket = Bucket(1, 1)
    assert [bucket.wait(0), bucket.wait(0), bucket.take(0), bucket.wait(0)] == [0, 0, 0, 1000]


def test_a_clock_that_goes_back_gives_no_tokens() -> None:
    bucket = Bucket(1, 1)
    assert bucket.take(10_000) == 0
    assert bucket.take(5_000) == 1000
    assert bucket.take(10_999) == 1


@given(
    st.floats(0.01, 1000),
    st.floats(1, 100),
    st.lists(st.integers(0, 5_000), min_size=1, max_size=60),
)
def test_never_more_than_rate_and_burst(rate_per_s: float, burst: float, steps: list[int]) -> None:
    bucket, now, taken = Bucket(rate_per_s, burst), 0, 0
    for step in steps:
        now += step
        wait_ms = bucket.take(now)
        taken += wait_ms == 0
        assert taken <= burst + rate_per_s * now / 1000 + 1e-6
        assert wait_ms == 0 or bucket.wait(now + wait_ms) == 0
        if wait_ms:
            now += wait_ms


def test_each_key_has_its_own_bucket() -> None:
    buckets = Buckets(1, 1)
    assert [buckets.take("a", 0), buckets.take("a", 0), buckets.take("b", 0)] == [0, 1000, 0]


def test_the_map_is_bounded() -> None:
    buckets = Buckets(1, 1, size=2)
    for key in "aba":
        buckets.take(key, 0)
    buckets.take("c", 0)
    assert len(buckets) == 2
    assert buckets.take("a", 0) == 1000
    assert buckets.take("b", 0) == 0


def test_a_charge_leaves_a_bounded_debt() -> None:
    bucket = Bucket(rate_per_s=1, burst=10)
    bucket.charge(8, 0)
    assert [bucket.take(0), bucket.take(0), bucket.take(0)] == [0, 0, 1000]
    bucket.charge(1_000, 0)
    assert bucket.wait(0) == 11_000
    assert bucket.take(11_000) == 0
    buckets = AddressBuckets(Rate("x", 1, 10))
    buckets.charge("2001:db8::1", 15, 0)
    assert buckets.take("2001:db8::2", 0) == 6_000
    assert buckets.take("2001:db8:0:1::1", 0) == 0


def test_an_ipv6_prefix_has_a_limit_beside_those_of_its_64s() -> None:
    buckets = AddressBuckets(Rate("x", 1, 10))
    addresses = [f"2001:db8:0:{net:x}::1" for net in range(256) for _ in range(2)]
    assert sum(buckets.take(address, 0) == 0 for address in addresses) == 20
    assert sum(buckets.take(f"2001:db8:0:{net:x}00::1", 0) == 0 for net in range(1, 200)) == 20
    assert buckets.take("2001:db8:1::1", 0) == 0
    assert buckets.take("2001:db8:0:5::1", 0) > 0


def test_a_refusal_takes_no_token_from_any_prefix() -> None:
    buckets = AddressBuckets(Rate("x", 1, 1))
    assert [buckets.take("2001:db8::1", 0) > 0 for _ in range(9)] == [False] + [True] * 8
    assert buckets.take("2001:db8:0:1::1", 0) == 0
    assert buckets.take("2001:db8:0:100::1", 0) == 0


@pytest.mark.parametrize("burst", [0, 0.5])
def test_a_bucket_holds_at_least_one(burst: float) -> None:
    assert Bucket(1, burst).take(0) == 0


class Scene:
    """A rate limiter, and its clock."""

    def __init__(self, link: RedisLink | None) -> None:
        self._clock = StillClock()
        self._link = link
        self.rate_limiter: RateLimiter = (
            LocalRateLimiter(self._clock) if link is None else RedisRateLimiter(link, self._clock)
        )

    async def pass_time(self, ms: int) -> None:
        if self._link is None:
            self._clock.ms += ms
            return
        end = await self._now_us(self._link) + ms * 1000
        while await self._now_us(self._link) < end:
            await asyncio.sleep(0.001)

    async def _now_us(self, link: RedisLink) -> int:
        seconds, us = await link.call("TIME")
        return int(seconds) * 1_000_000 + int(us)

    async def take_at_once(self, rate: Rate, times: int) -> list[int]:
        return list(await asyncio.gather(*(self.rate_limiter.take(rate, "1") for _ in range(times))))


@pytest.fixture(params=["local", "redis"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    if request.param == "local":
        yield Scene(None)
        return
    link = RedisLink(request.getfixturevalue("redis_url"))
    yield Scene(link)
    await link.close()


async def test_a_caller_who_waited_gets_the_token(scene: Scene) -> None:
    rate = Rate("chat", 20, 3)
    *taken, wait_ms = await scene.take_at_once(rate, 4)
    assert taken == [0, 0, 0]
    assert 0 < wait_ms <= 50
    await scene.pass_time(wait_ms)
    assert await scene.rate_limiter.take(rate, "1") == 0


async def test_a_refusal_takes_no_token(scene: Scene) -> None:
    rate = Rate("chat", 20, 1)
    assert (await scene.take_at_once(rate, 20)).count(0) == 1
    await scene.pass_time(50)
    assert await scene.rate_limiter.take(rate, "1") == 0


async def test_a_bucket_holds_no_more_than_its_burst(scene: Scene) -> None:
    rate = Rate("chat", 20, 2)
    await scene.rate_limiter.take(rate, "1")
    await scene.pass_time(200)
    assert [wait_ms == 0 for wait_ms in await scene.take_at_once(rate, 4)] == [True, True, False, False]


async def test_keys_and_rates_are_counted_apart(scene: Scene) -> None:
    chat, join = Rate("chat", 0.01, 1), Rate("join", 0.01, 1)
    assert await scene.rate_limiter.take(chat, "1") == 0
    assert await scene.rate_limiter.take(chat, "2") == 0
    assert await scene.rate_limiter.take(join, "1") == 0
    for rate, key in ((chat, "1"), (chat, "2"), (join, "1")):
        assert 99_000 < await scene.rate_limiter.take(rate, key) <= 100_000


async def test_a_burst_below_one_is_one(scene: Scene) -> None:
    rate = Rate("chat", 0.01, 0.5)
    assert await scene.rate_limiter.take(rate, "1") == 0
    assert await scene.rate_limiter.take(rate, "1") > 0

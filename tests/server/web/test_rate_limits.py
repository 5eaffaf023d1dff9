"""Rate limits by address and by account."""

from contextlib import suppress

import pytest

from server.backends.rate import LocalRateLimiter, Rate
from server.backends.rate_redis import RedisRateLimiter
from server.backends.redis_link import RedisLink
from server.errors import ClientError
from server.web.rate_limits import RateLimits
from tests.server.fanout.fakes import StillClock

SLOW = Rate("slow", 1, 2)


def rates_of(scale: float = 1, mails_per_hour: int = 5, clock: StillClock | None = None) -> RateLimits:
    return RateLimits(LocalRateLimiter(clock or StillClock()), scale, mails_per_hour)


def taken(rates: RateLimits, address: str, count: int, now_ms: int = 0) -> int:
    """How many of ``count`` calls pass."""
    passed = 0
    for _ in range(count):
        with suppress(ClientError):
            rates.take_address(SLOW, address, now_ms)
            passed += 1
    return passed


def test_limits_by_address_and_by_ipv6_network() -> None:
    rates = rates_of()
    assert taken(rates, "198.51.100.1", 5) == 2
    assert taken(rates, "198.51.100.2", 5) == 2
    assert taken(rates, "2001:db8::1", 5) == 2
    assert taken(rates, "2001:db8::2", 5) == 0
    assert taken(rates, "198.51.100.1", 5, 1000) == 1


def test_somebody_with_a_large_ipv6_prefix_is_limited_too() -> None:
    rates = rates_of()
    assert sum(taken(rates, f"2001:db8::{net:x}:0:0:0:1", 2) for net in range(50)) == 4


def test_the_scale_multiplies_the_rate() -> None:
    assert taken(rates_of(10), "198.51.100.1", 50) == 20


async def test_an_account_has_one_limit_on_all_nodes() -> None:
    rate_limiter = LocalRateLimiter(StillClock())
    one, other = RateLimits(rate_limiter, 1, 5), RateLimits(rate_limiter, 1, 5)
    await one.take(SLOW, 7)
    await other.take(SLOW, 7)
    with pytest.raises(ClientError) as refused:
        await one.take(SLOW, 7)
    assert (refused.value.error.code, refused.value.extra["retry_after"]) == ("rate_limited", 1)
    await one.take(SLOW, 8)


async def test_mails_are_limited_by_address() -> None:
    clock = StillClock()
    rates = rates_of(1000, 2, clock)
    mine = ("reset", "a@b.example", "192.0.2.1")
    assert [await rates.may_mail(*mine) for _ in range(3)] == [True, True, False]
    assert await rates.may_mail("reset", "c@b.example", "192.0.2.1")
    clock.ms += 1_800_000
    assert [await rates.may_mail(*mine) for _ in range(2)] == [True, False]


async def test_strangers_can_not_use_up_the_mails_of_an_address() -> None:
    """Each kind and each source has its own limit, and all sources together a higher one."""
    rates = rates_of(1000, 2, StillClock())
    for _ in range(3):
        await rates.may_mail("verification", "a@b.example", "192.0.2.1")
    assert await rates.may_mail("reset", "a@b.example", "192.0.2.1")
    assert await rates.may_mail("verification", "a@b.example", "192.0.2.2")
    sent = [await rates.may_mail("verification", "a@b.example", f"198.51.100.{n}") for n in range(30)]
    assert sent == [True] * 17 + [False] * 13


async def test_a_device_of_the_owner_has_mails_left_when_all_sources_together_have_none() -> None:
    rates = rates_of(1000, 2, StillClock())
    for n in range(30):
        await rates.may_mail("reset", "a@b.example", f"198.51.100.{n}")
    assert not await rates.may_mail("reset", "a@b.example", "192.0.2.1")
    sent = [await rates.may_mail("reset", "a@b.example", "device 7.x", is_known=True) for _ in range(3)]
    assert sent == [True, True, False]


async def test_mails_are_counted_together_on_all_nodes(redis_url: str) -> None:
    links = RedisLink(redis_url), RedisLink(redis_url)
    try:
        one, other = (RateLimits(RedisRateLimiter(link, StillClock()), 1, 2) for link in links)
        mine = ("reset", "a@b.example", "192.0.2.1")
        assert [await each.may_mail(*mine) for each in (one, other, one, other)] == [True, True, False, False]
        assert await other.may_mail("verification", *mine[1:])
    finally:
        for link in links:
            await link.close()

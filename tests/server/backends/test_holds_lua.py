"""Tests of the bank's scripts by what they leave in Redis: exact numbers, turns that grow, and nothing for ever."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.backends.holds_lua import EXPIRE_LIMITS, FIND, HOLD, RELEASE, RESTORE, SETTLE, SYNC_WALLET
from server.backends.redis_link import RedisLink

PURSE, HOLDS, STAKED, OWNERS, SETTLED = KEYS = (b"purse", b"holds", b"staked", b"owners", b"settled")
TOUCHED = (PURSE, HOLDS, STAKED)
DAY_MS = 86_400_000
LARGE = 2**53 - 1


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[RedisLink]:
    link = RedisLink(redis_url)
    await link.open()
    await link.call("HSET", OWNERS, "crash", "here 1")
    yield link
    await link.close()


async def meet(link: RedisLink, balance: int = 1000, version: int = 1) -> Any:
    return await link.run(SYNC_WALLET, [PURSE], [balance, version])


async def take(
    link: RedisLink, amount: int, name: str = "a", budget: tuple[int | str, int] = ("", 0), limits: int = 0
) -> Any:
    args = [1000, 1, "crash", "here 1", name, f"1 {name}", f"hold {name}", amount, *budget, limits]
    return await link.run(HOLD, KEYS, args)


def told(name: str, amount: int) -> list[str | int]:
    return [name, f"1 {name}", f"hold {name}", amount]


async def ms_left(link: RedisLink, key: bytes) -> int:
    """-1: it stays; -2: it is not there."""
    return int(await link.call("PTTL", key))


async def test_a_purse_begins_at_the_time_and_counts_on(link: RedisLink) -> None:
    before = time.time_ns() // 1000
    differs, (balance, version, held, turn) = await meet(link)
    assert (differs, balance, version, held) == (1, 1000, 1, 0)
    assert before <= turn <= time.time_ns() // 1000 + 1
    assert await meet(link) == [0, [1000, 1, 0, turn]]
    assert await meet(link, 500, 0) == [0, [1000, 1, 0, turn]]
    assert await meet(link, 500, 2) == [1, [500, 2, 0, turn + 1]]
    await link.call("DEL", PURSE)
    assert (await meet(link))[1][3] > turn + 1


async def test_large_sums_stay_exact(link: RedisLink) -> None:
    await meet(link, LARGE, 2)
    assert (await take(link, LARGE - 1))[1][:3] == [LARGE, 2, LARGE - 1]
    assert (await take(link, 2, "b"))[0] == b"insufficient"
    assert (await take(link, 1, "b"))[1][:3] == [LARGE, 2, LARGE]
    assert await link.call("HMGET", PURSE, "balance", "held") == [str(LARGE).encode()] * 2


async def test_what_holds_nothing_does_not_last(link: RedisLink) -> None:
    await meet(link)
    assert DAY_MS - 10_000 < await ms_left(link, PURSE) <= DAY_MS
    await take(link, 10)
    assert [await ms_left(link, key) for key in TOUCHED] == [-1, -1, -1]
    await meet(link, 900, 5)
    assert await ms_left(link, PURSE) == -1
    await link.run(RELEASE, (*TOUCHED, OWNERS), [0, -1, "crash", "here 1", *told("a", 10)])
    assert [await ms_left(link, key) for key in (HOLDS, STAKED)] == [-2, -2]
    assert 0 < await ms_left(link, PURSE) <= DAY_MS


async def test_a_settled_key_lingers_for_its_time(link: RedisLink) -> None:
    await take(link, 10)
    settle = [990, 2, 20_000, *told("a", 10)]
    assert (await link.run(SETTLE, (*TOUCHED, SETTLED), settle))[:3] == [990, 2, 0]
    assert 10_000 < await ms_left(link, SETTLED) <= 20_000
    assert await link.run(FIND, (HOLDS, SETTLED), ["a"]) == b"hold a"
    assert await take(link, 10) == [b"used", b"hold a"]
    await link.call("PEXPIRE", SETTLED, 0)
    assert await link.run(FIND, (HOLDS, SETTLED), ["a"]) is None
    assert (await take(link, 10))[0] == b"held"


async def test_who_knows_only_older_limits_takes_nothing(link: RedisLink) -> None:
    for version in (3, 7, 5):
        await link.run(EXPIRE_LIMITS, [PURSE], [0, -1, version])
    assert (await take(link, 10, limits=6))[0] == b"old_limits"
    assert await link.call("EXISTS", HOLDS) == 0
    assert (await take(link, 10, limits=7))[0] == b"held"
    await link.run(RELEASE, (*TOUCHED, OWNERS), [0, -1, "crash", "here 1", *told("a", 10)])
    assert 0 < await ms_left(link, PURSE) <= DAY_MS


async def test_several_holds_of_a_player_go_at_once(link: RedisLink) -> None:
    turn = (await meet(link))[1][3]
    for name in "abc":
        await take(link, 10, name)
    both = [*told("a", 10), *told("c", 10)]
    settled = [b"settled a", b"settled c"]
    purse = await link.run(SETTLE, (*TOUCHED, *settled), [1500, 2, 20_000, *both])
    assert purse == [1500, 2, 10, turn + 4]
    assert await link.run(SETTLE, (*TOUCHED, *settled), [1500, 2, 20_000, *both]) == purse
    assert await link.call("MGET", *settled) == [b"hold a", b"hold c"]
    assert await link.call("HGETALL", STAKED) == [b"1 b", b"hold b"]
    args = [0, -1, "crash", "here 1", *both, *told("b", 10), *told("d", 7)]
    restored = await link.run(RESTORE, (*TOUCHED, OWNERS, *settled, b"settled b", b"settled d"), args)
    assert restored == [1500, 2, 17, turn + 5]


async def test_losses_that_may_be_outdated_are_refused(link: RedisLink) -> None:
    await meet(link, 1000, 3)
    assert (await take(link, 10, budget=(100, 2)))[0] == b"old_losses"
    assert (await take(link, 101, budget=(100, 3)))[0] == b"over_budget"
    assert (await take(link, 60, budget=(100, 3)))[0] == b"held"
    assert (await take(link, 60, budget=(100, 2)))[0] == b"held"  # the same again
    assert (await take(link, 41, "b", budget=(100, 3)))[0] == b"over_budget"
    assert (await take(link, 40, "b", budget=(100, 4)))[0] == b"held"
    assert (await take(link, 1, "c", budget=(-5, 3)))[0] == b"over_budget"


async def test_a_wallet_that_nobody_knows_pays_nothing(link: RedisLink) -> None:
    args = [0, -1, "crash", "here 1", *told("a", 10)]
    assert (await link.run(RESTORE, (*TOUCHED, OWNERS, SETTLED), args))[:3] == [0, -1, 10]
    assert (await meet(link))[1][:3] == [1000, 1, 10]

"""Tests of the holds scripts by the keys that they write in Redis: exact numbers, growing revisions, expiry."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.backends.holds_lua import EXPIRE_LIMITS, FIND, HOLD, RELEASE, RESTORE, SETTLE, SYNC_WALLET
from server.backends.redis_link import RedisLink
from tests.redis_server import join_run

WALLET, HOLDS, STAKED, OWNERS, SETTLED, RUN, FRESH = KEYS = (
    b"wallet",
    b"holds",
    b"staked",
    b"owners",
    b"settled",
    b"run",
    b"fresh",
)
TOUCHED = (WALLET, HOLDS, STAKED)
DAY_MS = 86_400_000
LARGE = 2**53 - 1


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[RedisLink]:
    link = RedisLink(redis_url)
    await link.open()
    await link.call("HSET", OWNERS, "crash", "here 1")
    join_run(redis_url, "")
    yield link
    await link.close()


async def sync(link: RedisLink, balance: int = 1000, version: int = 1) -> Any:
    return await link.run(SYNC_WALLET, [WALLET], [balance, version])


async def hold(
    link: RedisLink, amount: int, name: str = "a", budget: tuple[int | str, int] = ("", 0), limits: int = 0
) -> Any:
    args = [1000, 1, "crash", "here 1", name, f"1 {name}", f"hold {name}", amount, *budget, limits]
    return await link.run(HOLD, KEYS, args)


def arguments(name: str, amount: int) -> list[str | int]:
    return [name, f"1 {name}", f"hold {name}", amount]


async def ms_left(link: RedisLink, key: bytes) -> int:
    """-1: the key does not expire; -2: it does not exist."""
    return int(await link.call("PTTL", key))


async def test_a_revision_starts_at_the_time_and_counts_on(link: RedisLink) -> None:
    before = time.time_ns() // 1000
    differs, (balance, version, held, revision) = await sync(link)
    assert (differs, balance, version, held) == (1, 1000, 1, 0)
    assert before <= revision <= time.time_ns() // 1000 + 1
    assert await sync(link) == [0, [1000, 1, 0, revision]]
    assert await sync(link, 500, 0) == [0, [1000, 1, 0, revision]]
    assert await sync(link, 500, 2) == [1, [500, 2, 0, revision + 1]]
    await link.call("DEL", WALLET)
    assert (await sync(link))[1][3] > revision + 1


async def test_large_sums_stay_exact(link: RedisLink) -> None:
    await sync(link, LARGE, 2)
    assert (await hold(link, LARGE - 1))[1][:3] == [LARGE, 2, LARGE - 1]
    assert (await hold(link, 2, "b"))[0] == b"insufficient"
    assert (await hold(link, 1, "b"))[1][:3] == [LARGE, 2, LARGE]
    assert await link.call("HMGET", WALLET, "balance", "held") == [str(LARGE).encode()] * 2


async def test_a_wallet_without_holds_expires(link: RedisLink) -> None:
    await sync(link)
    assert DAY_MS - 10_000 < await ms_left(link, WALLET) <= DAY_MS
    await hold(link, 10)
    assert [await ms_left(link, key) for key in TOUCHED] == [-1, -1, -1]
    await sync(link, 900, 5)
    assert await ms_left(link, WALLET) == -1
    await link.run(RELEASE, (*TOUCHED, OWNERS), [0, -1, "crash", "here 1", *arguments("a", 10)])
    assert [await ms_left(link, key) for key in (HOLDS, STAKED)] == [-2, -2]
    assert 0 < await ms_left(link, WALLET) <= DAY_MS


async def test_a_settled_key_is_remembered_for_a_time(link: RedisLink) -> None:
    await hold(link, 10)
    settle = [990, 2, 20_000, *arguments("a", 10)]
    assert (await link.run(SETTLE, (*TOUCHED, SETTLED), settle))[:3] == [990, 2, 0]
    assert 10_000 < await ms_left(link, SETTLED) <= 20_000
    assert await link.run(FIND, (HOLDS, SETTLED), ["a"]) == b"hold a"
    assert await hold(link, 10) == [b"used", b"hold a"]
    await link.call("PEXPIRE", SETTLED, 0)
    assert await link.run(FIND, (HOLDS, SETTLED), ["a"]) is None
    assert (await hold(link, 10))[0] == b"held"


async def test_older_limits_allow_no_hold(link: RedisLink) -> None:
    for version in (3, 7, 5):
        await link.run(EXPIRE_LIMITS, [WALLET], [0, -1, version])
    assert (await hold(link, 10, limits=6))[0] == b"old_limits"
    assert await link.call("EXISTS", HOLDS) == 0
    assert (await hold(link, 10, limits=7))[0] == b"held"
    await link.run(RELEASE, (*TOUCHED, OWNERS), [0, -1, "crash", "here 1", *arguments("a", 10)])
    assert 0 < await ms_left(link, WALLET) <= DAY_MS


async def test_several_holds_of_a_player_are_settled_at_once(link: RedisLink) -> None:
    revision = (await sync(link))[1][3]
    for name in "abc":
        await hold(link, 10, name)
    both = [*arguments("a", 10), *arguments("c", 10)]
    settled = [b"settled a", b"settled c"]
    wallet = await link.run(SETTLE, (*TOUCHED, *settled), [1500, 2, 20_000, *both])
    assert wallet == [1500, 2, 10, revision + 4]
    assert await link.run(SETTLE, (*TOUCHED, *settled), [1500, 2, 20_000, *both]) == wallet
    assert await link.call("MGET", *settled) == [b"hold a", b"hold c"]
    assert await link.call("HGETALL", STAKED) == [b"1 b", b"hold b"]
    args = [0, -1, "crash", "here 1", *both, *arguments("b", 10), *arguments("d", 7)]
    restored = await link.run(RESTORE, (*TOUCHED, OWNERS, *settled, b"settled b", b"settled d"), args)
    assert restored == [1500, 2, 17, revision + 5]


async def test_outdated_losses_allow_no_hold(link: RedisLink) -> None:
    await sync(link, 1000, 3)
    assert (await hold(link, 10, budget=(100, 2)))[0] == b"old_losses"
    assert (await hold(link, 101, budget=(100, 3)))[0] == b"over_budget"
    assert (await hold(link, 60, budget=(100, 3)))[0] == b"held"
    assert (await hold(link, 60, budget=(100, 2)))[0] == b"held"  # the same hold again
    assert (await hold(link, 41, "b", budget=(100, 3)))[0] == b"over_budget"
    assert (await hold(link, 40, "b", budget=(100, 4)))[0] == b"held"
    assert (await hold(link, 1, "c", budget=(-5, 3)))[0] == b"over_budget"


async def test_restoring_needs_no_known_wallet(link: RedisLink) -> None:
    args = [0, -1, "crash", "here 1", *arguments("a", 10)]
    assert (await link.run(RESTORE, (*TOUCHED, OWNERS, SETTLED), args))[:3] == [0, -1, 10]
    assert (await sync(link))[1][:3] == [1000, 1, 10]

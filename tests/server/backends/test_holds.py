"""What every holds backend guarantees, tested with the local one and the one in Redis."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from server.backends.holds import REMEMBER_KEY_MS, KeyUsedError, WalletBalance
from server.errors import ClientError
from storage.limits import DAY_MS, OwnLimits
from storage.settlement import WalletChange
from tests.server.backends.holds_world import Books, claim, hold, node_of, stake


@pytest.fixture(params=["local", "redis"])
async def books(request: pytest.FixtureRequest) -> AsyncIterator[Books]:
    if request.param == "local":
        yield Books()
        return
    async with node_of(request.getfixturevalue("redis_url")) as node:
        yield node


async def refusal(books: Books, amount: int, key: str = "x") -> ClientError:
    with pytest.raises(ClientError) as refused:
        await stake(books.holds, hold(1, key, amount))
    return refused.value


async def test_holds_reach_the_last_cent_and_not_beyond(books: Books) -> None:
    await books.enter(1)
    assert await stake(books.holds, hold(1, "a", 999)) == WalletBalance(1000, 999, 1)
    problem = await refusal(books, 2)
    assert (problem.error.code, problem.extra) == ("insufficient_funds", {"available": 1})
    assert await stake(books.holds, hold(1, "b", 1)) == WalletBalance(1000, 1000, 1)
    assert (await books.holds.held(1), books.holds.total_held()) == (1000, 1000)


async def test_a_player_who_is_not_cached_can_hold_nothing(books: Books) -> None:
    assert (await refusal(books, 1)).error.code == "not_signed_in"
    assert await books.holds.held(1) == 0
    assert books.holds.account(1) is None


async def test_a_key_holds_once(books: Books) -> None:
    await books.enter(1)
    first = hold(1, "a", 10)
    await stake(books.holds, first)
    with pytest.raises(KeyUsedError) as used:
        await stake(books.holds, hold(1, "a", 5000))
    assert used.value.hold == first
    assert await books.holds.find(1, "a") == first
    assert await books.holds.find(2, "a") is None
    await books.enter(2)
    await stake(books.holds, hold(2, "a", 10))


async def test_a_released_hold_leaves_nothing(books: Books) -> None:
    await books.enter(1)
    first = hold(1, "a", 700)
    await stake(books.holds, first)
    await books.holds.release(claim(), [first, first])
    await books.holds.release(claim(), [first])
    assert await books.holds.find(1, "a") is None
    assert await stake(books.holds, hold(1, "a", 1000)) == WalletBalance(1000, 1000, 1)


async def test_settling_changes_the_wallet_and_remembers_the_key(books: Books) -> None:
    account = await books.enter(1)
    first = hold(1, "a", 700)
    await stake(books.holds, first)
    await books.pay([first], [100])
    assert account.wallet() == WalletBalance(400, 0, 2)
    assert await books.holds.find(1, "a") == first
    with pytest.raises(KeyUsedError) as used:
        await stake(books.holds, hold(1, "a", 1))
    assert used.value.hold == first
    books.clock.ms += REMEMBER_KEY_MS + 1
    await books.forget([first])
    assert await books.holds.find(1, "a") is None


async def test_an_older_version_changes_no_wallet(books: Books) -> None:
    account = await books.enter(1)
    stale = books.row(1)
    books.holds.update_wallet(books.move(1, 500))
    books.holds.refresh(stale)
    books.holds.update_wallet(WalletChange(1, 1000, 1))
    assert account.wallet() == WalletBalance(1500, 0, 2)
    assert (await books.holds.enter(stale)).wallet() == WalletBalance(1500, 0, 2)


async def test_holds_outlast_the_cached_account(books: Books) -> None:
    await books.enter(1)
    await books.enter(1)
    assert books.holds.user_ids() == [1]
    first = hold(1, "a", 100)
    await stake(books.holds, first)
    books.holds.exit(1)
    books.holds.exit(1)
    assert await books.holds.held(1) == 100
    assert (await books.enter(1)).held == 100
    books.holds.exit(1)
    await books.pay([first], [0])
    assert books.holds.user_ids() == []
    assert books.holds.account(1) is None
    assert (await books.enter(1)).wallet() == WalletBalance(900, 0, 2)


async def test_every_change_of_a_wallet_is_reported(books: Books) -> None:
    await books.enter(1)
    first, second = hold(1, "a", 10), hold(1, "b", 10)
    await stake(books.holds, first)
    await stake(books.holds, second)
    assert books.told == [1, 1]
    await books.holds.release(claim(), [second])
    await books.pay([first], [50])
    assert books.told == [1] * 4
    books.holds.update_wallet(books.move(1, 5))
    assert books.told == [1] * 5
    assert await books.holds.held(1) == 0
    assert books.told == [1] * 5


async def test_a_player_s_own_stake_limit(books: Books) -> None:
    await books.enter(1, limits=OwnLimits(stake=50))
    problem = await refusal(books, 51)
    assert (problem.error.code, problem.extra) == ("limit_exceeded", {"field": "amount"})
    await stake(books.holds, hold(1, "a", 50))


async def test_an_older_row_does_not_undo_new_limits(books: Books) -> None:
    """The row comes from another node, or from a slow query."""
    account = await books.enter(1)
    before, then = books.row(1), account.row()
    await books.limit(1, OwnLimits(stake=10))
    for old in (before, then):
        books.holds.refresh(old)
        await books.holds.enter(old)
        assert (await refusal(books, 11)).error.code == "limit_exceeded"
    await books.pay([hold(1, "a", 5)], [0])
    books.holds.refresh(then)
    assert (await refusal(books, 11)).error.code == "limit_exceeded"
    await stake(books.holds, hold(1, "b", 10))


async def test_a_break_lasts_until_its_end(books: Books) -> None:
    await books.enter(1, limits=OwnLimits(break_until=books.clock.ms + 1000))
    problem = await refusal(books, 1)
    assert problem.error.code == "self_excluded"
    assert isinstance(problem.extra["until"], datetime)
    books.clock.ms += 1000
    await stake(books.holds, hold(1, "a", 1))


async def test_the_daily_loss_counts_losses_and_stakes(books: Books) -> None:
    await books.enter(1, limits=OwnLimits(loss_a_day=100))
    first, second = hold(1, "a", 60), hold(1, "b", 40)
    await stake(books.holds, first)
    await stake(books.holds, second)
    assert (await refusal(books, 1)).error.code == "limit_exceeded"
    await books.pay([first], [0])
    assert (await refusal(books, 1)).error.code == "limit_exceeded"
    await books.pay([second], [70])
    await stake(books.holds, hold(1, "c", 70))
    assert (await refusal(books, 1)).error.code == "limit_exceeded"


async def test_the_daily_loss_restarts_at_midnight_and_survives_a_new_connection(books: Books) -> None:
    books.clock.ms = books.clock.ms // DAY_MS * DAY_MS + DAY_MS - 10
    await books.enter(1, limits=OwnLimits(loss_a_day=100))
    first = hold(1, "a", 100)
    await stake(books.holds, first)
    await books.pay([first], [0])
    books.holds.exit(1)
    await books.enter(1)
    assert (await refusal(books, 1)).error.code == "limit_exceeded"
    books.clock.ms += 10
    await stake(books.holds, hold(1, "b", 100))


async def test_a_round_settled_during_the_look_up_of_losses_counts(books: Books) -> None:
    """The query may run before the commit, and its answer may arrive after it."""
    await books.enter(1)
    first = hold(1, "a", 80)
    await stake(books.holds, first)
    books.limits[1] = OwnLimits(loss_a_day=100)
    books.holds.refresh(books.row(1))
    books.open.clear()
    second = asyncio.create_task(stake(books.holds, hold(1, "b", 90)))
    await books.asked.wait()
    await books.pay([first], [0])
    books.open.set()
    with pytest.raises(ClientError, match="daily loss"):
        await second


async def test_a_win_in_the_ledger_that_is_not_settled_here_counts_once(books: Books) -> None:
    """Losses are looked up after another room's commit, before its ``settle``."""
    await books.enter(1, limits=OwnLimits(loss_a_day=100))
    first = hold(1, "a", 50)
    await stake(books.holds, first)
    books.clock.ms += DAY_MS
    changes = books.settle([first], [150])
    await books.holds.learn_losses(1)
    await books.holds.settle(claim(), [first], changes, {1: -100})
    with pytest.raises(ClientError, match="daily loss"):
        await stake(books.holds, hold(1, "b", 201))
    await stake(books.holds, hold(1, "c", 200))


async def test_losses_of_yesterday_allow_no_stake(books: Books) -> None:
    await books.enter(1, limits=OwnLimits(loss_a_day=100))
    await books.holds.learn_losses(1)
    books.clock.ms += DAY_MS
    with pytest.raises(ClientError) as refused:
        await books.holds.hold(claim(), hold(1, "a", 1))
    assert (refused.value.error.code, refused.value.error.retry) == ("unavailable", True)
    await stake(books.holds, hold(1, "a", 1))

"""What every holds backend guarantees, tested with the local one and the one in Redis."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import msgspec
import pytest

from server.backends.holds import REMEMBER_ANSWER_MS, REMEMBER_KEY_MS, KeyUsedError, WalletBalance, was_set_back
from server.errors import ClientError
from storage.limits import DAY_MS, OwnLimits
from storage.settlement import WalletChange
from tests.server.backends.holds_world import HoldsWorld, claim, hold, node_of, stake
from tests.waiting import eventually


@pytest.fixture(params=["local", "redis"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[HoldsWorld]:
    if request.param == "local":
        yield HoldsWorld()
        return
    async with node_of(request.getfixturevalue("redis_url")) as node:
        yield node


async def refusal(world: HoldsWorld, amount: int, key: str = "x") -> ClientError:
    with pytest.raises(ClientError) as refused:
        await stake(world.holds, hold(1, key, amount))
    return refused.value


async def test_holds_reach_the_last_cent_and_not_beyond(world: HoldsWorld) -> None:
    await world.enter(1)
    assert await stake(world.holds, hold(1, "a", 999)) == WalletBalance(1000, 999, 1)
    problem = await refusal(world, 2)
    assert (problem.error.code, problem.extra) == ("insufficient_funds", {"available": 1})
    assert await stake(world.holds, hold(1, "b", 1)) == WalletBalance(1000, 1000, 1)
    assert (await world.holds.held(1), world.holds.total_held()) == (1000, 1000)


async def test_a_player_who_is_not_cached_can_hold_nothing(world: HoldsWorld) -> None:
    assert (await refusal(world, 1)).error.code == "not_signed_in"
    assert await world.holds.held(1) == 0
    assert world.holds.account(1) is None


async def test_a_key_holds_once(world: HoldsWorld) -> None:
    await world.enter(1)
    first = hold(1, "a", 10)
    await stake(world.holds, first)
    with pytest.raises(KeyUsedError) as used:
        await stake(world.holds, hold(1, "a", 5000))
    assert used.value.hold == first
    assert await world.holds.find(1, "a") == first
    assert await world.holds.find(2, "a") is None
    await world.enter(2)
    await stake(world.holds, hold(2, "a", 10))


async def test_a_wallet_that_is_newer_than_the_ledger_is_set_back(world: HoldsWorld) -> None:
    await world.enter(1)
    world.limits[1] = OwnLimits(stake=1)
    world.holds.update_wallet(world.move(1, 700))
    world.holds.refresh(world.row(1))
    await eventually_known(world, WalletChange(1, 1700, 2))
    await stake(world.holds, hold(1, "a", 1))
    wrong, seen, ledger = WalletChange(1, 1600, 2), WalletChange(1, 1700, 2), WalletChange(1, 400, 1)
    assert not await world.holds.set_back(ledger, wrong)
    assert await world.holds.set_back(ledger, seen)
    assert await world.holds.known_wallets() == [ledger]
    account = world.holds.account(1)
    assert account is not None
    assert account.wallet() == WalletBalance(400, 1, 1)
    del world.limits[1]
    world.balances[1], world.versions[1] = 400, 1
    world.holds.refresh(world.row(1))
    assert (await refusal(world, 400)).extra == {"available": 399}
    assert await stake(world.holds, hold(1, "b", 399)) == WalletBalance(400, 400, 1)


def test_a_ledger_behind_a_wallet_was_set_back() -> None:
    seen = WalletChange(1, 500, 7)
    assert was_set_back(seen, WalletChange(1, 500, 6))
    assert was_set_back(seen, WalletChange(1, 400, 7))
    assert not was_set_back(seen, seen)
    assert not was_set_back(seen, WalletChange(1, 400, 8))


async def eventually_known(world: HoldsWorld, wallet: WalletChange) -> None:
    async def is_known() -> bool:
        return await world.holds.known_wallets() == [wallet]

    await eventually(is_known)


async def test_a_released_hold_leaves_nothing(world: HoldsWorld) -> None:
    await world.enter(1)
    first = hold(1, "a", 700)
    await stake(world.holds, first)
    await world.holds.release(claim(), [first, first])
    await world.holds.release(claim(), [first])
    assert await world.holds.find(1, "a") is None
    assert await stake(world.holds, hold(1, "a", 1000)) == WalletBalance(1000, 1000, 1)


async def test_settling_changes_the_wallet_and_remembers_the_key(world: HoldsWorld) -> None:
    account = await world.enter(1)
    first = hold(1, "a", 700)
    await stake(world.holds, first)
    await world.pay([first], [100])
    assert account.wallet() == WalletBalance(400, 0, 2)
    assert await world.holds.find(1, "a") == first
    with pytest.raises(KeyUsedError) as used:
        await stake(world.holds, hold(1, "a", 1))
    assert used.value.hold == first
    world.clock.ms += REMEMBER_KEY_MS + 1
    await world.forget([first])
    assert await world.holds.find(1, "a") is None


async def test_an_answer_is_remembered_and_its_key_holds_nothing(world: HoldsWorld) -> None:
    account = await world.enter(1)
    used = msgspec.structs.replace(hold(1, "a", 0, bet=""), answer=b"{}")
    world.holds.remember(used)
    assert await world.holds.find(1, "a") == used
    assert await world.holds.find(2, "a") is None
    with pytest.raises(KeyUsedError) as conflict:
        await stake(world.holds, hold(1, "a", 1))
    assert conflict.value.hold == used
    assert account.wallet() == WalletBalance(1000, 0, 1)
    world.clock.ms += REMEMBER_ANSWER_MS + 1
    await world.forget([used])
    assert await world.holds.find(1, "a") is None


async def test_an_answer_takes_no_key_from_a_hold(world: HoldsWorld) -> None:
    await world.enter(1)
    live, settled = hold(1, "a", 10), hold(1, "b", 10)
    for each in (live, settled):
        await stake(world.holds, each)
    await world.pay([settled], [0])
    for each in (live, settled):
        world.holds.remember(msgspec.structs.replace(each, amount=0, answer=b"{}"))
        assert await world.holds.find(1, each.key) == each
    world.clock.ms += REMEMBER_ANSWER_MS + 1
    await world.holds.settle(claim(), [], [], {})
    assert await world.holds.find(1, "a") == live
    assert await world.holds.held(1) == 10


async def test_an_older_version_changes_no_wallet(world: HoldsWorld) -> None:
    account = await world.enter(1)
    stale = world.row(1)
    world.holds.update_wallet(world.move(1, 500))
    world.holds.refresh(stale)
    world.holds.update_wallet(WalletChange(1, 1000, 1))
    assert account.wallet() == WalletBalance(1500, 0, 2)
    assert (await world.holds.enter(stale)).wallet() == WalletBalance(1500, 0, 2)


async def test_holds_outlast_the_cached_account(world: HoldsWorld) -> None:
    await world.enter(1)
    await world.enter(1)
    assert world.holds.user_ids() == [1]
    first = hold(1, "a", 100)
    await stake(world.holds, first)
    world.holds.exit(1)
    world.holds.exit(1)
    assert await world.holds.held(1) == 100
    assert (await world.enter(1)).held == 100
    world.holds.exit(1)
    await world.pay([first], [0])
    assert world.holds.user_ids() == []
    assert world.holds.account(1) is None
    assert (await world.enter(1)).wallet() == WalletBalance(900, 0, 2)


async def test_every_change_of_a_wallet_is_reported(world: HoldsWorld) -> None:
    await world.enter(1)
    first, second = hold(1, "a", 10), hold(1, "b", 10)
    await stake(world.holds, first)
    await stake(world.holds, second)
    assert world.told == [1, 1]
    await world.holds.release(claim(), [second])
    await world.pay([first], [50])
    assert world.told == [1] * 4
    world.holds.update_wallet(world.move(1, 5))
    assert world.told == [1] * 5
    assert await world.holds.held(1) == 0
    assert world.told == [1] * 5


async def test_a_player_s_own_stake_limit(world: HoldsWorld) -> None:
    await world.enter(1, limits=OwnLimits(stake=50))
    problem = await refusal(world, 51)
    assert problem.error.code == "limit_exceeded"
    values = {"reason": "own_stake", "values": {"limit": 50}}
    assert problem.extra == {"field": "amount", "limit": 50, "staked": 0} | values
    await stake(world.holds, hold(1, "a", 50))


async def test_the_stake_limit_counts_what_the_round_has_taken_from_the_wallet_before(world: HoldsWorld) -> None:
    await world.enter(1, limits=OwnLimits(stake=50))
    await world.holds.hold(claim(), hold(1, "a", 30))
    with pytest.raises(ClientError) as refused:
        await world.holds.hold(claim(), hold(1, "b", 21), staked=30)
    assert refused.value.error.code == "limit_exceeded"
    values = {"reason": "own_stakes", "values": {"limit": 50, "staked": 30}}
    assert refused.value.extra == {"field": "amount", "limit": 50, "staked": 30} | values
    assert await world.holds.held(1) == 30
    await world.holds.hold(claim(), hold(1, "b", 20), staked=30)
    assert await world.holds.held(1) == 50


async def test_limits_do_not_count_a_stake_that_stands_but_a_break_ends_it(world: HoldsWorld) -> None:
    await world.enter(1, limits=OwnLimits(stake=50, loss_a_day=40))
    await world.holds.hold(claim(), hold(1, "a", 90), stands=True)
    assert await world.holds.held(1) == 90
    await world.limit(1, OwnLimits(break_until=world.clock.ms + 1000))
    with pytest.raises(ClientError) as refused:
        await world.holds.hold(claim(), hold(1, "b", 5), stands=True)
    assert refused.value.error.code == "self_excluded"
    world.clock.ms += 1001
    with pytest.raises(ClientError) as poor:
        await world.holds.hold(claim(), hold(1, "c", 1_000_000), stands=True)
    assert poor.value.error.code == "insufficient_funds"


async def test_an_older_row_does_not_undo_new_limits(world: HoldsWorld) -> None:
    """The row comes from another node, or from a slow query."""
    account = await world.enter(1)
    before, then = world.row(1), account.row()
    await world.limit(1, OwnLimits(stake=10))
    for old in (before, then):
        world.holds.refresh(old)
        await world.holds.enter(old)
        assert (await refusal(world, 11)).error.code == "limit_exceeded"
    await world.pay([hold(1, "a", 5)], [0])
    world.holds.refresh(then)
    assert (await refusal(world, 11)).error.code == "limit_exceeded"
    await stake(world.holds, hold(1, "b", 10))


async def test_a_break_lasts_until_its_end(world: HoldsWorld) -> None:
    await world.enter(1, limits=OwnLimits(break_until=world.clock.ms + 1000))
    problem = await refusal(world, 1)
    assert problem.error.code == "self_excluded"
    assert isinstance(problem.extra["until"], datetime)
    world.clock.ms += 1000
    await stake(world.holds, hold(1, "a", 1))


async def test_the_daily_loss_counts_losses_and_stakes(world: HoldsWorld) -> None:
    await world.enter(1, limits=OwnLimits(loss_a_day=100))
    first, second = hold(1, "a", 60), hold(1, "b", 40)
    await stake(world.holds, first)
    await stake(world.holds, second)
    assert (await refusal(world, 1)).error.code == "limit_exceeded"
    await world.pay([first], [0])
    assert (await refusal(world, 1)).error.code == "limit_exceeded"
    await world.pay([second], [70])
    await stake(world.holds, hold(1, "c", 70))
    assert (await refusal(world, 1)).error.code == "limit_exceeded"


async def test_the_daily_loss_restarts_at_midnight_and_survives_a_new_connection(world: HoldsWorld) -> None:
    world.clock.ms = world.clock.ms // DAY_MS * DAY_MS + DAY_MS - 10
    await world.enter(1, limits=OwnLimits(loss_a_day=100))
    first = hold(1, "a", 100)
    await stake(world.holds, first)
    await world.pay([first], [0])
    world.holds.exit(1)
    await world.enter(1)
    assert (await refusal(world, 1)).error.code == "limit_exceeded"
    world.clock.ms += 10
    await stake(world.holds, hold(1, "b", 100))


async def test_a_round_settled_during_the_look_up_of_losses_counts(world: HoldsWorld) -> None:
    """The query may run before the commit, and its answer may arrive after it."""
    await world.enter(1)
    first = hold(1, "a", 80)
    await stake(world.holds, first)
    world.limits[1] = OwnLimits(loss_a_day=100)
    world.holds.refresh(world.row(1))
    world.open.clear()
    second = asyncio.create_task(stake(world.holds, hold(1, "b", 90)))
    await world.asked.wait()
    await world.pay([first], [0])
    world.open.set()
    with pytest.raises(ClientError, match="daily loss"):
        await second


async def test_a_win_in_the_ledger_that_is_not_settled_here_counts_once(world: HoldsWorld) -> None:
    """Losses are looked up after another room's commit, before its ``settle``."""
    await world.enter(1, limits=OwnLimits(loss_a_day=100))
    first = hold(1, "a", 50)
    await stake(world.holds, first)
    world.clock.ms += DAY_MS
    changes = world.settle([first], [150])
    await world.holds.learn_losses(1)
    await world.holds.settle(claim(), [first], changes, {1: -100})
    with pytest.raises(ClientError, match="daily loss"):
        await stake(world.holds, hold(1, "b", 201))
    await stake(world.holds, hold(1, "c", 200))


async def test_losses_of_yesterday_allow_no_stake(world: HoldsWorld) -> None:
    await world.enter(1, limits=OwnLimits(loss_a_day=100))
    await world.holds.learn_losses(1)
    world.clock.ms += DAY_MS
    with pytest.raises(ClientError) as refused:
        await world.holds.hold(claim(), hold(1, "a", 1))
    assert (refused.value.error.code, refused.value.error.retry) == ("unavailable", True)
    await stake(world.holds, hold(1, "a", 1))

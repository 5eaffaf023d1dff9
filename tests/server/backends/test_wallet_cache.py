"""Tests of cached accounts: each stays in step with its wallet in Redis, whatever messages get lost."""

import asyncio
from contextlib import suppress

import pytest

from devtools.services import RedisServer
from server.backends.bus import WalletState, user_channel
from server.backends.bus_redis import BusTimings
from server.backends.holds import WalletBalance
from server.backends.wallet_cache import CachedWallet
from server.errors import UnreachableError
from server.retry import Attempts
from storage.settlement import WalletChange
from storage.store import PlayerRow
from tests.server.backends.holds_world import (
    HoldsWorld,
    RedisHoldsWorld,
    answered,
    hold,
    node_of,
    outcomes,
    shows_wallet,
    stake,
)
from tests.waiting import eventually


def test_the_higher_revision_and_the_higher_version_count() -> None:
    here = CachedWallet(HoldsWorld().row(1))
    assert here.apply(WalletState(user_id=1, balance=900, version=2, held=10, revision=7))
    assert not here.apply(WalletState(user_id=1, balance=5, version=3, held=5, revision=7))
    assert not here.apply(WalletState(user_id=1, balance=900, version=2, held=10, revision=8))
    # This node has a newer version from the ledger, which Redis does not know yet.
    assert here.apply(WalletState(user_id=1, balance=1000, version=1, held=20, revision=9))
    assert here.account.wallet() == WalletBalance(900, 20, 2)


# -- several nodes --


async def test_a_change_on_one_node_is_reported_on_the_others(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    for node in (here, there):
        await node.enter(1)
    first = hold(1, "a", 300)
    await stake(here.holds, first)
    await shows_wallet(there, WalletBalance(1000, 300, 1))
    await there.pay([first], [500])
    await shows_wallet(here, WalletBalance(1200, 0, 2))
    here.holds.update_wallet(here.move(1, 50))
    await shows_wallet(there, WalletBalance(1250, 0, 3))
    there.move(1, 50)
    there.holds.refresh(there.row(1))
    await shows_wallet(here, WalletBalance(1300, 0, 4))
    assert here.told == there.told == [1] * 4


async def test_an_older_wallet_counts_on_all_nodes_when_it_is_set_back(
    here: RedisHoldsWorld, there: RedisHoldsWorld
) -> None:
    for node in (here, there):
        await node.enter(1)
    here.holds.update_wallet(here.move(1, 50))
    await shows_wallet(there, WalletBalance(1050, 0, 2))
    assert await here.holds.set_back(WalletChange(1, 10, 1), WalletChange(1, 1050, 2))
    for node in (here, there):
        await shows_wallet(node, WalletBalance(10, 0, 1))
    await stake(there.holds, hold(1, "a", 10))
    await shows_wallet(here, WalletBalance(10, 10, 1))


async def test_a_node_passes_on_a_credit_to_an_account_that_it_has_not_cached(
    here: RedisHoldsWorld, there: RedisHoldsWorld
) -> None:
    await there.enter(1)
    here.holds.update_wallet(here.move(1, 50))
    await shows_wallet(there, WalletBalance(1050, 0, 2))
    assert here.holds.account(1) is None


async def test_the_newest_version_counts_whichever_node_knows_it(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    await here.enter(1)
    here.move(1, 500)
    assert (await there.enter(1)).wallet() == WalletBalance(1500, 0, 2)
    await shows_wallet(here, WalletBalance(1500, 0, 2))
    assert await stake(here.holds, hold(1, "a", 1500)) == WalletBalance(1500, 1500, 2)


async def test_a_late_update_is_ignored(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    account = await here.enter(1)
    heard: list[WalletState] = []
    await there.bus.subscribe(user_channel(1), heard.append)  # type: ignore[arg-type]
    await stake(here.holds, hold(1, "a", 10))
    await stake(here.holds, hold(1, "b", 10))
    await eventually(lambda: len(heard) == 2)
    there.bus.publish(user_channel(1), heard[0])
    there.bus.publish(
        user_channel(1), WalletState(user_id=1, balance=5, version=9, held=0, revision=heard[1].revision + 1)
    )
    await eventually(lambda: account.wallet() == WalletBalance(5, 0, 9))
    assert here.told == [1, 1, 1]


async def test_a_wallet_replaces_the_missing_one(here: RedisHoldsWorld) -> None:
    """A player without a wallet has version 0, also in Redis."""
    row = here.row(1)
    none = PlayerRow(
        user_id=1,
        username=row.username,
        client_seed=row.client_seed,
        is_active=True,
        email_verified=True,
        balance=0,
        version=0,
        limits=None,
    )
    account = await here.holds.enter(none)
    assert account.wallet() == WalletBalance(0, 0, 0)
    here.holds.refresh(row)
    await answered(here.link)
    assert await stake(here.holds, hold(1, "a", 1000)) == WalletBalance(1000, 1000, 1)


# -- cached accounts --


async def test_a_player_may_enter_many_times_at_once(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    accounts = await asyncio.gather(*(here.enter(1) for _ in range(20)))
    assert len(set(map(id, accounts))) == 1
    assert here.holds.account(1) is accounts[0]
    for _ in range(20):
        here.holds.exit(1)
    assert here.holds.user_ids() == []
    await stake_elsewhere(there)
    assert here.told == []


async def stake_elsewhere(there: RedisHoldsWorld) -> None:
    await there.enter(1)
    await stake(there.holds, hold(1, "elsewhere", 10))


async def test_a_cancelled_enter_does_not_affect_others(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    coming = [asyncio.create_task(here.enter(1)) for _ in range(3)]
    await asyncio.sleep(0)
    coming[0].cancel()
    account = await coming[1]
    await stake_elsewhere(there)
    await eventually(lambda: account.held == 10)
    here.holds.exit(1)
    here.holds.exit(1)
    assert here.holds.user_ids() == []


async def test_nothing_is_left_when_every_enter_is_cancelled(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    coming = asyncio.create_task(here.enter(1))
    await asyncio.sleep(0)
    coming.cancel()
    await outcomes([coming])
    assert here.holds.user_ids() == []
    channel = here.link.key(user_channel(1))

    async def no_subscribers() -> bool:
        return bool(await there.link.call("PUBSUB", "NUMSUB", channel) == [channel, 0])

    await eventually(no_subscribers)


async def test_no_account_is_loaded_while_redis_is_away(redis_server: RedisServer) -> None:
    async with node_of(redis_server.url, timings=BusTimings(subscribe_s=0.5)) as here:
        redis_server.stop()
        for work in (here.enter(1), here.holds.held(1), here.holds.find(1, "a"), here.holds.left_in("crash")):
            with pytest.raises(UnreachableError):
                await work
        assert here.holds.user_ids() == []
        redis_server.start()
        async for _ in Attempts(0.01, give_up_after_s=10):
            with suppress(UnreachableError):
                await here.enter(1)
                break
        assert here.holds.user_ids() == [1]


# -- lost messages --


async def test_wallets_are_read_again_after_a_loss(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    account = await here.enter(1)
    await there.link.call("CLIENT", "KILL", "TYPE", "pubsub")
    await there.enter(1)
    wallet = await stake(there.holds, hold(1, "a", 10))
    await eventually(lambda: account.wallet() == wallet)
    assert here.told == [1]


async def test_lower_revisions_count_after_a_loss(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    """A Redis that lost its last seconds, or whose clock is behind, continues with lower revisions."""
    account = await here.enter(1)
    await there.enter(1)
    await there.link.call("HSET", there.link.key("wallet:1"), "revision", 5)
    await stake(there.holds, hold(1, "a", 10))
    await answered(here.link)
    assert account.held == 0
    await there.link.call("CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: account.held == 10)
    await stake(there.holds, hold(1, "b", 10))
    await eventually(lambda: account.held == 20)


async def test_wallets_are_read_again_until_redis_answers(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    account = await here.enter(1)
    await there.enter(1)
    here.link.loses = "questions"
    await there.link.call("HSET", there.link.key("wallet:1"), "revision", 5)
    await stake(there.holds, hold(1, "a", 10))
    asked = here.link.asked
    await there.link.call("CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: here.link.asked > asked + 1)
    assert account.held == 0
    here.link.loses = "nothing"
    await eventually(lambda: account.held == 10)

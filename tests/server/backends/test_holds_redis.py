"""What only holds in Redis have: several nodes, lost answers, and a Redis that loses data."""

import asyncio
from typing import Any

import pytest

from devtools.services import RedisServer
from server.backends.bus import Claim
from server.backends.holds import KeyUsedError, WalletBalance
from server.backends.lease import LeaseLostError
from server.errors import ClientError, UnreachableError
from storage.limits import OwnLimits
from tests.redis_server import join_run
from tests.server.backends.holds_world import RedisHoldsWorld, claim, hold, outcomes, shows_wallet, stake
from tests.waiting import eventually

# -- several nodes --


async def test_two_nodes_never_spend_the_same_balance(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    for node in (here, there):
        await node.enter(1)
    tries = [stake((here, there)[n % 2].holds, hold(1, f"k{n}", 7)) for n in range(1000)]
    taken = await outcomes(tries)
    refused = [each.error.code for each in taken if isinstance(each, ClientError)]
    assert refused == ["insufficient_funds"] * (1000 - 1000 // 7)
    assert await here.holds.held(1) == 1000 // 7 * 7
    assert len(await there.holds.left_in("crash")) == 1000 // 7
    for node in (here, there):
        await shows_wallet(node, WalletBalance(1000, 1000 // 7 * 7, 1))


async def test_limits_set_on_one_node_apply_at_once_on_another(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    """The other node has loaded the old limits and receives no notice of the change."""
    for node in (here, there):
        await node.enter(1)
    await stake(there.holds, hold(1, "a", 50))
    await here.limit(1, OwnLimits(stake=40))
    with pytest.raises(ClientError, match="limit that you set"):
        await stake(there.holds, hold(1, "b", 41))
    await here.limit(1, OwnLimits(stake=40, loss_a_day=70))
    with pytest.raises(ClientError, match="daily loss limit"):
        await stake(there.holds, hold(1, "c", 21))
    await stake(there.holds, hold(1, "d", 20))
    assert await here.holds.held(1) == 70


async def test_limits_that_cannot_be_loaded_allow_no_hold(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    await here.enter(1)
    await there.enter(1)
    await here.limit(1, OwnLimits(stake=40))
    there.knows_players = False
    with pytest.raises(ClientError, match="limits have just changed") as refused:
        await stake(there.holds, hold(1, "a", 1))
    assert refused.value.error.retry
    await stake(here.holds, hold(1, "a", 1))


async def test_limits_apply_to_a_player_who_was_cached_nowhere(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    account = await there.enter(1)
    old = account.row()
    there.holds.exit(1)
    await here.limit(1, OwnLimits(stake=40))
    await there.holds.enter(old)
    with pytest.raises(ClientError, match="limit that you set"):
        await stake(there.holds, hold(1, "a", 41))


async def test_two_nodes_together_keep_the_daily_loss_limit(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    for node in (here, there):
        await node.enter(1, limits=OwnLimits(loss_a_day=100))
    taken = await outcomes([stake((here, there)[n % 2].holds, hold(1, f"k{n}", 7)) for n in range(100)])
    refused = [each.error.code for each in taken if isinstance(each, ClientError)]
    assert refused == ["limit_exceeded"] * (100 - 100 // 7)


async def test_a_settlement_on_another_node_outdates_the_losses(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    """The losses were looked up before the commit; a stake based on them would exceed the limit."""
    await here.enter(1, limits=OwnLimits(loss_a_day=100))
    first = hold(1, "a", 80)
    await stake(here.holds, first)
    await here.holds.learn_losses(1)
    await there.pay([first], [0])
    with pytest.raises(ClientError) as refused:
        await here.holds.hold(claim(), hold(1, "b", 30))
    assert refused.value.error.code == "unavailable"
    with pytest.raises(ClientError, match="daily loss"):
        await stake(here.holds, hold(1, "b", 30))
    await stake(here.holds, hold(1, "b", 20))


# -- lost answers and former owners --


async def twice(node: RedisHoldsWorld, work: Any) -> Any:
    """Do it and lose the answer, then do it again."""
    node.link.loses = "answers"
    with pytest.raises(UnreachableError):
        await work()
    node.link.loses = "nothing"
    return await work()


async def test_repeating_a_call_changes_nothing(here: RedisHoldsWorld, there: RedisHoldsWorld) -> None:
    await there.enter(1)
    await here.enter(1)
    first, second = hold(1, "a", 300), hold(1, "b", 200)
    assert await twice(here, lambda: here.holds.hold(claim(), first)) == WalletBalance(1000, 300, 1)
    await shows_wallet(there, WalletBalance(1000, 300, 1))
    await here.holds.hold(claim(), second)
    await twice(here, lambda: here.holds.release(claim(), [second]))
    await shows_wallet(there, WalletBalance(1000, 300, 1))
    changes = here.settle([first], [400])
    await twice(here, lambda: here.holds.settle(claim(), [first], changes, {}))
    await shows_wallet(there, WalletBalance(1100, 0, 2))
    assert await here.holds.find(1, "b") is None
    with pytest.raises(KeyUsedError):
        await here.holds.hold(claim(), first)
    await twice(here, lambda: here.holds.restore(claim(), [first, second]))
    await shows_wallet(there, WalletBalance(1100, 200, 2))
    assert await here.holds.left_in("crash") == [second]


async def test_a_former_owner_changes_nothing(here: RedisHoldsWorld) -> None:
    await here.enter(1)
    first, second = hold(1, "a", 300), hold(1, "b", 200)
    stale = Claim("crash", "there 1")
    await stake(here.holds, first)
    for work in (
        here.holds.hold(stale, second),
        here.holds.hold(stale, first),
        here.holds.restore(stale, [second]),
        # The next owner may have found the bet in the journal, and continues the round with it.
        here.holds.release(stale, [first]),
        here.holds.hold(Claim("unowned", "here 1"), hold(1, "c", 1, "unowned")),
    ):
        with pytest.raises(LeaseLostError):
            await work
    assert await here.holds.left_in("crash") == [first]
    assert await here.holds.held(1) == 300


async def test_a_committed_round_is_settled_whoever_owns_the_room(here: RedisHoldsWorld) -> None:
    account = await here.enter(1)
    first = hold(1, "a", 300)
    await stake(here.holds, first)
    await here.holds.settle(Claim("crash", "there 1"), [first], here.settle([first], [0]), {1: 300})
    assert account.wallet() == WalletBalance(700, 0, 2)


async def test_the_hold_of_another_bet_is_not_removed(here: RedisHoldsWorld) -> None:
    """Players choose the keys, and may use one again after the first bet was refused."""
    await here.enter(1)
    refused, taken = hold(1, "a", 300, bet="crash.1.1"), hold(1, "a", 300, bet="crash.1.2")
    await stake(here.holds, taken)
    await here.holds.release(claim(), [refused])
    await here.holds.settle(claim(), [refused], [], {})
    assert await here.holds.left_in("crash") == [taken]
    assert await here.holds.held(1) == 300


async def test_a_large_round_is_one_pipeline(here: RedisHoldsWorld) -> None:
    users = range(1, 301)
    await asyncio.gather(*(here.enter(user) for user in users))
    holds = [hold(user, "a", 10, bet=f"crash.1.{user}") for user in users]
    await asyncio.gather(*(stake(here.holds, each) for each in holds))
    before = await commands_read(here)
    await here.pay(holds, [20] * 300)
    pipelines = await commands_read(here) - before
    assert here.holds.total_held() == 0
    assert await here.holds.left_in("crash") == []
    assert pipelines < 60  # for 600 commands; Redis reads a pipeline in pieces of 16 KiB


async def commands_read(node: RedisHoldsWorld) -> int:
    """How often Redis has read from sockets."""
    info: bytes = await node.link.call("INFO", "stats")
    return int(info.split(b"total_reads_processed:")[1].split()[0])


# -- Redis loses data --


async def test_stakes_are_restored_when_redis_came_back_empty(
    here: RedisHoldsWorld, there: RedisHoldsWorld, redis_server: RedisServer
) -> None:
    accounts = [await node.enter(1) for node in (here, there)]
    first = hold(1, "a", 900)
    await stake(here.holds, first)
    await shows_wallet(there, WalletBalance(1000, 900, 1))
    redis_server.restart(empty=True)
    await eventually(lambda: [account.held for account in accounts] == [0, 0])
    with pytest.raises(LeaseLostError):
        await here.holds.restore(claim(), [first])
    await here.own("crash")
    with pytest.raises(UnreachableError):
        await stake(there.holds, hold(1, "b", 101))
    join_run(redis_server.url)
    await here.holds.restore(claim(), [first])
    for node in (here, there):
        await shows_wallet(node, WalletBalance(1000, 900, 1))
    with pytest.raises(ClientError):
        await stake(there.holds, hold(1, "b", 101))
    with pytest.raises(KeyUsedError):
        await stake(there.holds, hold(1, "a", 1))
    await there.pay([first], [0])
    await shows_wallet(here, WalletBalance(100, 0, 2))


async def test_restoring_needs_no_balance_and_no_account(here: RedisHoldsWorld) -> None:
    first = hold(1, "a", 5000)
    await here.holds.restore(claim(), [first])
    assert await here.holds.held(1) == 5000
    assert (await here.enter(1)).wallet() == WalletBalance(1000, 5000, 1)
    await here.holds.release(claim(), [first])
    assert (await here.enter(1)).wallet() == WalletBalance(1000, 0, 1)

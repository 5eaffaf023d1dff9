"""Holds backends driven by Hypothesis: whatever happens in any order, on one or two nodes, stakes never exceed the
balance."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from server.backends.bus import LocalBus
from server.backends.holds import REMEMBER_KEY_MS, Hold, Holds, KeyUsedError
from server.backends.holds_redis import RedisHolds
from server.errors import ClientError
from storage.limits import DAY_MS, OwnLimits
from storage.settlement import WalletChange
from tests.redis_server import join_run
from tests.server.backends.holds_world import HoldsWorld, RedisHoldsWorld, answered, claim, hold, stake
from tests.server.shaky_link import ShakyLink

USERS = st.integers(1, 3)
NODES = st.integers(0, 1)
KEYS = st.sampled_from("abcdef")
CENTS = st.integers(1, 700)
SETTINGS = settings(max_examples=40, stateful_step_count=30)

Round = tuple[list[Hold], list[WalletChange], dict[int, int]]


class Counting(RuleBasedStateMachine):
    """Players connect, disconnect, stake, and are paid: first in the ledger (``committed``), then in the holds backend.

    ``live`` must be on hold, ``settled`` was; ``here`` counts the uses of accounts by node and user.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.runner = self.cleanup.enter_context(asyncio.Runner())
        self.world, self.backends = self.open()
        self.here: Counter[tuple[int, int]] = Counter()
        self.live: dict[tuple[int, str], Hold] = {}
        self.committed: list[Round] = []
        self.settled: dict[tuple[int, str], tuple[int, Hold]] = {}
        self.bets = 0

    def open(self) -> tuple[HoldsWorld, list[Holds]]:
        world = HoldsWorld()
        return world, [world.holds]

    def teardown(self) -> None:
        self.cleanup.close()

    def holds(self, node: int) -> Holds:
        return self.backends[node % len(self.backends)]

    def is_here(self, node: int, user: int) -> bool:
        return self.here[node % len(self.backends), user] > 0 or self.held(user) > 0

    @rule(node=NODES, user=USERS)
    def enter(self, node: int, user: int) -> None:
        self.runner.run(self.holds(node).enter(self.world.row(user)))
        self.here[node % len(self.backends), user] += 1

    @rule(node=NODES, user=USERS)
    def exit(self, node: int, user: int) -> None:
        if self.here[node % len(self.backends), user]:
            self.here[node % len(self.backends), user] -= 1
            self.holds(node).exit(user)

    @rule(user=USERS, stake=st.none() | st.integers(1, 300), loss=st.none() | st.integers(1, 900))
    def set_limits(self, user: int, stake: int | None, loss: int | None) -> None:
        self.world.limits[user] = OwnLimits(stake=stake, loss_a_day=loss)
        for node in range(len(self.backends)):
            self.refresh(node, user)

    @rule(node=NODES, user=USERS, key=KEYS, amount=CENTS)
    def stake(self, node: int, user: int, key: str, amount: int) -> None:
        pending = {(each.user_id, each.key) for round_, _, _ in self.committed for each in round_}
        live = (user, key) in self.live or (user, key) in pending
        known = live or (user, key) in self.settled
        held, limits = self.held(user), self.world.limits.get(user, OwnLimits())
        here = self.is_here(node, user)
        account = self.holds(node).account(user)
        fits = here and account is not None and amount <= account.balance - held
        small = limits.stake is None or amount <= limits.stake
        most = limits.loss_a_day if limits.loss_a_day is not None else 10**9
        lost = self.world.lost(user, self.world.clock.ms // DAY_MS * DAY_MS)
        unheard = [lost.get(user, 0) for _, _, lost in self.committed]
        self.bets += 1
        taken = hold(user, key, amount, bet=f"crash.{self.bets}.1")
        try:
            wallet = self.runner.run(stake(self.holds(node), taken))
        except KeyUsedError:
            assert known
        except ClientError as problem:
            # The backend assumes the worst of rounds that it does not know to be settled.
            over = lost + sum(abs(cents) for cents in unheard) + held + amount > most
            codes = {"insufficient_funds": not fits, "limit_exceeded": not small or over, "not_signed_in": not here}
            assert codes[problem.error.code]  # noqa: PT017
        else:
            assert here
            assert fits
            assert small
            assert lost + stakes(self.live.values(), user) + amount <= most
            assert not known
            self.live[user, key] = taken
            assert wallet.held == held + amount

    @precondition(lambda self: self.live)
    @rule(data=st.data(), payouts=st.lists(st.integers(0, 900), min_size=4, max_size=4))
    def commit(self, data: st.DataObject, payouts: list[int]) -> None:
        round_ = [
            self.live[k] for k in data.draw(st.lists(st.sampled_from(sorted(self.live)), max_size=4, unique=True))
        ]
        changes = self.world.settle(round_, payouts[: len(round_)])
        lost: dict[int, int] = {}
        for each, payout in zip(round_, payouts, strict=False):
            lost[each.user_id] = lost.get(each.user_id, 0) + each.amount - payout
            del self.live[each.user_id, each.key]
        self.committed.append((round_, changes, lost))

    @precondition(lambda self: self.committed)
    @rule(data=st.data(), node=NODES)
    def settle(self, data: st.DataObject, node: int) -> None:
        round_, changes, lost = self.committed.pop(data.draw(st.integers(0, len(self.committed) - 1)))
        for each in round_:
            self.settled[each.user_id, each.key] = self.world.clock.ms + REMEMBER_KEY_MS, each
        self.runner.run(self.holds(node).settle(claim(), round_, changes, lost))

    @precondition(lambda self: self.live)
    @rule(data=st.data(), node=NODES)
    def void(self, data: st.DataObject, node: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.live)))
        self.runner.run(self.holds(node).release(claim(), [self.live.pop(key)]))

    @rule(node=NODES, user=USERS, cents=CENTS, heard=st.booleans())
    def top_up(self, node: int, user: int, cents: int, heard: bool) -> None:
        self.world.row(user)
        change = self.world.move(user, cents)
        if heard:
            self.do(lambda: self.holds(node).update_wallet(change))

    @rule(node=NODES, user=USERS)
    def refresh(self, node: int, user: int) -> None:
        self.do(lambda: self.holds(node).refresh(self.world.row(user)))

    def do(self, work: Callable[[], None]) -> None:
        work()

    @rule(ms=st.sampled_from([1000, REMEMBER_KEY_MS + 1]))
    def pass_time(self, ms: int) -> None:
        self.world.clock.ms += ms
        forgotten = [each for until, each in self.settled.values() if until < self.world.clock.ms]
        for each in forgotten:
            del self.settled[each.user_id, each.key]
        self.runner.run(self.world.forget(forgotten))

    def held(self, user: int) -> int:
        """Stakes that the holds backend does not know to be settled."""
        return stakes(self.unsettled(), user)

    def unsettled(self) -> list[Hold]:
        return [*self.live.values(), *(each for round_, _, _ in self.committed for each in round_)]

    @invariant()
    def stakes_are_covered_and_known(self) -> None:
        for user, balance in self.world.balances.items():
            assert stakes(self.live.values(), user) <= balance
        self.runner.run(self.check())

    async def check(self) -> None:
        users = list(self.world.balances)
        for holds in self.backends:
            assert await gather(holds.held(user) for user in users) == [self.held(user) for user in users]
            assert await gather(holds.find(*key) for key in self.live) == list(self.live.values())
        for node, holds in enumerate(self.backends):
            accounts = {user: holds.account(user) for user in users}
            assert {user for user, account in accounts.items() if account} == {
                user for user in users if self.is_here(node, user)
            }
            assert all(account.held == self.held(user) for user, account in accounts.items() if account)
            assert holds.total_held() == sum(self.held(user) for user in users if accounts[user])


def stakes(holds: Iterable[Hold], user: int) -> int:
    return sum(each.amount for each in holds if each.user_id == user)


async def gather(works: Any) -> list[Any]:
    return list(await asyncio.gather(*works))


class SharedBus(LocalBus):
    """A bus of two nodes in one process."""

    def __init__(self) -> None:
        super().__init__()
        self._lost: list[Callable[[], None]] = []

    def on_loss(self, lost: Callable[[], None]) -> None:
        self._lost.append(lost)

    def lose(self) -> None:
        for lost in self._lost:
            lost()


class CountingTogether(Counting):
    """Two nodes on one Redis: each knows what the other does; answers get lost, and Redis loses everything."""

    url: ClassVar[str]

    def __init__(self) -> None:
        self.bus = SharedBus()
        super().__init__()

    def open(self) -> tuple[HoldsWorld, list[Holds]]:
        self.links = [ShakyLink(self.url) for _ in range(2)]
        for link in self.links:
            self.cleanup.callback(self.close, link)
        world = RedisHoldsWorld(self.links[0], self.bus)
        other = RedisHolds(self.links[1], self.bus, world.clock, world, lambda _account: None)
        self.runner.run(self.begin(world))
        return world, [world.holds, other]

    def close(self, link: ShakyLink) -> None:
        self.runner.run(link.close())

    async def begin(self, world: RedisHoldsWorld) -> None:
        """Empty Redis, and own the room."""
        await self.links[0].call("FLUSHALL")
        join_run(self.url)
        await world.own("crash")

    def is_here(self, node: int, user: int) -> bool:
        return self.here[node % 2, user] > 0

    def do(self, work: Callable[[], None]) -> None:
        async def do() -> None:
            work()
            for link in self.links:
                await answered(link)

        self.runner.run(do())

    @precondition(lambda self: self.live or self.settled)
    @rule(data=st.data(), node=NODES)
    def say_again(self, data: st.DataObject, node: int) -> None:
        """Repeating a call changes nothing."""
        holds = self.holds(node)
        if self.settled:
            _, each = self.settled[data.draw(st.sampled_from(sorted(self.settled)))]
            self.runner.run(holds.settle(claim(), [each], [], {}))
            self.runner.run(holds.release(claim(), [each]))
            self.runner.run(holds.restore(claim(), [each]))
        if self.live:
            each = self.live[data.draw(st.sampled_from(sorted(self.live)))]
            self.runner.run(holds.restore(claim(), [each]))

    @rule(node=NODES)
    def forget_everything(self, node: int) -> None:
        """Redis comes back empty; the owner of the room restores its stakes."""
        assert isinstance(self.world, RedisHoldsWorld)
        self.runner.run(self.begin(self.world))
        self.settled.clear()
        self.do(self.bus.lose)
        self.runner.run(self.holds(node).restore(claim(), self.unsettled()))

    async def check(self) -> None:
        await super().check()
        for holds in self.backends:
            left = {(each.user_id, each.key): each for each in await holds.left_in("crash")}
            assert left == {(each.user_id, each.key): each for each in self.unsettled()}


def test_a_single_node_behaves_like_the_model() -> None:
    run_state_machine_as_test(Counting, settings=SETTINGS)


def test_a_cluster_behaves_like_the_model(redis_url: str) -> None:
    class Together(CountingTogether):
        url = redis_url

    run_state_machine_as_test(Together, settings=SETTINGS)

"""The bank driven by Hypothesis: whatever happens in whatever order, no stake is more than what is there."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.errors import Problem
from server.rooms.bank import DAY_MS, LINGER_MS, Hold, KeyUsedError
from storage.ledger import WalletChange
from storage.limits import OwnLimits
from tests.server.rooms.bank_world import Books, hold, now, stake

USERS = st.integers(1, 3)
KEYS = st.sampled_from("abcdef")
CENTS = st.integers(1, 700)


class Counter(RuleBasedStateMachine):
    """Players come and go, stake, and are paid: first in the books (``committed``), then the bank hears of it.

    ``live`` and ``settled`` are what must be held and what was.
    """

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.bank = self.books.bank
        self.connections: dict[int, int] = {}
        self.live: dict[tuple[int, str], Hold] = {}
        self.committed: list[tuple[list[Hold], list[WalletChange], dict[int, int]]] = []
        self.settled: dict[tuple[int, str], int] = {}
        self.unheard: list[int] = []

    @rule(user=USERS)
    def come(self, user: int) -> None:
        self.books.enter(user)
        self.connections[user] = self.connections.get(user, 0) + 1

    @rule(user=USERS)
    def go(self, user: int) -> None:
        if self.connections.get(user):
            self.connections[user] -= 1
            self.bank.exit(user)

    @rule(user=USERS, stake=st.none() | st.integers(1, 300), loss=st.none() | st.integers(1, 900))
    def set_limits(self, user: int, stake: int | None, loss: int | None) -> None:
        self.books.limits[user] = OwnLimits(stake=stake, loss_a_day=loss)
        self.bank.refresh(self.books.row(user))

    @rule(user=USERS, key=KEYS, amount=CENTS)
    def stake(self, user: int, key: str, amount: int) -> None:
        pending = {(each.user_id, each.key) for round_, _, _ in self.committed for each in round_}
        live = (user, key) in self.live or (user, key) in pending
        known = live or self.settled.get((user, key), 0) >= self.books.clock.ms
        held, limits = self.held(user), self.books.limits.get(user, OwnLimits())
        here = bool(self.connections.get(user)) or held > 0
        fits = amount <= self.seen_balance(user) - held if here else False
        small = limits.stake is None or amount <= limits.stake
        most = limits.loss_a_day if limits.loss_a_day is not None else 10**9
        lost = self.books.lost(user, self.books.clock.ms // DAY_MS * DAY_MS)
        unheard = [lost.get(user, 0) for _, _, lost in self.committed]
        taken = hold(user, key, amount)
        try:
            purse = now(stake(self.bank, taken))
        except KeyUsedError:
            assert known
        except Problem as problem:
            # Of rounds that it has not heard of the bank thinks the worst.
            over = lost + sum(abs(cents) for cents in unheard) + held + amount > most
            codes = {"insufficient_funds": not fits, "limit_exceeded": not small or over, "not_signed_in": not here}
            assert codes[problem.error.code]  # noqa: PT017
        else:
            assert here
            assert fits
            assert small
            assert lost + self.live_stakes(user) + amount <= most
            assert not known
            self.live[user, key] = taken
            assert purse.held == held + amount

    def seen_balance(self, user: int) -> int:
        account = self.bank.account(user)
        return account.balance if account else 0

    @precondition(lambda self: self.live)
    @rule(data=st.data(), payouts=st.lists(st.integers(0, 900), min_size=4, max_size=4))
    def commit(self, data: st.DataObject, payouts: list[int]) -> None:
        round_ = [
            self.live[k] for k in data.draw(st.lists(st.sampled_from(sorted(self.live)), max_size=4, unique=True))
        ]
        changes = self.books.settle(round_, payouts[: len(round_)])
        lost: dict[int, int] = {}
        for each, payout in zip(round_, payouts, strict=False):
            lost[each.user_id] = lost.get(each.user_id, 0) + each.amount - payout
            del self.live[each.user_id, each.key]
        self.committed.append((round_, changes, lost))

    @precondition(lambda self: self.committed)
    @rule(data=st.data())
    def hear(self, data: st.DataObject) -> None:
        round_, changes, lost = self.committed.pop(data.draw(st.integers(0, len(self.committed) - 1)))
        for each in round_:
            self.settled[each.user_id, each.key] = self.books.clock.ms + LINGER_MS
        now(self.bank.settle(round_, changes, lost))

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.live)))
        now(self.bank.release([self.live.pop(key)]))

    @rule(user=USERS, cents=CENTS, heard=st.booleans())
    def top_up(self, user: int, cents: int, heard: bool) -> None:
        self.books.row(user)
        change = self.books.move(user, cents)
        if heard:
            self.bank.credited(change)

    @rule(user=USERS)
    def refresh(self, user: int) -> None:
        self.bank.refresh(self.books.row(user))

    @rule(ms=st.sampled_from([1000, LINGER_MS + 1]))
    def pass_time(self, ms: int) -> None:
        self.books.clock.ms += ms
        now(self.bank.settle([], [], {}))

    def held(self, user: int) -> int:
        """Stakes of which the bank has not heard that they are settled."""
        pending = [each for round_, _, _ in self.committed for each in round_ if each.user_id == user]
        return self.live_stakes(user) + sum(each.amount for each in pending)

    def live_stakes(self, user: int) -> int:
        return sum(each.amount for (who, _), each in self.live.items() if who == user)

    @invariant()
    def stakes_are_covered(self) -> None:
        for user, balance in self.books.balances.items():
            assert self.live_stakes(user) <= balance

    @invariant()
    def the_bank_knows_what_is_held(self) -> None:
        for user in self.books.balances:
            assert self.bank.held(user) == self.held(user)
            here = bool(self.connections.get(user)) or self.held(user) > 0
            assert (self.bank.account(user) is not None) == here
        assert self.bank.total_held() == sum(self.held(user) for user in self.books.balances)
        assert all(now(self.bank.find(*key)) is each for key, each in self.live.items())


TestCounter = Counter.TestCase
TestCounter.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)

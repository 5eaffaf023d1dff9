"""The bank driven by Hypothesis: whatever happens in whatever order, no stake is more than what is there."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.errors import Problem
from server.rooms.bank import DAY_MS, LINGER_MS, Hold, KeyUsedError
from storage.limits import OwnLimits
from tests.server.rooms.bank_world import Books, hold, now

USERS = st.integers(1, 3)
KEYS = st.sampled_from("abcdef")
CENTS = st.integers(1, 700)


class Counter(RuleBasedStateMachine):
    """Players come and go, stake, and are paid; ``live`` and ``settled`` are what must be held and what was."""

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.bank = self.books.bank
        self.connections: dict[int, int] = {}
        self.live: dict[tuple[int, str], Hold] = {}
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
        known = (user, key) in self.live or self.settled.get((user, key), 0) >= self.books.clock.ms
        held, limits = self.held(user), self.books.limits.get(user, OwnLimits())
        here = bool(self.connections.get(user)) or held > 0
        lost = self.books.lost(user, self.books.clock.ms // DAY_MS * DAY_MS)
        fits = amount <= self.seen_balance(user) - held if here else False
        allowed = limits.stake is None or amount <= limits.stake
        allowed = allowed and (limits.loss_a_day is None or lost + held + amount <= limits.loss_a_day)
        taken = hold(user, key, amount)
        try:
            purse = now(self.bank.hold(taken))
        except KeyUsedError:
            assert known
        except Problem as problem:
            codes = {"insufficient_funds": not fits, "limit_exceeded": not allowed, "not_signed_in": not here}
            assert codes[problem.error.code]  # noqa: PT017
        else:
            assert here
            assert fits
            assert allowed
            assert not known
            self.live[user, key] = taken
            assert purse.held == held + amount

    def seen_balance(self, user: int) -> int:
        account = self.bank.account(user)
        return account.balance if account else 0

    @precondition(lambda self: self.live)
    @rule(data=st.data(), payouts=st.lists(st.integers(0, 900), min_size=4, max_size=4))
    def settle(self, data: st.DataObject, payouts: list[int]) -> None:
        round_ = [
            self.live[k] for k in data.draw(st.lists(st.sampled_from(sorted(self.live)), max_size=4, unique=True))
        ]
        changes = self.books.settle(round_, payouts[: len(round_)])
        lost: dict[int, int] = {}
        for each, payout in zip(round_, payouts, strict=False):
            lost[each.user_id] = lost.get(each.user_id, 0) + each.amount - payout
            del self.live[each.user_id, each.key]
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
        return sum(each.amount for (who, _), each in self.live.items() if who == user)

    @invariant()
    def stakes_are_covered(self) -> None:
        for user, balance in self.books.balances.items():
            assert self.held(user) <= balance

    @invariant()
    def the_bank_knows_what_is_held(self) -> None:
        for user in self.books.balances:
            assert self.bank.held(user) == self.held(user)
            here = bool(self.connections.get(user)) or self.held(user) > 0
            assert (self.bank.account(user) is not None) == here
        assert self.bank.total_held() == sum(each.amount for each in self.live.values())
        assert all(now(self.bank.find(*key)) is each for key, each in self.live.items())


TestCounter = Counter.TestCase
TestCounter.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)

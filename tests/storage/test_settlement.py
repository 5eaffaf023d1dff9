"""The plan of a batch: pure arithmetic, tried without a database."""

from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storage.settlement import (
    BET,
    ENDED_ROUND,
    ROUND,
    TRANSACTION,
    Known,
    KnownRound,
    OpenRound,
    Plan,
    SettledBet,
    SettledRound,
    WalletState,
    changed_wallets,
    make_plan,
)


def known(balances: dict[int, int], rounds: dict[tuple[str, int], KnownRound] | None = None) -> Known:
    """Users with these balances; a user's wallet has ten times their id, their session a hundred times."""
    wallets = {user: WalletState(user * 10, balance, 1) for user, balance in balances.items()}
    sessions = {user * 100: user for user in balances}
    return Known(wallets, sessions, rounds or {}, count(1), count(1), lambda ms: ms)


def bet(user: int, number: int, amount: int, payout: int, result: str = "win") -> SettledBet:
    return SettledBet(user, user * 100, number, amount, b"{}", result, payout, f"key-{user}-{number}")


def ended(number: int, bets: list[SettledBet], **changes: Any) -> SettledRound:
    seeds = ("hash", "seed", "client", number)
    round_ = SettledRound(1, "crash", number, *seeds, "settled", b"{}", b"[]", b"{}", 5, 9, tuple(bets))
    return SettledRound(**{f: changes.get(f, getattr(round_, f)) for f in round_.__struct_fields__})


def columns(plan: Plan) -> list[dict[str, Any]]:
    return [dict(zip(TRANSACTION, row, strict=True)) for row in plan.transactions]


def test_rows_have_the_columns_that_their_names_say() -> None:
    opens = OpenRound(1, "crash", 3, "hash3", 3, b"{}", 9)
    there = {("crash", 2): KnownRound(77, "open", "hash")}
    plan = make_plan([ended(1, [bet(1, 1, 10, 20)]), ended(2, [], next=opens)], known({1: 50}, there))
    assert [dict(zip(ROUND, row, strict=True))["status"] for row in plan.new_rounds] == ["settled", "open"]
    assert [dict(zip(ENDED_ROUND, row, strict=True))["id"] for row in plan.ended_rounds] == [77]
    assert [dict(zip(BET, row, strict=True))["round_id"] for row in plan.bets] == [1]
    assert [(row["type"], row["balance_after"], row["bet_id"]) for row in columns(plan)] == [
        ("debit", 40, 1),
        ("credit", 60, 1),
    ]


def test_wallets_come_in_ascending_id() -> None:
    state = known({3: 50, 1: 50, 2: 50})
    make_plan([ended(1, [bet(3, 1, 10, 0), bet(1, 2, 10, 0)])], state)
    assert changed_wallets(state) == [(10, 40, 2, 9), (30, 40, 2, 9)]


def test_a_stake_that_comes_back_is_a_refund() -> None:
    plan = make_plan([ended(1, [bet(1, 1, 10, 10, "push"), bet(1, 2, 10, 10, "cashout")])], known({1: 50}))
    assert [row["category"] for row in columns(plan)] == ["bet", "bet", "refund", "win"]


def test_a_payout_of_the_round_does_not_cover_its_stakes() -> None:
    plan = make_plan([ended(1, [bet(1, 1, 50, 500), bet(1, 2, 1, 0)])], known({1: 50}))
    assert [s.status for s in plan.settlements] == ["failed"]
    assert not plan.transactions


bets = st.tuples(st.integers(1, 4), st.integers(1, 60), st.integers(0, 90))


@given(st.lists(st.lists(bets, max_size=5), max_size=6), st.lists(st.integers(0, 200), min_size=4, max_size=4))
def test_money_is_conserved_and_never_below_zero(rounds: list[list[tuple[int, int, int]]], start: list[int]) -> None:
    state = known(dict(enumerate(start[:3], start=1)))
    before = {wallet.id: wallet.balance for wallet in state.wallets.values()}
    batch = [ended(n, [bet(user, k, a, p) for k, (user, a, p) in enumerate(one, 1)]) for n, one in enumerate(rounds, 1)]
    plan = make_plan(batch, state)
    for row in columns(plan):
        before[row["wallet_id"]] += row["amount"] if row["type"] == "credit" else -row["amount"]
        assert row["balance_after"] == before[row["wallet_id"]] >= 0
    assert before == {wallet.id: wallet.balance for wallet in state.wallets.values()}
    settled = {s.number for s in plan.settlements if s.status == "settled"}
    assert len(plan.new_rounds) == len(settled)
    assert len(plan.bets) == sum(user < 4 for n, one in enumerate(rounds, 1) if n in settled for user, *_ in one)

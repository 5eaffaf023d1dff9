"""The plan of a batch, which is pure arithmetic and needs no database."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from storage.settlement import (
    EndedBet,
    EndedRound,
    OnRecord,
    OpenRound,
    PlannedWallet,
    RecordedRound,
    RoundName,
    SettlementPlan,
    WalletUpdate,
)


def on_record(balances: dict[int, int], rounds: dict[RoundName, RecordedRound] | None = None) -> OnRecord:
    """Users with these balances; a user's wallet has ten times the user's id, the session a hundred times."""
    return OnRecord(
        wallets={user: PlannedWallet(user * 10, balance, 1) for user, balance in balances.items()},
        sessions={user * 100: user for user in balances},
        rounds=rounds or {},
    )


def planned(rounds: list[EndedRound], known: OnRecord) -> SettlementPlan:
    plan = SettlementPlan(known, round_ids=count(1), bet_ids=count(1), to_column=lambda ms: ms)
    plan.add(rounds)
    return plan


def bet(user: int, number: int, amount: int, payout: int, result: str = "win") -> EndedBet:
    return EndedBet(
        user_id=user,
        session_id=user * 100,
        number=number,
        amount=amount,
        selection=b"{}",
        result=result,
        payout=payout,
        key=f"key-{user}-{number}",
        placed_at=7,
    )


def ended(number: int, bets: list[EndedBet], following: OpenRound | None = None) -> EndedRound:
    return EndedRound(
        game_id=1,
        room="crash",
        number=number,
        server_seed_hash="hash",
        server_seed="seed",
        client_seed="client",
        nonce=number,
        status="settled",
        options=b"{}",
        journal=b"[]",
        outcome=b"{}",
        started_at=5,
        ended_at=9,
        bets=tuple(bets),
        next=following,
    )


def test_rounds_bets_and_transactions_refer_to_one_another() -> None:
    following = OpenRound(
        game_id=1, room="crash", number=3, server_seed_hash="hash3", nonce=3, options=b"{}", started_at=9
    )
    open_round = {("crash", 2): RecordedRound(77, "open", "hash")}
    plan = planned([ended(1, [bet(1, 1, 10, 20)]), ended(2, [], following)], on_record({1: 50}, open_round))
    assert [(row.id, row.number, row.status) for row in plan.new_rounds] == [(1, 1, "settled"), (2, 3, "open")]
    assert [(row.id, row.status) for row in plan.round_updates] == [(77, "settled")]
    assert [(row.id, row.round_id) for row in plan.new_bets] == [(1, 1)]
    assert [(row.type, row.balance_after, row.bet_id) for row in plan.new_transactions] == [
        ("debit", 40, 1),
        ("credit", 60, 1),
    ]


def test_wallets_come_in_ascending_id() -> None:
    plan = planned([ended(1, [bet(3, 1, 10, 0), bet(1, 2, 10, 0)])], on_record({3: 50, 1: 50, 2: 50}))
    assert plan.wallet_updates() == [
        WalletUpdate(id=10, balance=40, version=2, last_updated=9),
        WalletUpdate(id=30, balance=40, version=2, last_updated=9),
    ]


def test_a_returned_stake_is_a_refund() -> None:
    plan = planned([ended(1, [bet(1, 1, 10, 10, "push"), bet(1, 2, 10, 10, "cashout")])], on_record({1: 50}))
    assert [row.category for row in plan.new_transactions] == ["bet", "bet", "refund", "win"]


def test_a_payout_of_the_round_does_not_cover_its_stakes() -> None:
    plan = planned([ended(1, [bet(1, 1, 50, 500), bet(1, 2, 1, 0)])], on_record({1: 50}))
    assert [settlement.uncovered for settlement in plan.settlements] == [(1,)]
    assert not plan.new_bets
    assert not plan.new_transactions


def test_the_same_round_twice_in_a_batch_counts_once() -> None:
    round_ = ended(1, [bet(1, 1, 10, 20)])
    plan = planned([round_, ended(2, [bet(1, 1, 5, 0)]), round_], on_record({1: 50}))
    assert [settlement.wallets[0].balance for settlement in plan.settlements] == [60, 55, 55]
    assert [row.number for row in plan.new_rounds] == [1, 2]


bets = st.tuples(st.integers(1, 4), st.integers(1, 60), st.integers(0, 90))


@given(st.lists(st.lists(bets, max_size=5), max_size=6), st.lists(st.integers(0, 200), min_size=4, max_size=4))
def test_money_is_conserved_and_never_below_zero(rounds: list[list[tuple[int, int, int]]], start: list[int]) -> None:
    known = on_record(dict(enumerate(start[:3], start=1)))
    balances = {wallet.id: wallet.balance for wallet in known.wallets.values()}
    batch = [ended(n, [bet(user, k, a, p) for k, (user, a, p) in enumerate(one, 1)]) for n, one in enumerate(rounds, 1)]
    plan = planned(batch, known)
    for row in plan.new_transactions:
        balances[row.wallet_id] += row.amount if row.type == "credit" else -row.amount
        assert row.balance_after == balances[row.wallet_id] >= 0
    assert balances == {wallet.id: wallet.balance for wallet in known.wallets.values()}
    assert [settlement.status for settlement in plan.settlements] == ["settled"] * len(rounds)
    uncovered = {settlement.number: settlement.uncovered for settlement in plan.settlements}
    payable = [user < 4 and user not in uncovered[n] for n, one in enumerate(rounds, 1) for user, *_ in one]
    assert len(plan.new_bets) == sum(payable)

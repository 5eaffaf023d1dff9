"""What settlements left: only what is known whole is used, and it does not grow for ever."""

from itertools import count
from typing import Any

import pytest

from storage import last_known
from storage.last_known import LastKnown
from storage.settlement import Known, OpenRound, SettledBet, SettledRound, WalletState, changed_wallets, make_plan


def ended(*bets: tuple[int, int], opens: bool = False, **changes: Any) -> SettledRound:
    """A round with bets of these users in these sessions."""
    placed = tuple(SettledBet(user, s, n, 10, b"{}", "loss", 0, f"k{n}") for n, (user, s) in enumerate(bets, start=1))
    following = OpenRound(1, "dice", 2, "hash2", 2, b"{}", 9) if opens else None
    return SettledRound(1, "dice", 1, "hash", "s", "c", 1, "settled", b"{}", b"[]", b"{}", 5, 9, placed, following)


def known(balances: dict[int, int]) -> Known:
    """A user's wallet has ten times their id, their session a hundred times."""
    wallets = {user: WalletState(user * 10, balance, 1) for user, balance in balances.items()}
    return Known(wallets, {user * 100: user for user in balances}, {}, count(1), count(1), lambda ms: ms)


@pytest.fixture
def last() -> LastKnown:
    last = LastKnown()
    last.keep(known({1: 50, 2: 60}))
    return last


def test_what_is_known_whole_is_told(last: LastKnown) -> None:
    found = last.of([ended((1, 100), (2, 200)), ended((1, 100))])
    assert found == ({1: WalletState(10, 50, 1), 2: WalletState(20, 60, 1)}, {100: 1, 200: 2})
    assert last.of([ended()]) == ({}, {})


@pytest.mark.parametrize(
    "round_",
    [
        pytest.param(ended((1, 100), (3, 300)), id="a player who was not here"),
        pytest.param(ended((1, 101)), id="a session that is new"),
        pytest.param(ended((1, 200)), id="a session of somebody else"),
        pytest.param(ended((1, 100), opens=True), id="a round of a room that opens them"),
    ],
)
def test_what_is_not_known_whole_must_be_looked_up(last: LastKnown, round_: SettledRound) -> None:
    assert last.of([ended((2, 200)), round_]) is None


def test_a_plan_moves_what_it_was_told_and_nothing_here(last: LastKnown) -> None:
    """Only a batch that is committed counts."""
    batch = [ended((1, 100), (1, 100))]
    for _ in range(2):
        wallets, owners = last.of(batch) or ({}, {})
        plan = Known(wallets, owners, {}, count(1), count(1), lambda ms: ms)
        make_plan(batch, plan)
        assert changed_wallets(plan) == [(10, 30, 2, 9)]
    last.keep(plan)
    assert last.of(batch) == ({1: WalletState(10, 30, 2)}, {100: 1})


def test_it_does_not_grow_for_ever(last: LastKnown) -> None:
    last.keep(known(dict.fromkeys(range(10, 10 + last_known.LARGEST), 5)))
    assert last.of([ended((1, 100))]) is not None
    last.keep(known({5: 5}))
    assert last.of([ended((1, 100))]) is None
    assert last.of([ended((5, 500))]) is not None

"""Main pots, side pots, rake and shares always add up."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from game_engine.game import Seat
from game_engine.games.holdem.pots import Contribution, Pot, pots_of, raked, shares, split

A, B, C, D = map(Seat, range(4))


def test_the_contributions_of_live_seats_make_side_pots() -> None:
    parts = [
        Contribution(A, 100, True),
        Contribution(B, 400, False),
        Contribution(C, 1_000, True),
        Contribution(D, 1_000, True),
    ]
    assert pots_of(parts) == (Pot(400, (A, C, D)), Pot(2_100, (C, D)))


def test_a_folded_seat_ends_no_layer() -> None:
    assert pots_of([Contribution(A, 50, False), Contribution(B, 200, True), Contribution(C, 200, True)]) == (
        Pot(450, (B, C)),
    )


def test_no_contributions_make_no_pot() -> None:
    assert pots_of([Contribution(A, 0, True), Contribution(B, 0, True)]) == ()


@given(st.lists(st.tuples(st.integers(0, 5_000), st.booleans()), min_size=2, max_size=9))
def test_every_cent_is_in_one_pot(put_in: list[tuple[int, bool]]) -> None:
    most = max(amount for amount, _ in put_in)
    parts = [Contribution(Seat(at), amount, live) for at, (amount, live) in enumerate(put_in)]
    parts.append(Contribution(Seat(9), most, True))  # another player has called the last bet
    pots = pots_of(parts)
    assert sum(pot.amount for pot in pots) == sum(part.amount for part in parts)
    assert all(set(higher.seats) < set(pot.seats) for pot, higher in pairwise(pots))
    levels = sorted({part.amount for part in parts if part.live and part.amount})
    for part in parts:
        wins = [part.live and part.amount >= level for level in levels]
        assert [part.seat in pot.seats for pot in pots] == wins, (
            "a seat can win each pot to which it has fully contributed"
        )


def test_the_rake_is_taken_from_each_pot_up_to_a_cap() -> None:
    pots = (Pot(999, (A, B, C)), Pot(10_000, (B, C)))
    assert raked(pots, 500, 10_000) == ((Pot(950, (A, B, C)), Pot(9_500, (B, C))), 549)
    assert raked(pots, 500, 60) == ((Pot(950, (A, B, C)), Pot(9_989, (B, C))), 60)
    assert raked(pots, 0, 60) == (pots, 0)


def test_odd_cents_go_to_the_first_from_the_left_of_the_button() -> None:
    assert shares(101, (C, A)) == {C: 51, A: 50}
    assert shares(101, (B, C, D)) == {B: 34, C: 34, D: 33}


@given(st.integers(0, 10**13), st.lists(st.integers(1, 10**12), min_size=1, max_size=4))
def test_a_payout_is_split_in_proportion(payout: int, amounts: list[int]) -> None:
    parts = split(payout, amounts)
    assert sum(parts) == payout
    whole = Fraction(payout, sum(amounts))
    for part, amount in zip(parts, amounts, strict=True):
        assert abs(part - whole * amount) < len(amounts)
        assert part <= -(-payout // sum(amounts)) * amount, "no bet may return more stakes than the stack"


def test_the_last_bet_gets_the_rest() -> None:
    assert split(100, [1, 1, 1]) == [33, 33, 34]
    assert split(7_700, [700, 3_000, 300]) == [1_347, 5_775, 578]

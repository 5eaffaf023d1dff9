"""The odds of bets whose payouts are known."""

from fractions import Fraction
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.odds import odds_of

HALF = Fraction(1, 2)


def test_a_fair_coin() -> None:
    odds = odds_of("heads", [(HALF, Fraction(2)), (HALF, Fraction(0))], "closed form")
    assert (odds.bet, float(odds.mean), odds.deviation, float(odds.largest)) == ("heads", 1.0, 1.0, 2.0)
    assert (odds.method, odds.error) == ("closed form", 0.0)


def test_what_never_comes_is_not_the_largest_payout() -> None:
    assert odds_of("sure", [(Fraction(1), Fraction(1)), (Fraction(0), Fraction(9))], "").largest == 1


def test_chances_that_leave_something_out_are_found() -> None:
    with pytest.raises(AssertionError):
        odds_of("half", [(HALF, Fraction(2))], "")


@given(st.lists(st.tuples(st.integers(1, 1_000), st.integers(0, 10_000)), min_size=1, max_size=20))
def test_the_figures_are_those_of_the_textbook(weighted: list[tuple[int, int]]) -> None:
    whole = sum(weight for weight, _ in weighted)
    odds = odds_of("any", [(Fraction(weight, whole), Fraction(paid)) for weight, paid in weighted], "")
    each = [paid for weight, paid in weighted for _ in range(weight)]
    mean = sum(each) / whole
    assert isclose(odds.mean, mean, abs_tol=1e-9)
    assert isclose(odds.deviation, sqrt(sum((paid - mean) ** 2 for paid in each) / whole), rel_tol=1e-6, abs_tol=1e-3)

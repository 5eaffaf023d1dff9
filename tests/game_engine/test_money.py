"""Payouts are rounded down once, and a player's decimal is converted exactly or refused."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.game import SHOWN, RefusedError
from game_engine.money import HUNDREDTHS, TEN_THOUSANDTHS, check_stake, check_win, exact_hundredths, payout


def test_a_payout_is_rounded_down() -> None:
    assert payout(3, 133, HUNDREDTHS) == 3
    assert payout(1, 19_801, TEN_THOUSANDTHS) == 1
    assert payout(10**15, 9_900_000_000, HUNDREDTHS) == 99 * 10**21


@given(st.integers(101, 100_000_000))
def test_every_hundredth_is_converted_exactly(hundredths: int) -> None:
    assert exact_hundredths(float(f"{hundredths // 100}.{hundredths % 100:02}"), 101, 100_000_000, "f") == hundredths


@pytest.mark.parametrize(
    "value", [2.345, 2.3000001, 1.0, 1.009, 1_000_000.01, -2.0, math.nan, math.inf, -math.inf, math.nextafter(2.3, 3)]
)
def test_any_other_number_is_refused_with_its_field(value: float) -> None:
    with pytest.raises(RefusedError) as refused:
        exact_hundredths(value, 101, 100_000_000, "selection.auto_cashout")
    assert refused.value.code == "bad_request"
    assert refused.value.field == "selection.auto_cashout"
    assert refused.value.message == "Enter a number from 1.01 to 1,000,000 with at most two decimals."


@pytest.mark.parametrize("amount", [0, -1])
def test_a_stake_is_at_least_a_cent(amount: int) -> None:
    check_stake(1)
    with pytest.raises(RefusedError) as refused:
        check_stake(amount)
    assert (refused.value.code, refused.value.field) == ("bad_request", "amount")


@given(st.integers(1, 10**6), st.integers(10_001, 30_000))
def test_a_stake_that_can_win_nothing_is_refused_with_the_smallest_one_that_can(stake: int, multiplier: int) -> None:
    largest = Fraction(multiplier, TEN_THOUSANDTHS)
    if payout(stake, multiplier, TEN_THOUSANDTHS) > stake:
        check_win(stake, largest)
        return
    with pytest.raises(RefusedError) as refused:
        check_win(stake, largest)
    assert (refused.value.code, refused.value.field) == ("bad_request", "amount")
    smallest = refused.value.values["least"]
    assert f"Stake at least {SHOWN['chips'](smallest)} chips" in refused.value.message
    check_win(smallest, largest)
    with pytest.raises(RefusedError):
        check_win(smallest - 1, largest)


def test_a_bet_that_can_never_win_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        check_win(100, Fraction(1))
    assert (refused.value.code, refused.value.field) == ("bad_request", "selection")


def test_a_whole_number_is_accepted() -> None:
    assert exact_hundredths(2, 101, 1_000, "f") == 200

"""The point of a draw, and the odds of aiming at a target."""

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import DRAWS
from game_engine.point import LARGEST_POINT, MAX_TARGET, MIN_TARGET, draws_that_reach, odds_of_target, point_of


@pytest.mark.parametrize(
    ("draw", "point"),
    [
        (0.0, LARGEST_POINT),
        (0.99e-8, LARGEST_POINT),
        (1e-8, LARGEST_POINT // 2),
        (0.1, 989),
        (0.25, 395),
        (0.5, 197),
        (0.98, 101),
        (0.981, 100),
        (0.99, 100),
        ((DRAWS - 1) / DRAWS, 100),
    ],
)
def test_the_point_of_a_draw(draw: float, point: int) -> None:
    assert point_of(draw) == point


@given(st.integers(0, DRAWS - 2), st.integers(1, 2**20))
def test_points_fall_as_draws_rise(draw: int, further: int) -> None:
    assert point_of(draw / DRAWS) >= point_of(min(DRAWS - 1, draw + further) / DRAWS)


@given(st.integers(MIN_TARGET, 2_000) | st.integers(MIN_TARGET, MAX_TARGET))
def test_the_count_of_draws_is_exact(target: int) -> None:
    count = draws_that_reach(target)
    assert point_of((count - 1) / DRAWS) >= target > point_of(count / DRAWS)


def test_every_draw_reaches_the_lowest_point_and_few_the_largest() -> None:
    assert draws_that_reach(100) == DRAWS
    assert draws_that_reach(LARGEST_POINT) == 43
    assert draws_that_reach(LARGEST_POINT + 1) == 0


@pytest.mark.parametrize("target", [MIN_TARGET, 200, 12_345, MAX_TARGET])
def test_the_odds_follow_from_the_count(target: int) -> None:
    odds = odds_of_target("any", target)
    chance, pays = Fraction(draws_that_reach(target), DRAWS), Fraction(target, 100)
    assert (odds.bet, odds.mean, odds.largest, odds.error) == ("any", chance * pays, pays, 0.0)
    assert odds.deviation == pytest.approx(float(pays) * sqrt(chance * (1 - chance)))
    assert abs(odds.mean - Fraction(99, 100)) < Fraction(1, 1_000)

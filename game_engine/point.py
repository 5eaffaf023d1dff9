"""The point: the multiplier that one draw gives, for games in which a player aims at a target multiplier.

``m = 1e8 / (floor(f × 1e8) + 1) × 0.99``, cut to hundredths and at least 1.00, computed in IEEE doubles in exactly
this order, as is usual for such games. A bet that aims at *t* wins if *t* ≤ the point. Its chance is 0.99 / t, apart
from the granularity of the draw, which begins to show above 100.00. Multipliers in this module are whole hundredths.
"""

import math
from bisect import bisect_left
from fractions import Fraction

from game_engine.chance import DRAWS
from game_engine.money import HUNDREDTHS
from game_engine.odds import Odds, odds_of_one_payout

MIN_TARGET = 101
MAX_TARGET = 100_000_000
LARGEST_POINT = 9_900_000_000
"""The point of the smallest draw."""


def point_of(draw: float) -> int:
    """Return the point, in hundredths, for a draw in [0, 1)."""
    multiplier = 1e8 / (math.floor(draw * 1e8) + 1) * 0.99
    return max(HUNDREDTHS, math.floor(multiplier * 100))


def draws_that_reach(target: int) -> int:
    """Return how many of the ``DRAWS`` possible draws have a point of at least ``target``."""
    # Points fall as draws rise, so these are the lowest draws.
    return bisect_left(range(DRAWS), True, key=lambda draw: point_of(draw / DRAWS) < target)


def odds_of_target(bet: str, target: int) -> Odds:
    """Return the odds of a bet that pays ``target`` hundredths of its stake if the point reaches it, else nothing."""
    chance, pays = Fraction(draws_that_reach(target), DRAWS), Fraction(target, HUNDREDTHS)
    return odds_of_one_payout(bet, chance, pays, f"enumeration of all {DRAWS:,} draws")

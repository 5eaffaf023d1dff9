"""The point at which a multiplier ends: what one draw means to the games in which a player aims at a multiplier.

``m = 1e8 / (floor(f × 1e8) + 1) × 0.99``, cut to hundredths and at least 1.00, in IEEE doubles and in this order, as
the field has it. A bet that aims at *t* wins when *t* ≤ the point: with a chance of 0.99 / t, but for the steps of the
draw, which begin to show above 100.00. Multipliers are whole hundredths in here.
"""

import math
from bisect import bisect_left
from fractions import Fraction

from game_engine.chance import DRAWS
from game_engine.money import HUNDREDTHS
from game_engine.odds import Odds, odds_of

LEAST_TARGET = 101
MOST_TARGET = 100_000_000
LARGEST_POINT = 9_900_000_000
"""What the smallest draw gives."""


def point_of(draw: float) -> int:
    """The point, in hundredths, that a draw in [0, 1) means."""
    multiplier = 1e8 / (math.floor(draw * 1e8) + 1) * 0.99
    return max(HUNDREDTHS, math.floor(multiplier * 100))


def draws_that_reach(target: int) -> int:
    """How many of the ``DRAWS`` draws have a point of at least ``target``: the lowest."""
    # Points fall as draws rise.
    return bisect_left(range(DRAWS), True, key=lambda draw: point_of(draw / DRAWS) < target)


def odds_of_target(bet: str, target: int) -> Odds:
    """Of ``bet``, which pays ``target`` hundredths of its stake if the point reaches that, else nothing."""
    chance, pays = Fraction(draws_that_reach(target), DRAWS), Fraction(target, HUNDREDTHS)
    return odds_of(bet, [(chance, pays), (1 - chance, Fraction(0))], f"enumeration of all {DRAWS:,} draws")

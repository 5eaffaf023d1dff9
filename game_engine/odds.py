"""What a bet returns in the long run: its mean, how far single bets stray from it, and the largest payout."""

from collections.abc import Iterable
from fractions import Fraction
from math import sqrt

from msgspec import Struct

Chance = tuple[Fraction, Fraction]
"""A probability and the payout that comes with it, in stakes."""


class Odds(Struct, frozen=True):
    """The odds of one kind of bet.

    ``mean`` is the return, ``deviation`` the standard deviation of the payout and ``largest`` the largest payout, all
    in stakes. ``error`` is the standard error of a simulated mean; it is 0 for an exact one.
    """

    bet: str
    mean: Fraction
    deviation: float
    largest: Fraction
    method: str
    """How the figures were computed: ``closed form``, ``enumeration of …`` or ``simulation of …``."""
    error: float = 0.0


def odds_of(bet: str, chances: Iterable[Chance], method: str) -> Odds:
    """Return the odds of a bet from all its possible payouts. Asserts that the probabilities add up to 1."""
    listed = list(chances)
    assert sum(chance for chance, _ in listed) == 1, f"{bet}: the chances do not add up to 1"
    mean = sum((chance * paid for chance, paid in listed), Fraction(0))
    variance = sum((chance * paid * paid for chance, paid in listed), Fraction(0)) - mean * mean
    largest = max(paid for chance, paid in listed if chance)
    return Odds(bet=bet, mean=mean, deviation=sqrt(variance), largest=largest, method=method)


def odds_of_one_payout(bet: str, chance: Fraction, pays: Fraction, method: str) -> Odds:
    """Return the odds of a bet that pays ``pays`` stakes with probability ``chance`` and otherwise nothing."""
    return odds_of(bet, [(chance, pays), (1 - chance, Fraction(0))], method)

"""What a bet brings in the long run: its return, how far single bets stray from that, the most that it can pay."""

from collections.abc import Iterable
from fractions import Fraction
from math import sqrt

from msgspec import Struct

Chance = tuple[Fraction, Fraction]
"""A probability, and the payout that comes with it, in stakes."""


class Odds(Struct, frozen=True):
    """Of one kind of bet. ``mean`` is the return, ``deviation`` the standard deviation of the payout and ``largest``
    the largest payout, all in stakes; ``error`` is the standard error of a mean that was simulated, 0 of an exact one.
    """

    bet: str
    mean: Fraction
    deviation: float
    largest: Fraction
    method: str
    """How the figures were got: ``closed form``, ``enumeration of …``, ``simulation of …``."""
    error: float = 0.0


def odds_of(bet: str, chances: Iterable[Chance], method: str) -> Odds:
    """The odds of a bet all of whose payouts are known. ``assert``s that the probabilities add up to 1."""
    listed = list(chances)
    assert sum(chance for chance, _ in listed) == 1, f"{bet}: the chances do not add up to 1"
    mean = sum((chance * paid for chance, paid in listed), Fraction(0))
    variance = sum((chance * paid * paid for chance, paid in listed), Fraction(0)) - mean * mean
    largest = max(paid for chance, paid in listed if chance)
    return Odds(bet, mean, sqrt(variance), largest, method)

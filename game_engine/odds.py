"""What a bet returns in the long run: its mean, how far single bets stray from it, and the largest payout."""

from collections.abc import Iterable
from fractions import Fraction
from math import floor, sqrt
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

Chance = tuple[Fraction, Fraction]
"""A probability and the payout that comes with it, in stakes."""

ZERO = Fraction(0)


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
    chances: tuple[Chance, ...] = ()
    """Every payout with its probability; empty if they are not known, or always whole multiples of the stake."""
    unrounded: Fraction | None = None
    """The return before payouts were rounded to whole cents; None: ``mean`` is that return."""

    def at_stake(self, stake: int) -> Self:
        """Return the odds of a bet of ``stake`` cents, whose payout is rounded down to whole cents."""
        paid = [(chance, Fraction(floor(pays * stake), stake)) for chance, pays in self.chances]
        if not paid:
            return self
        lost = sum((chance * (pays - less) for (chance, pays), (_, less) in zip(self.chances, paid, strict=True)), ZERO)
        mean = self.mean - lost
        square = sum((chance * pays * pays for chance, pays in paid), ZERO)
        largest = Fraction(floor(self.largest * stake), stake)
        deviation = sqrt(square - mean * mean)
        return replace(
            self, mean=mean, deviation=deviation, largest=largest, chances=tuple(paid), unrounded=self.unrounded_mean
        )

    @property
    def unrounded_mean(self) -> Fraction:
        """What the bet would return if payouts were not rounded to whole cents."""
        return self.mean if self.unrounded is None else self.unrounded


def odds_of(bet: str, chances: Iterable[Chance], method: str) -> Odds:
    """Return the odds of a bet from all its possible payouts. Asserts that the probabilities add up to 1."""
    listed = list(chances)
    assert sum(chance for chance, _ in listed) == 1, f"{bet}: the chances do not add up to 1"
    mean = sum((chance * paid for chance, paid in listed), ZERO)
    variance = sum((chance * paid * paid for chance, paid in listed), ZERO) - mean * mean
    largest = max(paid for chance, paid in listed if chance)
    deviation = sqrt(variance)
    return Odds(bet=bet, mean=mean, deviation=deviation, largest=largest, method=method, chances=tuple(listed))


def odds_of_one_payout(bet: str, chance: Fraction, pays: Fraction, method: str) -> Odds:
    """Return the odds of a bet that pays ``pays`` stakes with probability ``chance`` and otherwise nothing."""
    return odds_of(bet, [(chance, pays), (1 - chance, Fraction(0))], method)

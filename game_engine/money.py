"""Money and multipliers. Amounts are whole cents; multipliers are whole hundredths or ten-thousandths of a stake.

A payout is rounded down, once.
"""

from fractions import Fraction
from math import ceil

from game_engine.game import NO_WIN, NOT_IN_RANGE, STAKE_TOO_SMALL, WIN_TOO_SMALL, RefusedError

TEN_THOUSANDTHS = 10_000
HUNDREDTHS = 100


def payout(stake: int, multiplier: int, unit: int) -> int:
    """Return ``floor(stake × multiplier / unit)`` cents, in integer arithmetic."""
    return stake * multiplier // unit


def check_stake(amount: int) -> None:
    """Raise RefusedError ``bad_request`` unless a bet of ``amount`` cents is at least one cent."""
    if amount < 1:
        raise RefusedError(STAKE_TOO_SMALL, field="amount", least=1)


def check_win(stake: int, largest: Fraction) -> None:
    """Raise RefusedError ``bad_request`` unless a bet that pays at most ``largest`` stakes can pay more than its stake.

    Payouts are whole cents, so a stake of less than ``1 / (largest - 1)`` cents would win nothing.
    """
    if stake * largest.numerator // largest.denominator > stake:
        return
    if largest <= 1:
        raise RefusedError(NO_WIN, field="selection")
    smallest = ceil(1 / (largest - 1))
    raise RefusedError(WIN_TOO_SMALL, field="amount", pays=float(f"{float(largest):.6g}"), least=smallest)


def exact_hundredths(value: float, minimum: int, maximum: int, field: str) -> int:
    """Return a JSON number that a player sent as a whole number of hundredths: 2.3 is 230.

    Raises RefusedError ``bad_request`` for ``field`` if the number has more than two decimals or lies outside
    ``minimum`` … ``maximum``, both in hundredths.
    """
    # A two-decimal literal and its hundredths divided by 100 round to the same double, so == is exact here.
    if minimum / HUNDREDTHS <= value <= maximum / HUNDREDTHS:
        hundredths = round(value * HUNDREDTHS)
        if hundredths / HUNDREDTHS == value:
            return hundredths
    raise RefusedError(NOT_IN_RANGE, field=field, least=minimum / HUNDREDTHS, most=maximum / HUNDREDTHS)

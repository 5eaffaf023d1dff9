"""Amounts are whole cents, multipliers whole ten-thousandths or hundredths; a payout is rounded down, once."""

from game_engine.game import RefusedError

TEN_THOUSANDTHS = 10_000
HUNDREDTHS = 100


def payout(stake: int, multiplier: int, unit: int) -> int:
    """``floor(stake × multiplier / unit)`` cents, in integers."""
    return stake * multiplier // unit


def exact_hundredths(value: float, least: int, most: int, field: str) -> int:
    """The number of hundredths in a JSON number that a player sent: 2.3 is 230.

    Raises RefusedError ``bad_request`` for ``field`` when it has more than two decimals or is not within ``least`` and
    ``most``, both in hundredths.
    """
    # A decimal of two places and the quotient of its hundredths by 100 are rounded to the same double.
    if least / HUNDREDTHS <= value <= most / HUNDREDTHS:
        hundredths = round(value * HUNDREDTHS)
        if hundredths / HUNDREDTHS == value:
            return hundredths
    message = f"Give a number from {least / HUNDREDTHS:.2f} to {most / HUNDREDTHS:.2f} with at most two decimals."
    raise RefusedError("bad_request", message, field)

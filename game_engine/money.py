"""Amounts are whole cents, multipliers whole ten-thousandths or hundredths; a payout is rounded down, once."""

TEN_THOUSANDTHS = 10_000
HUNDREDTHS = 100


def payout(stake: int, multiplier: int, unit: int) -> int:
    """``floor(stake × multiplier / unit)`` cents, in integers."""
    return stake * multiplier // unit

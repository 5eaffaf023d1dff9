"""Converts between cents and amounts as people write them: chips with up to two decimals."""

import re
from argparse import ArgumentTypeError

CHIP = 100
MAX_CENTS = 10**15


def cents(text: str) -> int:
    """``12.50`` → 1250. Raises ArgumentTypeError unless the text is an amount above zero."""
    parts = re.fullmatch(r"(\d{1,16})(?:\.(\d{1,2}))?", text.strip(), re.ASCII)
    if parts is None:
        raise ArgumentTypeError(f"{text!r} is not an amount of chips, such as 12 or 12.50")
    amount = int(parts[1]) * CHIP + int((parts[2] or "0").ljust(2, "0"))
    if amount == 0:
        raise ArgumentTypeError("the amount must be above zero")
    if amount > MAX_CENTS:
        raise ArgumentTypeError(f"the amount must be at most {MAX_CENTS // CHIP} chips")
    return amount


def chips(amount: int) -> str:
    """1250 → ``12.50``, with thousands separators."""
    whole, rest = divmod(abs(amount), CHIP)
    return f"{'-' if amount < 0 else ''}{whole:,}.{rest:02}"

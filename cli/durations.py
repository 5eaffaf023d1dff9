"""Reads durations as people write them: a number with a unit."""

import re
from argparse import ArgumentTypeError
from datetime import timedelta

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=3650)


def duration(text: str) -> timedelta:
    """``90m``, ``12h`` or ``7d``. Raises ArgumentTypeError unless it is above zero and at most ten years."""
    parts = re.fullmatch(r"(\d{1,7})([mhd])", text.strip(), re.ASCII)
    if parts is None:
        raise ArgumentTypeError(f"{text!r} is not a duration, such as 90m, 12h or 7d")
    found = timedelta(**{UNITS[parts[2]]: int(parts[1])})
    if not timedelta(0) < found <= LONGEST:
        raise ArgumentTypeError(f"the duration must be above zero and at most {LONGEST.days} days")
    return found

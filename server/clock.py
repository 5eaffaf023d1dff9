"""The time by which the server acts. Who needs it is handed a clock, so that tests can hold it still.

Only the dates of rows are storage's own, and durations for the metrics are measured where they pass.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Milliseconds since the epoch, never going backwards."""
        ...


class SystemClock:
    """Wall time read once, then carried on by the monotonic clock: a step of the system's time moves no round."""

    def __init__(self) -> None:
        self._offset_ns = time.time_ns() - time.monotonic_ns()

    def now_ms(self) -> int:
        return (time.monotonic_ns() + self._offset_ns) // 1_000_000


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch of an aware datetime."""
    return int(moment.timestamp() * 1000)


def utc(ms: int) -> datetime:
    """An aware UTC datetime of milliseconds since the epoch."""
    return datetime.fromtimestamp(ms / 1000, UTC)

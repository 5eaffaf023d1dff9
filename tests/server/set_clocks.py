"""Clocks for tests: the system's, which a test can set, and one that only the test moves."""

import time

from server.clock import SystemClock

START_MS = 1_795_000_000_000


class SettableClock(SystemClock):
    """The system's clock. A test sets it as an operator or NTP would: its monotonic side goes on."""

    def __init__(self) -> None:
        self._set_by_ns = 0
        super().__init__(wall_ns=lambda: time.time_ns() + self._set_by_ns)

    def set_by(self, seconds: float) -> None:
        """Set the wall clock forward; negative: back."""
        self._set_by_ns += round(seconds * 1e9)


class HandClock:
    """Both sides stand still until the test moves them."""

    def __init__(self) -> None:
        self.wall_ms = START_MS
        self.passed_ms = 0

    def now_ms(self) -> int:
        return self.wall_ms

    def monotonic_ms(self) -> int:
        return self.passed_ms

    def pass_ms(self, ms: int) -> None:
        """Time passes, for both."""
        self.wall_ms += ms
        self.passed_ms += ms

    def set_by(self, ms: int) -> None:
        """The wall clock is set forward, or the machine was suspended; negative: set back."""
        self.wall_ms += ms

"""The server's clocks. They are passed to constructors, so that tests can set them.

The wall clock gives dates and times: those in the database, and those that people see. An operator or NTP can set it
forward or backward while the server runs. The monotonic clock can't be set, so it measures durations. A round starts at
the time of the wall clock and from then on counts on the monotonic clock.

Two parts don't use these clocks: storage reads the wall clock itself to date its rows, and metrics measure durations
themselves.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

log = logging.getLogger(__name__)


class Clock(Protocol):
    def now_ms(self) -> int:
        """Milliseconds since the epoch, by the wall clock. It may be set at any moment."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds since some moment, for durations. Never goes backward; stands still while the machine is
        suspended."""
        ...


class SystemClock:
    def __init__(
        self, *, wall_ns: Callable[[], int] = time.time_ns, monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall_ns = wall_ns
        self._monotonic_ns = monotonic_ns

    def now_ms(self) -> int:
        return self._wall_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return self._monotonic_ns() // 1_000_000


class RoundClock:
    """The time in a room: that of ``clock`` when it was last followed, and counted on the monotonic clock since then.
    So a wall clock that is set moves no deadline of a live round."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ms = 0
        self.follow()

    def follow(self) -> None:
        """Take over the time of the wall clock. Call it only between rounds."""
        self._offset_ms = self._clock.now_ms() - self._clock.monotonic_ms()

    def behind_ms(self) -> int:
        """How far the wall clock is ahead of this one; negative: behind it."""
        return self._clock.now_ms() - self.now_ms()

    def now_ms(self) -> int:
        return self._clock.monotonic_ms() + self._offset_ms

    def monotonic_ms(self) -> int:
        return self._clock.monotonic_ms()


class StepWatch:
    """Logs when the wall clock was set. The clocks of the machine always drift a little: less than ``least_ms`` between
    two looks is no step."""

    def __init__(self, clock: Clock, *, least_ms: int = 1000, interval_s: float = 2.0) -> None:
        self._clock = clock
        self._least_ms = least_ms
        self._interval_s = interval_s
        self._offset_ms = self._read_offset()

    def look(self) -> int:
        """By how many ms the wall clock was set forward since the last step; negative: backward; 0: not at all."""
        offset_ms = self._read_offset()
        step_ms = offset_ms - self._offset_ms
        if abs(step_ms) < self._least_ms:
            return 0
        self._offset_ms = offset_ms
        if step_ms > 0:
            what = f"was set forward by {step_ms / 1000:.1f} s, or the machine was suspended"
        else:
            what = f"was set back by {-step_ms / 1000:.1f} s"
        log.warning(
            "the system's clock %s; each live round goes on as if it had not been, and new rounds and records have "
            "the new time: %s",
            what,
            utc(self._clock.now_ms()).isoformat(timespec="seconds"),
        )
        return step_ms

    async def run_forever(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(self._interval_s)

    def _read_offset(self) -> int:
        return self._clock.now_ms() - self._clock.monotonic_ms()


def uptime_s() -> float:
    """Seconds since some moment, suspended or not. It never goes backward. Systems without such a clock (Linux has one)
    don't count the time in which they are suspended."""
    boot_time: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch of an aware datetime."""
    return int(moment.timestamp() * 1000)


def utc(ms: int) -> datetime:
    """An aware UTC datetime of milliseconds since the epoch."""
    return datetime.fromtimestamp(ms / 1000, UTC)

"""Tests of the server's clocks."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import RoundClock, StepWatch, SystemClock, to_ms, uptime_s, utc
from tests.server.set_clocks import START_MS, HandClock
from tests.waiting import eventually

HOUR_MS = 3_600_000
STEPS = [HOUR_MS, -HOUR_MS, 3 * HOUR_MS, 1000, -1000]


def test_the_clock_shows_the_current_time() -> None:
    assert abs(SystemClock().now_ms() - time.time() * 1000) < 5000


@pytest.mark.parametrize("step_s", [10_800, -10_800])
def test_the_clock_follows_the_system_and_durations_do_not(step_s: int) -> None:
    wall_ns, monotonic_ns = [START_MS * 1_000_000], [5_000_000_000]
    clock = SystemClock(wall_ns=lambda: wall_ns[0], monotonic_ns=lambda: monotonic_ns[0])
    wall_ns[0] += step_s * 10**9
    assert (clock.now_ms(), clock.monotonic_ms()) == (START_MS + step_s * 1000, 5000)


def test_durations_never_get_shorter() -> None:
    clock = SystemClock()
    readings = [clock.monotonic_ms() for _ in range(1000)]
    assert readings == sorted(readings)


@pytest.mark.parametrize("step_ms", STEPS)
def test_a_step_moves_no_deadline_of_a_live_round(step_ms: int) -> None:
    clock = HandClock()
    round_clock = RoundClock(clock)
    clock.pass_ms(2000)
    clock.set_by(step_ms)
    clock.pass_ms(3000)
    assert round_clock.now_ms() == START_MS + 5000
    assert round_clock.behind_ms() == step_ms
    round_clock.follow()
    assert round_clock.now_ms() == clock.now_ms() == START_MS + 5000 + step_ms
    assert round_clock.behind_ms() == 0


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(-HOUR_MS, HOUR_MS)), max_size=30))
def test_the_time_in_a_round_grows_as_time_passes_whatever_is_done_to_the_wall_clock(
    moves: list[tuple[int, int]],
) -> None:
    clock = HandClock()
    round_clock = RoundClock(clock)
    passed = 0
    for pass_ms, set_by_ms in moves:
        clock.pass_ms(pass_ms)
        clock.set_by(set_by_ms)
        passed += pass_ms
        assert round_clock.now_ms() == START_MS + passed
        assert round_clock.monotonic_ms() == passed


@pytest.mark.parametrize(
    ("step_ms", "said"),
    [(3 * HOUR_MS, "set forward by 10800.0 s, or the machine was suspended"), (-5000, "was set back by 5.0 s")],
)
def test_a_step_is_logged_once(caplog: pytest.LogCaptureFixture, step_ms: int, said: str) -> None:
    clock = HandClock()
    watch = StepWatch(clock)
    clock.set_by(step_ms)
    assert [watch.look(), watch.look()] == [step_ms, 0]
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert said in record.message
    assert "each live round goes on" in record.message
    assert utc(clock.now_ms()).isoformat(timespec="seconds") in record.message


def test_a_drift_is_logged_when_it_is_a_second_and_not_before(caplog: pytest.LogCaptureFixture) -> None:
    clock = HandClock()
    watch = StepWatch(clock)
    steps = []
    for _ in range(250):
        clock.pass_ms(2000)
        clock.set_by(10)
        steps.append(watch.look())
    assert [step for step in steps if step] == [1000, 1000]
    assert len(caplog.records) == 2


async def test_the_watch_looks_again_and_again(caplog: pytest.LogCaptureFixture) -> None:
    clock = HandClock()
    watching = asyncio.create_task(StepWatch(clock, interval_s=0.005).run_forever())
    for step_ms, count in ((HOUR_MS, 1), (-HOUR_MS, 2)):
        clock.set_by(step_ms)
        await eventually(partial(lambda count: len(caplog.records) == count, count))
    watching.cancel()


@pytest.mark.parametrize("read", [uptime_s, time.monotonic])
def test_the_uptime_goes_on(read: Callable[[], float]) -> None:
    """It is at least the time for which the machine was not suspended."""
    before, passed = uptime_s(), read()
    time.sleep(0.02)
    assert uptime_s() - before >= 0.02 <= read() - passed


@given(st.integers(0, 4_000_000_000_000))
def test_milliseconds_survive_the_conversion_to_datetime(ms: int) -> None:
    assert abs(to_ms(utc(ms)) - ms) <= 1
    assert utc(ms).tzinfo is UTC


def test_times_are_converted_from_any_zone() -> None:
    assert to_ms(datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC)) == 1_795_521_600_250
    elsewhere = timezone(timedelta(hours=5, minutes=30))
    assert to_ms(datetime(2026, 11, 24, 17, 30, tzinfo=elsewhere)) == 1_795_521_600_000

"""Tests of the server's clock."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import SystemClock, to_ms, utc


def test_the_clock_shows_the_current_time() -> None:
    assert abs(SystemClock().now_ms() - time.time() * 1000) < 5000


def test_the_clock_ignores_steps_of_the_system_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    before = clock.now_ms()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    readings = [clock.now_ms() for _ in range(1000)]
    assert before <= readings[0]
    assert readings == sorted(readings)


@given(st.integers(0, 4_000_000_000_000))
def test_milliseconds_survive_the_conversion_to_datetime(ms: int) -> None:
    assert abs(to_ms(utc(ms)) - ms) <= 1
    assert utc(ms).tzinfo is UTC


def test_times_are_converted_from_any_zone() -> None:
    assert to_ms(datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC)) == 1_795_521_600_250
    elsewhere = timezone(timedelta(hours=5, minutes=30))
    assert to_ms(datetime(2026, 11, 24, 17, 30, tzinfo=elsewhere)) == 1_795_521_600_000

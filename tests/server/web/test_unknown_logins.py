"""Identifiers that nobody has lock like accounts, and are forgotten in the end."""

from datetime import UTC, datetime, timedelta

import pytest

from server.web.unknown_logins import UnknownLogins
from storage.credentials import LockedOutError, Lockout

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LOCKOUT = Lockout(2, timedelta(seconds=60))


def test_they_lock_longer_each_time() -> None:
    strangers = UnknownLogins(LOCKOUT)
    now = NOW
    for seconds in (60, 120, 240):
        strangers.reserve("x@y.example", now)
        strangers.reserve(" X@Y.example", now)
        with pytest.raises(LockedOutError) as locked:
            strangers.reserve("x@y.example", now)
        assert locked.value.until == now + timedelta(seconds=seconds)
        now = locked.value.until


def test_other_letters_are_other_roll_numbers() -> None:
    strangers = UnknownLogins(LOCKOUT)
    for name in ("B1", "b1", " b1", "B1"):
        strangers.reserve(name, NOW)
    with pytest.raises(LockedOutError):
        strangers.reserve("B1", NOW)
    strangers.reserve("b1", NOW)


def test_others_are_not_locked() -> None:
    strangers = UnknownLogins(LOCKOUT)
    for name in "aabb":
        strangers.reserve(name, NOW)
    strangers.reserve("c", NOW)


def test_they_are_forgotten() -> None:
    strangers = UnknownLogins(LOCKOUT, size=2)
    for name in ("a", "a", "b", "c"):
        strangers.reserve(name, NOW)
    strangers.reserve("a", NOW)

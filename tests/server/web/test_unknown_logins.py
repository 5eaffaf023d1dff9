"""Unknown identifiers lock like accounts, and are dropped eventually."""

from datetime import UTC, datetime, timedelta

import pytest

from server.web.unknown_logins import UnknownLogins
from storage.credentials import LockedOutError, Lockout

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LOCKOUT = Lockout(2, timedelta(seconds=60))


def test_unknown_identifiers_lock_for_longer_each_time() -> None:
    unknown = UnknownLogins(LOCKOUT)
    now = NOW
    for seconds in (60, 120, 240):
        unknown.reserve("x@y.example", now)
        unknown.reserve(" X@Y.example", now)
        with pytest.raises(LockedOutError) as locked:
            unknown.reserve("x@y.example", now)
        assert locked.value.until == now + timedelta(seconds=seconds)
        now = locked.value.until


def test_roll_numbers_are_case_sensitive() -> None:
    unknown = UnknownLogins(LOCKOUT)
    for name in ("B1", "b1", " b1", "B1"):
        unknown.reserve(name, NOW)
    with pytest.raises(LockedOutError):
        unknown.reserve("B1", NOW)
    unknown.reserve("b1", NOW)


def test_a_lock_does_not_affect_other_identifiers() -> None:
    unknown = UnknownLogins(LOCKOUT)
    for name in "aabb":
        unknown.reserve(name, NOW)
    unknown.reserve("c", NOW)


def test_the_least_recently_used_identifier_is_dropped() -> None:
    unknown = UnknownLogins(LOCKOUT, size=2)
    for name in ("a", "a", "b", "c"):
        unknown.reserve(name, NOW)
    unknown.reserve("a", NOW)

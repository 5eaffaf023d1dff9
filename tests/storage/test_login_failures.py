"""Wrong passwords are counted by identifier and source, in the database, whether or not the identifier is anybody's."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from storage.kept import Hashes, lock_names
from storage.login_failures import (
    FORGOTTEN_AFTER,
    Counted,
    LockedOutError,
    Lockout,
    count,
    forget,
    forgive,
    hash_of,
    known_device,
    new_device,
)
from storage.models import LoginFailure
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCKOUT = Lockout(3, timedelta(seconds=60))
HASHES = Hashes("ab" * 32)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, None), (2, None), (3, 60), (4, None), (6, 120), (9, 240), (300, 3600)]
)
def test_locks_grow(failures: int, seconds: int | None) -> None:
    assert LOCKOUT.after(failures) == (None if seconds is None else timedelta(seconds=seconds))


async def fail(
    database: Store, source: str, *, identifier: str = "ann", is_known: bool = False, now: datetime = NOW
) -> timedelta | None:
    async with database.write() as session:
        await lock_names(session)
        return await count(session, Counted(identifier, source), is_known, now, LOCKOUT)


async def test_a_lock_meets_only_its_source(database: Store) -> None:
    assert [await fail(database, "a") for _ in range(3)] == [None, None, timedelta(seconds=60)]
    with pytest.raises(LockedOutError) as locked:
        await fail(database, "a")
    assert locked.value.until == NOW + timedelta(seconds=60)
    await fail(database, "b")
    await fail(database, "a", identifier="bob")
    assert await fail(database, "a", now=locked.value.until) is None


async def test_many_sources_together_lock_out_the_unknown_ones(database: Store) -> None:
    locks = [await fail(database, f"s{n // 2}") for n in range(60)]
    assert locks == [None] * 59 + [timedelta(seconds=60)]
    with pytest.raises(LockedOutError):
        await fail(database, "new")
    assert await fail(database, "device", is_known=True) is None


async def test_parallel_attempts_are_all_counted(database: Store) -> None:
    results = await asyncio.gather(*(fail(database, "a") for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(result, LockedOutError) for result in results) == 9


async def test_a_right_password_ends_the_counts_that_it_met(database: Store) -> None:
    for source in ("a", "b"):
        for _ in range(2):
            await fail(database, source)
    async with database.write() as session:
        await forgive(session, Counted("ann", "a"))
    assert await fail(database, "a") is None
    assert await fail(database, "b") == timedelta(seconds=60)


async def test_an_operator_ends_all_counts_of_the_names(database: Store) -> None:
    names = [hash_of(HASHES, name) for name in ("Ann", "ann@Campus.example", 7)]
    assert names == [hash_of(HASHES, name) for name in ("ＡNN", "ANN@campus.example", 7)]
    for name in names:
        for _ in range(3):
            await fail(database, "a", identifier=name)
    async with database.write() as session:
        await forget(session, HASHES, ["ann", "ann@campus.example", 7])
    for name in names:
        assert await fail(database, "a", identifier=name) is None


async def test_old_counts_are_dropped(database: Store) -> None:
    for n in range(2):
        await fail(database, "a", identifier=f"u{n}")
    await fail(database, "a", identifier="u0", now=NOW + FORGOTTEN_AFTER)
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(LoginFailure)) == 2
        assert await session.scalar(select(func.max(LoginFailure.failures))) == 1


def test_a_device_proves_its_user() -> None:
    device = new_device(HASHES, 7)
    assert known_device(HASHES, device, 7)
    assert known_device(HASHES, device, 7) != known_device(HASHES, new_device(HASHES, 7), 7)
    for wrong in (None, "", "7..", device + "0", device.replace("7.", "8.", 1), "ü.ü.ü"):
        assert known_device(HASHES, wrong, 7) is None
    assert known_device(HASHES, device, 8) is None
    assert known_device(Hashes("cd" * 32), device, 7) is None

"""Times: aware in Python, UTC and sortable in the database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import StatementError

from storage.database import open_store
from storage.models import User
from storage.store import Store
from tests.storage.models.test_user import add, user

INDIA = timezone(timedelta(hours=5, minutes=30))
TIMES = (
    datetime(2026, 11, 24, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(2026, 11, 25, 3, 0, 0, 1_000, tzinfo=INDIA),
    datetime(1999, 12, 31, tzinfo=UTC),
)


async def test_times_come_back_aware_and_in_order(database: Store) -> None:
    for n, time in enumerate(TIMES):
        await add(database, user(username=f"u{n}", email=f"u{n}@campus.test", roll_number=f"u{n}", last_login=time))
    async with database.read() as session:
        found = (await session.scalars(select(User.last_login).order_by(User.last_login))).all()
        later = (await session.scalars(select(User.username).where(User.last_login > TIMES[1]))).all()
    assert found == sorted(TIMES)
    assert {time and time.tzinfo for time in found} == {UTC}
    assert later == ["u0"]


async def test_a_naive_time_is_refused(database: Store) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        async with database.write() as session:
            await session.execute(update(User).values(last_login=TIMES[0].replace(tzinfo=None)))


async def test_times_sort_as_text_in_sqlite(sqlite_url: str) -> None:
    from_zero = TIMES[2].replace(microsecond=0)
    db = await open_store(sqlite_url)
    try:
        async with db.alter() as connection:
            await connection.run_sync(User.metadata.create_all)
        await add(db, user(last_login=from_zero))
        async with db.read() as session:
            assert await session.scalar(text("SELECT last_login FROM users")) == "1999-12-31 00:00:00.000000"
    finally:
        await db.close()

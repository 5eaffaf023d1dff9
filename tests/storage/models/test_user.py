"""Accounts: unique names regardless of case, and ids that are never reused."""

from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from storage.models import User
from storage.store import Store


def user(**changes: Any) -> User:
    facts: dict[str, Any] = {"roll_number": "R1", "email": "a@campus.test", "username": "Ann", "full_name": "Ann"}
    return User(password_hash="x", **(facts | changes))


async def add(db: Store, new: User) -> int:
    async with db.write() as session:
        session.add(new)
        await session.flush()
        return new.id


async def test_defaults(database: Store) -> None:
    ann = user()
    await add(database, ann)
    assert (ann.is_active, ann.email_verified, ann.failed_login_attempts) == (True, False, 0)
    assert (ann.last_login, ann.locked_until, ann.api_token) == (None, None, None)
    assert len(ann.client_seed) == 16
    assert int(ann.client_seed, 16) >= 0


@pytest.mark.parametrize(
    "same",
    [
        {"username": "aNN"},
        {"username": "Ann"},
        {"email": "a@campus.test"},
        {"roll_number": "R1"},
        {"roll_number": "r1"},
    ],
)
async def test_names_are_unique(database: Store, same: dict[str, str]) -> None:
    await add(database, user())
    with pytest.raises(IntegrityError):
        await add(database, user(**({"roll_number": "R2", "email": "b@campus.test", "username": "bob"} | same)))


async def test_user_ids_are_never_reused(database: Store) -> None:
    first = await add(database, user())
    async with database.write() as session:
        await session.execute(delete(User))
    assert await add(database, user()) > first

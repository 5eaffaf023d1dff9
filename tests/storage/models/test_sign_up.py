"""Sign-ups reserve nothing; their links are unique and go with them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from storage.models import SignUp, SignUpLink
from storage.store import Store

LATER = datetime(2036, 1, 1, tzinfo=UTC)
ANN: dict[str, Any] = {
    "roll_number": "R1",
    "email": "a@campus.test",
    "username": "ann",
    "full_name": "Ann",
    "password_hash": "x",
    "source": "",
    "expires_at": LATER,
}


async def test_names_may_be_the_same(database: Store) -> None:
    async with database.write() as session:
        await session.execute(insert(SignUp), [ANN, ANN])


async def test_links_are_unique_and_go_with_their_sign_up(database: Store) -> None:
    async with database.write() as session:
        sign_up_id = await session.scalar(insert(SignUp).values(**ANN).returning(SignUp.id))
        await session.execute(insert(SignUpLink).values(sign_up_id=sign_up_id, token="t"))
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(insert(SignUpLink).values(sign_up_id=sign_up_id, token="t"))
    async with database.write() as session:
        await session.execute(delete(SignUp))
        assert await session.scalar(select(func.count()).select_from(SignUpLink)) == 0

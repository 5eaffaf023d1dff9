"""One-time tokens: unique, and spent exactly once in a race."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from storage.models import VerificationToken
from storage.store import Store
from tests.storage.models.test_user import add, user

LATER = datetime(2036, 1, 1, tzinfo=UTC)


async def test_a_token_is_unique(database: Store) -> None:
    tokens = [VerificationToken(token="t" * 128, purpose="p", expires_at=LATER) for _ in range(2)]
    with pytest.raises(IntegrityError):
        await add(database, user(verification_tokens=tokens))


async def test_a_token_is_spent_once(database: Store) -> None:
    token = VerificationToken(token="t", purpose="password_reset", expires_at=LATER)
    await add(database, user(verification_tokens=[token]))
    unused = update(VerificationToken).where(VerificationToken.token == "t", ~VerificationToken.is_used)

    async def spend() -> int:
        async with database.write() as session:
            done: Any = await session.execute(unused.values(is_used=True))
            return int(done.rowcount)

    assert sorted(await asyncio.gather(*(spend() for _ in range(8)))) == [0] * 7 + [1]

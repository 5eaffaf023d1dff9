"""The sign-up credit is paid once and the daily bonus once a day, even in a race; the books balance afterwards."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage import accounts, credentials
from storage.accounts import NewAccount
from storage.audit import audit
from storage.credentials import TokenInvalidError
from storage.free_chips import BonusNotDueError, claim_daily_bonus
from storage.settlement import WalletChange
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def registered(database: Store) -> int:
    new = NewAccount(
        roll_number="R1", email="ann@campus.example", username="ann", full_name="Ann", password_hash="hash"
    )
    user_id = (await accounts.register(database, new, NOW, timedelta(days=2))).user_id
    assert user_id is not None
    return user_id


async def balanced(database: Store) -> bool:
    return await audit(database) == []


async def test_verification_pays_once(database: Store) -> None:
    ann = await registered(database)
    until = NOW + timedelta(days=2)
    tokens = [
        await credentials.issue_token(database, ann, credentials.EMAIL_VERIFICATION, until, NOW) for _ in range(4)
    ]
    race = (accounts.verify_email(database, token, 500, NOW) for token in tokens * 2)
    results = await asyncio.gather(*race, return_exceptions=True)
    assert sum(isinstance(result, TokenInvalidError) for result in results) == 4
    changes = [result[1] for result in results if isinstance(result, tuple)]
    assert sorted(changes, key=str) == [None] * 3 + [WalletChange(ann, 500, 1)]
    found = await accounts.load(database, ann)
    assert found is not None
    assert (found.email_verified, found.balance) == (True, 500)
    assert await balanced(database)


async def test_without_a_credit_the_wallet_is_empty(database: Store) -> None:
    ann = await registered(database)
    assert await accounts.verify_account(database, ann, 0, NOW) is None
    assert await accounts.verify_account(database, ann, 500, NOW) is None
    found = await accounts.load(database, ann)
    assert found is not None
    assert (found.email_verified, found.balance, found.version) == (True, 0, 0)


async def test_the_bonus(database: Store) -> None:
    ann = await registered(database)
    await accounts.verify_account(database, ann, 100, NOW)
    race = (claim_daily_bonus(database, ann, 50, 200, NOW) for _ in range(8))
    results = await asyncio.gather(*race, return_exceptions=True)
    assert [result for result in results if not isinstance(result, BonusNotDueError)] == [WalletChange(ann, 150, 2)]
    with pytest.raises(BonusNotDueError) as early:
        await claim_daily_bonus(database, ann, 50, 200, NOW + timedelta(hours=23))
    assert early.value.next_at == NOW + timedelta(days=1)
    tomorrow = NOW + timedelta(days=1)
    with pytest.raises(BonusNotDueError) as rich:
        await claim_daily_bonus(database, ann, 50, 150, tomorrow)
    assert rich.value.next_at is None
    assert await claim_daily_bonus(database, ann, 50, 151, tomorrow) == WalletChange(ann, 200, 3)
    assert await balanced(database)

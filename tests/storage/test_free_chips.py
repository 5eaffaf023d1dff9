"""The sign-up credit is paid once and the daily bonus once a day, even in a race; the books balance afterwards."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage import accounts, sign_ups
from storage.accounts import AddressTakenError, NewAccount
from storage.audit import audit
from storage.credentials import TokenInvalidError
from storage.free_chips import BonusNotDueError, claim_daily_bonus
from storage.operator_accounts import ensure_players
from storage.settlement import WalletChange
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


NEW = NewAccount(roll_number="R1", email="ann@campus.example", username="ann", full_name="Ann", password_hash="hash")


async def balanced(database: Store) -> bool:
    return await audit(database) == []


async def test_a_confirmation_pays_once(database: Store) -> None:
    sign_up = [await sign_ups.add(database, NEW, "here", NOW, NOW + timedelta(days=2)) for _ in range(2)]
    tokens = [await sign_ups.issue_link(database, each) for each in sign_up * 2]
    race = (sign_ups.confirm(database, token, "hash", 500, NOW) for token in tokens * 2)
    results = await asyncio.gather(*race, return_exceptions=True)
    [(ann, change)] = [result for result in results if isinstance(result, tuple)]
    assert change == WalletChange(ann, 500, 1)
    assert {type(result) for result in results} == {tuple, TokenInvalidError, AddressTakenError}
    found = await accounts.load(database, ann)
    assert found is not None
    assert (found.email_verified, found.balance) == (True, 500)
    assert await balanced(database)


async def test_the_bonus(database: Store) -> None:
    [ann] = await ensure_players(database, [NEW], 100, NOW)
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

"""Wallets and transactions: what the database itself refuses."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from storage.models import Transaction, Wallet
from storage.store import Store
from tests.storage.models.test_user import add, user


async def open_wallet(db: Store) -> int:
    wallet = Wallet(balance=2**53 + 1, version=1)
    wallet.transactions = [Transaction(amount=2**53 + 1, type="credit", category="top-up", balance_after=2**53 + 1)]
    return await add(db, user(wallet=wallet))


async def test_amounts_are_64_bit_integers(database: Store) -> None:
    await open_wallet(database)
    async with database.read() as session:
        assert (await session.scalars(select(Wallet.balance))).one() == 2**53 + 1
        assert (await session.scalars(select(Transaction.amount))).one() == 2**53 + 1
        assert (await session.scalars(select(Wallet.limits))).one() is None


async def test_a_player_has_one_wallet(database: Store) -> None:
    user_id = await open_wallet(database)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(Wallet(user_id=user_id))


@pytest.mark.parametrize(
    "change", ["wallets SET balance = -1", "transactions SET amount = 0", "transactions SET type = 'loan'"]
)
async def test_impossible_amounts_are_refused(database: Store, change: str) -> None:
    await open_wallet(database)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(text(f"UPDATE {change}"))

"""Deleting a row deletes its dependent rows, but never those of the ledger, through the ORM and in plain SQL, for every
pair of tables."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import (
    Base,
    Bet,
    Game,
    GameSession,
    Round,
    Transaction,
    User,
    UserProfile,
    VerificationToken,
    Wallet,
)
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, 30, 0, 123_000, tzinfo=UTC)

PAIRS: tuple[tuple[type[Base], type[Base]], ...] = (
    (User, UserProfile),
    (User, VerificationToken),
    (User, Wallet),
    (User, GameSession),
    (User, Bet),
    (User, Transaction),
    (Wallet, Transaction),
    (Game, GameSession),
    (Game, Round),
    (Game, Bet),
    (GameSession, Bet),
    (Round, Bet),
)
ACCOUNT = (User, Wallet)
"""Only with these do transactions go."""


def a_player(name: str, game: Game, round_: Round, number: int) -> User:
    user = User(roll_number=name, email=f"{name}@campus.test", username=name, full_name=name, password_hash="x")
    user.profile = UserProfile(bio="Hello")
    user.verification_tokens = [VerificationToken(token=name, purpose="email_verification", expires_at=NOW)]
    user.wallet = Wallet(balance=90, version=1)
    stay = GameSession(game=game, room="crash", user=user)
    bet = Bet(session=stay, round=round_, user=user, number=number, amount=10, result="loss", payout=0, key="k")
    bet.selection = {"auto_cashout": 2.0}
    user.wallet.transactions = [Transaction(amount=10, type="debit", category="bet", balance_after=90, bet=bet)]
    return user


async def two_players(db: Store) -> None:
    game = Game(name="crash")
    round_ = Round(game=game, room="crash", number=1, server_seed_hash="h", nonce=1, status="settled", started_at=NOW)
    round_.options = {}
    async with db.write() as session:
        session.add_all([a_player("ann", game, round_, 1), a_player("bob", game, round_, 2)])


async def count(db: Store, table: type[Base]) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("way", ["orm", "sql"])
@pytest.mark.parametrize(("owner", "owned"), PAIRS, ids=lambda table: table.__name__)
async def test_deleting_a_row_deletes_its_dependent_rows(
    database: Store, owner: type[Base], owned: type[Base], way: str
) -> None:
    await two_players(database)
    if owner not in ACCOUNT:
        await remove_transactions(database)
    assert await count(database, owned) > 0
    for owners_left in range(await count(database, owner), 0, -1):
        before = await count(database, owned)
        async with database.write() as session:
            await delete_first(session, owner, way)
        assert await count(database, owned) == before - before // owners_left
    assert await count(database, owned) == 0


async def delete_first(session: AsyncSession, table: type[Base], way: str) -> None:
    first: Any = (await session.scalars(select(table).order_by(text("id")).limit(1))).one()
    if way == "orm":
        await session.delete(first)
    else:
        await session.execute(text(f"DELETE FROM {table.__tablename__} WHERE id = {first.id}"))


async def remove_transactions(db: Store) -> None:
    async with db.write() as session:
        await session.execute(text("DELETE FROM transactions"))


@pytest.mark.parametrize("way", ["orm", "sql"])
@pytest.mark.parametrize("table", [Game, GameSession, Round, Bet], ids=lambda table: table.__name__)
async def test_what_transactions_refer_to_can_t_be_deleted(database: Store, table: type[Base], way: str) -> None:
    await two_players(database)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await delete_first(session, table, way)
    assert await count(database, Transaction) == 2


async def test_a_bet_is_unique_by_key_and_by_number(database: Store) -> None:
    await two_players(database)
    for duplicate in ("UPDATE bets SET number = 1", "UPDATE bets SET key = 'k', user_id = 1"):
        with pytest.raises(IntegrityError):
            async with database.write() as session:
                await session.execute(text(duplicate))


@pytest.mark.parametrize("change", ["amount = 0", "payout = -1", "round_id = 99", "selection = NULL"])
async def test_impossible_amounts_are_refused(database: Store, change: str) -> None:
    await two_players(database)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(text(f"UPDATE bets SET {change}"))


async def test_session_ids_are_never_reused(database: Store) -> None:
    await two_players(database)
    await remove_transactions(database)
    async with database.write() as session:
        await session.execute(text("DELETE FROM game_sessions"))
        user, game = (await session.scalars(select(User))).first(), (await session.scalars(select(Game))).first()
        session.add(stay := GameSession(user=user, game=game, room="crash"))
        await session.flush()
        assert stay.id == 3

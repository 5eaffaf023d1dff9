"""The ledger: every movement of chips, each in one transaction with what it pays for.

A bet's money moves only when its round is settled: a stake that is on hold is no movement yet.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects import sqlite as lite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import postgresql, sqlite
from storage.database import Database
from storage.models import Round, Transaction, User, Wallet
from storage.settlement import OpenRound as OpenRound
from storage.settlement import SettledBet as SettledBet
from storage.settlement import SettledRound as SettledRound
from storage.settlement import Settlement as Settlement
from storage.settlement import WalletChange as WalletChange


class KnownBet(Struct, frozen=True):
    """A bet on record: ``number`` is its round's, ``selection`` JSON."""

    room: str
    number: int
    bet_number: int
    amount: int
    selection: bytes


class NoSuchAccountError(Exception):
    """The account does not exist any more."""


class RoundTakenError(Exception):
    """Another round has this room and number: somebody else runs the room."""


async def settle(db: Database, rounds: Sequence[SettledRound]) -> list[Settlement]:
    """Settle a batch in one transaction; what comes back is in the order of ``rounds``, and committed.

    A round that can't be written is ``failed`` and leaves nothing; the others settle. One that is on record already is
    answered from there, so the same batch may be sent again. A bet whose account or session is gone is left out. A void
    round keeps no bets and moves no money. Raises DatabaseUnavailableError; then the batch may or may not have been
    committed.
    """
    if not rounds:
        return []
    if db.dialect == "sqlite":
        return await db.settle(rounds)
    return await db.again(_settle_on_postgresql, db, rounds)


async def _settle_on_postgresql(db: Database, rounds: Sequence[SettledRound]) -> list[Settlement]:
    async with db.asyncpg() as connection:
        return await postgresql.settle(connection, rounds, db.last_known)


async def open_round(db: Database, round_: OpenRound) -> None:
    """Put a round that begins on record; again, for the same one, does nothing. Raises RoundTakenError,
    DatabaseUnavailableError."""
    await db.transact(_open_round, round_)


async def _open_round(session: AsyncSession, round_: OpenRound) -> None:
    row = {
        "game_id": round_.game_id,
        "room": round_.room,
        "number": round_.number,
        "server_seed_hash": round_.server_seed_hash,
        "nonce": round_.nonce,
        "status": "open",
        "options": msgspec.json.decode(round_.options),
        "started_at": datetime.fromtimestamp(round_.started_at / 1000, UTC),
    }
    dialect = pg if session.get_bind().dialect.name == "postgresql" else lite
    await session.execute(dialect.insert(Round).values(**row).on_conflict_do_nothing())
    there = select(Round.server_seed_hash).where(Round.room == round_.room, Round.number == round_.number)
    if await session.scalar(there) != round_.server_seed_hash:
        raise RoundTakenError(f"{round_.room}.{round_.number}")


async def void_open_rounds(db: Database, room: str | None, reason: str) -> list[str]:
    """End the rounds that were left open, in one room or (None) in all, as void; answers their names."""
    return await db.transact(_void_open_rounds, room, reason)


async def _void_open_rounds(session: AsyncSession, room: str | None, reason: str) -> list[str]:
    left = update(Round).where(Round.status == "open")
    if room is not None:
        left = left.where(Round.room == room)
    ended = {"status": "void", "outcome": {"reason": reason}, "ended_at": datetime.now(UTC)}
    found = await session.execute(left.values(**ended).returning(Round.room, Round.number))
    return [f"{room}.{number}" for room, number in found]


async def rooms_left_open(db: Database) -> list[str]:
    """The rooms that have a round on record as open. Raises DatabaseUnavailableError."""
    async with db.read() as session:
        return list(await session.scalars(select(Round.room).where(Round.status == "open").distinct()))


async def last_number(db: Database, room: str) -> int:
    """The highest number of a round in the room, whatever became of it; 0: it had none."""
    async with db.read() as session:
        return await session.scalar(select(func.max(Round.number)).where(Round.room == room)) or 0


async def credit(db: Database, user_id: int, amount: int, category: str, description: str) -> WalletChange:
    """Pay ``amount`` cents into a wallet, which is opened if there is none yet.

    Raises NoSuchAccountError, ValueError for an amount that is not positive, DatabaseUnavailableError.
    """

    async def open_and_pay(session: AsyncSession) -> WalletChange:
        now = datetime.now(UTC)
        await open_wallet(session, user_id, now)
        return await pay_in(session, user_id, amount, category=category, description=description, now=now)

    return await db.transact(open_and_pay)


async def open_wallet(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Open an empty wallet if the account has none, as part of the caller's transaction. Raises NoSuchAccountError."""
    # The lock makes a second caller wait until it can see the first one's wallet.
    account = select(User.id).where(User.id == user_id).with_for_update(key_share=True)
    if await session.scalar(account) is None:
        raise NoSuchAccountError(user_id)
    if await session.scalar(select(Wallet.id).where(Wallet.user_id == user_id)) is None:
        await session.execute(insert(Wallet).values(user_id=user_id, balance=0, version=0, last_updated=now))


async def pay_in(
    session: AsyncSession, user_id: int, amount: int, *, category: str, description: str, now: datetime
) -> WalletChange:
    """Credit ``amount`` cents to an open wallet, as part of the caller's transaction.

    Raises NoSuchAccountError when there is no wallet, ValueError for an amount that is not positive.
    """
    if amount <= 0:
        raise ValueError("a credit must be positive")
    changes = {"balance": Wallet.balance + amount, "version": Wallet.version + 1, "last_updated": now}
    changed = update(Wallet).where(Wallet.user_id == user_id).values(changes)
    found = await session.execute(changed.returning(Wallet.id, Wallet.balance, Wallet.version))
    wallet = found.one_or_none()
    if wallet is None:
        raise NoSuchAccountError(user_id)
    transaction = insert(Transaction).values(
        wallet_id=wallet.id,
        amount=amount,
        type="credit",
        category=category,
        description=description,
        created_at=now,
        balance_after=wallet.balance,
    )
    await session.execute(transaction)
    return WalletChange(user_id, wallet.balance, wallet.version)


async def first_stake(db: Database, room: str, number: int, place: int) -> int | None:
    """Cents that were staked as the bet was placed, which moves of its round may have raised. None: the journal does
    not say. Raises DatabaseUnavailableError."""
    # The journal of a full room takes long to decode: not here, where everybody waits for it.
    if db.dialect == "sqlite":
        asked = msgspec.json.encode([room, number, place]).decode()
        found = await db.in_reader(sqlite.fetch, sqlite.FIRST_STAKE, asked)
    else:
        async with db.asyncpg() as connection:
            found = await connection.fetch(postgresql.FIRST_STAKE, room, number, place)
    return found[0][0] if found else None


async def find_bets(db: Database, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], KnownBet]:
    """The bets on record under these (user id, key) pairs; one statement for all of them. Raises
    DatabaseUnavailableError."""
    if not keys:
        return {}
    if db.dialect == "sqlite":
        found = await db.in_reader(sqlite.fetch, sqlite.FIND_BETS, msgspec.json.encode(keys).decode())
    else:
        async with db.asyncpg() as connection:
            found = await connection.fetch(postgresql.FIND_BETS, [user for user, _ in keys], [key for _, key in keys])
    return {
        (user_id, key): KnownBet(room, number, place, amount, selection.encode())
        for user_id, key, room, number, place, amount, selection in found
    }

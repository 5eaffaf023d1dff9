"""What the live side asks of the database besides settling: games, sessions, players, past rounds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Text, cast, func, insert, select, update
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects import sqlite as lite
from sqlalchemy.ext.asyncio import AsyncSession

from storage import postgresql, sqlite
from storage.database import Database
from storage.models import Bet, Game, GameSession, Round, User
from storage.models.base import now


class PlayerRow(Struct, frozen=True):
    """A player as the hold needs them. Without a wallet the balance is 0 at version 0. ``limits`` is JSON, as they
    were at the version ``limits_at`` of the wallet."""

    user_id: int
    username: str
    client_seed: str
    is_active: bool
    email_verified: bool
    balance: int
    version: int
    limits: bytes | None
    token_created_at: datetime | None
    limits_at: int = 0


class NewSession(Struct, frozen=True):
    """A player's stay in a room that begins."""

    user_id: int
    game_id: int
    room: str


async def ensure_games(db: Database, games: Mapping[str, str]) -> dict[str, int]:
    """Put every game (name → description) on record; answers name → id. Raises DatabaseUnavailableError."""
    return await db.transact(_ensure_games, games)


async def _ensure_games(session: AsyncSession, games: Mapping[str, str]) -> dict[str, int]:
    on_record = select(Game).where(Game.name.in_(games))
    there = {game.name: game for game in await session.scalars(on_record)}
    for name, game in there.items():
        game.description = games[name]
    missing = [
        {"name": name, "description": games[name], "created_at": now()} for name in sorted(games) if name not in there
    ]
    if missing:
        # Another node that starts at the same time may be first.
        dialect = pg if session.get_bind().dialect.name == "postgresql" else lite
        await session.execute(dialect.insert(Game).values(missing).on_conflict_do_nothing())
    return {game.name: game.id for game in await session.scalars(on_record)}


async def start_sessions(db: Database, new: Sequence[NewSession]) -> list[int | None]:
    """Players' stays begin; answers their numbers, None where the account is gone. Raises DatabaseUnavailableError."""
    return await db.transact(_start_sessions, new)


async def _start_sessions(session: AsyncSession, new: Sequence[NewSession]) -> list[int | None]:
    # Held until the commit, or an account that is deleted meanwhile would fail the others' sessions too.
    there = (
        select(User.id).where(User.id.in_({each.user_id for each in new})).with_for_update(read=True, key_share=True)
    )
    known, began = set(await session.scalars(there)), now()
    rows = [structs.asdict(each) | {"started_at": began} for each in new if each.user_id in known]
    if not rows:
        return [None] * len(new)
    added = insert(GameSession).returning(GameSession.id, sort_by_parameter_order=True)
    numbers = iter((await session.scalars(added, rows)).all())
    return [next(numbers) if each.user_id in known else None for each in new]


async def end_sessions(db: Database, session_ids: Sequence[int]) -> None:
    """They are over, if they were not already. Raises DatabaseUnavailableError."""
    async with db.write() as session:
        await session.execute(_end().where(GameSession.id.in_(session_ids)))


async def open_sessions(db: Database, room: str) -> list[tuple[int, int]]:
    """(session, user) of those who sit in the room, in the order in which they came. Raises
    DatabaseUnavailableError."""
    there = select(GameSession.id, GameSession.user_id).where(GameSession.room == room, GameSession.ended_at.is_(None))
    async with db.read() as session:
        return [(number, user_id) for number, user_id in await session.execute(there.order_by(GameSession.id))]


async def visitors(db: Database, room: str) -> list[int]:
    """The users who ever sat in the room. Raises DatabaseUnavailableError."""
    async with db.read() as session:
        return list(await session.scalars(select(GameSession.user_id).where(GameSession.room == room).distinct()))


async def rooms_with_open_sessions(db: Database) -> dict[str, int]:
    """Room → the newest session of those that are not over. Raises DatabaseUnavailableError."""
    left = select(GameSession.room, func.max(GameSession.id)).where(GameSession.ended_at.is_(None))
    async with db.read() as session:
        found = await session.execute(left.group_by(GameSession.room))
        return {row[0]: row[1] for row in found}


async def end_sessions_in(db: Database, rooms: Mapping[str, int]) -> None:
    """What is not over in these rooms is, up to the session named for each. Raises DatabaseUnavailableError."""
    if not rooms:
        return
    async with db.write() as session:
        for room, newest in rooms.items():
            await session.execute(_end().where(GameSession.room == room, GameSession.id <= newest))


def _end() -> Any:
    return update(GameSession).where(GameSession.ended_at.is_(None)).values(ended_at=now())


async def load_players(db: Database, user_ids: Sequence[int]) -> dict[int, PlayerRow]:
    """Players by id, in one statement; who is absent has been deleted. Raises DatabaseUnavailableError."""
    found = await _players(db, sqlite.PLAYERS_BY_ID, postgresql.PLAYERS_BY_ID, user_ids)
    return {row[0]: _player(row) for row in found}


async def player_by_token(db: Database, token_hashes: Sequence[str]) -> dict[str, PlayerRow]:
    """Players by the hash of their token, in one statement. Raises DatabaseUnavailableError."""
    found = await _players(db, sqlite.PLAYERS_BY_TOKEN, postgresql.PLAYERS_BY_TOKEN, token_hashes)
    return {row[-1]: _player(row) for row in found}


async def _players(db: Database, on_sqlite: str, on_postgresql: str, values: Sequence[Any]) -> list[Any]:
    if not values:
        return []
    if db.dialect == "sqlite":
        return await db.in_reader(sqlite.fetch, on_sqlite, msgspec.json.encode(values).decode())
    async with db.asyncpg() as connection:
        found: list[Any] = await connection.fetch(on_postgresql, values)
        return found


def _player(row: Any) -> PlayerRow:
    user_id, username, client_seed, active, verified, balance, version, limits, created, _ = row
    if isinstance(created, str):
        created = datetime.fromisoformat(created).replace(tzinfo=UTC)
    limits = limits.encode() if limits else None
    about = user_id, username, client_seed, bool(active), bool(verified)
    return PlayerRow(*about, balance, version, limits, created, version)


async def lost_since(db: Database, user_id: int, since: datetime) -> int:
    """Stakes less payouts, in cents, of the player's bets settled since then; below 0: they won. Raises
    DatabaseUnavailableError."""
    lost = func.coalesce(func.sum(Bet.amount - Bet.payout), 0)
    async with db.read() as session:
        total = await session.scalar(select(lost).where(Bet.user_id == user_id, Bet.created_at >= since))
        return int(total or 0)


async def last_round_outcomes(db: Database, room: str, n: int) -> list[tuple[int, bytes]]:
    """(number, outcome as JSON) of the room's last ``n`` settled rounds, newest first.

    Raises DatabaseUnavailableError."""
    settled = select(Round.number, cast(Round.outcome, Text)).where(Round.room == room, Round.status == "settled")
    async with db.read() as session:
        found = await session.execute(settled.order_by(Round.number.desc()).limit(n))
        return [(number, outcome.encode()) for number, outcome in found]

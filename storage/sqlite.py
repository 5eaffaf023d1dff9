"""The store on SQLite.

One connection does all writing and all checkpoints, and a lock file keeps the writers of different processes apart:
SQLite before 3.51.3 can corrupt a database when a checkpoint races a commit.
"""

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import aiosqlite
import msgspec
from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from storage import settle_sqlite
from storage.errors import DatabaseUnavailableError, translated_errors
from storage.settlement import EndedRound, Settlement
from storage.store import PlayerRow, RecordedBet, player_row

T = TypeVar("T")
P = ParamSpec("P")

BUSY_SECONDS = 10.0
"""How long a writer waits for others."""
JOIN_SECONDS = 5.0
"""How long a close waits for the threads of cancelled calls."""
READERS = 4
CHECKPOINT_PAGES = 16_000

_FIND_BETS = """SELECT b.user_id, b.key, r.room, r.number, b.number, b.amount, b.selection
  FROM json_each(?) k
  CROSS JOIN bets b ON b.user_id = json_extract(k.value, '$[0]') AND b.key = json_extract(k.value, '$[1]')
  CROSS JOIN rounds r ON r.id = b.round_id"""
_FIRST_STAKE = """SELECT json_extract(j.value, '$[1].amount')
  FROM rounds r CROSS JOIN json_each(r.journal) j
  WHERE r.room = ? AND r.number = ?
  AND json_extract(j.value, '$[1].number') = ? AND json_extract(j.value, '$[1].do') = 'bet'"""
_PLAYERS = """SELECT u.id, u.username, u.client_seed, u.is_active, u.email_verified, coalesce(w.balance, 0) AS balance,
  coalesce(w.version, 0) AS version, w.limits, u.api_token_created_at, u.api_token
  FROM users u LEFT JOIN wallets w ON w.user_id = u.id WHERE"""
_PLAYERS_BY_ID = _PLAYERS + " u.id IN (SELECT value FROM json_each(?))"  # noqa: S608 (names of our own)
_PLAYERS_BY_TOKEN = _PLAYERS + " u.api_token IN (SELECT value FROM json_each(?))"  # noqa: S608 (names of our own)


class SqliteStore:
    """A SQLite file. See ``storage.store.Store``, which it implements.

    Sessions go through SQLAlchemy and aiosqlite, one hop to a thread for each statement. Settlements and fast look-ups
    run whole in a thread: settlements on the connection that writes, look-ups on one of their own.
    """

    def __init__(self, url: URL, *, is_server: bool, busy_s: float) -> None:
        self._url = url
        self._busy_s = busy_s
        self._path = Path(str(url.database))
        common = (f"busy_timeout={1000 * busy_s:.0f}", "foreign_keys=ON", "temp_store=MEMORY")
        self._writer_pragmas = (
            *common,
            "page_size=2048",  # before the first page; a commit writes whole pages, most of them of indexes
            "journal_mode=WAL",
            "synchronous=FULL",
            f"wal_autocheckpoint={CHECKPOINT_PAGES if is_server else 0}",
            "cache_size=-16000",
        )
        self._reader_pragmas = (*common, "wal_autocheckpoint=0", "query_only=ON")
        self._writer = _engine(url, self._connect_writer, self._writer_pragmas, begin="BEGIN IMMEDIATE", size=1)
        self._readers = _engine(url, self._connect_reader, self._reader_pragmas, begin="BEGIN", size=READERS)
        # Stays checked out: all writing goes through it, one transaction at a time.
        self._write_connection = AsyncConnection(self._writer)
        self._driver_writer: sqlite3.Connection | None = None
        self._write_thread = ThreadPoolExecutor(1, "sqlite-writer")
        self._driver_reader: sqlite3.Connection | None = None
        self._read_thread = ThreadPoolExecutor(1, "sqlite-reader")
        self._connection_threads: list[Thread] = []
        self._lock = asyncio.Lock()
        self._lock_file: int | None = None

    @classmethod
    async def open(cls, url: URL, *, is_server: bool = True, busy_s: float = BUSY_SECONDS) -> Self:
        """Open the file, which is created if there is none; writers wait ``busy_s`` for one another. Raises
        DatabaseUnavailableError."""
        store = cls(url, is_server=is_server, busy_s=busy_s)
        try:
            await store._start()
        except BaseException:
            await store.close()
            raise
        return store

    async def _start(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._lock_file = os.open(f"{self._path}-lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DatabaseUnavailableError(f"{self._path}: {error.strerror}") from error
        # Behind the lock, because SQLite answers "locked" at once while the last process to leave writes its log back.
        async with translated_errors(), self._writing():
            await self._write_connection.start()
            self._driver_reader = await _run(self._read_thread, _prepared, self._path, self._reader_pragmas)
            self._driver_reader.row_factory = sqlite3.Row
            await self.ping()

    @property
    def url(self) -> URL:
        return self._url

    def _connect_writer(self) -> aiosqlite.Connection:
        def connect() -> sqlite3.Connection:
            self._driver_writer = _connect(self._path)
            return self._driver_writer

        return self._remembered(aiosqlite.Connection(connect, iter_chunk_size=64))

    def _connect_reader(self) -> aiosqlite.Connection:
        return self._remembered(aiosqlite.Connection(partial(_connect, self._path), iter_chunk_size=64))

    def _remembered(self, connection: aiosqlite.Connection) -> aiosqlite.Connection:
        self._connection_threads = [thread for thread in self._connection_threads if thread.is_alive()]
        self._connection_threads.append(connection._thread)
        return connection

    async def close(self) -> None:
        if self._driver_reader is not None:
            await _run(self._read_thread, self._driver_reader.close)
        await self._readers.dispose()
        if self._lock_file is not None:
            # The last connection to close writes the log back, which no commit may race.
            async with self._writing():
                if self._write_connection.sync_connection is not None:
                    await self._write_connection.close()
                await self._writer.dispose()
            os.close(self._lock_file)
        # aiosqlite does not wait for the thread of a call that was cancelled while it connected, and a thread that
        # outlives the event loop fails when it answers.
        deadline = time.monotonic() + JOIN_SECONDS
        for thread in self._connection_threads:
            if thread.is_alive():
                await _run(self._read_thread, thread.join, max(deadline - time.monotonic(), 0))
        self._read_thread.shutdown()
        self._write_thread.shutdown()

    async def ping(self) -> None:
        async with translated_errors(), self._readers.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with translated_errors(), AsyncSession(self._readers, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        new_session = AsyncSession(self._write_connection, expire_on_commit=False)
        async with translated_errors(), self._writing(), new_session as session, session.begin():
            yield session

    async def transact(
        self, fn: Callable[Concatenate[AsyncSession, P], Awaitable[T]], *args: P.args, **kw: P.kwargs
    ) -> T:
        async with self.write() as session:
            return await fn(session, *args, **kw)

    @asynccontextmanager
    async def alter(self) -> AsyncIterator[AsyncConnection]:
        connection = self._write_connection
        async with translated_errors(), self._writing():
            # To change a table, SQLite makes a new one and drops the old one, which must not cascade.
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.execute("PRAGMA foreign_keys=OFF")
            try:
                async with connection.begin():
                    yield connection
                    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                    if broken:
                        raise RuntimeError(f"foreign keys without their rows: {broken[:5]}")
            finally:
                await driver.execute("PRAGMA foreign_keys=ON")

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Nothing else writes meanwhile, in this process or another. Raises DatabaseUnavailableError after a while."""
        assert self._lock_file is not None
        async with self._lock:
            await self._take_lock_file(self._lock_file)
            try:
                yield
            finally:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    async def _take_lock_file(self, lock_file: int) -> None:
        deadline = asyncio.get_running_loop().time() + self._busy_s
        while True:
            try:
                fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if asyncio.get_running_loop().time() > deadline:
                    raise DatabaseUnavailableError("another process keeps the database locked") from None
                await asyncio.sleep(0.001)

    async def settle_at_once(self, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
        async with translated_errors(), self._writing():
            connection = self._write_connection.sync_connection
            if connection is None or connection.invalidated:
                # A cancelled statement has cost the connection; this makes a new one.
                await self._write_connection.get_raw_connection()
            assert self._driver_writer is not None
            return await _run(self._write_thread, settle_sqlite.settle, self._driver_writer, rounds)

    async def find_bets(self, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], RecordedBet]:
        if not keys:
            return {}
        return {
            (user_id, key): RecordedBet(
                room=room, number=number, bet_number=bet_number, amount=amount, selection=selection.encode()
            )
            for user_id, key, room, number, bet_number, amount, selection in await self._fetch(_FIND_BETS, _json(keys))
        }

    async def first_stake(self, room: str, number: int, bet_number: int) -> int | None:
        # SQLite decodes the journal, in its thread: that of a full room would keep the event loop busy for long.
        found = await self._fetch(_FIRST_STAKE, room, number, bet_number)
        return found[0][0] if found else None

    async def load_players(self, user_ids: Sequence[int]) -> dict[int, PlayerRow]:
        rows = await self._fetch(_PLAYERS_BY_ID, _json(user_ids)) if user_ids else []
        return {row["id"]: _player(row) for row in rows}

    async def players_by_token(self, token_hashes: Sequence[str]) -> dict[str, PlayerRow]:
        rows = await self._fetch(_PLAYERS_BY_TOKEN, _json(token_hashes)) if token_hashes else []
        return {row["api_token"]: _player(row) for row in rows}

    async def scan(self, queries: Sequence[str]) -> list[Sequence[Any]]:
        async with self.read() as session:
            return [(await session.execute(text(query))).all() for query in queries]

    async def _fetch(self, query: str, *parameters: Any) -> list[Any]:
        assert self._driver_reader is not None
        async with translated_errors():
            return await _run(self._read_thread, _fetch, self._driver_reader, query, parameters)


def _engine(
    url: URL, connect: Callable[[], aiosqlite.Connection], pragmas: Sequence[str], *, begin: str, size: int
) -> AsyncEngine:
    engine = create_async_engine(
        url,
        async_creator=connect,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        # Sessions end their own transactions, so a rollback on return would be a hop to the thread for nothing.
        pool_reset_on_return=None,
        json_serializer=_json,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # Not in ``connect``: aiosqlite does not wait for its thread to end when that raises.
        try:
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except BaseException:
            connection.close()
            raise

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine.sync_engine, "invalidate")
    def give_up(connection: Any, _record: Any, _error: Any) -> None:
        # As after a cancelled statement. If it were closed in a transaction, it would keep its locks until it is
        # garbage-collected.
        connection.rollback()

    return engine


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        path,
        isolation_level=None,  # Python's own transactions begin too late: not at a SELECT
        cached_statements=256,
        check_same_thread=False,  # threads take turns
    )


def _prepared(path: Path, pragmas: Sequence[str]) -> sqlite3.Connection:
    connection = _connect(path)
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()
    except BaseException:
        connection.close()
        raise
    return connection


def _fetch(connection: sqlite3.Connection, query: str, parameters: Sequence[Any]) -> list[Any]:
    return connection.execute(query, parameters).fetchall()


async def _run(thread: ThreadPoolExecutor, fn: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
    """Call ``fn`` in the thread. If the caller is cancelled, ``fn`` ends before that is raised."""
    running = asyncio.get_running_loop().run_in_executor(thread, partial(fn, *args, **kw))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _player(row: sqlite3.Row) -> PlayerRow:
    created: str | None = row["api_token_created_at"]
    return player_row(row, datetime.fromisoformat(created).replace(tzinfo=UTC) if created else None)

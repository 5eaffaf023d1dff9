"""The store on SQLite.

A second process settles, and one connection does all other writing. A lock file keeps all writers apart, checkpoints
included: SQLite before 3.51.3 can corrupt a database when a checkpoint races a commit.
"""

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, cast

import aiosqlite
import msgspec
from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from storage.calls import Calls, to_its_end, translated_errors
from storage.errors import DatabaseUnavailableError
from storage.settlement import EndedRound, Settlement
from storage.settling_process import SettlingProcess
from storage.store import PlayerRow, RecordedBet, TokenOwner, player_row, token_owner

T = TypeVar("T")
P = ParamSpec("P")

BUSY_SECONDS = 10.0
"""How long a writer waits for others."""
SETTLING_PATIENCE = 2
"""How often ``BUSY_SECONDS`` may pass before the settling process counts as one that hangs."""
SETTLING_SECONDS = 5.0
"""The least time that it has: it may have to start first."""
READ_SECONDS = 30.0
"""How long a server waits for each answer to a read."""
SCAN_SECONDS = 3600.0
"""The same for an audit, and for commands that run beside a server."""
PROGRESS_STEPS = 100_000
"""SQLite looks whether a read was given up whenever it has done this many steps of it: some milliseconds."""
JOIN_SECONDS = 5.0
"""How long a close waits for the threads of reads, and for those of cancelled calls."""
READERS = 4
MAX_READ_THREADS = 32
"""There are so many only while the disk does not answer: a read that is given up may leave its thread behind."""
CHECKPOINT_PAGES = 16_000

_FIND_BETS = """SELECT b.user_id, b.key, r.room, r.number, b.number, b.amount, b.selection
  FROM json_each(?) k
  CROSS JOIN bets b ON b.user_id = json_extract(k.value, '$[0]') AND b.key = json_extract(k.value, '$[1]')
  CROSS JOIN rounds r ON r.id = b.round_id"""
_FIRST_STAKE = """SELECT json_extract(j.value, '$[1].amount')
  FROM rounds r CROSS JOIN json_each(r.journal) j
  WHERE r.room = ? AND r.number = ?
  AND json_extract(j.value, '$[1].number') = ? AND json_extract(j.value, '$[1].do') = 'bet'"""
_RESULTS = """SELECT r.id AS round_id, json_extract(j.value, '$[0]') AS number, json_extract(j.value, '$[1]') AS amount,
  json_extract(j.value, '$[3]') AS payout
  FROM rounds r CROSS JOIN json_each(CASE WHEN json_valid(r.results) THEN r.results END) j"""
_PLAYER = """u.id, u.username, u.client_seed, u.is_active, u.email_verified, coalesce(w.balance, 0) AS balance,
  coalesce(w.version, 0) AS version, w.limits, strftime('%s', u.muted_until) * 1000 AS muted_until,
  (SELECT max(b.id) FROM bets b WHERE b.user_id = u.id AND b.result = 'void') AS last_void_bet"""
_PLAYERS_BY_ID = f"""SELECT {_PLAYER}
  FROM users u LEFT JOIN wallets w ON w.user_id = u.id WHERE u.id IN (SELECT value FROM json_each(?))"""  # noqa: S608
_OWNERS_OF_TOKENS = f"""SELECT t.token, t.id AS token_id, t.used_at, t.end_reason, {_PLAYER}
  FROM api_tokens t JOIN users u ON u.id = t.user_id LEFT JOIN wallets w ON w.user_id = u.id
  WHERE t.token IN (SELECT value FROM json_each(?))"""  # noqa: S608 (names of our own)


def library() -> tuple[str, tuple[int, ...]]:
    """The Python module through which this store and the settling process use SQLite, and SQLite's version in it."""
    return sqlite3.__name__, sqlite3.sqlite_version_info


def as_single_file(path: Path) -> None:
    """Take the write-ahead log into the file of a database that nobody uses. Raises DatabaseUnavailableError."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise DatabaseUnavailableError(str(error)) from error
    path.with_name(f"{path.name}-lock").unlink(missing_ok=True)


class ReadConnection(aiosqlite.Connection):
    """A connection for reads: a call that takes longer than ``limit_s`` seconds raises sqlite3.OperationalError, and
    SQLite stops to work on its statement.

    Only reads may have such a limit. What was reported as failed must not be written later.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], *, iter_chunk_size: int, limit_s: float) -> None:
        super().__init__(partial(self._open, connect), iter_chunk_size)
        self._limit_s = limit_s
        self._given_up = Event()  # of the call that the thread works on

    def _open(self, connect: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
        connection = connect()
        # Not interrupt(), which would end another call's statement if this one still waits for the thread.
        connection.set_progress_handler(self._is_given_up, PROGRESS_STEPS)
        return connection

    def _is_given_up(self) -> bool:
        return self._given_up.is_set()

    async def _connect(self) -> Self:
        async with self._within_limit():
            await super()._connect()
        return self

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        # All other methods of a connection and of its cursors call this one.
        given_up = Event()

        def call() -> T:
            if given_up.is_set():
                raise sqlite3.OperationalError("nobody waits for this call any more")
            self._given_up = given_up
            return fn(*args, **kwargs)

        async with self._within_limit():
            try:
                return cast(T, await super()._execute(call))  # type: ignore[no-untyped-call]
            except asyncio.CancelledError:  # by the caller or by the limit
                given_up.set()
                # If this call was to begin a transaction, its caller doesn't know that it must end one.
                await self.rollback()
                raise

    @asynccontextmanager
    async def _within_limit(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._limit_s):
                yield
        except TimeoutError:
            raise sqlite3.OperationalError(f"SQLite has not answered within {self._limit_s:g} s") from None

    async def rollback(self) -> None:
        """The thread does so before it does anything else. Nobody waits: it may hang."""
        if self._connection is not None:
            self._tx.put_nowait((None, self._connection.rollback))

    async def close(self) -> None:
        """The thread does so, and ends. Nobody waits: it may hang."""
        if self._running:
            self.stop()


class SqliteStore:
    """A SQLite file. See ``storage.store.Store``, which it implements.

    Sessions go through SQLAlchemy and aiosqlite, one hop to a thread for each statement. Settlements run in a second
    process; fast look-ups are one hop to a thread with a connection of its own.
    """

    def __init__(
        self, url: URL, *, is_server: bool, busy_s: float, read_s: float, connect: Callable[..., sqlite3.Connection]
    ) -> None:
        self._url = url
        self._busy_s = busy_s
        # A server must notice that the database does not answer; a migration or an audit may take its time.
        self._read_s = read_s if is_server else SCAN_SECONDS
        self._connect_to = connect
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
        self._writer = _engine(url, self._connect, self._writer_pragmas, begin="BEGIN IMMEDIATE", size=1)
        self._readers = _engine(url, self._connect_reader, self._reader_pragmas, begin="BEGIN", size=READERS)
        # Stays checked out: all writing but settlements goes through it, one transaction at a time.
        self._write_connection = AsyncConnection(self._writer)
        self._look_up_connection: aiosqlite.Connection | None = None
        self._reader_threads: list[Thread] = []
        self._other_threads: list[Thread] = []
        self._reads = Calls(self._readers)
        self._lock = asyncio.Lock()
        self._lock_file: int | None = None
        self._settling: SettlingProcess | None = None

    @classmethod
    async def open(
        cls,
        url: URL,
        *,
        is_server: bool = True,
        busy_s: float = BUSY_SECONDS,
        read_s: float = READ_SECONDS,
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect,
    ) -> Self:
        """Open the file, which is created if there is none; writers wait ``busy_s`` for one another, and a server
        ``read_s`` for each answer to a read. Raises DatabaseUnavailableError."""
        store = cls(url, is_server=is_server, busy_s=busy_s, read_s=read_s, connect=connect)
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
        # The process waits for other writers, too.
        limit_s = max(SETTLING_PATIENCE * self._busy_s, SETTLING_SECONDS)
        self._settling = SettlingProcess(self._path, self._writer_pragmas, self._lock_file, limit_s=limit_s)
        # Behind the lock, because SQLite answers "locked" at once while the last process to leave writes its log back.
        async with translated_errors(), self._writing():
            await self._write_connection.start()
            self._look_up_connection = await self._connect_reader()
            self._look_up_connection.row_factory = sqlite3.Row
            for pragma in self._reader_pragmas:
                await self._look_up_connection.execute_fetchall(f"PRAGMA {pragma}")
            await self.ping()

    @property
    def url(self) -> URL:
        return self._url

    def _connect(self) -> aiosqlite.Connection:
        """A connection to be awaited."""
        connection = aiosqlite.Connection(self._open_file, iter_chunk_size=64)
        self._other_threads = [*filter(Thread.is_alive, self._other_threads), connection._thread]
        return connection

    def _connect_reader(self, limit_s: float | None = None) -> ReadConnection:
        """A connection to be awaited. Raises sqlite3.OperationalError."""
        self._reader_threads = [*filter(Thread.is_alive, self._reader_threads)]
        if len(self._reader_threads) >= MAX_READ_THREADS:
            raise sqlite3.OperationalError(f"SQLite does not answer: {MAX_READ_THREADS} threads wait for it")
        connection = ReadConnection(
            self._open_file, iter_chunk_size=64, limit_s=self._read_s if limit_s is None else limit_s
        )
        connection._thread.daemon = True  # the process ends although it hangs
        self._reader_threads.append(connection._thread)
        return connection

    def _open_file(self) -> sqlite3.Connection:
        # Python's own transactions begin too late: not at a SELECT.
        return self._connect_to(self._path, isolation_level=None, cached_statements=256)

    async def close(self) -> None:
        # To its end: half closed, it would keep threads and connections that nobody else can close.
        await to_its_end(self._close())

    async def _close(self) -> None:
        await self._reads.end()
        if self._look_up_connection is not None:
            await self._look_up_connection.close()
        await self._readers.dispose()
        await _join(self._reader_threads)
        if self._lock_file is not None:
            # The last connection to close writes the log back, which no commit may race.
            # A settling process that hangs is killed after a while.
            async with self._writing(within_s=4 * max(SETTLING_PATIENCE * self._busy_s, SETTLING_SECONDS)):
                if self._settling is not None:
                    await self._settling.close()
                if self._write_connection.sync_connection is not None:
                    await self._write_connection.close()
                await self._writer.dispose()
                lock_file, self._lock_file = self._lock_file, None
            os.close(lock_file)
        # aiosqlite does not wait for the thread of a call that was cancelled while it connected, and a thread that
        # outlives the event loop fails when it answers.
        await _join(self._other_threads)

    async def ping(self) -> None:
        async with self._reads.one(), self._readers.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with self._reads.one(), AsyncSession(self._readers, expire_on_commit=False) as session:
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
                    before = await _changes(connection)
                    yield connection
                    if await _changes(connection) != before:
                        await _require_foreign_keys(connection)
            finally:
                await driver.execute("PRAGMA foreign_keys=ON")

    @asynccontextmanager
    async def _writing(self, within_s: float | None = None) -> AsyncIterator[None]:
        """Nothing else writes meanwhile, in this process or another. Raises DatabaseUnavailableError if others in this
        process write for longer than ``within_s`` seconds, or those in another."""
        try:
            async with asyncio.timeout(self._busy_s if within_s is None else within_s):
                await self._lock.acquire()
        except TimeoutError:
            raise DatabaseUnavailableError("another write of this process keeps the database busy") from None
        try:
            lock_file = self._lock_file
            if lock_file is None:
                raise DatabaseUnavailableError("the store is closed")
            await self._take_lock_file(lock_file)
            try:
                yield
            finally:
                fcntl.flock(lock_file, fcntl.LOCK_UN)
        finally:
            self._lock.release()

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

    async def copy_to(self, path: Path) -> None:
        """Write the whole database, as of one moment, to an empty file; others may write meanwhile. Raises
        DatabaseUnavailableError."""
        async with self._reads.one():
            connection = await self._connect()
            try:
                await connection.execute_fetchall("PRAGMA wal_autocheckpoint=0")
                copy = sqlite3.connect(path, check_same_thread=False)  # aiosqlite writes it in its thread
                try:
                    await connection.backup(copy)
                finally:
                    copy.close()
            finally:
                await connection.close()
        as_single_file(path)

    async def settle_at_once(self, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
        async with translated_errors(), self._writing():
            assert self._settling is not None
            return await to_its_end(self._settling.settle(rounds))

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
        return {row["id"]: player_row(row) for row in rows}

    async def owners_of_tokens(self, token_hashes: Sequence[str]) -> dict[str, TokenOwner]:
        rows = await self._fetch(_OWNERS_OF_TOKENS, _json(token_hashes)) if token_hashes else []
        return {row["token"]: token_owner(row, _time(row["used_at"])) for row in rows}

    @property
    def results(self) -> str:
        return _RESULTS

    async def scan(self, queries: Sequence[str]) -> list[Sequence[Any]]:
        async with self._reads.one():
            connection = await self._connect_reader(SCAN_SECONDS)
            try:
                for pragma in self._reader_pragmas:
                    await connection.execute_fetchall(f"PRAGMA {pragma}")
                await connection.execute_fetchall("BEGIN")
                return [list(await connection.execute_fetchall(query)) for query in queries]
            finally:
                await connection.close()

    async def _fetch(self, query: str, *parameters: Any) -> list[Any]:
        assert self._look_up_connection is not None
        async with self._reads.one():
            return list(await self._look_up_connection.execute_fetchall(query, parameters))


async def _join(threads: list[Thread]) -> None:
    """Wait a while until all of them have ended."""
    deadline = time.monotonic() + JOIN_SECONDS
    while any(map(Thread.is_alive, threads)) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.001)


async def _changes(connection: AsyncConnection) -> tuple[int, int]:
    """Two numbers, one of which grows whenever this connection changes a table or its rows."""
    schema = await connection.scalar(text("SELECT schema_version FROM pragma_schema_version"))
    return schema or 0, await connection.scalar(text("SELECT total_changes()")) or 0


async def _require_foreign_keys(connection: AsyncConnection) -> None:
    """Raises DatabaseUnavailableError if a foreign key refers to a row that does not exist. A migration may have lost
    the row, or somebody may have deleted it in SQLite's shell, which does not enforce foreign keys by default."""
    query = 'SELECT "table", rowid, parent FROM pragma_foreign_key_check'
    broken = [(table, row, parent) for table, row, parent in await connection.execute(text(query))]
    if broken:
        table, row, parent = broken[0]
        raise DatabaseUnavailableError(
            f"{len(broken)} foreign keys refer to rows that do not exist, such as that of row {row} of {table} to "
            f"{parent}; nothing was changed"
        )


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


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _time(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)

"""Connections and transactions, alike on SQLite and PostgreSQL.

On SQLite a process of its own settles, one connection does all other writing, and a lock file keeps all writers apart,
commits and checkpoints included: SQLite before 3.51.3 can corrupt a database when the two race.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from storage.last_known import LastKnown
from storage.settlement import SettledRound, Settlement
from storage.settling_process import SettlingProcess

T = TypeVar("T")
P = ParamSpec("P")

BUSY_SECONDS = 10.0
READERS = 4
AT_HAND = 2
"""Connections to PostgreSQL that hot statements keep, since the pool takes as long as a short statement: one for
settlements, one for what else is looked up."""
_AGAIN = {"40001", "40P01"}
_ATTEMPTS = 8
_ALTERING = 0x63726F7570
# Hot statements are planned once a connection, maybe while the tables are still empty: the plan must be one for tables
# that grow, not a scan.
_INDEXED = {"enable_seqscan": "off", "jit": "off"}
# A node that was stopped in mid-transaction keeps its locks from nobody for longer: others wait for them to go on.
_MORTAL = {"idle_in_transaction_session_timeout": "2000"}
# PostgreSQL's errors that say "not now": connection, resources, operator intervention, system and internal error; a
# standby that reads only, a lock that is not to be had, a right that is missing.
_AWAY = ("08", "53", "57", "58", "XX", "25006", "55P03", "42501")

_AWAY_WITHOUT_CODE = (
    *(OperationalError, InterfaceError, sqlite3.OperationalError, asyncpg.InterfaceError),
    asyncpg.InternalClientError,  # a connection that the server ended at the moment it was used
)


class DatabaseUnavailableError(Exception):
    """The database can't be reached or can't answer now; the same call may work later."""


def normalise(url: str) -> URL:
    """The URL with the driver that this package uses. Raises ValueError for another kind of database."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("a SQLite database needs a file")
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg")
    raise ValueError(f"{backend} is not supported: sqlite:///path or postgresql://…")


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of an error, however deeply it is wrapped; empty when there is none."""
    seen: BaseException | None = error
    while seen is not None:
        code = getattr(seen, "sqlstate", None) or getattr(getattr(seen, "orig", None), "sqlstate", None)
        if code:
            return str(code)
        seen = seen.__cause__
    return ""


def is_away(error: BaseException) -> bool:
    if isinstance(error, (OSError, TimeoutError, PoolTimeoutError)):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if type(error) in (
        DatabaseError,
        sqlite3.DatabaseError,
    ):  # SQLite's words for a file that is damaged, or none of its
        return True
    code = sqlstate(error)
    return code.startswith(_AWAY) if code else isinstance(error, _AWAY_WITHOUT_CODE)


@asynccontextmanager
async def _mapped() -> AsyncIterator[None]:
    try:
        yield
    except Exception as error:
        if is_away(error):
            raise DatabaseUnavailableError(
                str(error).splitlines()[0] if str(error) else type(error).__name__
            ) from error
        raise


def _sqlite_engine(url: URL, *, begin: str, pragmas: tuple[str, ...], size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        # Sessions end their own transactions, hot paths too: a further rollback on return would be a hop for nothing.
        pool_reset_on_return=None,
        # Python's own transactions would begin nothing for a SELECT; ours are begun below.
        connect_args={"isolation_level": None, "cached_statements": 256},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
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
        # As after a cancelled statement. Closed with one under way, it would keep its locks until that is collected.
        connection.rollback()

    return engine


def _postgresql_engine(url: URL, is_server: bool, **arguments: Any) -> AsyncEngine:
    # A server must notice that nobody answers; a migration or an audit may take its time.
    patience = {"timeout": BUSY_SECONDS, "command_timeout": 3 * BUSY_SECONDS if is_server else None}
    return create_async_engine(
        url, pool_size=5, max_overflow=5, pool_timeout=BUSY_SECONDS, connect_args=patience | arguments
    )


class Database:
    """Opened once by whoever wires the process, closed at its end: what is not closed keeps the process alive."""

    def __init__(
        self,
        url: URL,
        writer: AsyncEngine,
        reader: AsyncEngine,
        lock_file: int | None = None,
        settling: SettlingProcess | None = None,
    ) -> None:
        self.url = url
        self.dialect = "sqlite" if lock_file is not None else "postgresql"
        self._writer = writer
        self._reader = reader
        self._settling = settling
        # On SQLite these two stay checked out: all other writing goes through the one, hot reads through the other.
        self._write_connection = AsyncConnection(writer)
        self._read_connection = AsyncConnection(reader)
        self._at_hand: list[AsyncConnection] = []
        self.last_known = LastKnown()
        """On PostgreSQL, what settlements left."""
        self._lock_file = lock_file
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, url: str, *, writer: bool = True) -> "Database":
        """Connect to ``sqlite:///path`` or ``postgresql://…``.

        ``writer``: this is a server, which keeps SQLite's write-ahead log short and waits for no answer for ever;
        False for a command beside one, which may write too. Raises ValueError for another kind of URL,
        DatabaseUnavailableError.
        """
        parsed = normalise(url)
        if parsed.get_backend_name() == "sqlite":
            db = cls._open_sqlite(parsed, checkpoints=writer)
        else:
            hot = _postgresql_engine(parsed, writer, server_settings=_INDEXED | (_MORTAL if writer else {}))
            db = cls(parsed, hot, _postgresql_engine(parsed, writer))
        try:
            await db._start()
        except BaseException:
            await db.close()
            raise
        return db

    @classmethod
    def _open_sqlite(cls, url: URL, *, checkpoints: bool) -> "Database":
        path = Path(str(url.database))
        common = f"busy_timeout={1000 * BUSY_SECONDS:.0f}", "foreign_keys=ON", "temp_store=MEMORY"
        own = (
            "page_size=2048",  # before the first page; a commit writes whole pages, most of them of indexes
            "journal_mode=WAL",
            "synchronous=FULL",
            f"wal_autocheckpoint={16_000 if checkpoints else 0}",
            "cache_size=-16000",
        )
        pragmas = (*common, *own)
        writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pragmas=pragmas, size=1)
        own_reader = "wal_autocheckpoint=0", "query_only=ON"
        reader = _sqlite_engine(url, begin="BEGIN", pragmas=(*common, *own_reader), size=READERS)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            lock_file = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DatabaseUnavailableError(f"{path}: {error.strerror}") from error
        return cls(url, writer, reader, lock_file, SettlingProcess(path, pragmas, lock_file))

    async def _start(self) -> None:
        # SQLite answers "locked" without waiting while another process, the last one out, writes its log back.
        async with _mapped(), self.writing():
            if self.dialect == "sqlite":
                await self._write_connection.start()
                await self._read_connection.start()
            await self.ping()

    async def close(self) -> None:
        if self._lock_file is None:
            for connection in self._at_hand:
                await connection.close()
            await self._reader.dispose()
            await self._writer.dispose()
            return
        await _close(self._read_connection)
        await self._reader.dispose()
        # The last one out writes the log back, which nobody's commit may race.
        async with self.writing():
            if self._settling is not None:
                await self._settling.close()
            await _close(self._write_connection)
            await self._writer.dispose()
        os.close(self._lock_file)

    async def ping(self) -> None:
        """Raises DatabaseUnavailableError when the database does not answer."""
        async with _mapped(), self._reader.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One transaction that changes nothing. Raises DatabaseUnavailableError."""
        async with _mapped(), AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, rolled back on an exception. Raises DatabaseUnavailableError."""
        bind = self._write_connection if self.dialect == "sqlite" else self._writer
        new_session = AsyncSession(bind, expire_on_commit=False)
        async with _mapped(), self.writing(), new_session as session, session.begin():
            yield session

    @asynccontextmanager
    async def alter(self) -> AsyncIterator[AsyncConnection]:
        """A connection in one transaction that may change the schema, the only one of its kind at a time."""
        alter = self._alter_sqlite if self.dialect == "sqlite" else self._alter_postgresql
        async with _mapped(), self.writing(), alter() as connection:
            yield connection

    @asynccontextmanager
    async def _alter_postgresql(self) -> AsyncIterator[AsyncConnection]:
        async with self._writer.begin() as connection:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ALTERING})")
            yield connection

    @asynccontextmanager
    async def _alter_sqlite(self) -> AsyncIterator[AsyncConnection]:
        connection = self._write_connection
        driver = await _driver(connection)
        # To change a table SQLite makes a new one and drops the old, which must not cascade.
        await driver.execute("PRAGMA foreign_keys=OFF")
        try:
            async with connection.begin():
                yield connection
                broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"rows that point nowhere: {broken[:5]}")
        finally:
            await driver.execute("PRAGMA foreign_keys=ON")

    async def transact(
        self, fn: Callable[Concatenate[AsyncSession, P], Awaitable[T]], *args: P.args, **kw: P.kwargs
    ) -> T:
        """``fn(session, …)`` in one transaction, run again when PostgreSQL asks for that."""
        return await self.again(self._once, fn, *args, **kw)

    async def _once(self, fn: Callable[..., Awaitable[T]], *args: Any, **kw: Any) -> T:
        async with self.write() as session:
            return await fn(session, *args, **kw)

    async def again(self, fn: Callable[..., Awaitable[T]], *args: Any, **kw: Any) -> T:
        """Call ``fn``, a whole transaction, until it meets no deadlock or serialization failure."""
        for attempt in range(_ATTEMPTS):
            try:
                return await fn(*args, **kw)
            except Exception as error:
                if sqlstate(error) not in _AGAIN:
                    raise
                await asyncio.sleep(0.002 * 2**attempt)
        raise DatabaseUnavailableError(f"{_ATTEMPTS} attempts met a deadlock or a serialization failure")

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """On SQLite: nobody else writes meanwhile, in this process or another. Raises DatabaseUnavailableError after a
        while."""
        if self._lock_file is None:
            yield
            return
        async with self._lock:
            await self._take_lock_file(self._lock_file)
            try:
                yield
            finally:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    async def _take_lock_file(self, lock_file: int) -> None:
        deadline = asyncio.get_running_loop().time() + BUSY_SECONDS
        while True:
            try:
                fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if asyncio.get_running_loop().time() > deadline:
                    raise DatabaseUnavailableError("another process keeps the database locked") from None
                await asyncio.sleep(0.001)

    async def in_reader(self, fn: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs) -> T:
        """SQLite: a hot read, ``fn(connection, …)`` in one go in a connection's own thread. Raises
        DatabaseUnavailableError."""
        async with _mapped():
            return await _in_thread(await _driver(self._read_connection), fn, *args, **kw)

    async def start_settling(self) -> None:
        """On SQLite: start the process that settles, or the first batch has to wait for it. Raises
        DatabaseUnavailableError."""
        if self._settling is not None:
            async with _mapped():
                await self._settling.start()

    async def settle(self, rounds: Sequence[SettledRound]) -> list[Settlement]:
        """SQLite: a batch in one transaction. Raises DatabaseUnavailableError; then it may or may not have been
        committed."""
        assert self._settling is not None
        async with _mapped(), self.writing():
            return await _to_its_end(self._settling.settle(rounds))

    @asynccontextmanager
    async def asyncpg(self, *, hot: bool = True) -> AsyncIterator[Any]:
        """PostgreSQL: the driver's own connection, for hot statements or for one that reads whole tables.

        Raises DatabaseUnavailableError.
        """
        async with _mapped():
            engine = self._writer if hot else self._reader
            connection = self._at_hand.pop() if hot and self._at_hand else await engine.connect()
            try:
                yield await _driver(connection)
            except BaseException as error:
                # The pool can't see what goes on beneath it: a connection that broke, maybe with others, or was left in
                # mid-transaction.
                if is_away(error) or not isinstance(error, Exception):
                    # What answers next may be a standby that never had the last commits.
                    self.last_known.forget()
                    at_hand, self._at_hand = self._at_hand, []
                    for each in (connection, *at_hand):
                        await each.invalidate()
                        await each.close()
                await connection.close()
                raise
            if hot and len(self._at_hand) < AT_HAND:
                self._at_hand.append(connection)
            else:
                await connection.close()


async def _driver(connection: AsyncConnection) -> Any:
    """The driver's connection; when it was given up, as after a cancelled statement, a new one."""
    sync = connection.sync_connection
    if sync is None or sync.invalidated:
        return (await connection.get_raw_connection()).driver_connection
    return sync.connection.driver_connection


async def _close(connection: AsyncConnection) -> None:
    if connection.sync_connection is not None:
        await connection.close()


async def _in_thread(connection: Any, fn: Callable[..., T], *args: Any, **kw: Any) -> T:
    """Run ``fn`` in the thread of an aiosqlite connection, to its end even when the caller is cancelled."""
    answer: T = await _to_its_end(connection._execute(fn, connection._conn, *args, **kw))
    return answer


async def _to_its_end(call: Coroutine[Any, Any, T]) -> T:
    """What ``call`` answers; when the caller is cancelled, it ends before that is heard of."""
    running = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise

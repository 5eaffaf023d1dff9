"""The store on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import asyncpg
import msgspec
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from storage import libpq, settle_postgresql
from storage.calls import Calls, to_its_end, translated_errors
from storage.errors import (
    RETRYABLE_SQLSTATES,
    DatabaseUnavailableError,
    is_unavailable,
    sqlstate,
)
from storage.settlement import EndedRound, Settlement
from storage.store import PlayerRow, RecordedBet, TokenOwner, player_row, token_owner

T = TypeVar("T")
P = ParamSpec("P")

PATIENCE_SECONDS = 10.0
"""How long to wait for a connection."""
START_SECONDS = 15.0
"""How long to wait for a connection and the answer to a first, simple statement."""
STATEMENT_SECONDS = 30.0
"""How long a server waits for an answer."""
SCAN_SECONDS = 3600.0
"""The same for an audit, and for commands that run beside a server, such as a migration."""
CLOSE_SECONDS = 2.0
"""How long to wait for PostgreSQL's side when a connection is closed."""
MAX_ATTEMPTS = 8
MAX_KEPT_CONNECTIONS = 5
"""Connections for fast statements, which stay open between them."""
_ALTERING = 0x63726F7570
"""The advisory lock of those who change the schema."""

# A statement is planned once for a connection, maybe while the tables are still empty: the plan must suit tables that
# have grown, so it must not scan them.
_USE_INDEXES = {"enable_seqscan": "off", "jit": "off"}
IDLE_TRANSACTION_SECONDS = 2.0
"""A server that is stopped in the middle of a transaction keeps its locks for no longer than this: others wait for
them."""

FIND_BETS = """SELECT b.user_id, b.key, r.room, r.number AS number, b.number AS bet_number, b.amount,
  b.selection::text AS selection
  FROM unnest($1::bigint[], $2::text[]) k(user_id, key)
  JOIN bets b ON b.user_id = k.user_id AND b.key = k.key JOIN rounds r ON r.id = b.round_id"""
_FIRST_STAKE = """SELECT (j.value -> 1 ->> 'amount')::bigint
  FROM rounds r CROSS JOIN json_array_elements(r.journal) j
  WHERE r.room = $1 AND r.number = $2 AND j.value -> 1 ->> 'do' = 'bet' AND (j.value -> 1 ->> 'number')::int = $3"""
_RESULTS = """SELECT r.id AS round_id, (j.value ->> 0)::bigint AS number, (j.value ->> 1)::bigint AS amount,
  (j.value ->> 3)::bigint AS payout
  FROM rounds r CROSS JOIN json_array_elements(CASE json_typeof(r.results) WHEN 'array' THEN r.results END) j"""
_PLAYER = """u.id, u.username, u.client_seed, u.is_active, u.email_verified, coalesce(w.balance, 0) AS balance,
  coalesce(w.version, 0) AS version, w.limits::text AS limits,
  extract(epoch FROM date_trunc('second', u.muted_until))::bigint * 1000 AS muted_until,
  (SELECT max(b.id) FROM bets b WHERE b.user_id = u.id AND b.result = 'void') AS last_void_bet"""
PLAYERS_BY_ID = f"""SELECT {_PLAYER}
  FROM users u LEFT JOIN wallets w ON w.user_id = u.id WHERE u.id = ANY($1::bigint[])"""  # noqa: S608 (names of our own)
OWNERS_OF_TOKENS = f"""SELECT t.token, t.id AS token_id, t.used_at, t.end_reason, {_PLAYER}
  FROM api_tokens t JOIN users u ON u.id = t.user_id LEFT JOIN wallets w ON w.user_id = u.id
  WHERE t.token = ANY($1::text[])"""  # noqa: S608 (names of our own)


class Connection(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    """A driver's connection, whose close has a limit: SQLAlchemy's pools set none."""

    async def close(self, *, timeout: float | None = CLOSE_SECONDS) -> None:  # noqa: ASYNC109 (the driver's)
        with suppress(TimeoutError):  # it is cut off then
            await super().close(timeout=timeout)


class PostgresqlStore:
    """A PostgreSQL database. See ``storage.store.Store``, which it implements.

    Sessions go through SQLAlchemy. Settlements and fast look-ups use the driver's own connections, because SQLAlchemy's
    pool takes as long as a short statement.
    """

    def __init__(self, url: URL, *, is_server: bool, idle_transaction_s: float) -> None:
        self._url = url
        # A server must notice that the database does not answer; a migration or an audit may take its time.
        where = libpq.connect_args(url)
        named = where.pop("server_settings", {})
        waits = {
            "timeout": where.pop("timeout", PATIENCE_SECONDS),
            "command_timeout": STATEMENT_SECONDS if is_server else SCAN_SECONDS,
        }
        idle_ms = str(int(idle_transaction_s * 1000))
        limits = {"idle_in_transaction_session_timeout": idle_ms} if is_server else {}
        writing = waits | {"server_settings": named | _USE_INDEXES | limits}
        reading = waits | {"server_settings": named}
        self._connect = partial(asyncpg.connect, **where, connection_class=Connection)
        self._writer = _engine(url, partial(self._connect, **writing))
        self._reader = _engine(url, partial(self._connect, **reading))
        self._scanning = reading | {"command_timeout": SCAN_SECONDS}
        self._calls = Calls(self._reader, self._writer)
        self._fast = FastConnections(partial(self._connect, **writing))

    @classmethod
    async def open(
        cls,
        url: URL,
        *,
        is_server: bool = True,
        idle_transaction_s: float = IDLE_TRANSACTION_SECONDS,
        start_s: float = START_SECONDS,
    ) -> Self:
        """Raises DatabaseUnavailableError, also if there is no answer within ``start_s`` seconds."""
        store = cls(url, is_server=is_server, idle_transaction_s=idle_transaction_s)
        try:
            async with translated_errors(), asyncio.timeout(start_s):
                await store.ping()
        except BaseException:
            await store.close()
            raise
        return store

    @property
    def url(self) -> URL:
        return self._url

    async def close(self) -> None:
        # To its end: half closed, it would keep connections that nobody else can close.
        await to_its_end(self._close())

    async def _close(self) -> None:
        await self._calls.end()
        await asyncio.gather(self._fast.close(), self._reader.dispose(), self._writer.dispose())

    async def ping(self) -> None:
        async with self._calls.one(), self._reader.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with self._calls.one(), AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        new_session = AsyncSession(self._writer, expire_on_commit=False)
        async with self._calls.one(), new_session as session, session.begin():
            yield session

    async def transact(
        self, fn: Callable[Concatenate[AsyncSession, P], Awaitable[T]], *args: P.args, **kw: P.kwargs
    ) -> T:
        async def once() -> T:
            async with self.write() as session:
                return await fn(session, *args, **kw)

        return await _retried(once)

    @asynccontextmanager
    async def alter(self) -> AsyncIterator[AsyncConnection]:
        async with self._calls.one(), self._writer.begin() as connection:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ALTERING})")
            yield connection

    @asynccontextmanager
    async def fast_connection(self) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """A driver's connection for short statements. Raises DatabaseUnavailableError."""
        async with self._calls.one(), self._fast.use() as connection:
            yield connection

    async def settle_at_once(self, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
        async def once() -> list[Settlement] | None:
            async with self.fast_connection() as connection:
                return await settle_postgresql.settle(connection, rounds)

        return await _retried(once)

    async def find_bets(self, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], RecordedBet]:
        if not keys:
            return {}
        rows = await self._fetch(FIND_BETS, [user_id for user_id, _ in keys], [key for _, key in keys])
        return {
            (user_id, key): RecordedBet(
                room=room, number=number, bet_number=bet_number, amount=amount, selection=selection.encode()
            )
            for user_id, key, room, number, bet_number, amount, selection in rows
        }

    async def first_stake(self, room: str, number: int, bet_number: int) -> int | None:
        # The database decodes the journal: that of a full room would keep the event loop busy for long.
        found = await self._fetch(_FIRST_STAKE, room, number, bet_number)
        return found[0][0] if found else None

    async def load_players(self, user_ids: Sequence[int]) -> dict[int, PlayerRow]:
        rows = await self._fetch(PLAYERS_BY_ID, user_ids) if user_ids else []
        return {row["id"]: player_row(row) for row in rows}

    async def owners_of_tokens(self, token_hashes: Sequence[str]) -> dict[str, TokenOwner]:
        rows = await self._fetch(OWNERS_OF_TOKENS, token_hashes) if token_hashes else []
        return {row["token"]: token_owner(row, row["used_at"]) for row in rows}

    async def _fetch(self, query: str, *parameters: Any) -> list[Any]:
        async with self.fast_connection() as connection:
            rows: list[Any] = await connection.fetch(query, *parameters)
            return rows

    @property
    def results(self) -> str:
        return _RESULTS

    async def scan(self, queries: Sequence[str]) -> list[Sequence[Any]]:
        async with self._calls.one():
            connection = await self._connect(**self._scanning)
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    # Rows that a query looks for are rare or absent. The planner expects many, of which a nested loop
                    # would find the first hundred soon; without them it takes hours.
                    await connection.execute("SET LOCAL enable_nestloop = off")
                    return [await connection.fetch(query) for query in queries]
            finally:
                await connection.close()


class FastConnections:
    """Driver connections that stay open between statements."""

    def __init__(
        self, connect: Callable[[], Awaitable["asyncpg.Connection[Any]"]], *, wait_s: float = PATIENCE_SECONDS
    ) -> None:
        """A user waits for a free connection for ``wait_s`` seconds."""
        self._connect = connect
        self._wait_s = wait_s
        self._idle: list[asyncpg.Connection[Any]] = []
        self._free = asyncio.Semaphore(MAX_KEPT_CONNECTIONS)

    @asynccontextmanager
    async def use(self) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """A connection for one user at a time; waits if all are in use. Raises DatabaseUnavailableError if that takes
        too long."""
        try:
            async with asyncio.timeout(self._wait_s):
                await self._free.acquire()
        except TimeoutError:
            raise DatabaseUnavailableError("all connections to the database are in use") from None
        try:
            connection = self._take_idle() or await self._connect()
            try:
                yield connection
            except BaseException as error:
                # What broke this connection, or the statement that was cancelled on it, may have broken the idle ones.
                if is_unavailable(error) or not isinstance(error, Exception):
                    self._terminate(connection)
                raise
            finally:
                self._keep(connection)
        finally:
            self._free.release()

    def _take_idle(self) -> "asyncpg.Connection[Any] | None":
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    def _keep(self, connection: "asyncpg.Connection[Any]") -> None:
        if connection.is_closed():
            return
        if connection.is_in_transaction():
            connection.terminate()
        else:
            self._idle.append(connection)

    def _terminate(self, connection: "asyncpg.Connection[Any]") -> None:
        for each in (connection, *self._idle):
            each.terminate()
        self._idle.clear()

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


def _engine(url: URL, connect: Callable[[], Awaitable["asyncpg.Connection[Any]"]]) -> AsyncEngine:
    return create_async_engine(
        # Without parameters, which mean something else to SQLAlchemy's dialect than to libpq.
        url.set(query={}),
        async_creator=connect,
        pool_size=5,
        max_overflow=5,
        pool_timeout=PATIENCE_SECONDS,
        json_serializer=_json,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def _retried(once: Callable[[], Awaitable[T]]) -> T:
    """Run a whole transaction until it meets no deadlock or serialization failure."""
    for attempt in range(MAX_ATTEMPTS):
        try:
            return await once()
        except Exception as error:
            if sqlstate(error) not in RETRYABLE_SQLSTATES:
                raise
            await asyncio.sleep(0.002 * 2**attempt)
    raise DatabaseUnavailableError(f"{MAX_ATTEMPTS} attempts met a deadlock or a serialization failure")

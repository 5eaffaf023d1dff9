"""Makes sure that only one server uses a database, unless the servers share it as nodes of a cluster."""

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL

from cli.terminal import CommandError
from server.config import PREFIX
from storage import libpq
from storage.database import normalise
from storage.errors import DatabaseUnavailableError, reason_of
from storage.postgresql import CLOSE_SECONDS

log = logging.getLogger(__name__)

LOCK_ID = 0x63726F75
"""The key of the PostgreSQL advisory lock that a server holds."""
ANSWER_SECONDS = 10.0
"""How long to wait for a connection, and for each answer of PostgreSQL."""
_CONNECTION_ERRORS = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class DatabaseInUseError(CommandError):
    """Another server uses the database."""


@asynccontextmanager
async def only_server_of(
    url: str, stop: asyncio.Event, *, shared: bool = False, check_every_s: float = 5.0
) -> AsyncIterator[None]:
    """Hold the lock on a database while a server runs; ``shared`` admits other servers that also share it.

    If the lock is lost to another server, sets ``stop`` and raises CommandError at the end.
    Raises DatabaseInUseError when another server already uses the database, and DatabaseUnavailableError.
    """
    parsed = normalise(url)
    if parsed.get_backend_name() == "sqlite":
        with _file_lock(Path(f"{parsed.database}-server")):
            yield
        return
    lock = _PostgresLock(parsed, shared=shared, check_every_s=check_every_s)
    try:
        await _acquire(lock)
        watching = asyncio.create_task(lock.watch(stop))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])
    finally:
        await lock.release()
    if lock.lost:
        raise CommandError("the database connection was lost, and another server took over the database")


async def _acquire(lock: "_PostgresLock") -> None:
    try:
        acquired = await lock.acquire()
    except _CONNECTION_ERRORS as error:
        raise DatabaseUnavailableError(reason_of(error)) from error
    if not acquired:
        raise DatabaseInUseError(
            f"another server uses this database; to run several nodes on it, set {PREFIX}REDIS_URL on each of them"
        )


class _PostgresLock:
    """An advisory lock, which PostgreSQL releases when its connection ends."""

    def __init__(self, url: URL, *, shared: bool, check_every_s: float) -> None:
        self._lock_statement = f"SELECT pg_try_advisory_lock{'_shared' if shared else ''}($1)"
        self._where = {"timeout": ANSWER_SECONDS} | libpq.connect_args(url) | {"command_timeout": ANSWER_SECONDS}
        self._check_every_s = check_every_s
        self._connection: asyncpg.Connection | None = None
        self._backend_pid = 0
        self._closed = asyncio.Event()
        self.lost = False

    async def acquire(self) -> bool:
        """Connect and take the lock; False if another server holds it. Raises one of _CONNECTION_ERRORS."""
        self._cut_off()
        self._closed.clear()
        connection = self._connection = await asyncpg.connect(**self._where)
        connection.add_termination_listener(lambda _connection: self._closed.set())
        # If the network broke the last connection, its backend may still run and hold the lock: end it.
        held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND pid = $2 AND granted"
        if self._backend_pid and await connection.fetchval(held, LOCK_ID, self._backend_pid):
            await connection.execute("SELECT pg_terminate_backend($1, 5000)", self._backend_pid)
        self._backend_pid = await connection.fetchval("SELECT pg_backend_pid()")
        return bool(await connection.fetchval(self._lock_statement, LOCK_ID))

    async def release(self) -> None:
        """Give the lock back: the next server can have it when this returns, unless PostgreSQL does not answer."""
        if self._connection is not None:
            with suppress(*_CONNECTION_ERRORS):
                # PostgreSQL closes its side after it has released the lock.
                await self._connection.close(timeout=CLOSE_SECONDS)
        self._cut_off()

    def _cut_off(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def watch(self, stop: asyncio.Event) -> None:
        """Keep the lock until cancelled, reconnecting if need be. Sets ``stop`` when another server has taken it."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), self._check_every_s)
            if await self._is_held():
                continue
            log.warning("lost the database connection that holds the server's lock; reconnecting")
            try:
                acquired = await self.acquire()
            except _CONNECTION_ERRORS as error:
                log.warning("can't reach the database: %s; retrying in %g s", reason_of(error), self._check_every_s)
                await asyncio.sleep(self._check_every_s)
                continue
            if not acquired:
                log.error("another server took over the database; stopping this server")
                self.lost = True
                stop.set()
                return

    async def _is_held(self) -> bool:
        if self._connection is None or self._closed.is_set():
            return False
        try:
            await self._connection.fetchval("SELECT 1", timeout=self._check_every_s)
        except _CONNECTION_ERRORS:
            return False
        return True


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseUnavailableError(f"{path}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseInUseError(
                f"another server uses the database {str(path).removesuffix('-server')}; stop that server, or choose "
                "another folder with CROUPIER_VAR"
            ) from None
        yield
    finally:
        os.close(handle)

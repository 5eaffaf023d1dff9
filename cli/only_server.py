"""One server owns a database for as long as it serves: its rooms live in one process."""

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
from storage.database import DatabaseUnavailableError, normalise

log = logging.getLogger(__name__)

SERVING = 0x63726F75
"""The number of the lock that a server holds on its PostgreSQL."""
LOOK_EVERY_S = 5.0
_GONE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@asynccontextmanager
async def only_server_of(url: str, stop: asyncio.Event, *, shared: bool = False) -> AsyncIterator[None]:
    """Keep other servers off the database, but for those that also share it; sets ``stop`` when that can't be done any
    longer.

    Raises CommandError when another server runs on it, DatabaseUnavailableError.
    """
    parsed = normalise(url)
    if parsed.get_backend_name() == "sqlite":
        with _locked(Path(f"{parsed.database}-server")):
            yield
        return
    lock = _PostgresLock(parsed, shared=shared)
    try:
        await _take(lock)
        watching = asyncio.create_task(lock.watch(stop))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])
    finally:
        lock.release()
    if lock.lost:
        raise CommandError("another server took this database over while its connection was gone")


async def _take(lock: "_PostgresLock") -> None:
    try:
        taken = await lock.take()
    except _GONE as error:
        raise DatabaseUnavailableError(str(error)) from error
    if not taken:
        raise CommandError("another server runs on this database; several share one with a REDIS_URL each")


class _PostgresLock:
    """An advisory lock, which goes with its connection."""

    def __init__(self, url: URL, *, shared: bool) -> None:
        self._attempt = f"SELECT pg_try_advisory_lock{'_shared' if shared else ''}($1)"
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: asyncpg.Connection | None = None
        self._pid = 0
        self._closed = asyncio.Event()
        self.lost = False

    async def take(self) -> bool:
        """False: somebody else has it."""
        self.release()
        self._closed.clear()
        connection = self._connection = await asyncpg.connect(self._url, timeout=LOOK_EVERY_S)
        connection.add_termination_listener(lambda _connection: self._closed.set())
        # A connection that broke on its way may live on at the other end, with the lock.
        held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND pid = $2 AND granted"
        if self._pid and await connection.fetchval(held, SERVING, self._pid):
            await connection.execute("SELECT pg_terminate_backend($1, 5000)", self._pid)
        self._pid = await connection.fetchval("SELECT pg_backend_pid()")
        return bool(await connection.fetchval(self._attempt, SERVING))

    def release(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def watch(self, stop: asyncio.Event) -> None:
        """See to it that the lock is held, for ever; sets ``stop`` when somebody else has it."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), LOOK_EVERY_S)
            if await self._is_held():
                continue
            log.warning("the connection that keeps other servers off the database is gone; connecting again")
            try:
                taken = await self.take()
            except _GONE as error:
                log.warning("the database can't be reached: %s", error)
                await asyncio.sleep(LOOK_EVERY_S)
                continue
            if not taken:
                log.error("another server took the database over; this one stops")
                self.lost = True
                stop.set()
                return

    async def _is_held(self) -> bool:
        if self._connection is None or self._closed.is_set():
            return False
        try:
            await self._connection.fetchval("SELECT 1", timeout=LOOK_EVERY_S)
        except _GONE:
            return False
        return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseUnavailableError(f"{path}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"another server runs on {str(path).removesuffix('-server')}") from None
        yield
    finally:
        os.close(handle)

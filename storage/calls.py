"""Calls to a store: their errors, a close that waits for those under way, and those that run to their end."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from storage.errors import DatabaseUnavailableError, is_unavailable, reason_of

T = TypeVar("T")

CLOSE_SECONDS = 5.0


@asynccontextmanager
async def translated_errors() -> AsyncIterator[None]:
    """Raises DatabaseUnavailableError in place of the drivers' errors that mean it."""
    try:
        yield
    except Exception as error:
        if is_unavailable(error):
            raise DatabaseUnavailableError(reason_of(error)) from error
        raise


class Calls:
    """Counts the calls to a store. A pool leaves a connection in use to the garbage collector when it is closed."""

    def __init__(self, *engines: AsyncEngine) -> None:
        self._engines = engines
        self._under_way = 0
        self._is_closed = False

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A call. Raises DatabaseUnavailableError when the store is closed, and in place of the drivers' errors that
        mean it."""
        if self._is_closed:
            raise DatabaseUnavailableError("the store is closed")
        self._under_way += 1
        try:
            async with translated_errors():
                yield
        finally:
            self._under_way -= 1

    async def end(self) -> None:
        """Refuse further calls and wait a while until those under way have given their connections back."""
        self._is_closed = True
        deadline = time.monotonic() + CLOSE_SECONDS
        # A cancelled session gives its connection back a little after its call has ended.
        while (self._under_way or self._connections_in_use()) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    def _connections_in_use(self) -> int:
        pools = (engine.sync_engine.pool for engine in self._engines)
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))


async def to_its_end(call: Awaitable[T]) -> T:
    """The result of ``call``. If the caller is cancelled, ``call`` ends before that is raised."""
    running = asyncio.ensure_future(call)
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        running.exception()  # marks it as retrieved, so that asyncio does not report it
        raise cancelled
    return running.result()

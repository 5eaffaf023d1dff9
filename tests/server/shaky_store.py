"""A SQLite database that a test can switch off, slow down, or make lose its answers."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import DatabaseUnavailableError
from storage.settlement import EndedRound, Settlement
from storage.sqlite import SqliteStore
from storage.store import Store


class ShakyStore(SqliteStore):
    """A SQLite store with faults that a test sets as attributes."""

    away = False
    """While true, every call raises DatabaseUnavailableError."""
    lost_answers = 0
    """How many of the next settlements are committed and then raise DatabaseUnavailableError."""
    failing_settlements = 0
    """How many of the next settlements raise an unexpected error."""
    failing_reads = 0
    """How many of the next read transactions raise an unexpected error."""
    write_lock: asyncio.Lock | None = None
    """A writer acquires this lock before it begins, so a test that holds it stops all writers."""
    busy = 0
    """The number of open transactions."""
    waiting = 0
    """The number of writers that wait for ``write_lock``."""
    answer_lock: asyncio.Lock | None = None
    """A look-up acquires this lock before it returns its answer."""
    waiting_answers = 0
    """The number of look-ups that wait for ``answer_lock``."""
    writes = 0
    """The number of write transactions so far."""
    look_ups = 0
    """The number of look-ups so far: statements outside transactions."""
    refused = 0
    """The number of calls that failed because the database was away."""

    async def _pass(self, *, writing: bool) -> None:
        self._require_present()
        if writing and self.write_lock is not None:
            self.waiting += 1
            async with self.write_lock:
                self.waiting -= 1
            self._require_present()

    def _require_present(self) -> None:
        if self.away:
            self.refused += 1
            raise DatabaseUnavailableError("switched off by the test")

    async def ping(self) -> None:
        await self._pass(writing=False)
        await super().ping()

    async def _pass_read(self) -> None:
        await self._pass(writing=False)
        if self.failing_reads:
            self.failing_reads -= 1
            raise ZeroDivisionError

    async def scan(self, queries: Sequence[str]) -> list[Sequence[Any]]:
        await self._pass_read()
        return await super().scan(queries)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        await self._pass_read()
        async with super().read() as session:
            with self._under_way():
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        await self._pass(writing=True)
        self.writes += 1
        async with super().write() as session:
            with self._under_way():
                yield session

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1

    async def _fetch(self, query: str, *parameters: Any) -> list[Any]:
        await self._pass(writing=False)
        self.look_ups += 1
        answer = await super()._fetch(query, *parameters)
        if self.answer_lock is not None:
            self.waiting_answers += 1
            async with self.answer_lock:
                self.waiting_answers -= 1
        return answer

    async def settle_at_once(self, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
        await self._pass(writing=True)
        if self.failing_settlements:
            self.failing_settlements -= 1
            raise ZeroDivisionError
        answer = await super().settle_at_once(rounds)
        if self.lost_answers:
            self.lost_answers -= 1
            raise DatabaseUnavailableError("the test has lost the answer")
        return answer


async def rows(db: Store, query: str, **values: Any) -> list[Any]:
    """The rows of a query in SQL."""
    async with db.read() as session:
        return list((await session.execute(text(query), values)).all())

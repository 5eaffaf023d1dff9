"""One command at a time, in order of arrival, from a queue with an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.errors import Problem


class Inbox:
    def __init__(self, limit: int) -> None:
        self._turn = asyncio.Lock()
        self._limit = limit
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A client's command: wait for its turn. Raises Problem unavailable when too many wait already."""
        if self._waiting >= self._limit:
            raise Problem("unavailable", "The room has more to do than it can; try again.")
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()

    @asynccontextmanager
    async def own_turn(self) -> AsyncIterator[None]:
        """The room's own work (time, settlement): never refused."""
        async with self._turn:
            yield

"""One command at a time, in order of arrival, from a queue with an end."""

import asyncio
from contextlib import AbstractAsyncContextManager

from server.errors import Problem


class Inbox:
    """What a turn lasts is an ``async with`` around it; being its own manager of turns makes that cheap."""

    def __init__(self, limit: int) -> None:
        self._turn = asyncio.Lock()
        self._limit = limit
        self._waiting = 0

    def turn(self) -> "Inbox":
        """A client's command: wait for its turn. Raises Problem unavailable when too many wait already."""
        if self._waiting >= self._limit:
            raise Problem("unavailable", "The room has more to do than it can; try again.")
        return self

    def own_turn(self) -> AbstractAsyncContextManager[None]:
        """The room's own work (time, settlement): never refused."""
        return self._turn

    async def __aenter__(self) -> None:
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(self, *_exception: object) -> None:
        self._turn.release()

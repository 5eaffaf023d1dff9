"""One command at a time, in order of arrival, from a queue with an end."""

import asyncio
from collections import deque

from server.errors import ClientError


class Turns:
    """What a turn lasts is an ``async with`` around it. A turn that nobody else has begins at once, which is most of
    them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    def turn(self) -> "Turns":
        """A client's command: wait for its turn. Raises ClientError unavailable when too many wait already."""
        if len(self._waiting) >= self._limit:
            raise ClientError("unavailable", "The room has more to do than it can; try again.")
        return self

    def own_turn(self) -> "Turns":
        """The room's own work (time, settlement): never refused."""
        return self

    async def __aenter__(self) -> None:
        if not self._taken:
            self._taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # the turn had been handed over already
                self._pass_on()
            elif mine in self._waiting:
                self._waiting.remove(mine)
            raise

    async def __aexit__(self, *_exception: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        """The turn is over. Who is next has it from here on, so that nobody gets in between."""
        while self._waiting:
            following = self._waiting.popleft()
            if not following.done():
                following.set_result(None)
                return
        self._taken = False

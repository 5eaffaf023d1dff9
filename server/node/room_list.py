"""The list of rooms in the lobby: described and encoded once for everybody who asks within a moment."""

import asyncio
from collections.abc import Sequence

from msgspec import Raw

from server.backends.directory import Directory
from server.clock import Clock
from server.messages import RoomsOk, RoomSummary, encode

MAX_AGE_MS = 250
MOST_ROOMS = 200


class RoomList:
    """At most ``most`` rooms: public ones first, then those with the most players. An answer is at most ``max_age_ms``
    old, so that many who ask cost no more than one."""

    def __init__(
        self, directory: Directory, clock: Clock, *, max_age_ms: int = MAX_AGE_MS, most: int = MOST_ROOMS
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._max_age_ms = max_age_ms
        self._most = most
        self._summaries: Sequence[RoomSummary] = ()
        self._encoded: dict[str | None, Raw] = {}
        self._read_at: int | None = None
        self._reading = asyncio.Lock()

    async def encoded(self, game: str | None = None) -> Raw:
        """The JSON of a ``RoomsOk`` with the shared rooms, or those with this game. Raises UnreachableError."""
        if not self._is_fresh():
            async with self._reading:
                if not self._is_fresh():
                    await self._read()
        if game is not None and all(each.game != game for each in self._summaries):
            game = ""
        found = self._encoded.get(game)
        if found is None:
            rooms = [each for each in self._summaries if game in (None, each.game)]
            found = self._encoded[game] = Raw(encode(RoomsOk(self._shortened(rooms))))
        return found

    def _is_fresh(self) -> bool:
        return self._read_at is not None and self._clock.monotonic_ms() - self._read_at <= self._max_age_ms

    async def _read(self) -> None:
        at = self._clock.monotonic_ms()
        self._summaries = await self._directory.summaries()
        self._encoded.clear()
        self._read_at = at

    def _shortened(self, rooms: list[RoomSummary]) -> list[RoomSummary]:
        if len(rooms) <= self._most:
            return rooms
        return sorted(rooms, key=lambda each: (each.private, -each.players, each.room))[: self._most]

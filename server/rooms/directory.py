"""Which rooms live where: found by key, by session, and listed for the lobby."""

from collections.abc import Callable, Iterable
from typing import Protocol

from server.messages import RoomSummary


class Directory(Protocol):
    def opened(self, room: str, describe: Callable[[], RoomSummary]) -> None:
        """``describe`` is asked for the room's card whenever the lobby is looked at."""

    def closed(self, room: str) -> None: ...

    def seated(self, session: int, room: str) -> None: ...

    def stood(self, session: int) -> None: ...

    async def room_of(self, session: int) -> str | None: ...

    async def summaries(self) -> Iterable[RoomSummary]: ...


class LocalDirectory:
    """The directory of a node that is alone."""

    def __init__(self) -> None:
        self._rooms: dict[str, Callable[[], RoomSummary]] = {}
        self._sessions: dict[int, str] = {}

    def opened(self, room: str, describe: Callable[[], RoomSummary]) -> None:
        self._rooms[room] = describe

    def closed(self, room: str) -> None:
        self._rooms.pop(room, None)

    def seated(self, session: int, room: str) -> None:
        self._sessions[session] = room

    def stood(self, session: int) -> None:
        self._sessions.pop(session, None)

    async def room_of(self, session: int) -> str | None:
        return self._sessions.get(session)

    async def summaries(self) -> Iterable[RoomSummary]:
        return [describe() for describe in self._rooms.values()]

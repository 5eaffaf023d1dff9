"""Which rooms there are: listed for the lobby, found by a session, or by the player for whom they were opened."""

from collections.abc import Callable
from typing import Protocol

from server.messages import RoomSummary

Describe = Callable[[], RoomSummary]


class Directory(Protocol):
    async def start(self) -> None:
        """Look after what this node says of its rooms from here on."""

    async def stop(self) -> None: ...

    def opened(self, room: str, describe: Describe) -> None:
        """This node owns a public room; ``describe`` is asked for its card."""

    def closed(self, room: str) -> None:
        """This node owns the public room no more."""

    async def summaries(self) -> list[RoomSummary]:
        """The cards of the public rooms of all nodes that are alive. Raises Away."""
        ...

    def seated(self, session: int, room: str) -> None: ...

    def stood(self, session: int) -> None: ...

    async def room_of(self, session: int) -> str | None:
        """Where the session is live. Raises Away."""
        ...

    async def enter_solo(self, user_id: int, game: str, room: str) -> str:
        """Put a player's room of a single-player game on record, unless there is one: that is the answer then. Raises
        Away."""
        ...

    async def solo_of(self, user_id: int, game: str) -> str | None:
        """The key of the player's room of the game. Raises Away."""
        ...

    def forget_solo(self, user_id: int, game: str, room: str) -> None:
        """The room of this key is no more."""


class LocalDirectory:
    """The directory of a node that is alone."""

    def __init__(self) -> None:
        self._public: dict[str, Describe] = {}
        self._sessions: dict[int, str] = {}
        self._solo: dict[tuple[int, str], str] = {}

    async def start(self) -> None:
        """It looks at its rooms whenever it is asked."""

    async def stop(self) -> None: ...

    def opened(self, room: str, describe: Describe) -> None:
        self._public[room] = describe

    def closed(self, room: str) -> None:
        self._public.pop(room, None)

    async def summaries(self) -> list[RoomSummary]:
        return [describe() for describe in self._public.values()]

    def seated(self, session: int, room: str) -> None:
        self._sessions[session] = room

    def stood(self, session: int) -> None:
        self._sessions.pop(session, None)

    async def room_of(self, session: int) -> str | None:
        return self._sessions.get(session)

    async def enter_solo(self, user_id: int, game: str, room: str) -> str:
        return self._solo.setdefault((user_id, game), room)

    async def solo_of(self, user_id: int, game: str) -> str | None:
        return self._solo.get((user_id, game))

    def forget_solo(self, user_id: int, game: str, room: str) -> None:
        if self._solo.get((user_id, game)) == room:
            del self._solo[user_id, game]

"""Which rooms there are: listed for the lobby, found by a session, or by the player for whom they were opened; and on
which terms the private ones are."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Raw, Struct

from server.messages import RoomSummary, Watching

Describe = Callable[[], RoomSummary]


class Terms(Struct, frozen=True, kw_only=True):
    """On which terms a player has opened a room. ``options`` are the game's own, as JSON; ``delay`` is in seconds."""

    game: str
    options: Raw
    owner: int
    username: str
    """The owner's, when the room was opened."""
    invite: str
    seats: int
    listed: bool = True
    watch: Watching = "everybody"
    delay: int = 0
    """By how much what spectators see of the room lags."""
    invited_only: bool = False
    closing: bool = False
    """The owner has closed it: whoever finds it without a node need not open it again."""

    @property
    def open_to_all(self) -> bool:
        """Anybody may sit down. Keys stand in histories, so that of a room in no list lets nobody in."""
        return self.listed and not self.invited_only


class Directory(Protocol):
    async def start(self) -> None:
        """Look after what this node says of its rooms from here on."""

    async def stop(self) -> None: ...

    def list_room(self, room: str, describe: Describe) -> None:
        """This node owns a room that is listed; ``describe`` is asked for its card."""

    def release_room(self, room: str) -> None:
        """This node owns the room no more."""

    async def summaries(self) -> list[RoomSummary]:
        """The cards of the listed rooms of all nodes that are alive. Raises UnreachableError."""
        ...

    def add_session(self, session: int, room: str) -> None: ...

    def remove_session(self, session: int) -> None: ...

    async def room_of(self, session: int) -> str | None:
        """Where the session is live. Raises UnreachableError."""
        ...

    async def enter_solo(self, user_id: int, game: str, room: str) -> str:
        """Put a player's room of a single-player game on record, unless there is one: that is the answer then. Raises
        Away."""
        ...

    async def solo_of(self, user_id: int, game: str) -> str | None:
        """The key of the player's room of the game. Raises UnreachableError."""
        ...

    def forget_solo(self, user_id: int, game: str, room: str) -> None:
        """The room of this key is no more."""

    async def enter_private(self, room: str, terms: Terms, most: int) -> bool:
        """Put a private room of this node on record; False: its owner has ``most`` already. Raises UnreachableError."""
        ...

    def keep_private(self, room: str, terms: Terms) -> None:
        """This node has the private room now, or on other terms."""

    async def terms_of(self, room: str) -> Terms | None:
        """On which terms a private room was opened; None: it is closed. Raises UnreachableError."""
        ...

    async def private_rooms(self) -> dict[str, Terms]:
        """Every private room of all nodes. Raises UnreachableError."""
        ...

    def forget_private(self, room: str) -> None:
        """The private room is no more."""


class LocalDirectory:
    """The directory of a node that is alone."""

    def __init__(self) -> None:
        self._public: dict[str, Describe] = {}
        self._sessions: dict[int, str] = {}
        self._solo: dict[tuple[int, str], str] = {}
        self._terms: dict[str, Terms] = {}

    async def start(self) -> None:
        """It looks at its rooms whenever it is asked."""

    async def stop(self) -> None: ...

    def list_room(self, room: str, describe: Describe) -> None:
        self._public[room] = describe

    def release_room(self, room: str) -> None:
        self._public.pop(room, None)

    async def summaries(self) -> list[RoomSummary]:
        return [describe() for describe in self._public.values()]

    def add_session(self, session: int, room: str) -> None:
        self._sessions[session] = room

    def remove_session(self, session: int) -> None:
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

    async def enter_private(self, room: str, terms: Terms, most: int) -> bool:
        if sum(there.owner == terms.owner for there in self._terms.values()) >= most:
            return False
        self._terms[room] = terms
        return True

    def keep_private(self, room: str, terms: Terms) -> None:
        self._terms[room] = terms

    async def terms_of(self, room: str) -> Terms | None:
        return self._terms.get(room)

    async def private_rooms(self) -> dict[str, Terms]:
        return dict(self._terms)

    def forget_private(self, room: str) -> None:
        self._terms.pop(room, None)

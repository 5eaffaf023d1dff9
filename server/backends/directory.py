"""Which rooms exist: those listed in the lobby, the room of a session, a player's solo rooms, and the private rooms
with their terms."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from msgspec import Raw, Struct

from server.messages import RoomSummary, Watching

LONGEST_DELAY_S = 300
"""The most seconds that spectators of a private room may be behind."""
REMEMBERED_ROOMS = 10_000

Summarize = Callable[[], RoomSummary]


class Terms(Struct, frozen=True, kw_only=True):
    """The terms on which a player opened a private room. ``options`` are the game's own, as JSON; ``delay`` is in
    seconds."""

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
    """How far spectators are behind."""
    invited_only: bool = False
    closing: bool = False
    """The owner has closed the room: if it has no node, no node needs to open it again."""

    @property
    def open_to_all(self) -> bool:
        """Whether anyone may join. Knowing an unlisted room's key is not enough: keys appear in histories."""
        return self.listed and not self.invited_only

    @property
    def kept_back_s(self) -> int:
        """How long after its end a round stays hidden from those who did not play in it, once the room is closed: the
        delay, or the longest one if not everybody was allowed to watch."""
        return self.delay if self.watch == "everybody" else LONGEST_DELAY_S


class Directory(Protocol):
    async def start(self) -> None:
        """From now on, keep the records of this node's rooms up to date."""

    async def stop(self) -> None: ...

    def list_room(self, room: str, summarize: Summarize) -> None:
        """This node owns a room that is listed in the lobby. ``summarize`` is called whenever its summary is needed."""

    def release_room(self, room: str) -> None:
        """This node no longer owns the room. What it has written about sessions and terms stays, for the next owner."""

    async def summaries(self) -> list[RoomSummary]:
        """The summaries of the listed rooms of all live nodes. Raises UnreachableError."""
        ...

    def add_session(self, session: int, room: str) -> None: ...

    def remove_session(self, session: int) -> None: ...

    async def room_of(self, session: int) -> str | None:
        """The room in which the session is live. Raises UnreachableError."""
        ...

    async def enter_solo(self, user_id: int, game: str, room: str) -> str:
        """Enter a player's solo room of a game, unless they have one. Returns the key of the room that they have now.
        Raises UnreachableError."""
        ...

    async def solo_of(self, user_id: int, game: str) -> str | None:
        """The key of the player's solo room of the game. Raises UnreachableError."""
        ...

    def forget_solo(self, user_id: int, game: str, room: str) -> None:
        """The solo room with this key is closed."""

    async def enter_private(self, room: str, terms: Terms, most: int) -> bool:
        """Enter a private room of this node; False if its owner has ``most`` already. Raises UnreachableError."""
        ...

    def keep_private(self, room: str, terms: Terms) -> None:
        """This node owns the private room now, or its terms have changed."""

    async def terms_of(self, room: str) -> Terms | None:
        """The terms of a private room; None: it is closed. Raises UnreachableError."""
        ...

    async def private_rooms(self) -> dict[str, Terms]:
        """The private rooms of all nodes. Raises UnreachableError."""
        ...

    def forget_private(self, room: str) -> None:
        """The private room is closed."""

    async def kept_back_s(self, room: str) -> int:
        """``Terms.kept_back_s`` of a closed private room; the longest delay if its terms are no longer known. Raises
        UnreachableError."""
        ...


class LocalDirectory:
    """The directory of a single node, in memory."""

    def __init__(self) -> None:
        self._listed: dict[str, Summarize] = {}
        self._sessions: dict[int, str] = {}
        self._solo: dict[tuple[int, str], str] = {}
        self._terms: dict[str, Terms] = {}
        self._closed: OrderedDict[str, int] = OrderedDict()

    async def start(self) -> None:
        """Nothing to keep up to date: summaries are made when they are asked for."""

    async def stop(self) -> None: ...

    def list_room(self, room: str, summarize: Summarize) -> None:
        self._listed[room] = summarize

    def release_room(self, room: str) -> None:
        self._listed.pop(room, None)

    async def summaries(self) -> list[RoomSummary]:
        return [summarize() for summarize in self._listed.values()]

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
        if sum(other.owner == terms.owner for other in self._terms.values()) >= most:
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
        terms = self._terms.pop(room, None)
        if terms is not None:
            self._closed[room] = terms.kept_back_s
            if len(self._closed) > REMEMBERED_ROOMS:
                self._closed.popitem(last=False)

    async def kept_back_s(self, room: str) -> int:
        return self._closed.get(room, LONGEST_DELAY_S)

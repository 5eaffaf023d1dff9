"""The methods that every room has for callers on any node, and their answers for the rooms of this node."""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from server import messages
from server.backends.bus import EncodedFrame, room_of
from server.backends.holds import CachedAccount
from server.messages import Position, SnapshotAt
from server.rooms.access import Admission
from server.rooms.answers import CommandKey, Move
from server.rooms.room import Room


class NotOwnerError(Exception):
    """The node that was asked does not own the room."""


class SeatRequest(Struct, frozen=True):
    """The seat that a player wants, None for any; and the invitation to a private room."""

    seat: int | None = None
    invite: str | None = None


class RoomCalls(Protocol):
    """The first argument of every method names the room: by its key or, where it is called ``view``, by the key or the
    name of the delayed view. ``node`` is the node that the player is connected to.

    All raise NotOwnerError, ClientError and DatabaseUnavailableError.
    """

    async def join(self, room: str, account: CachedAccount, request: SeatRequest, node: str) -> int:
        """Take a seat. Returns the id of the session."""
        ...

    async def leave(self, room: str, user_id: int, key: CommandKey | None = None) -> None:
        """Give up the seat, once for each key."""
        ...

    async def bet(self, room: str, account: CachedAccount, request: messages.Bet) -> messages.BetOk:
        """Place a bet. Raises KeyUsedError."""
        ...

    async def act(self, room: str, account: CachedAccount, move: Move) -> dict[str, Any]:
        """Make a move in the live round, once for each key. Returns the game's reply."""
        ...

    async def chat(self, room: str, account: CachedAccount, text: str) -> None: ...

    async def reconnect(self, room: str, user_id: int, node: str) -> bool:
        """A connection of the player is back. Returns False if they have lost their seat."""
        ...

    async def disconnect(self, room: str, user_id: int, node: str) -> None:
        """The player's last connection on the node is gone."""
        ...

    async def admit(self, room: str, user_id: int | None, invite: str | None) -> Admission:
        """How the user may watch the room. Raises ClientError no_such_room if they may see nothing."""
        ...

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        """The room as this user may see it now. ``from_start`` is explained at ``Room.snapshot``."""
        ...

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        """The frames after this position; None when they are not available."""
        ...

    async def set_watchers(self, room: str, node: str, anonymous: int, users: dict[int, int]) -> None:
        """Who watches the room on the node: the number of anonymous sockets, and of each user's sockets."""
        ...

    async def close(self, room: str) -> None:
        """Begin to close a private room."""
        ...


class LocalRoomCalls:
    """The rooms of this node."""

    def __init__(self, rooms: Mapping[str, Room]) -> None:
        self._rooms = rooms

    async def join(self, room: str, account: CachedAccount, request: SeatRequest, node: str) -> int:
        return await self._room(room).join(account, request.seat, request.invite, node)

    async def leave(self, room: str, user_id: int, key: CommandKey | None = None) -> None:
        await self._room(room).leave(user_id, key)

    async def bet(self, room: str, account: CachedAccount, request: messages.Bet) -> messages.BetOk:
        return await self._room(room).bet(account, request)

    async def act(self, room: str, account: CachedAccount, move: Move) -> dict[str, Any]:
        return await self._room(room).act(account, move)

    async def chat(self, room: str, account: CachedAccount, text: str) -> None:
        await self._room(room).say(account, text)

    async def reconnect(self, room: str, user_id: int, node: str) -> bool:
        return self._room(room).reconnect(user_id, node)

    async def disconnect(self, room: str, user_id: int, node: str) -> None:
        self._room(room).disconnect(user_id, node)

    async def admit(self, room: str, user_id: int | None, invite: str | None) -> Admission:
        return self._room(room).admit(user_id, invite)

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        return await self._room(room_of(view)).snapshot(view, user_id, from_start=from_start)

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        return self._room(room_of(view)).frames_since(view, position)

    async def set_watchers(self, room: str, node: str, anonymous: int, users: dict[int, int]) -> None:
        self._room(room).set_watchers(node, anonymous, users)

    async def close(self, room: str) -> None:
        self._room(room).request_close()

    def _room(self, key: str) -> Room:
        room = self._rooms.get(key)
        if room is None:
            raise NotOwnerError(key)
        return room

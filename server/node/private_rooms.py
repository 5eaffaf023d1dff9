"""Private rooms, on any node: players open, find, watch and close them."""

from collections.abc import Mapping

from game_engine.game import AnyGame
from server.backends.directory import Directory, Terms
from server.errors import ClientError
from server.messages import encode
from server.node import room_keys
from server.node.opener import Opener
from server.node.router import Router
from server.rooms.access import UNRESTRICTED, Admission, code_of


class PrivateRooms:
    def __init__(self, games: Mapping[str, AnyGame], directory: Directory, opener: Opener, router: Router) -> None:
        self._games = games
        self._directory = directory
        self._opener = opener
        self._router = router

    async def open(self, terms: Terms) -> str:
        """Open a room on these terms; returns its key. Raises ClientError limit_exceeded,
        DatabaseUnavailableError."""
        return await self._opener.private_room(terms)

    async def close(self, room: str, user_id: int) -> None:
        """Begin to close a room of this user. Raises ClientError no_such_room, forbidden."""
        terms = await self._directory.terms_of(room)
        if terms is None or (terms.owner != user_id and not terms.listed):
            raise ClientError("no_such_room", field="room")
        if terms.owner != user_id:
            raise ClientError("forbidden", reason="not_owner")
        await self._router.calls.close(room)

    async def opened_by(self, user_id: int) -> dict[str, Terms]:
        """The user's own private rooms, with their terms. Raises UnreachableError."""
        rooms = await self._directory.private_rooms()
        return {room: terms for room, terms in rooms.items() if terms.owner == user_id and not terms.closing}

    async def find_by_code(self, code: str) -> tuple[str, str]:
        """The open room with this short code, and its invite. Raises ClientError no_such_room, UnreachableError."""
        for room, terms in (await self._directory.private_rooms()).items():
            if code_of(terms.invite) == code and not terms.closing:
                return room, terms.invite
        raise ClientError("no_such_room", reason="no_such_code")

    async def room_of_session(self, session: int) -> str:
        """The room in which the session is live. Raises ClientError no_such_room."""
        room = await self._directory.room_of(session)
        if room is None:
            raise ClientError("no_such_room", reason="session_over", field="session")
        return room

    def is_private(self, room: str) -> bool:
        """Whether this is the key of a private room. Its players may see more than others."""
        return room_keys.is_private(self._games, room)

    async def admit(self, room: str, user_id: int | None, invite: str | None) -> Admission:
        """How the viewer may watch the room. Raises ClientError no_such_room."""
        if not self.is_private(room):
            return UNRESTRICTED
        return await self._router.calls.admit(room, user_id, invite)

    async def delay_s(self, room: str, user_id: int | None, invite: str | None) -> int:
        """The delay, in seconds, with which the viewer may see the room's rounds. Raises ClientError no_such_room."""
        if not self.is_private(room):
            return 0
        terms = await self._directory.terms_of(room)
        if terms is None:  # it is closed
            return await self._directory.kept_back_s(room)
        admission = await self.admit(room, user_id, invite)
        return terms.delay if admission.delayed else 0

    async def snapshot(self, room: str, user_id: int | None, invite: str | None) -> bytes | None:
        """The encoded snapshot for a spectator; None: this viewer may not know of such a room."""
        try:
            view = (await self.admit(room, user_id, invite)).view_of(room)
            return encode(await self._router.snapshot(view, None))
        except ClientError as refusal:
            if refusal.error.code == "no_such_room":
                return None
            raise

"""Private rooms as players open, find and close them, and who is let in where."""

from server.backends.directory import Terms
from server.errors import ClientError
from server.messages import encode
from server.node.node_rooms import NodeRooms
from server.node.router import Router
from server.rooms import room_names
from server.rooms.access import TO_ALL, Admission


class PrivateRooms:
    """Of all rooms, wherever they are."""

    def __init__(self, floor: NodeRooms, owners: Router) -> None:
        self._floor = floor
        self._owners = owners

    async def open(self, terms: Terms) -> str:
        """A new room on these terms; its key. Raises ClientError limit_exceeded, DatabaseUnavailableError."""
        return await self._floor.private_room(terms)

    async def close(self, room: str, user_id: int) -> None:
        """Begin to close a room of the user's own. Raises ClientError no_such_room, forbidden."""
        terms = await self._floor.directory.terms_of(room)
        if terms is None or (terms.owner != user_id and not terms.listed):
            raise ClientError("no_such_room", field="room")
        if terms.owner != user_id:
            raise ClientError("forbidden", "Only its owner can close a room.")
        await self._owners.ask(room, lambda host: host.close(room))

    async def opened_by(self, user_id: int) -> dict[str, Terms]:
        """The user's own private rooms. Raises UnreachableError."""
        rooms = await self._floor.directory.private_rooms()
        return {room: terms for room, terms in rooms.items() if terms.owner == user_id and not terms.closing}

    async def room_of_session(self, session: int) -> str:
        """Where the session is live. Raises ClientError no_such_room."""
        room = await self._floor.directory.room_of(session)
        if room is None:
            raise ClientError("no_such_room", "The session is over, or never was.", field="session")
        return room

    def is_guarded(self, room: str) -> bool:
        """Whether it may matter there who has a seat, for what is shown."""
        return room_names.is_private(self._floor.games, room)

    async def admit(self, room: str, user_id: int | None, invite: str | None) -> Admission:
        """What the viewer is shown of the room. Raises ClientError no_such_room."""
        if not self.is_guarded(room):
            return TO_ALL
        return await self._owners.ask(room, lambda host: host.admit(room, user_id, invite))

    async def lag(self, room: str, user_id: int | None, invite: str | None) -> int:
        """By how many seconds what the viewer may know of the room's past lags. Raises ClientError no_such_room."""
        if not self.is_guarded(room):
            return 0
        terms = await self._floor.directory.terms_of(room)
        if terms is None:  # it is closed
            return 0
        admission = await self.admit(room, user_id, invite)
        return terms.delay if admission.late else 0

    async def snapshot(self, room: str, user_id: int | None, invite: str | None) -> bytes | None:
        """The wire message with what a spectator sees; None: there is no such room for this viewer."""
        try:
            view = (await self.admit(room, user_id, invite)).view_of(room)
            return encode(await self._owners.ask(room, lambda host: host.standing(view, None)))
        except ClientError as problem:
            if problem.error.code == "no_such_room":
                return None
            raise

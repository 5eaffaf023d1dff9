"""The rooms that this node owns, by their keys."""

from collections.abc import Iterator, Mapping

from server.backends.bus import Claim
from server.backends.directory import Directory
from server.backends.journal import Journal
from server.backends.lease import Lease
from server.rooms.room import Room


class NodeRooms(Mapping[str, Room]):
    """Keeps the directory up to date about them."""

    def __init__(self, lease: Lease, directory: Directory, journal: Journal) -> None:
        self._lease = lease
        self._directory = directory
        self._journal = journal
        self._rooms: dict[str, Room] = {}

    def __getitem__(self, key: str) -> Room:
        return self._rooms[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rooms)

    def __len__(self) -> int:
        return len(self._rooms)

    def add(self, room: Room) -> None:
        """From here on the room can be found."""
        self._rooms[room.key] = room
        terms = room.terms
        if terms is not None:
            self._directory.keep_private(room.key, terms)
        if room.is_public or (terms is not None and terms.listed):
            self._directory.list_room(room.key, room.summary)

    def remove(self, room: Room) -> bool:
        """Returns False if the node does not own the room, or owns it again under another claim."""
        if self._rooms.get(room.key) is not room:
            return False
        del self._rooms[room.key]
        self._directory.release_room(room.key)
        return True

    async def give_up(self, claim: Claim) -> None:
        """Make a room that has ended free for another owner. Raises UnreachableError."""
        await self._journal.clear(claim)
        await self._lease.release(claim)

"""The rooms that this node owns, by their keys."""

from server.backends.bus import Claim
from server.backends.directory import Directory
from server.backends.journal import Journal
from server.backends.lease import Lease
from server.rooms.room import Room


class OwnedRooms(dict[str, Room]):
    """``add`` and ``remove`` keep the directory up to date."""

    def __init__(self, lease: Lease, directory: Directory, journal: Journal) -> None:
        super().__init__()
        self._lease = lease
        self._directory = directory
        self._journal = journal

    def add(self, room: Room) -> None:
        """From here on the room can be found."""
        self[room.key] = room
        terms = room.terms
        if terms is not None:
            self._directory.keep_private(room.key, terms)
        if room.is_public or (terms is not None and terms.listed):
            self._directory.list_room(room.key, room.summary)

    def remove(self, room: Room) -> bool:
        """Returns False if the node does not own the room, or owns it again under another claim."""
        if self.get(room.key) is not room:
            return False
        del self[room.key]
        self._directory.release_room(room.key)
        return True

    async def give_up(self, claim: Claim) -> None:
        """Make a room that has ended free for another owner. Raises UnreachableError."""
        await self._journal.clear(claim)
        await self._lease.release(claim)

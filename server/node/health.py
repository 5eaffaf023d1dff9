"""What keeps a node from taking bets, and what is done about it when it is over."""

import logging
from collections.abc import Callable, Mapping

from server.backends.lease import Lease
from server.rooms.room import Room
from server.tasks import Tasks

log = logging.getLogger(__name__)


class Health:
    """Pauses the rooms of a node while the database or Redis is away."""

    def __init__(self, rooms: Mapping[str, Room], lease: Lease, back: Callable[[], None]) -> None:
        """``back`` is called when this node can be sure of its rooms again: others may have taken it for dead."""
        self._rooms = rooms
        self._lease = lease
        self._back = back
        self._database: str | None = None
        self._redis: str | None = None
        self._tasks = Tasks("the health of the floor")

    def trouble(self) -> str | None:
        """Why no bets can be taken now."""
        return self._database or self._redis

    def database_changed(self, trouble: str | None) -> None:
        """Commits fail for this reason, or work again."""
        self._database = trouble
        if trouble is None:
            log.info("the database is back")
        self._pause()

    def lease_changed(self, trouble: str | None) -> None:
        """It is in doubt for this reason which rooms are ours, or certain again."""
        self._redis = trouble
        if trouble is None:
            log.info("Redis is back")
            self._back()
        else:
            for room in self._rooms.values():
                self._tasks.start(self._restore(room))
        self._pause()

    def _pause(self) -> None:
        for room in self._rooms.values():
            room.set_paused(self.trouble())

    async def _restore(self, room: Room) -> None:
        """As soon as it is certain that the room is still ours: see to it that nothing of it is missing."""
        if await self._lease.confirm(room.claim) and await room.rounds.backing.restore(room.rounds.live):
            room.frames.flush()

"""Why a node can't take bets at the moment; it pauses the rooms meanwhile."""

import logging

from server.node.owned_rooms import OwnedRooms
from server.tasks import Tasks

log = logging.getLogger(__name__)


class Health:
    """Pauses the rooms of a node while the database or Redis is away."""

    def __init__(self, owned_rooms: OwnedRooms) -> None:
        self._owned_rooms = owned_rooms
        self._database: str | None = None
        self._redis: str | None = None
        self._tasks = Tasks("health")

    def trouble(self) -> str | None:
        """Why the node can't take bets; None: it can."""
        return self._database or self._redis

    def commits_changed(self, trouble: str | None) -> None:
        """Commits fail for this reason; None: they work again."""
        self._database = trouble
        if trouble is None:
            log.info("the database works again; rooms take bets")
        self._pause_rooms()

    def lease_changed(self, trouble: str | None) -> None:
        """It is uncertain for this reason which rooms this node owns; None: it is certain again."""
        self._redis = trouble
        if trouble is None:
            log.info("Redis works again; rooms take bets")
        else:
            for room in self._owned_rooms.values():
                self._tasks.start(room.restore())  # goes on when the lease is certain again
        self._pause_rooms()

    def _pause_rooms(self) -> None:
        for room in self._owned_rooms.values():
            room.set_paused(self.trouble())

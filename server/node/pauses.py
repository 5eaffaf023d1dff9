"""Pauses the rooms of a node while it can't take bets: while commits fail, or its lease on rooms is uncertain."""

import logging

from server.node.owned_rooms import OwnedRooms
from server.rooms.room import Room
from server.tasks import Tasks

log = logging.getLogger(__name__)


class Pauses:
    """Hears of commits from the settlement queue, and of the lease from the node."""

    def __init__(self, owned_rooms: OwnedRooms) -> None:
        self._owned_rooms = owned_rooms
        self._database: str | None = None
        self._redis: str | None = None
        self._restoring = 0
        self._tasks = Tasks("pauses")

    def reason(self) -> str | None:
        """Why the rooms are paused; None: they take bets."""
        return self._database or self._redis

    def commits_changed(self, trouble: str | None) -> None:
        """Commits fail for this reason; None: they work again."""
        self._database = trouble
        if trouble is None:
            self._log_recovery("the database")
        self._pause_rooms()

    def lease_changed(self, trouble: str | None) -> None:
        """It is uncertain for this reason which rooms this node owns; None: it is certain again."""
        self._redis = trouble
        if trouble is None:
            self._log_recovery("Redis")
        else:
            for room in self._owned_rooms.values():
                self._restoring += 1
                self._tasks.start(self._restore(room))
        self._pause_rooms()

    def is_restoring(self) -> bool:
        """Whether a room of this node has not yet written its live round again after trouble with Redis."""
        return self._restoring > 0

    async def _restore(self, room: Room) -> None:
        try:
            await room.restore()  # waits until the lease is certain again
        finally:
            self._restoring -= 1

    def _log_recovery(self, what: str) -> None:
        reason = self.reason()
        if reason is None:
            log.info("%s works again; rooms take bets", what)
        else:
            log.info("%s works again; rooms stay paused because of other trouble: %s", what, reason)

    def _pause_rooms(self) -> None:
        for room in self._owned_rooms.values():
            room.set_paused(self.reason())

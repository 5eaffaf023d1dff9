"""Who watches a room, on all nodes."""

from collections.abc import Callable, Collection
from typing import Any

from msgspec import Struct

from server.messages import Spectators
from server.rooms.seating import Seating


class Attendance(Struct, frozen=True):
    """Who watches a room on one node: how many without an account, and how many connections of each user."""

    anonymous: int
    users: dict[int, int]


class SpectatorCount:
    """``spectators`` counts watchers who have no seat; ``say`` tells the room when that has changed."""

    def __init__(self, seating: Seating, say: Callable[[Any], None]) -> None:
        self.spectators = 0
        self._seating = seating
        self._say = say
        self._attendance: dict[str, Attendance] = {}

    def attend(self, node: str, attendance: Attendance) -> None:
        """Who watches on a node."""
        self._attendance[node] = attendance
        count = sum(self._without_a_seat(each) for each in self._attendance.values())
        if count != self.spectators:
            self.spectators = count
            self._say(Spectators(count))

    def only_nodes(self, alive: Collection[str]) -> None:
        """Nobody watches on any other node."""
        for node in [node for node in self._attendance if node not in alive]:
            self.attend(node, Attendance(0, {}))
            del self._attendance[node]

    def _without_a_seat(self, attendance: Attendance) -> int:
        seated = self._seating.of
        return attendance.anonymous + sum(n for user_id, n in attendance.users.items() if seated(user_id) is None)

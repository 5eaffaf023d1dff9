"""How many connections each account has, over all nodes."""

from collections import Counter
from typing import Protocol


class Presence(Protocol):
    async def add_connection(self, user_id: int, most: int) -> bool:
        """Count a connection of this node; False, and it is not counted, when there are ``most`` already. Raises
        Away."""
        ...

    def remove_connection(self, user_id: int) -> None:
        """A connection that was counted is gone."""


class LocalPresence:
    """The presence of a node that is alone."""

    def __init__(self) -> None:
        self._connections: Counter[int] = Counter()

    async def add_connection(self, user_id: int, most: int) -> bool:
        if self._connections[user_id] >= most:
            return False
        self._connections[user_id] += 1
        return True

    def remove_connection(self, user_id: int) -> None:
        self._connections[user_id] -= 1
        if not self._connections[user_id]:
            del self._connections[user_id]

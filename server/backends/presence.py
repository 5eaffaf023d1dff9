"""How many connections each account has, over all nodes."""

from collections import Counter
from typing import Protocol


class Presence(Protocol):
    async def add_connection(self, user_id: int, most: int) -> bool:
        """Count a connection to this node; False, and it is not counted, if the account has ``most`` already. Raises
        UnreachableError."""
        ...

    def remove_connection(self, user_id: int) -> None:
        """A connection that was counted is closed."""


class LocalPresence:
    """The presence of a single node, in memory."""

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

"""The right to own a room, with a fencing number that grows from owner to owner."""

from typing import Protocol


class Lease(Protocol):
    async def acquire(self, room: str) -> int | None:
        """The fencing number of a new ownership, or None while another node owns the room."""
        ...

    async def release(self, room: str) -> None: ...


class LocalLease:
    """A node that is alone owns every room that it asks for."""

    def __init__(self) -> None:
        self._fence = 0
        self._owned: set[str] = set()

    async def acquire(self, room: str) -> int | None:
        if room in self._owned:
            return None
        self._owned.add(room)
        self._fence += 1
        return self._fence

    async def release(self, room: str) -> None:
        self._owned.discard(room)

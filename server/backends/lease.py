"""The right to own a room, with a fencing number that grows from owner to owner.

A node is alive as long as it renews its own lease. A room that it acquired stays its own until another node takes the
room over, which can only happen after the first node's lease has expired or was given up.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from server.backends.bus import Claim
from server.errors import UnreachableError


class LeaseLostError(UnreachableError):
    """Another node owns the room. To the caller that is the same as a node that does not answer: the room's owner may
    answer the next attempt."""


class Lease(Protocol):
    node: str
    """The name of this node; no node had it before."""

    async def start(
        self,
        on_trouble: Callable[[str | None], None],
        on_lost: Callable[[Claim], None],
        is_restoring: Callable[[], bool],
    ) -> None:
        """Be alive from here on. ``on_trouble`` is called with the reason when claims become uncertain or the holds of
        live rounds may be lost, and with None when that is over; ``on_lost`` when another node has taken a room over.
        As long as ``is_restoring`` returns True after holds may have been lost, no node takes a stake. Raises
        UnreachableError."""

    async def leave(self) -> bool:
        """Stop being alive. Returns whether other nodes are there to take over what is still claimed."""
        ...

    async def acquire(self, room: str) -> Claim | None:
        """Own the room; None if a live node, including this one, owns it. Raises UnreachableError."""
        ...

    async def release(self, claim: Claim) -> None:
        """Give the room up, if the claim is still the current one. Raises UnreachableError."""

    def owns(self, claim: Claim) -> bool:
        """Whether it is certain at this moment that the claim is the current one."""
        ...

    async def confirm(self, claim: Claim) -> bool:
        """Wait until it is certain whether the claim is the current one, and return that; False means that another
        node owns the room."""
        ...

    async def owner(self, room: str) -> str | None:
        """The live node that owns the room. Raises UnreachableError."""
        ...

    async def nodes(self) -> list[str]:
        """The live nodes, including this one. Raises UnreachableError."""
        ...

    async def orphans(self) -> list[str]:
        """The rooms whose owners are dead. Raises UnreachableError."""
        ...

    async def unowned(self, rooms: Iterable[str]) -> list[str]:
        """Those of ``rooms`` that no node owns, alive or dead. Raises UnreachableError."""
        ...


class LocalLease:
    """A single node owns every room that it asks for."""

    def __init__(self, node: str = "alone") -> None:
        self.node = node
        self._fence = 0
        self._owned: dict[str, Claim] = {}

    async def start(
        self,
        on_trouble: Callable[[str | None], None],
        on_lost: Callable[[Claim], None],
        is_restoring: Callable[[], bool],
    ) -> None:
        """A single node's claims never become uncertain, and are never lost."""

    async def leave(self) -> bool:
        return False

    async def acquire(self, room: str) -> Claim | None:
        if room in self._owned:
            return None
        self._fence += 1
        self._owned[room] = Claim(room, f"{self.node} {self._fence}")
        return self._owned[room]

    async def release(self, claim: Claim) -> None:
        if self._owned.get(claim.room) == claim:
            del self._owned[claim.room]

    def owns(self, claim: Claim) -> bool:
        return True

    async def confirm(self, claim: Claim) -> bool:
        return True

    async def owner(self, room: str) -> str | None:
        return self.node if room in self._owned else None

    async def nodes(self) -> list[str]:
        return [self.node]

    async def orphans(self) -> list[str]:
        return []

    async def unowned(self, rooms: Iterable[str]) -> list[str]:
        return [room for room in rooms if room not in self._owned]

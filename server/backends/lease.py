"""The right to own a room, with a fencing number that grows from owner to owner.

A node is alive as long as it renews its own lease; what it claims is its own until another node takes it over, which
only happens when the node's lease has run out or was given back.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from server.backends.bus import Claim


class Lease(Protocol):
    node: str
    """The name of this node, never used before."""

    async def start(self, trouble_changed: Callable[[str | None], None], lost: Callable[[Claim], None]) -> None:
        """Be alive from here on. ``trouble_changed`` hears why rooms can't be sure of their claims, and with None that
        they are sure again; ``lost``, that another node has taken a room over. Raises UnreachableError."""

    async def leave(self) -> bool:
        """Be alive no more. True: other nodes take over what is still claimed; False: there is nobody else."""
        ...

    async def acquire(self, room: str) -> Claim | None:
        """A new ownership, or None while a node that is alive, this one included, has the room. Raises
        UnreachableError."""
        ...

    async def release(self, claim: Claim) -> None:
        """The room has no owner any more, if the claim is still the one that counts. Raises UnreachableError."""

    def owns(self, claim: Claim) -> bool:
        """Whether the claim counts for certain at this moment."""
        ...

    async def confirm(self, claim: Claim) -> bool:
        """Wait until it is certain: True, the claim counts; False, another node owns the room."""
        ...

    async def owner(self, room: str) -> str | None:
        """The node that owns the room and is alive. Raises UnreachableError."""
        ...

    async def nodes(self) -> list[str]:
        """The nodes that are alive, this one included. Raises UnreachableError."""
        ...

    async def orphans(self) -> list[str]:
        """The rooms of nodes that are alive no more. Raises UnreachableError."""
        ...

    async def unowned(self, rooms: Iterable[str]) -> list[str]:
        """Those of ``rooms`` that belong to no node, alive or not. Raises UnreachableError."""
        ...


class LocalLease:
    """A node that is alone owns every room that it asks for."""

    def __init__(self, node: str = "alone") -> None:
        self.node = node
        self._fence = 0
        self._owned: dict[str, Claim] = {}

    async def start(self, trouble_changed: Callable[[str | None], None], lost: Callable[[Claim], None]) -> None:
        """Nothing is in doubt, and nothing is lost."""

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

"""Who has a place on this node: WebSocket connections by network, with places kept for players who sign in."""

from collections import Counter
from typing import Protocol

from server.address import Share, shares_of

KEPT_SHARE = 4
"""One in so many places is kept for players who sign in."""


class Guest(Protocol):
    """The part of a connection that places need."""

    def close(self, name: str, message: str = "") -> None:
        """Say goodbye and close with the close code of this name."""


class Places:
    """``most`` connections, ``most_per_address`` from one IPv4 address or IPv6 /64, twice as many from a /56 and four
    times as many from a /48.

    Connections without a hello wait at the door. When all places are taken, a newcomer gets the place of the one that
    has waited longest: clients say hello at once, so those that fill places and stay silent lose them first.
    """

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._most_anonymous = most - most // KEPT_SHARE
        self._shares: dict[Guest, tuple[Share, ...]] = {}
        self._waiting: dict[Guest, None] = {}
        self._anonymous: set[Guest] = set()
        self._by_network: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._shares)

    @property
    def networks(self) -> int:
        """How many networks are counted."""
        return len(self._by_network)

    def enter(self, guest: Guest, address: str) -> bool:
        """Give a new connection a place until ``leave``. Returns False if there is none."""
        shares = shares_of(address)
        if any(self._by_network[share.network] >= share.factor * self._most_per_address for share in shares):
            return False
        if len(self._shares) >= self._most and not self._free_one():
            return False
        self._shares[guest] = shares
        self._waiting[guest] = None
        self._by_network.update(share.network for share in shares)
        return True

    def _free_one(self) -> bool:
        oldest = next(iter(self._waiting), None)
        if oldest is None:
            return False
        self.leave(oldest)
        oldest.close("full")
        return True

    def greeted(self, guest: Guest, *, signed_in: bool) -> bool:
        """The connection has said hello. Returns False if it is anonymous and only kept places are left."""
        self._waiting.pop(guest, None)
        if signed_in:
            return True
        if len(self._anonymous) >= self._most_anonymous:
            return False
        self._anonymous.add(guest)
        return True

    def leave(self, guest: Guest) -> None:
        """The connection needs its place no more. Does nothing if it has none."""
        self._waiting.pop(guest, None)
        self._anonymous.discard(guest)
        for share in self._shares.pop(guest, ()):
            self._by_network[share.network] -= 1
            if not self._by_network[share.network]:
                del self._by_network[share.network]

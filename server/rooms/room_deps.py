"""The dependencies that all rooms of a node share."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct, field

from server.backends.bus import Bus
from server.backends.holds import Holds
from server.backends.journal import Journal
from server.backends.lease import Lease
from server.clock import Clock
from server.config import Config
from server.rooms.session_log import SessionLog
from server.rooms.settlement_queue import SettlementQueue


class RoomListener(Protocol):
    """The node that owns the room."""

    def room_empty(self, key: str) -> None:
        """The last player has left the room, or the first one could not join it."""

    def close_requested(self, key: str) -> None:
        """The owner of the private room wants to close it."""


class RoomDeps(Struct, frozen=True, kw_only=True):
    """``draw_seed`` returns a fresh server seed: 64 lowercase hex digits of 32 random bytes.

    ``retry_s`` is the pause before the next request to a backend that was away. If a move ends the round, its reply
    waits until the round is announced, but at most ``reply_timeout_s``. ``void_counts`` counts the void rounds by
    reason. A player who takes a stack from a room with table stakes and comes back within ``bring_back_ms`` has to
    bring it back.
    """

    config: Config
    clock: Clock
    bus: Bus
    lease: Lease
    journal: Journal
    holds: Holds
    settlements: SettlementQueue
    sessions: SessionLog
    draw_seed: Callable[[], str]
    listener: RoomListener
    retry_s: float = 0.1
    reply_timeout_s: float = 2.0
    bring_back_ms: int = 3_600_000
    void_counts: Counter[str] = field(default_factory=Counter)

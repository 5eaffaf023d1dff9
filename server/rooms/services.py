"""What every room of a node works with."""

from collections.abc import Callable

from msgspec import Struct

from server.clock import Clock
from server.config import Config
from server.fanout.bus import Bus
from server.rooms.bank import Bank
from server.rooms.settler import Settler
from storage.database import Database


class Services(Struct, frozen=True, kw_only=True):
    """``session_ended`` and ``room_empty`` are how a room talks to its lobby."""

    config: Config
    clock: Clock
    db: Database
    bus: Bus
    bank: Bank
    settler: Settler
    session_ended: Callable[[int], None]
    room_empty: Callable[[str], None]

"""What joins nodes, and where the outside comes in."""

from collections.abc import Callable

from msgspec import Struct

from server.backends.bus import Bus
from server.backends.directory import Directory
from server.backends.holds import Account, Holds, LossSource
from server.backends.journal import Journal
from server.backends.lease import Lease
from server.backends.presence import Presence
from server.backends.rate import Allowance
from server.clock import Clock
from storage.database import Database

MakeBank = Callable[[Clock, LossSource, Callable[[Account, bool], None]], Holds]
"""The last one hears of every wallet that looks different now, and whether its owner is to be told soon."""


class Ports(Struct, frozen=True):
    """What joins nodes, each in the form that this node uses."""

    bus: Bus
    lease: Lease
    directory: Directory
    presence: Presence
    journal: Journal
    allowance: Allowance
    make_bank: MakeBank


class Edge(Struct, frozen=True):
    """Time, the database, and chance (``Services.draw_seed``)."""

    clock: Clock
    db: Database
    draw_seed: Callable[[], str]

"""What joins nodes, and where the outside comes in."""

from collections.abc import Callable

from msgspec import Struct

from server.clock import Clock
from server.fanout.bus import Bus, LocalBus
from server.rate import Allowance, LocalAllowance
from server.rooms.bank import Account, Bank, LocalBank, LossSource
from server.rooms.directory import Directory, LocalDirectory
from server.rooms.journal import Journal, LocalJournal
from server.rooms.lease import Lease, LocalLease
from server.rooms.presence import LocalPresence, Presence
from storage.database import Database

MakeBank = Callable[[Clock, LossSource, Callable[[Account, bool], None]], Bank]
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


def alone(clock: Clock, node: str) -> Ports:
    """The ports of a node that is alone."""
    lease, directory, presence = LocalLease(node), LocalDirectory(), LocalPresence()
    return Ports(LocalBus(), lease, directory, presence, LocalJournal(), LocalAllowance(clock), LocalBank)

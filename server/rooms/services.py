"""What every room of a node works with."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from server.clock import Clock
from server.config import Config
from server.fanout.bus import Bus, Claim
from server.rooms.bank import Bank
from server.rooms.journal import Journal
from server.rooms.settler import Settler


class Services(Struct, frozen=True, kw_only=True):
    """``trouble`` and what follows it are how a room talks to its floor."""

    config: Config
    clock: Clock
    bus: Bus
    bank: Bank
    settler: Settler
    journal: Journal
    holds: Callable[[Claim], bool]
    """Whether the room belongs to this node for certain."""
    confirmed: Callable[[Claim], Awaitable[bool]]
    """Wait until that is certain: True, it does; False, it belongs to another one."""
    draw_seed: Callable[[], str]
    """A server seed that nobody has seen before: 64 lowercase hex digits of 32 random bytes."""
    trouble: Callable[[], str | None]
    """Why no bets can be taken now."""
    start_session: Callable[[int, int, str], Awaitable[int]]
    """Takes user, game and room. Raises Problem not_signed_in, Unavailable."""
    session_ended: Callable[[int], None]
    seats_changed: Callable[[str], None]
    """Somebody stood up, who may still be watching."""
    room_empty: Callable[[str], None]

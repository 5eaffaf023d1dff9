"""What every room of a node works with, and what one room and its rounds share."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from game_engine.game import AnyGame
from server.backends.bus import Bus, Claim
from server.backends.holds import Holds
from server.backends.journal import Journal
from server.clock import Clock
from server.config import Config
from server.rooms.frame_log import FrameLog
from server.rooms.live_round import Place
from server.rooms.seating import Seating
from server.rooms.settlement_queue import SettlementQueue
from server.rooms.turns import Turns


class Services(Struct, frozen=True, kw_only=True):
    """``trouble`` and what follows it are how a room talks to its floor."""

    config: Config
    clock: Clock
    bus: Bus
    holds: Holds
    settler: SettlementQueue
    journal: Journal
    owns: Callable[[Claim], bool]
    """Whether the room belongs to this node for certain."""
    confirm: Callable[[Claim], Awaitable[bool]]
    """Wait until that is certain: True, it does; False, it belongs to another one."""
    draw_seed: Callable[[], str]
    """A server seed that nobody has seen before: 64 lowercase hex digits of 32 random bytes."""
    trouble: Callable[[], str | None]
    """Why no bets can be taken now."""
    start_session: Callable[[int, int, str], Awaitable[int]]
    """Takes user, game and room. Raises ClientError not_signed_in, DatabaseUnavailableError."""
    session_ended: Callable[[int], None]
    seats_changed: Callable[[str], None]
    """Somebody stood up, who may still be watching."""
    room_empty: Callable[[str], None]


class Setting(Struct, frozen=True):
    """Where rounds are played: what a room and its rounds share."""

    game: AnyGame
    options: Any
    place: Place
    seating: Seating
    claim: Claim
    frames: FrameLog
    inbox: Turns
    services: Services
    round_over: Callable[[], None]
    """Called between two rounds, when no bet is live."""

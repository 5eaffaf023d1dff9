"""The dependencies of WebSocket connections and their commands."""

from msgspec import Struct

from server.backends.choose import Backends
from server.backends.holds import Holds
from server.backends.presence import Presence
from server.backends.rate import AddressBuckets, Rate, RateLimiter
from server.clock import Clock
from server.config import Config
from server.fanout.hub import Hub
from server.node.node import Node
from server.node.room_service import RoomService
from server.tasks import Tasks
from server.ws.places import Places
from server.ws.tokens import Tokens
from storage.store import Store

CHAT = Rate("chat", 1.0, 5.0)
JOIN = Rate("join", 2.0, 20.0)
"""For each account; CROUPIER_RATE_SCALE multiplies them."""
LIST_ROOMS = Rate("list_rooms", 2.0, 20.0)
"""Of the list of rooms, for each account; connections without one share ``LIST_ROOMS_PER_ADDRESS``."""
LIST_ROOMS_PER_ADDRESS = Rate("list_rooms_per_address", 20.0, 100.0)


class Limits(Struct, frozen=True, kw_only=True):
    """Limits and times of a connection that are not settings."""

    watched_rooms: int = 50
    send_buffer_bytes: int = 128 * 1024
    """The kernel's buffer for each socket."""
    refusals: int = 200
    """How many messages above the rate are refused before the connection is closed. One more each second."""
    control_frames: Rate = Rate("control_frames", 5.0, 50.0)
    """Pings and pongs of one connection, and what it sends after it was closed; above this it is cut off."""
    frames_per_turn: int = 32
    """How many frames of one connection are answered before other work gets a turn of the event loop."""
    cut_off_costs: float = 20.0
    """How many handshakes of its address a connection costs that was cut off for its rate: it must not be worth
    connecting again at once."""
    refusal_delay_s: float = 1.0
    """How long a handshake above the rate waits for its refusal."""
    delayed_refusals: int = 500
    """How many may wait for it at a time; the others are refused at once."""
    abort_after_s: float = 2.0
    """How long a client may take to answer a close."""
    closed_check_s: float = 0.05
    """How often to check whether it has."""
    resume_patience_s: float = 6.0
    """How long a hello waits for rooms without an owner: longer than the nodes take to notice that one has died."""
    resume_retry_s: float = 0.1


class Dependencies(Struct, frozen=True, kw_only=True):
    """``node`` is the node's name."""

    config: Config
    clock: Clock
    db: Store
    node: str
    room_service: RoomService
    hub: Hub
    holds: Holds
    tokens: Tokens
    presence: Presence
    rate_limiter: RateLimiter
    chat_rate: Rate
    join_rate: Rate
    list_rate: Rate
    list_buckets: AddressBuckets
    tasks: Tasks
    limits: Limits
    places: Places


def dependencies_of(
    node: Node,
    *,
    config: Config,
    clock: Clock,
    db: Store,
    backends: Backends,
    limits: Limits | None = None,
) -> Dependencies:
    return Dependencies(
        config=config,
        clock=clock,
        db=db,
        node=node.lease.node,
        room_service=node.room_service,
        hub=node.hub,
        holds=node.holds,
        tokens=Tokens(db, clock, config),
        presence=backends.presence,
        rate_limiter=backends.rate_limiter,
        chat_rate=CHAT.scaled(config.rate_scale),
        join_rate=JOIN.scaled(config.rate_scale),
        list_rate=LIST_ROOMS.scaled(config.rate_scale),
        list_buckets=AddressBuckets(LIST_ROOMS_PER_ADDRESS.scaled(config.rate_scale)),
        tasks=Tasks("WebSocket connections"),
        limits=limits or Limits(),
        places=Places(config.max_connections, config.max_connections_per_address),
    )

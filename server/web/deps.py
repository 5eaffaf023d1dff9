"""The dependencies of HTTP handlers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from game_engine.game import AnyGame
from server.clock import Clock
from server.config import Config
from server.mail import Mailer
from server.node.players import Players
from server.node.private_rooms import PrivateRooms
from server.node.room_service import RoomService
from server.web.background import Background
from server.web.passwords import Passwords
from server.web.rate_limits import RateLimits
from storage.login_failures import Lockout
from storage.store import Store

ReadinessCheck = Callable[[], Awaitable[str | None]]
"""Returns the reason why the server can't take bets, or None."""


@dataclass(frozen=True, kw_only=True)
class WebDeps:
    """The services behind the HTTP API. ``registry`` holds the metrics that ``/metrics`` shows."""

    config: Config
    clock: Clock
    db: Store
    mailer: Mailer
    room_service: RoomService
    private_rooms: PrivateRooms
    players: Players
    games: Mapping[str, AnyGame]
    registry: CollectorRegistry
    readiness_checks: Sequence[ReadinessCheck]
    passwords: Passwords
    rate_limits: RateLimits
    lockout: Lockout
    background: Background

"""What the HTTP side asks of the live side, and of whoever wires the two together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from prometheus_client import CollectorRegistry

from game_engine.game import AnyGame
from server.backends.directory import Terms
from server.backends.rate import RateLimiter
from server.clock import Clock
from server.config import Config
from server.mail import Mailer
from server.messages import RoomSummary
from server.web.client_files import packages_folder
from storage.database import Database
from storage.ledger import WalletChange

Check = Callable[[], Awaitable[str | None]]
"""Answers why no bets can be taken, or None."""


class PrivateRooms(Protocol):
    """Private rooms, and who is let in where."""

    async def open(self, terms: Terms) -> str: ...

    async def close(self, room: str, user_id: int) -> None: ...

    async def opened_by(self, user_id: int) -> Mapping[str, Terms]: ...

    async def lag(self, room: str, user_id: int | None, invite: str | None) -> int: ...

    async def snapshot(self, room: str, user_id: int | None, invite: str | None) -> bytes | None: ...


class RoomsApi(Protocol):
    """The live rooms."""

    @property
    def gate(self) -> PrivateRooms: ...

    async def summaries(self, game: str | None = None) -> Sequence[RoomSummary]: ...

    def troubles(self) -> Sequence[str]: ...


class Players(Protocol):
    """The players who are here, and what is held of their wallets."""

    async def held(self, user_id: int) -> int: ...

    async def has_live_bets(self, user_id: int) -> bool: ...

    async def sign_out(self, user_id: int, close: str) -> None: ...

    async def wallet_changed(self, change: WalletChange) -> None: ...

    async def account_changed(self, user_id: int) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the HTTP side is built from. ``asyncapi`` is the WebSocket's description as JSON."""

    config: Config
    db: Database
    mailer: Mailer
    lobby: RoomsApi
    players: Players
    games: Mapping[str, AnyGame]
    clock: Clock
    rate_limiter: RateLimiter
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    asyncapi: bytes | None = None
    checks: Sequence[Check] = ()
    client_folder: Path = Path(__file__).parents[1] / "client"
    packages_folder: Path = field(default_factory=packages_folder)

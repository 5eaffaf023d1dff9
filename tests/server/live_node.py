"""A live node on a real database and a free port, whose rounds of crash end where the test wants."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, cast

import aiohttp
import msgspec
from aiohttp import web
from sqlalchemy import text, update

from game_engine.game import AnyGame
from game_engine.games import GAMES
from server.address import address_of
from server.backends.choose import Backends, local_backends
from server.clock import SystemClock
from server.config import Config
from server.node.node import Node, Times
from server.node.placement import PlacementTimes
from server.web.problems import problem_middleware
from server.ws.dependencies import Limits, dependencies_of
from server.ws.endpoint import Endpoint
from storage.accounts import NewAccount
from storage.models import User
from storage.operator_accounts import ensure_players, sign_in_players
from tests.published import CHECKED
from tests.server.intercepted_rooms import InterceptedRooms
from tests.server.live_clients import Player, RawSocket
from tests.server.rigged_seeds import CLIENT_SEED, RiggedSeeds
from tests.server.set_clocks import SettableClock
from tests.server.shaky_store import ShakyStore, rows

SETTINGS: dict[str, Any] = {
    "port": 0,
    "crash_betting_ms": 1_000,
    "rate_scale": 10_000.0,
    "refresh": 5.0,
    "shutdown_timeout": 1.0,
}

_account_numbers = count(1)


class Live:
    """A node with its WebSocket endpoint and without the HTTP API. ``tests.server.live_site`` adds that."""

    base_games: tuple[str, ...] = ("crash", "dice")
    """A shared game and a single-player game. To open rooms of every game would take longer."""

    def __init__(
        self,
        config: Config,
        db: ShakyStore,
        rig: RiggedSeeds,
        *,
        backends: Backends | None = None,
        games: Iterable[AnyGame] = (),
        times: Times | None = None,
        ws_limits: Limits | None = None,
        clock: Any = None,
    ) -> None:
        """``games`` are added to the base games, and replace those with the same names."""
        self.games = {name: GAMES[name] for name in self.base_games} | {game.name: game for game in games}
        self.config = config
        self.db = db
        self.rig = rig
        self.clock = clock or SettableClock()
        self.backends = backends or local_backends(self.clock, "here")
        self.node = Node(config, self.clock, db, self.backends, games=self.games, draw_seed=rig, times=times or Times())
        self.rooms = InterceptedRooms(self.node.room_service)
        ws = dependencies_of(
            self.node, config=config, clock=self.clock, db=db, backends=self.backends, limits=ws_limits
        )
        self.ws = msgspec.structs.replace(ws, room_service=cast(Any, self.rooms))
        self.endpoint = Endpoint(self.ws, address_of(config))
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), **CHECKED)
        self.port = 0
        self._clients: list[Player] = []
        self._raw_sockets: list[RawSocket] = []
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(middlewares=[problem_middleware])
        self.add_to(app)
        app.on_startup.append(lambda _app: self.node.start())
        app.on_shutdown.append(lambda _app: self.node.stop())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        self.rig.nonce = self._next_crash_number
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.config.port)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    def add_to(self, app: web.Application) -> None:
        self.endpoint.add_to(app)

    def _next_crash_number(self) -> int:
        room = self.node.owned_rooms.get("crash")
        return room.rounds.live.number + 1 if room is not None and room.rounds.live is not None else 1

    async def stop(self) -> None:
        """Stop as after SIGTERM."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await self._site.stop()
            await self.node.stop()
            await runner.cleanup()

    async def close(self) -> None:
        for player in self._clients:
            await player.client.close()
        for raw in self._raw_sockets:
            await raw.ws.close()
        await self.stop()
        await self.http.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ws"

    async def players(self, number: int, credit: int = 100_000) -> list[Player]:
        """Create players; their clients are not connected yet."""
        fresh = [next(_account_numbers) for _ in range(number)]
        accounts = [new_account(n) for n in fresh]
        now = datetime.now(UTC)
        user_ids = await ensure_players(self.db, accounts, credit, now)
        async with self.db.write() as session:
            await session.execute(update(User).where(User.id.in_(user_ids)).values(client_seed=CLIENT_SEED))
        tokens = await sign_in_players(self.db, user_ids, "Test", now)
        return [
            self.new_client(account.username, user_id, token)
            for account, user_id, token in zip(accounts, user_ids, tokens, strict=True)
        ]

    async def player(self, credit: int = 100_000, room: str | None = "crash") -> Player:
        """Create a player, connect, and join ``room``."""
        (player,) = await self.players(1, credit)
        await player.client.connect()
        if room is not None:
            await player.join(room)
        return player

    async def spectator(self, room: str | None = "crash") -> Player:
        """Connect a spectator without an account, and watch ``room``."""
        spectator = self.new_client("", 0, None)
        await spectator.client.connect()
        if room is not None:
            await spectator.ask("watch", room=room)
        return spectator

    async def raw(self, player: Player | None = None, **connect: Any) -> RawSocket:
        """Open a bare socket, and sign in as ``player`` if given."""
        raw = RawSocket(await self.http.ws_connect(self.url, max_msg_size=0, **connect))
        self._raw_sockets.append(raw)
        if player is not None:
            assert "ok" in await raw.ask({"id": 0, "do": "hello", "token": player.token})
        return raw

    def new_client(self, username: str, user_id: int, token: str | None) -> Player:
        """A client that is not connected yet. The node's ``close`` closes it."""
        player = Player(self, username, user_id, token)
        self._clients.append(player)
        return player

    def another_client(self, player: Player) -> Player:
        """Another client of the player's account, not connected yet."""
        return self.new_client(player.username, player.user_id, player.token)

    async def balance(self, player: Player) -> int:
        """The player's balance in the database."""
        found = await self.rows("SELECT balance FROM wallets WHERE user_id = :user", user=player.user_id)
        return int(found[0][0])

    async def rows(self, query: str, **values: Any) -> list[Any]:
        return await rows(self.db, query, **values)

    async def rows_changed(self, statement: str, **values: Any) -> None:
        """Change the database without the server's knowledge."""
        async with self.db.write() as session:
            await session.execute(text(statement), values)


TAKES_NO_ROOMS: Final = Times(placement=PlacementTimes(look_every=3600.0))
"""For tests that take over a room themselves: otherwise the node may be faster."""


def usual_games() -> dict[str, AnyGame]:
    """The base games, by name."""
    return {name: GAMES[name] for name in ("crash", "dice")}


def config_of(**settings: Any) -> Config:
    return msgspec.convert(SETTINGS | settings, Config)


def backends_with(**parts: Any) -> Backends:
    """The backends of a single node, with these in place of the usual ones."""
    return msgspec.structs.replace(local_backends(SystemClock(), "here"), **parts)


OpenLive = Callable[..., Awaitable[Live]]
"""Opens a live node with these settings."""


def new_account(number: int) -> NewAccount:
    return NewAccount(
        roll_number=f"r{number}",
        email=f"p{number}@campus.example",
        username=f"p{number}",
        full_name=f"Player {number}",
        password_hash="no hash",
    )

"""A live node on a real database and a free port, with rigged seeds, and clients that remember what they saw."""

import asyncio
import json
import random
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any, Protocol, TypeVar

import aiohttp
import msgspec
from aiohttp import web
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cli.client import Client, Listener, RequestRefusedError
from game_engine.chance import floats
from game_engine.game import AnyGame
from game_engine.games import GAMES
from game_engine.point import point_of
from server.address import address_of
from server.backends.choose import Backends, local_backends
from server.clock import SystemClock
from server.config import Config
from server.node.node import Node, Times
from server.web.problems import problem_middleware
from server.ws.dependencies import Limits, dependencies_of
from server.ws.endpoint import Endpoint
from storage.accounts import NewAccount
from storage.errors import DatabaseUnavailableError
from storage.models import User
from storage.operator_accounts import ensure_players, sign_in_players
from storage.settlement import EndedRound, Settlement
from storage.sqlite import SqliteStore
from storage.store import Store

T = TypeVar("T")

SECONDS = 20.0
"""How long a test waits for anything, even on a busy machine."""
CLIENT_SEED = "heads"
"""The client seed of every player, so that only the server seed decides."""
SETTINGS: dict[str, Any] = {
    "port": 0,
    "crash_betting_ms": 500,
    "rate_scale": 10_000.0,
    "refresh": 5.0,
    "shutdown_timeout": 1.0,
}

QUICK = (1.0, 1.05)

_numbers = count(1)


class ShakyStore(SqliteStore):
    """A database that can be away or slow, and whose answers can get lost."""

    away = False
    """Every call fails."""
    deaf_writes = 0
    """The number of next settlements that are committed, but whose answers are lost."""
    broken_writes = 0
    """The number of next settlements that fail with an unexpected error."""
    write_lock: asyncio.Lock | None = None
    """Writers wait for this lock first."""
    busy = 0
    """Open transactions."""
    waiting = 0
    """Writers that wait for ``write_lock``."""
    refused = 0
    """Calls that failed because the database was away."""

    async def _pass(self, *, writing: bool) -> None:
        self._require_present()
        if writing and self.write_lock is not None:
            self.waiting += 1
            async with self.write_lock:
                self.waiting -= 1
            self._require_present()

    def _require_present(self) -> None:
        if self.away:
            self.refused += 1
            raise DatabaseUnavailableError("switched off by the test")

    async def ping(self) -> None:
        await self._pass(writing=False)
        await super().ping()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        await self._pass(writing=False)
        async with super().read() as session:
            with self._under_way():
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        await self._pass(writing=True)
        async with super().write() as session:
            with self._under_way():
                yield session

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1

    async def _fetch(self, query: str, *parameters: Any) -> list[Any]:
        await self._pass(writing=False)
        return await super()._fetch(query, *parameters)

    async def settle_at_once(self, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
        await self._pass(writing=True)
        if self.broken_writes:
            self.broken_writes -= 1
            raise ZeroDivisionError
        answer = await super().settle_at_once(rounds)
        if self.deaf_writes:
            self.deaf_writes -= 1
            raise DatabaseUnavailableError("the answer got lost")
        return answer


class Rig:
    """Draws server seeds with which crash ends between two points if one of these numbers of ``bettors`` bet, and soon
    if nobody does."""

    def __init__(self, points: tuple[float, float], bettors: Sequence[int]) -> None:
        self.points = points
        self.bettors = bettors
        self.nonce: Callable[[], int] = lambda: 1

        self.draw: Callable[[int], str] = self._draw

    def __call__(self) -> str:
        return self.draw(self.nonce())

    def _draw(self, nonce: int) -> str:
        return server_seed({"": QUICK} | {joined(n): self.points for n in self.bettors}, nonce)


def joined(bettors: int) -> str:
    """The client seed of a round with this number of bettors."""
    return ",".join([CLIENT_SEED] * bettors)


def server_seed(points: dict[str, tuple[float, float]], nonce: int) -> str:
    """A fresh seed whose point lies in the range that ``points`` has for each client seed."""
    wanted = [(seed, round(low * 100), round(high * 100)) for seed, (low, high) in points.items()]
    while True:
        seed = f"{random.getrandbits(256):064x}"
        if all(low <= point_of(next(floats(seed, each, nonce))) <= high for each, low, high in wanted):
            return seed


class Door(Protocol):
    """The address of a WebSocket."""

    http: aiohttp.ClientSession

    @property
    def url(self) -> str: ...


class Live:
    """A node with its WebSocket endpoint, and nothing else."""

    base_games: tuple[str, ...] = ("crash", "dice")
    """A shared game and a single-player game. Rooms of the others would only take time."""

    def __init__(
        self,
        config: Config,
        db: ShakyStore,
        rig: Rig,
        *,
        backends: Backends | None = None,
        games: Iterable[AnyGame] = (),
        times: Times | None = None,
        ws_limits: Limits | None = None,
    ) -> None:
        """``games`` are played in addition to the base games, or in place of those with the same names."""
        self.games = {name: GAMES[name] for name in self.base_games} | {game.name: game for game in games}
        self.config = config
        self.db = db
        self.rig = rig
        self.clock = SystemClock()
        self.backends = backends or local_backends(self.clock, "here")
        self.node = Node(config, self.clock, db, self.backends, games=self.games, draw_seed=rig, times=times or Times())
        self.ws = dependencies_of(
            self.node, config=config, clock=self.clock, db=db, backends=self.backends, limits=ws_limits
        )
        self.endpoint = Endpoint(self.ws, address_of(config))
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.port = 0
        self._everybody: list[Player] = []
        self._raws: list[Raw] = []
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
        room = self.node.rooms.get("crash")
        return room.rounds.live.number + 1 if room is not None and room.rounds.live is not None else 1

    async def stop(self) -> None:
        """Stop as after SIGTERM."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await self._site.stop()
            await self.node.stop()
            await runner.cleanup()

    async def close(self) -> None:
        for player in self._everybody:
            await player.client.close()
        for raw in self._raws:
            await raw.ws.close()
        await self.stop()
        await self.http.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ws"

    async def players(self, number: int, credit: int = 100_000) -> "list[Player]":
        """New players, not connected yet."""
        fresh = [next(_numbers) for _ in range(number)]
        accounts = [new_account(n) for n in fresh]
        now = datetime.now(UTC)
        user_ids = await ensure_players(self.db, accounts, credit, now)
        async with self.db.write() as session:
            await session.execute(update(User).where(User.id.in_(user_ids)).values(client_seed=CLIENT_SEED))
        tokens = await sign_in_players(self.db, user_ids, now)
        return [
            self.at_the_door(account.username, user_id, token)
            for account, user_id, token in zip(accounts, user_ids, tokens, strict=True)
        ]

    async def player(self, credit: int = 100_000, room: str | None = "crash") -> "Player":
        """A new player who is connected and has a seat in ``room``."""
        (player,) = await self.players(1, credit)
        await player.client.connect()
        if room is not None:
            await player.join(room)
        return player

    async def spectator(self, room: str | None = "crash") -> "Player":
        """A connected spectator without an account, who watches ``room``."""
        spectator = self.at_the_door("", 0, None)
        await spectator.client.connect()
        if room is not None:
            await spectator.ask("watch", room=room)
        return spectator

    async def raw(self, player: "Player | None" = None, **connect: Any) -> "Raw":
        """A bare socket, signed in as the player if one is given."""
        raw = Raw(await self.http.ws_connect(self.url, max_msg_size=0, **connect))
        self._raws.append(raw)
        if player is not None:
            assert "ok" in await raw.ask({"id": 0, "do": "hello", "token": player.token})
        return raw

    def at_the_door(self, username: str, user_id: int, token: str | None) -> "Player":
        player = Player(self, username, user_id, token)
        self._everybody.append(player)
        return player

    def again(self, player: "Player") -> "Player":
        """Another client of the same account, not connected yet."""
        return self.at_the_door(player.username, player.user_id, player.token)

    async def balance(self, player: "Player") -> int:
        """The player's balance in the database."""
        found = await self.rows("SELECT balance FROM wallets WHERE user_id = :user", user=player.user_id)
        return int(found[0][0])

    async def rows(self, query: str, **values: Any) -> list[Any]:
        return await rows(self.db, query, **values)

    async def rows_changed(self, statement: str, **values: Any) -> None:
        """Change the database behind the server's back."""
        async with self.db.write() as session:
            await session.execute(text(statement), values)


class Player(Listener):
    """A client, and everything that it received. ``seen`` has (room, seq, event)."""

    def __init__(self, door: Door, username: str, user_id: int, token: str | None) -> None:
        self.username = username
        self.user_id = user_id
        self.token = token
        self.client = Client(door.http, door.url, token, self)
        self.seen: list[tuple[str, int, dict[str, Any]]] = []
        self.snapshots: list[tuple[str, dict[str, Any]]] = []
        self.notices: list[dict[str, Any]] = []
        self.arrivals: list[float] = []
        self._news = asyncio.Event()

    # -- requests --

    async def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        return await self.client.request(do, **arguments)

    async def refused(self, do: str, **arguments: Any) -> dict[str, Any]:
        """The error with which the server must refuse a request."""
        try:
            ok = await self.ask(do, **arguments)
        except RequestRefusedError as refused:
            return refused.error
        raise AssertionError(f"{do} {arguments} was not refused: {ok}")

    async def join(self, room: str) -> dict[str, Any]:
        """Join the room, or the game if each player has a room of it."""
        return await self.ask("join", **({"room": room} if room == "crash" or "-" in room else {"game": room}))

    async def bet(self, amount: int = 100, room: str = "crash", **more: Any) -> dict[str, Any]:
        more.setdefault("key", secrets.token_hex(8))
        return await self.ask("bet", room=room, amount=amount, **more)

    async def roll(self, room: str, amount: int = 100, **more: Any) -> dict[str, Any]:
        return await self.bet(amount, room, selection={"target": 50.0, "over": True}, **more)

    async def cut(self) -> None:
        """Cut the connection without a close frame."""
        ws = self.client._ws
        assert ws is not None
        ws._writer.transport.abort()
        await self.client.wait_closed()

    # -- messages --

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        self.snapshots.append((room, snapshot))
        self._news.set()

    def event(self, room: str, event: dict[str, Any]) -> None:
        position = self.client.positions.get(room)
        self.seen.append((room, position.seq if position else -1, event))
        self.arrivals.append(time.perf_counter())
        self._news.set()

    def private(self, room: str, event: dict[str, Any]) -> None:
        self.event(room, event)

    def notice(self, notice: dict[str, Any]) -> None:
        self.notices.append(notice)
        self._news.set()

    def events(self, kind: str | None = None, room: str | None = None, **members: Any) -> list[dict[str, Any]]:
        """The events so far with this type, room and these members."""
        return [
            event
            for where, _, event in self.seen
            if kind in (None, event["type"]) and room in (None, where) and members.items() <= event.items()
        ]

    async def event_of(self, kind: str, *, after: int = 0, room: str | None = None, **members: Any) -> dict[str, Any]:
        """The first event like this, after the first ``after`` ones; waits for it."""
        return await self.until(
            lambda: next(iter(self.events(kind, room, **members)[after:]), None), f"{kind} {members}"
        )

    async def ended(self, round_: str) -> dict[str, Any]:
        return await self.event_of("round_ended", round=round_)

    async def started(self, round_: str) -> None:
        """Wait until the round has opened and started."""

        def find() -> bool | None:
            kinds = [event["type"] if event.get("round") != round_ else round_ for event in self.events()]
            return True if round_ in kinds and "round_started" in kinds[kinds.index(round_) :] else None

        await self.until(find, f"the start of {round_}")

    async def betting(self, room: str = "crash") -> str:
        """The name of the next round that opens, so that most of its betting time is left."""
        opened = await self.event_of("round_opened", after=len(self.events("round_opened", room)), room=room)
        name: str = opened["round"]
        return name

    async def notice_of(self, kind: str, **members: Any) -> dict[str, Any]:
        def find() -> dict[str, Any] | None:
            told = (n for n in self.notices if n["notice"] == kind and members.items() <= n.items())
            return next(told, None)

        return await self.until(find, f"the notice {kind} {members}")

    async def until(self, find: Callable[[], T | None], what: str = "what was waited for") -> T:
        """What ``find`` returns, tried again after every message."""
        deadline = time.monotonic() + SECONDS
        while (found := find()) is None:
            self._news.clear()
            try:
                async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
                    await self._news.wait()
            except TimeoutError:
                tail = [event["type"] for _, _, event in self.seen[-12:]]
                raise AssertionError(
                    f"{self.username or 'a spectator'} did not see {what}; last seen: {tail}"
                ) from None
        return found


def new_account(number: int) -> NewAccount:
    return NewAccount(
        roll_number=f"r{number}",
        email=f"p{number}@campus.example",
        username=f"p{number}",
        full_name=f"Player {number}",
        password_hash="no hash",
    )


class Raw:
    """A socket without a client: it sends and receives bytes."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.heard: list[dict[str, Any]] = []

    async def send(self, message: Any) -> None:
        """Send bytes or text as they are, anything else as JSON."""
        if not isinstance(message, bytes | str):
            message = json.dumps(message)
        text_ = message.encode() if isinstance(message, str) else message
        await self.ws.send_frame(text_, aiohttp.WSMsgType.TEXT)

    async def hear(self) -> dict[str, Any] | None:
        """The next message; None after the server has closed."""
        message = await self.ws.receive(SECONDS)
        if message.type is not aiohttp.WSMsgType.TEXT:
            return None
        told: dict[str, Any] = json.loads(message.data)
        self.heard.append(told)
        return told

    async def reply(self) -> dict[str, Any]:
        """The next reply; skips frames and notices."""
        while True:
            told = await self.hear()
            assert told is not None, f"closed with {self.ws.close_code}; before that {self.heard[-3:]}"
            if "re" in told:
                return told

    async def ask(self, message: Any) -> dict[str, Any]:
        """The reply to a message. Exactly one comes: the next one is the reply to a ping."""
        await self.send(message)
        told = await self.reply()
        await self.send({"id": "still there?", "do": "ping"})
        assert (await self.reply())["re"] == "still there?"
        return told

    async def closed(self) -> tuple[int, dict[str, Any] | None]:
        """The close code and the goodbye, if there was one."""
        goodbye = None
        while (told := await self.hear()) is not None:
            goodbye = told if told.get("notice") == "goodbye" else goodbye
        return self.ws.close_code or 1006, goodbye


async def rows(db: Store, query: str, **values: Any) -> list[Any]:
    async with db.read() as session:
        return list((await session.execute(text(query), values)).all())


async def eventually(find: Callable[[], Any], what: str = "it") -> Any:
    """Call ``find``, and await its result if need be, until it is true; returns it."""
    deadline = time.monotonic() + SECONDS
    while True:
        answer = find()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what} did not happen"
        await asyncio.sleep(0.005)


def usual_games() -> dict[str, AnyGame]:
    """The base games, by name."""
    return {name: GAMES[name] for name in ("crash", "dice")}


def config_of(**settings: Any) -> Config:
    return msgspec.convert(SETTINGS | settings, Config)


OpenLive = Callable[..., Awaitable[Live]]
"""Opens a live node with these settings."""

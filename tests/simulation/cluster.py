"""Several nodes as processes of their own, on one real PostgreSQL and one real Redis, and players who remember all."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Self

import aiohttp
import asyncpg
import bcrypt
import redis

from cli.client import Client
from devtools.services import PostgresServer, RedisServer, die_with_parent, free_port
from storage.accounts import NewAccount
from storage.audit import BrokenRow, audit
from storage.database import open_store
from storage.migrate import upgrade
from storage.operator_accounts import ensure_players, sign_in_players
from storage.store import Store
from tests.processes import processes_in
from tests.server.live import Player, eventually, rows
from tests.simulation.node import RANGE_IN, TWINS

ROOT = Path(__file__).parents[2]
START_S = 60.0
STOP_S = 30.0
LOOK_EVERY_S = 0.02
SECRET = "harbour lantern violin moss"
"""Everybody's password."""
SETTINGS = {
    "CRASH_BETTING_MS": "800",
    "RATE_SCALE": "1000",
    "BCRYPT_COST": "4",
    "SHUTDOWN_TIMEOUT": "2",
}
SHORT = (102, 115)
"""Where crash points lie, in hundredths: rounds of 0.3 to 2.3 s."""
LONG = (100_000, 100_000)
"""Rounds of nearly two minutes, whose end no test waits for."""
COMPLAINTS = (" ERROR ", "Traceback")
"""No warnings: on a busy machine a lease may be renewed late."""

_hash = bcrypt.hashpw(SECRET.encode(), bcrypt.gensalt(4)).decode()
_databases = count(1)
_players = count(1)


class Postgres(PostgresServer):
    """A server with as many databases as tests ask for."""

    async def make_database(self) -> str:
        """The URL of a fresh, migrated database."""
        number = next(_databases)
        if number == 1:
            await upgrade(self.url)
        await self._execute(f"CREATE DATABASE floor_{number} TEMPLATE croupier")
        return self._url_of(f"floor_{number}")

    async def drop_database(self, url: str) -> None:
        await self._execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self._url_of("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _url_of(self, database: str) -> str:
        return f"{self.url.rpartition('/')[0]}/{database}"

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Stopped as by SIGSTOP, with all that it has started: connections stay, and nobody answers."""
        stopped = [*([self.pid] if self.pid else []), *processes_in(self.folder)]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)


class Node:
    """A server in a process of its own, which can be started again, on the same port, under a new name."""

    def __init__(self, folder: Path, settings: dict[str, str], twins: str = "") -> None:
        self.port = free_port()
        self.log = folder / f"node-{self.port}.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CROUPIER_")}
        own = settings | {"PORT": str(self.port), "VAR": str(folder / "var")}
        self.environment = kept | {f"CROUPIER_{name}": value for name, value in own.items()}
        self.environment |= {"PYTHONPATH": str(ROOT), RANGE_IN: str(folder / "points"), TWINS: twins}
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Return when it is ready."""
        self.begin()
        await self.ready()

    def begin(self) -> None:
        """Start it, and wait for nothing."""
        assert not self.runs
        command = die_with_parent([sys.executable, "-m", "tests.simulation.node", "serve"], signal.SIGKILL)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=self._folder, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )

    async def ready(self) -> None:
        deadline = time.monotonic() + START_S
        async with aiohttp.ClientSession() as http:
            while True:
                try:
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, OSError):
                    pass
                assert self.runs, f"{self.url} has ended:\n{self.log.read_text()}"
                assert time.monotonic() < deadline, f"{self.url} is not ready:\n{self.log.read_text()}"
                await asyncio.sleep(LOOK_EVERY_S)

    def kill(self) -> None:
        """End it without a word; it is gone when this returns."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def pause(self) -> None:
        """As a process that hangs: nothing of it runs until it is told to go on."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def terminate(self) -> None:
        """Tell it to stop, and wait for nothing."""
        os.kill(self.pid, signal.SIGTERM)

    async def ended(self, seconds: float = STOP_S) -> int:
        """The exit code, as soon as there is one; that of a signal is negative."""
        process = self._process
        assert process is not None
        deadline = time.monotonic() + seconds
        while (code := process.poll()) is None:
            assert time.monotonic() < deadline, f"{self.url} has not ended:\n{self.log.read_text()}"
            await asyncio.sleep(LOOK_EVERY_S)
        return code

    async def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.terminate()
        return await self.ended()

    async def restart(self) -> None:
        """In order if it runs, and ready when this returns."""
        if self.runs:
            await self.stop()
        await self.start()


class Door:
    """How guests come in at a node."""

    def __init__(self, http: aiohttp.ClientSession, node: Node) -> None:
        self.http = http
        self.node = node

    @property
    def url(self) -> str:
        return f"{self.node.url}/ws"


class Recorder(Client):
    """A client that keeps the text of every frame as it came, by room, epoch and seq, and can go to another node."""

    frames: dict[tuple[str, str, int], str]

    @property
    def is_open(self) -> bool:
        return self._ws is not None and not self._ws.closed

    def go_to(self, node: Node) -> None:
        """From the next connect on."""
        self._url = f"{node.url}/ws"

    def _receive(self, text: str) -> None:
        message = json.loads(text)
        position = self.positions.get(message.get("room", ""))
        if "events" in message and position is not None:
            self.frames[message["room"], position.epoch, message["seq"]] = text
        self._dispatch(message)


class Guest(Player):
    """A player or spectator who comes in at ``node``. ``frames`` has the exact text of each frame that came."""

    client: Recorder

    def __init__(self, door: Door, username: str, user_id: int, token: str | None) -> None:
        super().__init__(door, username, user_id, token)
        self.node = door.node
        self.client = Recorder(door.http, door.url, token, self)
        self.client.frames = {}

    @property
    def frames(self) -> dict[tuple[str, str, int], str]:
        return self.client.frames

    async def come(self, node: Node | None = None) -> dict[str, Any]:
        """Connect, to another node if one is given; the reply to hello."""
        if node is not None:
            self.node = node
            self.client.go_to(node)
        return await self.client.connect()


class Record:
    """What a floor has on record, in Redis and in the database."""

    redis: RedisServer
    nodes: list[Node]
    db: Store

    def ask_redis(self, *command: str) -> Any:
        """A command of Redis's own."""
        with redis.Redis.from_url(self.redis.url, decode_responses=True, socket_timeout=5) as client:
            return client.execute_command(*command)

    def owner_of(self, room: str) -> Node | None:
        """The node that owns the room by the record, dead or alive; None: nobody does, or a process of the past."""
        token = self.ask_redis("HGET", "croupier:0:owners", room)
        pid = int(token.split()[0].rsplit("-", 2)[1]) if token else 0
        return next((node for node in self.nodes if node.runs and node.pid == pid), None)

    async def owner(self, room: str = "crash") -> Node:
        """As soon as a node that runs owns the room."""
        found: Node = await eventually(lambda: self.owner_of(room), f"an owner of {room}")
        return found

    async def other(self, room: str = "crash") -> Node:
        """A node that does not own the room."""
        owner = await self.owner(room)
        return next(node for node in self.nodes if node is not owner and node.runs)

    async def audit(self) -> Sequence[BrokenRow]:
        """What is wrong in the books."""
        return await audit(self.db)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        return await rows(self.db, query, **values)

    async def balance(self, player: Player) -> int:
        """What the books say that the player has."""
        found = await self.rows("SELECT balance FROM wallets WHERE user_id = :user", user=player.user_id)
        return int(found[0][0])


class Cluster(Record):
    """Nodes on one floor; ``settings`` are CROUPIER_… variables without the prefix.

    ``async with`` starts all of it, and ends it without a word. ``redis`` keeps its data at a restart unless it is
    told otherwise; ``postgres`` is shared with other tests of this process, which find it running again. ``twins``
    are the names of further public rooms with the game of crash.
    """

    def __init__(self, folder: Path, postgres: Postgres, nodes: int = 2, twins: str = "", **settings: str) -> None:
        self.folder = folder
        self.postgres = postgres
        self.redis = RedisServer(folder / "redis", appendonly=True)
        self.nodes = []
        self.database_url = ""
        self.http: aiohttp.ClientSession
        self._wanted = nodes
        self._twins = twins
        self._settings = SETTINGS | settings
        self._guests: list[Guest] = []

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.points = SHORT
        if self.postgres.pid is None:
            self.postgres.start()
        self.redis.start()
        self.database_url = await self.postgres.make_database()
        self.db = await open_store(self.database_url, is_server=False)
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._settings |= {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis.url}
        for _ in range(self._wanted):
            self.add_node().begin()
        try:
            await asyncio.gather(*(node.ready() for node in self.nodes))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.send_home()
        for node in self.nodes:
            node.kill()
        await self.http.close()
        await self.db.close()
        self.redis.stop()
        if self.postgres.pid is None:
            self.postgres.start()
        await self.postgres.drop_database(self.database_url)

    def add_node(self, **settings: str) -> Node:
        """One more, not started yet."""
        self.nodes.append(Node(self.folder, self._settings | settings, self._twins))
        return self.nodes[-1]

    @property
    def points(self) -> tuple[int, int]:
        """The range of crash points of rounds that start from now on, in hundredths."""
        low, high = map(int, (self.folder / "points").read_text().split())
        return low, high

    @points.setter
    def points(self, bounds: tuple[int, int]) -> None:
        fresh = self.folder / "points.new"
        fresh.write_text(f"{bounds[0]} {bounds[1]}")
        fresh.rename(self.folder / "points")

    def logs(self) -> str:
        return "".join(f"\n{node.url} ({node.log.name}):\n{node.log.read_text()}" for node in self.nodes)

    def complaints(self) -> list[str]:
        """The lines in which nodes say that something is wrong."""
        return [line for line in self.logs().splitlines() if any(word in line for word in COMPLAINTS)]

    # -- who plays --

    async def players(self, number: int, node: Node | None = None, credit: int = 100_000) -> list[Guest]:
        """So many new players, not connected yet."""
        names = [f"p{next(_players)}" for _ in range(number)]
        accounts = [NewAccount(f"R{name}", f"{name}@campus.example", name, f"Player {name}", _hash) for name in names]
        now = datetime.now(UTC)
        user_ids = await ensure_players(self.db, accounts, credit, now)
        tokens = await sign_in_players(self.db, user_ids, now)
        door = Door(self.http, node or self.nodes[0])
        return [self._guest(door, *each) for each in zip(names, user_ids, tokens, strict=True)]

    async def player(self, node: Node | None = None, room: str | None = "crash", credit: int = 100_000) -> Guest:
        """A new player who is connected and sits in ``room``."""
        (player,) = await self.players(1, node, credit)
        await player.come()
        if room is not None:
            await player.join(room)
        return player

    def stranger(self, node: Node | None = None) -> Guest:
        """Somebody without an account, not connected yet."""
        return self._guest(Door(self.http, node or self.nodes[0]), "", 0, None)

    async def spectator(self, node: Node | None = None, room: str | None = "crash") -> Guest:
        """Somebody without an account who is connected and watches ``room``."""
        spectator = self.stranger(node)
        await spectator.come()
        if room is not None:
            await spectator.ask("watch", room=room)
        return spectator

    def again(self, player: Guest, node: Node | None = None) -> Guest:
        """A further connection of the same account, not made yet."""
        return self._guest(Door(self.http, node or player.node), player.username, player.user_id, player.token)

    def _guest(self, door: Door, username: str, user_id: int, token: str | None) -> Guest:
        self._guests.append(Guest(door, username, user_id, token))
        return self._guests[-1]

    async def send_home(self) -> None:
        """Everybody goes who came so far."""
        guests, self._guests = self._guests, []
        # A node that hangs never answers a close.
        await asyncio.gather(*(guest.cut() for guest in guests if guest.client.is_open))

    # -- what is asked beside the sockets --

    async def call(
        self, node: Node, method: str, path: str, body: Any = None, token: str | None = None
    ) -> tuple[int, Any]:
        """A call of the HTTP API at a node: the status and the body."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(method, f"{node.url}/api/v1{path}", json=body, headers=headers) as answer:
            said = await answer.text()
            return answer.status, json.loads(said) if said else None

    async def run(self, *arguments: str) -> str:
        """A command of run.py beside the servers; what it prints."""
        command = [sys.executable, str(ROOT / "run.py"), *arguments]
        environment = self.nodes[0].environment
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

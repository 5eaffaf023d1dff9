"""A cluster of processes on a real PostgreSQL and a real Redis, and clients that remember everything."""

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
from tests.published import CHECKED
from tests.server.live_clients import Player
from tests.server.shaky_store import rows
from tests.simulation.node import MORE, RANGE_IN, TWINS
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
START_S = 60.0
STOP_S = 30.0
LOOK_EVERY_S = 0.02
SECRET = "harbour lantern violin moss"
"""The password of every player."""
SETTINGS = {
    "CRASH_BETTING_MS": "1500",
    "RATE_SCALE": "1000",
    "BCRYPT_COST": "4",
    "SHUTDOWN_TIMEOUT": "2",
}
SHORT = (102, 115)
"""The range of crash points, in hundredths: rounds of 0.3 to 2.3 s."""
LONG = (100_000, 100_000)
"""Rounds of nearly two minutes. No test waits for their end."""
COMPLAINTS = (" ERROR ", "Traceback")
"""Warnings are allowed: on a busy machine a lease may be renewed late."""

_hash = bcrypt.hashpw(SECRET.encode(), bcrypt.gensalt(4)).decode()
_databases = count(1)
_players = count(1)


class Postgres(PostgresServer):
    """A PostgreSQL server that makes a database for each test."""

    async def make_database(self) -> str:
        """The URL of a fresh, migrated database."""
        number = next(_databases)
        if number == 1:
            await upgrade(self.url)
        await self._execute(f"CREATE DATABASE cluster_{number} TEMPLATE croupier")
        return self._url_of(f"cluster_{number}")

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
        """Stop the server and its processes with SIGSTOP: connections stay open, but nothing answers."""
        stopped = [*([self.pid] if self.pid else []), *processes_in(self.folder)]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)


class Node:
    """A server process. It can be started again, on the same port, under a new node name."""

    def __init__(self, folder: Path, settings: dict[str, str], twins: str = "", more_games: str = "") -> None:
        self.port = free_port()
        self.log = folder / f"node-{self.port}.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CROUPIER_")}
        own = settings | {"PORT": str(self.port), "VAR": str(folder / "var")}
        self.environment = kept | {f"CROUPIER_{name}": value for name, value in own.items()}
        self.environment |= {"PYTHONPATH": str(ROOT), RANGE_IN: str(folder / "points"), TWINS: twins, MORE: more_games}
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
        """Start the process, and wait until it is ready."""
        self.begin()
        await self.ready()

    def begin(self) -> None:
        """Start the process."""
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
        """Kill the process; it is gone when this returns."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def pause(self) -> None:
        """Stop the process with SIGSTOP until ``resume``."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def terminate(self) -> None:
        """Send SIGTERM."""
        os.kill(self.pid, signal.SIGTERM)

    async def ended(self, seconds: float = STOP_S) -> int:
        """Wait for the exit code; it is negative after a signal."""
        process = self._process
        assert process is not None
        deadline = time.monotonic() + seconds
        while (code := process.poll()) is None:
            assert time.monotonic() < deadline, f"{self.url} has not ended:\n{self.log.read_text()}"
            await asyncio.sleep(LOOK_EVERY_S)
        return code

    async def stop(self) -> int:
        """Send SIGTERM, and wait for the exit code."""
        self.terminate()
        return await self.ended()

    async def restart(self) -> None:
        """Stop the process if it runs, start it, and wait until it is ready."""
        if self.runs:
            await self.stop()
        await self.start()


class Address:
    """The address of a node for clients."""

    def __init__(self, http: aiohttp.ClientSession, node: Node) -> None:
        self.http = http
        self.node = node

    @property
    def url(self) -> str:
        return f"{self.node.url}/ws"


class Recorder(Client):
    """A client that keeps the text of every frame, by room, epoch and seq, and can change to another node."""

    frames: dict[tuple[str, str, int], str]

    @property
    def is_open(self) -> bool:
        return self._ws is not None and not self._ws.closed

    def go_to(self, node: Node) -> None:
        """Use this node from the next connect on."""
        self._url = f"{node.url}/ws"

    def _receive(self, text: str) -> None:
        message = json.loads(text)
        position = self.positions.get(message.get("room", ""))
        if "events" in message and position is not None:
            self.frames[message["room"], position.epoch, message["seq"]] = text
        self._dispatch(message)


class Guest(Player):
    """A player or spectator who connects to ``node``. ``frames`` has the exact text of each frame."""

    client: Recorder

    def __init__(self, address: Address, username: str, user_id: int, token: str | None) -> None:
        super().__init__(address, username, user_id, token)
        self.node = address.node
        self.client = Recorder(address.http, address.url, token, self)
        self.client.frames = {}

    @property
    def frames(self) -> dict[tuple[str, str, int], str]:
        return self.client.frames

    async def come(self, node: Node | None = None) -> dict[str, Any]:
        """Connect, to another node if one is given; returns the reply to hello."""
        if node is not None:
            self.node = node
            self.client.go_to(node)
        return await self.client.connect()


class Record:
    """What the cluster has recorded in Redis and in the database."""

    redis: RedisServer
    nodes: list[Node]
    db: Store

    def ask_redis(self, *command: str) -> Any:
        """Send a command to Redis."""
        with redis.Redis.from_url(self.redis.url, decode_responses=True, socket_timeout=5) as client:
            return client.execute_command(*command)

    def owner_of(self, room: str) -> Node | None:
        """The recorded owner of the room, if it is the current process of a node."""
        token = self.ask_redis("HGET", "croupier:0:owners", room)
        pid = int(token.split()[0].rsplit("-", 2)[1]) if token else 0
        return next((node for node in self.nodes if node.runs and node.pid == pid), None)

    async def owner(self, room: str = "crash") -> Node:
        """Wait for a running owner of the room."""
        found: Node = await eventually(lambda: self.owner_of(room), f"an owner of {room}")
        return found

    async def other(self, room: str = "crash") -> Node:
        """A running node that does not own the room."""
        owner = await self.owner(room)
        return next(node for node in self.nodes if node is not owner and node.runs)

    async def audit(self) -> Sequence[BrokenRow]:
        """What an audit finds."""
        return await audit(self.db)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        return await rows(self.db, query, **values)

    async def balance(self, player: Player) -> int:
        """The player's balance in the database."""
        found = await self.rows("SELECT balance FROM wallets WHERE user_id = :user", user=player.user_id)
        return int(found[0][0])


class Cluster(Record):
    """``settings`` are CROUPIER_… variables without the prefix.

    ``async with`` starts all processes, and kills them at the end. ``redis`` keeps its data when it restarts, unless a
    test changes that. ``postgres`` is shared with the other tests of this process, so it runs at the end. ``twins`` are
    the names of more public rooms with the game of crash, ``more_games`` those of games besides crash and dice.
    """

    def __init__(
        self,
        folder: Path,
        postgres: Postgres,
        nodes: int = 2,
        twins: str = "",
        more_games: str = "",
        **settings: str,
    ) -> None:
        self.folder = folder
        self.postgres = postgres
        self.redis = RedisServer(folder / "redis", appendonly=True)
        self.nodes = []
        self.database_url = ""
        self.http: aiohttp.ClientSession
        self._wanted = nodes
        self._twins = twins
        self._more_games = more_games
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
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), **CHECKED)
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
        """Another node, not started yet."""
        self.nodes.append(Node(self.folder, self._settings | settings, self._twins, self._more_games))
        return self.nodes[-1]

    @property
    def points(self) -> tuple[int, int]:
        """The range of crash points for rounds that start from now on, in hundredths."""
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
        """The log lines with errors."""
        return [line for line in self.logs().splitlines() if any(word in line for word in COMPLAINTS)]

    # -- clients --

    async def players(self, number: int, node: Node | None = None, credit: int = 100_000) -> list[Guest]:
        """New players, not connected yet."""
        names = [f"p{next(_players)}" for _ in range(number)]
        accounts = [
            NewAccount(
                roll_number=f"R{name}",
                email=f"{name}@campus.example",
                username=name,
                full_name=f"Player {name}",
                password_hash=_hash,
            )
            for name in names
        ]
        now = datetime.now(UTC)
        user_ids = await ensure_players(self.db, accounts, credit, now)
        tokens = await sign_in_players(self.db, user_ids, "Test", now)
        address = Address(self.http, node or self.nodes[0])
        return [self._guest(address, *each) for each in zip(names, user_ids, tokens, strict=True)]

    async def player(self, node: Node | None = None, room: str | None = "crash", credit: int = 100_000) -> Guest:
        """Create a player, connect, and join ``room``."""
        (player,) = await self.players(1, node, credit)
        await player.come()
        if room is not None:
            await player.join(room)
        return player

    def stranger(self, node: Node | None = None) -> Guest:
        """A client without an account, not connected yet."""
        return self._guest(Address(self.http, node or self.nodes[0]), "", 0, None)

    async def spectator(self, node: Node | None = None, room: str | None = "crash") -> Guest:
        """A connected spectator without an account, who watches ``room``."""
        spectator = self.stranger(node)
        await spectator.come()
        if room is not None:
            await spectator.ask("watch", room=room)
        return spectator

    def again(self, player: Guest, node: Node | None = None) -> Guest:
        """Another client of the same account, not connected yet."""
        return self._guest(Address(self.http, node or player.node), player.username, player.user_id, player.token)

    def _guest(self, address: Address, username: str, user_id: int, token: str | None) -> Guest:
        self._guests.append(Guest(address, username, user_id, token))
        return self._guests[-1]

    async def send_home(self) -> None:
        """Cut all connections."""
        guests, self._guests = self._guests, []
        # A node that hangs never answers a close.
        await asyncio.gather(*(guest.cut() for guest in guests if guest.client.is_open))

    # -- HTTP and the command line --

    async def call(
        self, node: Node, method: str, path: str, body: Any = None, token: str | None = None
    ) -> tuple[int, Any]:
        """Call the HTTP API of a node; returns the status and the body."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(method, f"{node.url}/api/v1{path}", json=body, headers=headers) as answer:
            said = await answer.text()
            return answer.status, json.loads(said) if said else None

    async def run(self, *arguments: str) -> str:
        """Run a command of run.py; returns its output."""
        command = [sys.executable, str(ROOT / "run.py"), *arguments]
        environment = self.nodes[0].environment
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

"""A cluster in one process: several nodes, a real Redis between them, and one database."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from game_engine.game import AnyGame
from game_engine.games import crash
from server.backends.bus_redis import RedisBus
from server.backends.choose import Backends
from server.backends.directory_redis import RedisDirectory
from server.backends.holds_redis import RedisHolds, recorded_holds, rooms_with_stakes
from server.backends.journal_redis import RedisJournal
from server.backends.lease_redis import RedisLease
from server.backends.presence_redis import RedisPresence
from server.backends.rate_redis import RedisRateLimiter
from server.backends.redis_link import RedisLink
from server.clock import SystemClock
from server.node.node import Times
from server.rooms.room import Room
from storage.audit import audit
from storage.database import normalise
from tests.redis_server import join_run
from tests.server.live_clients import Player
from tests.server.live_node import SETTINGS, Live, config_of, usual_games
from tests.server.rigged_seeds import QUICK, RiggedSeeds
from tests.server.shaky_link import ShakyLink
from tests.server.shaky_store import ShakyStore
from tests.waiting import WAIT_S, eventually

LEASE_MS, RENEW_MS = 12_000, 2_000
"""Rooms pause when Redis has not answered a renewal within ``RENEW_MS``, which a busy machine must not cause."""


class Options(crash.Options, frozen=True, forbid_unknown_fields=True):
    betting_ms: int = SETTINGS["crash_betting_ms"]


def twin(name: str) -> crash.Crash:
    """Crash under another name, so that a cluster has several shared rooms."""
    game = crash.Crash()
    game.name, game.options = name, Options  # type: ignore[misc]
    return game


class LiveNode(Live):
    """A node of a cluster, with its own connections to Redis and to the database."""

    def __init__(self, cluster: "LiveCluster", name: str, db: ShakyStore, rig: RiggedSeeds) -> None:
        self.name = name
        self._cluster = cluster
        self.link = ShakyLink(cluster.redis_url, cluster.answer_s)
        self.bus = RedisBus(self.link, name)
        self.lease = RedisLease(self.link, name, lease_ms=cluster.lease_ms, renew_ms=cluster.renew_ms)
        self.dead = False
        self.newest = 0
        """The number of the last round of crash for which this node has drawn a seed."""
        self._killed_runner: web.AppRunner | None = None
        super().__init__(
            cluster.config,
            db,
            rig,
            backends=self._make_backends(),
            games=cluster.games.values(),
            times=cluster.times,
        )

    def _make_backends(self) -> Backends:
        link, name = self.link, self.name
        return Backends(
            bus=self.bus,
            lease=self.lease,
            directory=RedisDirectory(link, name),
            presence=RedisPresence(link, name),
            journal=RedisJournal(link),
            rate_limiter=RedisRateLimiter(link, SystemClock()),
            make_holds=partial(RedisHolds, link, self.bus),
        )

    async def start(self) -> None:
        await self.link.open()
        await self.bus.start()
        await super().start()

    async def close(self) -> None:
        await super().close()
        if self._killed_runner is not None:
            await self._killed_runner.cleanup()
        await self.bus.stop()
        await self.link.close()

    def _next_crash_number(self) -> int:
        """The last round may have been on another node."""
        room = self.room()
        live = room.rounds.live if room is not None else None
        self.newest = 1 + (live.number if live is not None else max(node.newest for node in self._cluster.nodes))
        return self.newest

    async def die(self, *, lease_expires: bool = True) -> None:
        """End as after SIGKILL: cut all connections and send nothing more. The lease expires at once, or in its own
        time."""
        self.dead = True
        self.db.away = True
        # A transaction that is cut off would leave its thread behind.
        await eventually(lambda: not self.db.busy, "the end of the transactions")
        self.node.stop_background()
        await self.bus.stop()
        await self.link.close()
        for socket in self.node.sockets.all():
            socket._transport.abort()  # type: ignore[attr-defined]
        self._killed_runner, self._runner = self._runner, None
        await self._site.stop()
        await self.node.directory.stop()
        await self.lease.leave()
        for room in self.node.owned_rooms.values():
            room.drop()
        if lease_expires:
            await self._cluster.call_redis("DEL", f"node:{self.name}")

    def room(self, key: str = "crash") -> Room | None:
        """The room, if this node owns it."""
        return self.node.owned_rooms.get(key)

    async def reconnect(self, player: Player) -> Player:
        """Connect another client of the player to this node; it resumes at the first client's position."""
        again = self.another_client(player)
        again.client.positions = dict(player.client.positions)
        await again.client.connect()
        return again


class LiveCluster:
    """Nodes in this process that share one Redis and one SQLite file. ``nodes`` are in the order of their start."""

    def __init__(
        self,
        redis_url: str,
        path: Path,
        twins: tuple[str, ...] = (),
        games: tuple[AnyGame, ...] = (),
        times: Times | None = None,
        lease_ms: int = LEASE_MS,
        renew_ms: int = RENEW_MS,
        answer_s: float = WAIT_S,
        **settings: Any,
    ) -> None:
        self.redis_url = redis_url
        self.games: dict[str, AnyGame] = {**usual_games(), **{name: twin(name) for name in twins}}
        self.games |= {game.name: game for game in games}
        self.config = config_of(**settings)
        self.times = times
        self.lease_ms = lease_ms
        self.renew_ms = renew_ms
        self.answer_s = answer_s
        self.nodes: list[LiveNode] = []
        self._path = path

    async def start_node(self, points: tuple[float, float] = QUICK, bettors: tuple[int, ...] = (1, 2)) -> LiveNode:
        """Start another node; returns after its first attempt to own rooms."""
        db = await ShakyStore.open(normalise(f"sqlite:///{self._path}"))
        node = LiveNode(self, f"node-{len(self.nodes) + 1}", db, RiggedSeeds(points, bettors))
        self.nodes.append(node)
        await node.start()
        return node

    def alive(self) -> list[LiveNode]:
        return [node for node in self.nodes if not node.dead]

    def owner(self, room: str = "crash") -> LiveNode | None:
        return next((node for node in self.alive() if node.room(room) is not None), None)

    async def owned(self, room: str = "crash") -> LiveNode:
        """Wait until the room has an owner; returns it."""
        node: LiveNode = await eventually(lambda: self.owner(room), f"an owner of {room}")
        return node

    async def owner_and_other(self, room: str = "crash") -> tuple[LiveNode, LiveNode]:
        """The owner of the room, and another node."""
        owner = await self.owned(room)
        return owner, next(node for node in self.alive() if node is not owner)

    async def call_redis(self, command: str, key: str) -> Any:
        """Run a command on a new connection, so that it works even if the nodes' connections are cut."""
        link = RedisLink(self.redis_url)
        answer = await link.call(command, link.key(key))
        await link.close()
        return answer

    async def close(self) -> None:
        for node in self.nodes:
            for player in node._clients:
                with suppress(ConnectionError):
                    await player.client.close()
        await asyncio.gather(*(node.close() for node in self.nodes))
        self.nodes[-1].db.away = False
        assert await audit(self.nodes[-1].db) == []
        if len(self.alive()) == len(self.nodes):  # a dead node's room may have no new owner yet
            await self._nothing_is_held()
        for node in self.nodes:
            await node.db.close()

    async def _nothing_is_held(self) -> None:
        link = RedisLink(self.redis_url)
        assert [each for each in await recorded_holds(link) if each.held or each.holds] == []
        assert await rooms_with_stakes(link) == set()
        await link.close()


OpenCluster = Callable[..., Awaitable[LiveCluster]]
"""Opens a cluster with this number of nodes and these settings."""


async def open_cluster_of(number: int, redis_url: str, path: Path, migrated: Path, **settings: Any) -> LiveCluster:
    if not path.exists():
        shutil.copy(migrated, path)
    join_run(redis_url)
    rigged = {name: settings.pop(name) for name in ("points", "bettors") if name in settings}
    cluster = LiveCluster(redis_url, path, **settings)
    try:
        for _ in range(number):
            await cluster.start_node(**rigged)
    except BaseException:
        await cluster.close()
        raise
    return cluster

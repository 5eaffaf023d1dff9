"""Which rooms this node owns: its share of the public rooms, and rooms whose node died."""

import asyncio
import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping
from math import ceil

from msgspec import Struct

from game_engine.game import AnyGame
from server.backends.choose import Backends
from server.errors import ClientError
from server.node import room_keys
from server.node.closer import Closer
from server.node.opener import Opener
from server.node.owned_rooms import OwnedRooms
from server.node.router import Router
from server.tasks import Tasks
from storage import game_sessions, open_rounds
from storage.errors import DatabaseUnavailableError
from storage.store import Store

log = logging.getLogger(__name__)

CONCURRENT_TAKEOVERS = 20


class PlacementTimes(Struct, frozen=True, kw_only=True):
    """In seconds."""

    look_every: float = 0.4
    patience: float = 1.2
    """How long to leave a room without an owner to the node that should take it; then any node takes it."""
    after_outage: float = 1.5
    """How long to leave rooms alone after Redis was away: their owners could not reach it either, but are alive."""
    settled_in: float = 3.0
    """How long a node must have been alive before rooms are handed over to it."""
    sweep_every: float = 30.0


class Placement:
    """Takes over rooms and hands rooms over, as other nodes come and go."""

    def __init__(
        self,
        games: Mapping[str, AnyGame],
        db: Store,
        backends: Backends,
        *,
        owned_rooms: OwnedRooms,
        opener: Opener,
        closer: Closer,
        router: Router,
        times: PlacementTimes,
    ) -> None:
        self._db = db
        self._lease = backends.lease
        self._journal = backends.journal
        self._directory = backends.directory
        self._owned_rooms = owned_rooms
        self._opener = opener
        self._closer = closer
        self._router = router
        self._times = times
        self._public = room_keys.public_rooms(games.values())
        self._ownerless_since: dict[str, float] = {}
        self._alive_since: dict[str, float] = {}
        self._leaving: set[str] = set()
        self._tasks = Tasks("placement")
        self._swept_at = 0.0
        self._outage_at = -times.after_outage
        self._ownerless_at_last_sweep: set[str] = set()

    async def open_first(self) -> None:
        """Open rooms when the node starts: all of them if no other node is alive. Raises UnreachableError,
        DatabaseUnavailableError."""
        nodes = await self._lease.nodes()
        if nodes == [self._lease.node]:
            orphans = await self._lease.orphans()
            await self._sweep(at_once=True)
            await self._take_all([*orphans, *await self._lease.unowned(self._public)])
        else:
            await self.look()

    async def run_forever(self) -> None:
        while True:
            await asyncio.sleep(self._times.look_every)
            try:
                await self.look()
            except (ClientError, DatabaseUnavailableError) as error:
                log.warning("could not take over rooms without an owner; retrying: %s", error)
            except Exception:
                log.exception("taking over rooms without an owner failed; retrying")

    async def look(self) -> None:
        """Take the rooms that this node should own, and hand over those that another node should own. Raises
        UnreachableError, DatabaseUnavailableError."""
        alive = await self._alive()
        if self._lease.node not in alive:
            return
        now = asyncio.get_running_loop().time()
        self._alive_since = {node: self._alive_since.get(node, now) for node in alive}
        self._router.only_nodes(alive)
        for room in tuple(self._owned_rooms.values()):
            room.keep_nodes(alive)
        await self._take_ownerless(alive, now)
        self._hand_over(alive, now)
        if now - self._swept_at > self._times.sweep_every:
            self._swept_at = now
            await self._sweep(at_once=False)

    async def _alive(self) -> list[str]:
        alive: list[str] = []
        try:
            alive = await self._lease.nodes()
        finally:
            if self._lease.node not in alive:
                self._outage_at = asyncio.get_running_loop().time()
        return alive

    async def _take_ownerless(self, alive: Collection[str], now: float) -> None:
        if now - self._outage_at < self._times.after_outage:
            return
        ownerless = [*await self._lease.orphans(), *await self._lease.unowned(self._public)]
        self._ownerless_since = {room: self._ownerless_since.get(room, now) for room in ownerless}
        shares = shares_of(self._public, alive)
        mine = [
            room
            for room, since in self._ownerless_since.items()
            if now - since > self._times.patience or (shares.get(room) or ranking(room, alive)[0]) == self._lease.node
        ]
        await self._take_all(mine)

    async def _take_all(self, rooms: Iterable[str]) -> None:
        semaphore = asyncio.Semaphore(CONCURRENT_TAKEOVERS)

        async def take(room: str) -> None:
            async with semaphore:
                await self._opener.take(room)

        failures = await asyncio.gather(*(take(room) for room in rooms), return_exceptions=True)
        for failure in failures:
            if isinstance(failure, BaseException):
                raise failure

    def _hand_over(self, alive: Collection[str], now: float) -> None:
        """Give a new node its share of the public rooms."""
        for room, node in shares_of(self._public, alive).items():
            is_due = node != self._lease.node and now - self._alive_since[node] > self._times.settled_in
            if is_due and room in self._owned_rooms and room not in self._leaving:
                self._leaving.add(room)
                self._tasks.start(self._leave(room))

    async def _leave(self, room: str) -> None:
        try:
            await self._closer.hand_over(room)
        finally:
            self._leaving.discard(room)

    async def _sweep(self, *, at_once: bool) -> None:
        """Clean up the database records of rooms without an owner. Unless ``at_once``, spare the rooms that had one at
        the last sweep: such a room may be on its way from one node to the next."""
        left_open = await open_rounds.rooms_left_open(self._db)
        sessions = await game_sessions.rooms_with_open_sessions(self._db)
        private = await self._directory.private_rooms()
        # Whoever opens a public room cleans up its rounds.
        rounds = {*left_open, *self._journal.left_behind()}.difference(self._public)
        ownerless = set(await self._lease.unowned({*rounds, *sessions, *private}))
        due = ownerless if at_once else ownerless & self._ownerless_at_last_sweep
        self._ownerless_at_last_sweep = ownerless
        for room in due.intersection(rounds):
            await self._opener.void_rounds(room)
        await game_sessions.end_sessions_in(self._db, {room: sessions[room] for room in due.intersection(sessions)})
        for room in due.intersection(private):
            self._directory.forget_private(room)


def ranking(room: str, nodes: Iterable[str]) -> list[str]:
    """The nodes, from the first to the last that should take the room. Each room has its own order (rendezvous
    hashing)."""
    return sorted(nodes, key=lambda node: hashlib.sha256(f"{room} {node}".encode()).digest())


def shares_of(rooms: Collection[str], nodes: Collection[str]) -> dict[str, str]:
    """Room → node, such that no node has more than its share, and few rooms move when a node comes or goes."""
    most = ceil(len(rooms) / len(nodes)) if rooms else 0
    load = dict.fromkeys(nodes, 0)
    shares: dict[str, str] = {}
    for room in sorted(rooms):
        shares[room] = next(node for node in ranking(room, nodes) if load[node] < most)
        load[shares[room]] += 1
    return shares

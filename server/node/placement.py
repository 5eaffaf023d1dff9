"""Which rooms a node takes: its share of the public ones, and those of nodes that are no more."""

import asyncio
import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping
from math import ceil
from typing import Protocol

from game_engine.game import AnyGame
from server.backends.directory import Directory
from server.backends.lease import Lease
from server.errors import ClientError
from server.rooms import room_names
from server.rooms.room import Room
from server.tasks import Tasks
from storage import game_sessions, open_rounds
from storage.errors import DatabaseUnavailableError
from storage.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY = 0.4
PATIENCE = 1.2
"""Seconds that a room waits for the node whose turn it is; then any other takes it."""
COME_BACK_IN = 1.5
"""Seconds that others have after Redis was away: who hung there with it is not dead, and no round need be void."""
SETTLED_IN = 3.0
"""Seconds that a node has been there before rooms are handed to it."""
SWEEP_EVERY = 30.0
AT_ONCE = 20


class Owner(Protocol):
    """The floor, as its keeper needs it."""

    games: Mapping[str, AnyGame]
    rooms: dict[str, Room]
    lease: Lease
    directory: Directory

    def only_nodes(self, alive: Collection[str]) -> None: ...

    async def take(self, key: str) -> None: ...

    async def hand_over(self, key: str) -> None: ...


class Placement:
    """Looks after the rooms of one floor."""

    def __init__(self, floor: Owner, db: Store) -> None:
        self._floor = floor
        self._lease = floor.lease
        self._db = db
        self._public = room_names.public_rooms(floor.games.values())
        self._wanting: dict[str, float] = {}
        self._known: dict[str, float] = {}
        self._leaving: set[str] = set()
        self._tasks = Tasks("the keeper")
        self._swept = 0.0
        self._blind_at = -COME_BACK_IN
        self._loose: set[str] = set()

    async def open_first(self) -> None:
        """What a node does that starts: alone, it takes everything. Raises UnreachableError,
        DatabaseUnavailableError."""
        nodes = await self._lease.nodes()
        if nodes == [self._lease.node]:
            orphans = await self._lease.orphans()
            await self._sweep(at_once=True)
            await self._take_all([*orphans, *await self._lease.unowned(self._public)])
        else:
            await self.look()

    async def keep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look()
            except (ClientError, DatabaseUnavailableError) as error:
                log.warning("can't look for rooms without an owner: %s", error)
            except Exception:
                log.exception("looking for rooms without an owner failed")

    async def look(self) -> None:
        """Take what is this node's to take, give what is another's. Raises UnreachableError,
        DatabaseUnavailableError."""
        alive = await self._alive()
        if self._lease.node not in alive:
            return
        now = asyncio.get_running_loop().time()
        self._known = {node: self._known.get(node, now) for node in alive}
        self._floor.only_nodes(alive)
        for room in tuple(self._floor.rooms.values()):
            room.audience.only_nodes(alive)
            room.stays.only_nodes(alive)
        await self._take_wanting(alive, now)
        self._hand_over(alive, now)
        if now - self._swept > SWEEP_EVERY:
            self._swept = now
            await self._sweep(at_once=False)

    async def _alive(self) -> list[str]:
        alive: list[str] = []
        try:
            alive = await self._lease.nodes()
        finally:
            if self._lease.node not in alive:
                self._blind_at = asyncio.get_running_loop().time()
        return alive

    async def _take_wanting(self, alive: Collection[str], now: float) -> None:
        if now - self._blind_at < COME_BACK_IN:
            return
        wanting = [*await self._lease.orphans(), *await self._lease.unowned(self._public)]
        self._wanting = {room: self._wanting.get(room, now) for room in wanting}
        shares = shares_of(self._public, alive)
        mine = [
            room
            for room, since in self._wanting.items()
            if now - since > PATIENCE or (shares.get(room) or favourite(room, alive)) == self._lease.node
        ]
        await self._take_all(mine)

    async def _take_all(self, rooms: Iterable[str]) -> None:
        some = asyncio.Semaphore(AT_ONCE)

        async def take(room: str) -> None:
            async with some:
                await self._floor.take(room)

        failures = await asyncio.gather(*(take(room) for room in rooms), return_exceptions=True)
        for failure in failures:
            if isinstance(failure, BaseException):
                raise failure

    def _hand_over(self, alive: Collection[str], now: float) -> None:
        """Spread the public rooms anew when a node has come."""
        for room, node in shares_of(self._public, alive).items():
            is_due = node != self._lease.node and now - self._known[node] > SETTLED_IN
            if is_due and room in self._floor.rooms and room not in self._leaving:
                self._leaving.add(room)
                self._tasks.start(self._leave(room))

    async def _leave(self, room: str) -> None:
        try:
            await self._floor.hand_over(room)
        finally:
            self._leaving.discard(room)

    async def _sweep(self, *, at_once: bool) -> None:
        """End what the database has of rooms that belong to nobody; unless ``at_once``, if that was so at the last
        sweep too: a room may just be on its way from one node to the next."""
        left_open = await open_rounds.rooms_left_open(self._db)
        stays = await game_sessions.rooms_with_open_sessions(self._db)
        private = await self._floor.directory.private_rooms()
        loose = set(await self._lease.unowned({*left_open, *stays, *private}))
        due = loose if at_once else loose & self._loose
        self._loose = loose
        for room in due.intersection(left_open):
            for name in await open_rounds.void_open_rounds(self._db, room, "restart"):
                log.warning("%s was left open and is void", name)
        await game_sessions.end_sessions_in(self._db, {room: stays[room] for room in due.intersection(stays)})
        for room in due.intersection(private):
            self._floor.directory.forget_private(room)


def favourite(room: str, nodes: Iterable[str]) -> str:
    """The node whose turn it is to take a room: each room ranks the nodes in an order of its own (rendezvous
    hashing)."""
    return ranking(room, nodes)[0]


def ranking(room: str, nodes: Iterable[str]) -> list[str]:
    return sorted(nodes, key=lambda node: hashlib.sha256(f"{room} {node}".encode()).digest())


def shares_of(rooms: Collection[str], nodes: Collection[str]) -> dict[str, str]:
    """Room → node, so that no node has more than its share and few rooms move when a node comes or goes."""
    most = ceil(len(rooms) / len(nodes)) if rooms else 0
    load = dict.fromkeys(nodes, 0)
    shares: dict[str, str] = {}
    for room in sorted(rooms):
        shares[room] = next(node for node in ranking(room, nodes) if load[node] < most)
        load[shares[room]] += 1
    return shares

"""The rooms that this node owns: how they open and close, and what they tell of themselves."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress

from game_engine.game import AnyGame
from server import messages
from server.backends.bus import Claim
from server.backends.choose import Backends
from server.backends.directory import Terms
from server.backends.holds import CachedAccount
from server.config import Config
from server.fanout.hub import Hub
from server.fanout.sockets import LocalSockets
from server.node.closer import Closer
from server.node.health import Health
from server.node.opener import Opener
from server.node.placement import Placement
from server.node.players import Edge, Players
from server.node.room_rpc import LocalRooms, RpcServer
from server.node.router import Router
from server.node.rpc import Rpc
from server.node.session_log import SessionLog
from server.node.spectator_debounce import SpectatorDebounce
from server.rooms import room_names
from server.rooms.room import Room
from server.rooms.room_deps import Services
from server.rooms.settlement_queue import SettlementQueue
from server.rooms.spectators import Attendance
from server.tasks import Tasks

log = logging.getLogger(__name__)

COMMIT_SECONDS = 5.0
"""What the last commits may take at a stop, beside the time for the rounds."""


class NodeRooms:
    """The rooms of this node. ``start`` puts the books in order and opens rooms; ``stop`` ends all rounds.

    Raises ConfigError when a game does not take the options that the settings give it.
    """

    def __init__(self, config: Config, edge: Edge, games: Mapping[str, AnyGame], backends: Backends) -> None:
        db = edge.db
        self.games = games
        self.bus = backends.bus
        self.lease = backends.lease
        self.directory = backends.directory
        self._spectators = SpectatorDebounce(self._count_spectators)
        self.sockets = LocalSockets(edge.clock)
        self.players = Players(config, edge, backends.bus, self.sockets, backends.make_holds)
        self.rooms: dict[str, Room] = {}
        self.health = Health(self.rooms, backends.lease, self._may_be_forgotten)
        self.settler = SettlementQueue(db, self.health.database_changed)
        self._config = config
        self._clock = edge.clock
        self._db = db
        self._journal = backends.journal
        self._sessions = SessionLog(db)
        self._services = Services(
            config=config,
            clock=edge.clock,
            bus=backends.bus,
            holds=self.players.holds,
            settler=self.settler,
            journal=backends.journal,
            owns=backends.lease.owns,
            confirm=backends.lease.confirm,
            draw_seed=edge.draw_seed,
            trouble=self.health.trouble,
            start_session=self._sessions.start,
            session_ended=self._session_ended,
            seats_changed=self._spectators.changed,
            room_empty=self._room_empty,
        )
        self._openings = Opener(db, games, backends, self._services, rooms=self.rooms, opened=self._room_opened)
        self.closings = Closer(backends, self._services, self._openings, self.rooms, self._session_ended)
        local = LocalRooms(self.rooms, backends.directory, self.closings)
        self.rpc = Rpc(backends.bus, backends.lease.node, RpcServer(local, self.players.holds).serve)
        public = room_names.public_rooms(games.values())
        self.router = Router(backends.lease, self.rpc, local, self.rooms, public)
        self.hub = Hub(backends.bus, self.sockets, self.router, self.players, self._spectators)
        self._tasks = Tasks("the floor")
        self._running: list[asyncio.Task[None]] = []

    # ---- start and stop ----

    async def start(self) -> None:
        """Put the books of nodes that died in order, and open the public rooms. Raises UnreachableError,
        DatabaseUnavailableError."""
        await self._openings.start()
        await self.lease.start(self.health.lease_changed, self._lost)
        await self.directory.start()
        keeper = Placement(self, self._db)
        await keeper.open_first()
        self._running = [
            asyncio.create_task(self.players.refresh_for_ever()),
            asyncio.create_task(keeper.keep_for_ever()),
        ]

    async def stop(self) -> None:
        """End all rounds within the limit, leave nothing unsettled, hand the rooms over, and tell everybody; once."""
        if not self._running:
            return
        for task in self._running:
            task.cancel()
        self._running = []
        self._openings.stopped = True
        deadline = self._config.shutdown_timeout
        try:
            async with asyncio.timeout(deadline + COMMIT_SECONDS):
                await asyncio.gather(*(room.stop(deadline) for room in tuple(self.rooms.values())))
                await self.settler.drained()
        except TimeoutError:
            log.error("stopping with rounds that could not be settled: they never happened, their stakes are free")
        self._spectators.close()
        await self._leave_rooms()
        for socket in self.sockets.all():
            socket.close("going_away")
        await self._tasks.wait(deadline)
        await self.closings.stop(deadline)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._sessions.drained(), deadline)

    async def _leave_rooms(self) -> None:
        rooms = list(self.rooms.values())
        for room in rooms:
            room.frames.flush()
        await self.directory.stop()
        if await self.lease.leave():
            for room in rooms:
                room.drop()
            return
        for room in rooms:
            for sitting in room.seating.all():
                self._session_ended(sitting.session_id)
            if not room.is_public:
                room.rounds.say(messages.RoomClosed(), soon=True)
            if room.is_private:
                self.directory.forget_private(room.key)
            room.close()

    # ---- rooms of players ----

    async def solo_room(self, account: CachedAccount, game: AnyGame) -> str:
        """The key of the player's room of a single-player game: of the one that is open, or of a new one. Raises
        Problem."""
        return await self._openings.solo_room(account, game)

    async def private_room(self, terms: Terms) -> str:
        """Open a room on these terms; its key. Raises ClientError limit_exceeded, DatabaseUnavailableError."""
        return await self._openings.private_room(terms)

    def close_if_empty(self, room: Room) -> None:
        """A room into which nobody came after all is not kept."""
        if not len(room.seating):
            self._room_empty(room.key)

    def _room_empty(self, key: str) -> None:
        self.closings.empty(key)

    # ---- rooms that change hands ----

    async def take(self, key: str) -> None:
        """Own a room that has no owner. Raises UnreachableError, DatabaseUnavailableError."""
        await self._openings.take(key)

    def _room_opened(self, key: str) -> None:
        if self.hub.watchers(key):
            self._spectators.changed(key)
        self.close_if_empty(self.rooms[key])

    async def hand_over(self, key: str) -> None:
        """Let the room's round end, then leave the room to the node that takes it next."""
        room = self.rooms[key]
        await room.rounds.stop(None)
        if self.rooms.get(key) is room:
            self._openings.forget(room)
            room.close()
            await self.lease.release(room.claim)

    def _lost(self, claim: Claim) -> None:
        room = self.rooms.get(claim.room)
        if room is not None and room.claim == claim:
            log.warning("%s belongs to another node now", claim.room)
            self._openings.forget(room)
            room.drop()
            self.hub.resync(claim.room)

    def _may_be_forgotten(self) -> None:
        """Redis is back: meanwhile other nodes may have taken this one for dead."""
        self.hub.forgotten()

    def only_nodes(self, alive: Collection[str]) -> None:
        """Only these nodes are alive."""
        self.router.only_nodes(alive)

    # ---- what rooms tell ----

    def _session_ended(self, session_id: int) -> None:
        self.directory.remove_session(session_id)
        self._sessions.end(session_id)

    def _count_spectators(self, key: str) -> None:
        users = Counter(watcher.user_id for watcher in self.hub.watchers(key))
        anonymous = users.pop(None, 0)
        attendance = Attendance(anonymous, {user: n for user, n in users.items() if user is not None})
        room = self.rooms.get(key)
        if room is not None:
            room.audience.attend(self.lease.node, attendance)
        else:
            self._tasks.start(self.router.report(key, attendance))

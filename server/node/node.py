"""A node: everything that one server process consists of behind its sockets and web pages, and how it starts and stops.

This is the only place where the parts of a node are put together. Each part gets the parts that it uses as arguments,
so the order of the constructor below is also the order of the layers.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from msgspec import Struct, field

from game_engine.game import AnyGame
from game_engine.games import GAMES
from server.backends.bus import Claim
from server.backends.choose import Backends
from server.clock import Clock
from server.config import Config
from server.fanout.hub import Hub
from server.fanout.sockets import LocalSockets
from server.node import room_keys
from server.node.announcements import Announcements
from server.node.closer import Closer
from server.node.game_options import offered
from server.node.opener import Opener
from server.node.owned_rooms import OwnedRooms
from server.node.pauses import Pauses
from server.node.placement import Placement, PlacementTimes
from server.node.players import PlayerRecords, Players, WalletNotices
from server.node.room_calls import LocalRoomCalls
from server.node.room_list import RoomList
from server.node.room_rpc import RoomServer
from server.node.room_service import RoomService
from server.node.router import Router
from server.node.rpc import Rpc
from server.rooms.room_deps import RoomDeps
from server.rooms.session_log import SessionLog
from server.rooms.settlement_queue import SettlementQueue
from storage.store import Store

log = logging.getLogger(__name__)

TURNS_BEFORE_STOP = 8
"""How many turns of full length fit into the time that live rounds have when the node stops."""


def draw_seed() -> str:
    """A server seed: 32 random bytes from the operating system, in hex."""
    return os.urandom(32).hex()


class Times(Struct, frozen=True, kw_only=True):
    """Pauses and limits that are not settings, in seconds."""

    room_retry: float = 0.1
    reply_timeout: float = 2.0
    bring_back: float = 3600.0
    """For how long a player who has left a table with a stack must bring it back when they return."""
    opener_retry: float = 0.5
    closer_retry: float = 0.2
    first_settlement_pause: float = 0.1
    longest_settlement_pause: float = 2.0
    watcher_reports: float = 0.25
    last_commits: float = 5.0
    """How long the last commits may take when the node stops, in addition to the time for the rounds."""
    placement: PlacementTimes = field(default_factory=PlacementTimes)


class Node:
    """Raises ConfigError when a game refuses its options from the settings, or when they name an unknown game."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        db: Store,
        backends: Backends,
        *,
        games: Mapping[str, AnyGame] = GAMES,
        draw_seed: Callable[[], str] = draw_seed,
        times: Times | None = None,
    ) -> None:
        times = times or Times()
        bus, lease, directory = backends.bus, backends.lease, backends.directory
        games_on = offered(games, config)
        self.games = games_on
        self.lease = lease
        self.directory = directory
        self.sockets = LocalSockets(clock)
        self.holds = backends.make_holds(clock, PlayerRecords(db), WalletNotices(self.sockets).wallet_changed)
        self.owned_rooms = OwnedRooms(lease, directory, backends.journal)
        self.players = Players(
            config, clock, db, bus=bus, sockets=self.sockets, holds=self.holds, owned_rooms=self.owned_rooms
        )
        self.announcements = Announcements(db, self.sockets, look_every_s=config.refresh)
        self.pauses = Pauses(self.owned_rooms)
        self.settlements = SettlementQueue(
            db,
            self.pauses,
            first_pause_s=times.first_settlement_pause,
            longest_pause_s=times.longest_settlement_pause,
        )
        self.sessions = SessionLog(db, directory)
        self.closer = Closer(config, backends, self.owned_rooms, retry_s=times.closer_retry)
        deps = RoomDeps(
            config=config,
            clock=clock,
            bus=bus,
            lease=lease,
            journal=backends.journal,
            holds=self.holds,
            settlements=self.settlements,
            sessions=self.sessions,
            draw_seed=draw_seed,
            listener=self.closer,
            retry_s=times.room_retry,
            reply_timeout_s=times.reply_timeout,
            bring_back_ms=int(times.bring_back * 1000),
        )
        self.void_counts = deps.void_counts
        self.opener = Opener(
            games_on,
            db,
            backends,
            deps=deps,
            owned_rooms=self.owned_rooms,
            pauses=self.pauses,
            retry_s=times.opener_retry,
        )
        local_calls = LocalRoomCalls(self.owned_rooms)
        self.rpc = Rpc(bus, lease.node, RoomServer(local_calls, self.holds))
        self.router = Router(
            lease,
            self.rpc,
            local_calls,
            self.sockets,
            open_here=self.owned_rooms,
            always_open=room_keys.public_rooms(games_on.values()),
        )
        self.placement = Placement(
            games_on,
            db,
            backends,
            owned_rooms=self.owned_rooms,
            opener=self.opener,
            closer=self.closer,
            router=self.router,
            times=times.placement,
        )
        self.hub = Hub(bus, self.sockets, self.router, self.players, report_pause_s=times.watcher_reports)
        self.room_service = RoomService(
            games,
            db,
            offered=games_on,
            directory=directory,
            room_list=RoomList(directory, clock),
            holds=self.holds,
            owned_rooms=self.owned_rooms,
            pauses=self.pauses,
            opener=self.opener,
            router=self.router,
        )
        self._config = config
        self._last_commits_s = times.last_commits
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Answer other nodes, clean up after nodes that died, and open rooms. Raises UnreachableError,
        DatabaseUnavailableError."""
        await self.players.check_wallets()
        await self.announcements.start()
        await self.rpc.start()
        await self.opener.start()
        await self.lease.start(self._lease_changed, self._room_lost, self.pauses.is_restoring)
        await self.directory.start()
        await self.placement.open_first()
        self._running = [
            asyncio.create_task(self.players.refresh_forever()),
            asyncio.create_task(self.announcements.run_forever()),
            asyncio.create_task(self.placement.run_forever()),
        ]

    async def stop(self) -> None:
        """End all rounds within the limit of the settings, commit them, leave the rooms to other nodes, and close the
        sockets. Players can act until their rounds are over. Does nothing if the node is not running."""
        if not self._running:
            return
        self.stop_background()
        self.opener.stop()
        deadline_s = self._config.shutdown_timeout
        try:
            async with asyncio.timeout(deadline_s + self._last_commits_s):
                rooms = tuple(self.owned_rooms.values())
                turn_s = deadline_s / TURNS_BEFORE_STOP
                await asyncio.gather(*(room.stop(turn_s=turn_s, deadline_s=deadline_s) for room in rooms))
                await self.settlements.drained()
        except TimeoutError:
            log.error("stopping although some rounds could not be settled; they are void, and their stakes return")
        self.hub.stop_reports()
        await self.closer.leave_all()
        for socket in self.sockets.all():
            socket.close("going_away")
        await self.closer.stop(deadline_s)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.sessions.drained(), deadline_s)
        await self.rpc.stop()

    def stop_background(self) -> None:
        """Stop the tasks that otherwise never end."""
        for task in self._running:
            task.cancel()
        self._running = []

    def _lease_changed(self, trouble: str | None) -> None:
        self.pauses.lease_changed(trouble)
        if trouble is None:
            # Other nodes may believe that this node died and its players left.
            self.hub.forgotten()

    def _room_lost(self, claim: Claim) -> None:
        if self.closer.drop(claim):
            self.hub.resync(claim.room)

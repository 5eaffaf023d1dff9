"""The rooms that this node owns: how they open and close, and what they tell of themselves."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.game import Game
from server import messages
from server.clock import Clock
from server.config import Config
from server.errors import Problem
from server.fanout.bus import Bus, Closed, room_channel
from server.fanout.hub import Hub
from server.rooms import names
from server.rooms.bank import Account
from server.rooms.directory import Directory
from server.rooms.lease import Lease
from server.rooms.options import options_of
from server.rooms.players import Players
from server.rooms.room import Room, summary_of
from server.rooms.rounds import HISTORY_ROUNDS
from server.rooms.services import Services
from server.rooms.sessions import Sessions
from server.rooms.settler import Settler
from server.rooms.spectators import Spectators
from server.tasks import Tasks
from storage import ledger, play
from storage.database import Database

log = logging.getLogger(__name__)

COMMIT_SECONDS = 5.0
"""What the last commits may take at a stop, beside the time for the rounds."""


class Ports(Struct, frozen=True):
    """What joins nodes, in the form that this node uses."""

    bus: Bus
    lease: Lease
    directory: Directory


class Edge(Struct, frozen=True):
    """Where the outside comes in: time, the database, and chance (``Services.draw_seed``)."""

    clock: Clock
    db: Database
    draw_seed: Callable[[], str]


class Floor:
    """``start`` puts the books in order and opens the public rooms; ``stop`` ends all rooms.

    Raises ConfigError when a game does not take the options that the settings give it.
    """

    def __init__(self, config: Config, edge: Edge, games: Mapping[str, Game[Any, Any]], ports: Ports) -> None:
        clock, db = edge.clock, edge.db
        self.games = games
        self.rooms: dict[str, Room] = {}
        self.directory = ports.directory
        self.players = Players(config, clock, db, ports.bus)
        self._options = {name: options_of(game, config) for name, game in games.items()}
        self._spectators = Spectators(self._count_spectators)
        self.hub = Hub(ports.bus, clock, self._spectators.changed)
        self.settler = Settler(db, self._settler_health)
        self._config = config
        self._clock = clock
        self._db = db
        self._bus = ports.bus
        self._lease = ports.lease
        self._sessions = Sessions(db)
        self._services = Services(
            config=config,
            clock=clock,
            bus=ports.bus,
            bank=self.players.bank,
            settler=self.settler,
            draw_seed=edge.draw_seed,
            start_session=self._sessions.start,
            session_ended=self._session_ended,
            seats_changed=self._spectators.changed,
            room_empty=self._room_empty,
        )
        self._solo: dict[tuple[int | None, str], Room] = {}
        self._game_ids: dict[str, int] = {}
        self._tasks = Tasks("the floor")
        self._refreshing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Put the books of a process that died in order, and open the public rooms."""
        about = {game.name: game.summary for game in self.games.values()}
        self._game_ids = await play.ensure_games(self._db, about)
        for left_open in await ledger.void_open_rounds(self._db, None, "restart"):
            log.warning("%s was left open and is void", left_open)
        await play.end_all_sessions(self._db)
        for game in self.games.values():
            if game.shared:
                await self._open_public(game)
        self._refreshing = asyncio.create_task(self.players.refresh_for_ever())

    async def stop(self) -> None:
        """End all rounds within the limit, leave nothing unsettled, and tell everybody; once."""
        if self._refreshing is None:
            return
        self._refreshing.cancel()
        self._refreshing = None
        deadline = self._config.shutdown_timeout
        try:
            async with asyncio.timeout(deadline + COMMIT_SECONDS):
                await asyncio.gather(*(room.stop(deadline) for room in tuple(self.rooms.values())))
                await self.settler.drained()
        except TimeoutError:
            log.error("stopping with rounds that could not be settled: they never happened, their stakes are free")
        self._spectators.close()
        for socket in self.hub.sockets():
            socket.close("going_away")
        await self._tasks.wait(deadline)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._sessions.drained(), deadline)

    async def _open_public(self, game: Game[Any, Any]) -> None:
        number = await ledger.last_number(self._db, game.name) + 1
        room = await self._open_room(game.name, game)
        for past, outcome in await play.last_round_outcomes(self._db, game.name, HISTORY_ROUNDS):
            name = names.round_name(game.name, past)
            room.rounds.history.append(messages.PastRound(name, msgspec.json.decode(outcome)))
        first = room.rounds.prepare(number)
        await ledger.open_round(self._db, first.open_row(self._clock.now_ms()))
        room.rounds.open(first)

    def solo_key(self, user_id: int, game: str) -> str | None:
        """The key of the player's room of a single-player game, if it is open."""
        room = self._solo.get((user_id, game))
        return None if room is None else room.key

    async def solo_room(self, account: Account, game: Game[Any, Any]) -> Room:
        """The player's room of a single-player game: the one that is open, or a new one."""
        room = self._solo.get((account.user_id, game.name))
        if room is None:
            room = await self._open_room(names.solo_room(game.name), game)
            room.owner = account.user_id
            self._solo[account.user_id, game.name] = room
            room.rounds.open(room.rounds.prepare(1))
        return room

    def close_if_empty(self, room: Room) -> None:
        """A room into which nobody came after all is not kept."""
        if not len(room.seating):
            self._room_empty(room.key)

    async def _open_room(self, key: str, game: Game[Any, Any]) -> Room:
        if len(self.rooms) >= self._config.max_rooms:
            raise Problem("unavailable", "There are as many rooms as the server takes.")
        if await self._lease.acquire(key) is None:
            raise Problem("unavailable", "The room is being opened elsewhere; try again.")
        room = Room(key, game, self._options[game.name], self._game_ids[game.name], self._services)
        self.rooms[key] = room
        self.directory.opened(key, partial(summary_of, room))
        return room

    def _room_empty(self, key: str) -> None:
        room = self.rooms.get(key)
        if room is None or room.game.shared:
            return
        del self.rooms[key]
        self._solo.pop((room.owner, room.game.name), None)
        self.directory.closed(key)
        room.close()
        self._bus.publish(room_channel(key), Closed(key))
        self._tasks.start(self._lease.release(key))

    def _session_ended(self, session_id: int) -> None:
        self.directory.stood(session_id)
        self._sessions.end(session_id)

    def _count_spectators(self, key: str) -> None:
        room = self.rooms.get(key)
        if room is not None:
            watchers = self.hub.watchers(key)
            room.set_spectators(sum(1 for w in watchers if room.seating.of(w.user_id) is None))

    def _settler_health(self, trouble: str | None) -> None:
        if trouble is None:
            log.info("the database is back")
        for room in self.rooms.values():
            room.set_paused(trouble)

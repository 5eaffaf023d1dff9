"""The rooms that this node owns: how they open and close, and what they tell of themselves."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import msgspec

from game_engine.game import Game
from server import messages
from server.config import Config
from server.errors import Away, Problem
from server.fanout.bus import Claim, Closed, Opened, room_channel
from server.fanout.hub import Hub
from server.rooms import names
from server.rooms.audience import Attendance
from server.rooms.bank import Account
from server.rooms.estate import OWNER_LOST, Estate
from server.rooms.health import Health
from server.rooms.keeper import Keeper
from server.rooms.options import options_of
from server.rooms.players import Players
from server.rooms.ports import Edge, Ports
from server.rooms.room import Room, summary_of
from server.rooms.rounds import HISTORY_ROUNDS
from server.rooms.services import Services
from server.rooms.sessions import Sessions
from server.rooms.settler import Settler
from server.rooms.spectators import Spectators
from server.tasks import Tasks
from storage import ledger, play
from storage.database import Unavailable

log = logging.getLogger(__name__)

AGAIN = 0.2
"""Seconds before it is tried again to leave a room in order."""
COMMIT_SECONDS = 5.0
"""What the last commits may take at a stop, beside the time for the rounds."""


class Floor:
    """The rooms of this node. ``start`` puts the books in order and opens rooms; ``stop`` ends all rounds.

    Raises ConfigError when a game does not take the options that the settings give it.
    """

    def __init__(self, config: Config, edge: Edge, games: Mapping[str, Game[Any, Any]], ports: Ports) -> None:
        db = edge.db
        self.games = games
        self.rooms: dict[str, Room] = {}
        self.bus = ports.bus
        self.lease = ports.lease
        self.directory = ports.directory
        self._options = {name: options_of(game, config) for name, game in games.items()}
        self._spectators = Spectators(self._count_spectators)
        self.hub = Hub(ports.bus, edge.clock, self._spectators.changed)
        self.players = Players(config, edge, ports.bus, self.hub, ports.make_bank)
        self.health = Health(self.rooms, ports.lease, self.hub.forgotten)
        self.settler = Settler(db, self.health.database_changed)
        self.report_elsewhere: Callable[[str, Attendance], Coroutine[Any, Any, None]]
        """Tells the owner of a room who watches it here."""
        self.only_nodes: Callable[[Collection[str]], None] = lambda _alive: None
        """Hears again and again which nodes are alive."""
        self._config = config
        self._clock = edge.clock
        self._db = db
        self._journal = ports.journal
        self._sessions = Sessions(db)
        self._services = Services(
            config=config,
            clock=edge.clock,
            bus=ports.bus,
            bank=self.players.bank,
            settler=self.settler,
            journal=ports.journal,
            holds=ports.lease.holds,
            confirmed=ports.lease.confirmed,
            draw_seed=edge.draw_seed,
            trouble=self.health.trouble,
            start_session=self._sessions.start,
            session_ended=self._session_ended,
            seats_changed=self._spectators.changed,
            room_empty=self._room_empty,
        )
        self._game_ids: dict[str, int] = {}
        self._tasks = Tasks("the floor")
        self._running: list[asyncio.Task[None]] = []
        self._opening_solo = asyncio.Lock()

    # ---- start and stop ----

    async def start(self) -> None:
        """Put the books of nodes that died in order, and open the public rooms. Raises Away, Unavailable."""
        about = {game.name: game.summary for game in self.games.values()}
        self._game_ids = await play.ensure_games(self._db, about)
        await self.lease.start(self.health.lease_changed, self._lost)
        await self.directory.start()
        keeper = Keeper(self, self._db)
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
        deadline = self._config.shutdown_timeout
        try:
            async with asyncio.timeout(deadline + COMMIT_SECONDS):
                await asyncio.gather(*(room.stop(deadline) for room in tuple(self.rooms.values())))
                await self.settler.drained()
        except TimeoutError:
            log.error("stopping with rounds that could not be settled: they never happened, their stakes are free")
        self._spectators.close()
        await self._leave_rooms()
        for socket in self.hub.sockets():
            socket.close("going_away")
        await self._tasks.wait(deadline)
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
            if not room.game.shared:
                room.rounds.say(messages.RoomClosed(), soon=True)
            room.close()

    # ---- rooms of players ----

    async def solo_room(self, account: Account, game: Game[Any, Any]) -> str:
        """The key of the player's room of a single-player game: of the one that is open, or of a new one."""
        async with self._opening_solo:
            there = await self.directory.solo_of(account.user_id, game.name)
            return there or await self._open_solo(account, game)

    async def _open_solo(self, account: Account, game: Game[Any, Any]) -> str:
        claim = await self._claim(names.solo_room(game.name))
        if claim is None:
            raise Problem("unavailable", "The room is being opened elsewhere; try again.")
        there = await self.directory.enter_solo(account.user_id, game.name, claim.room)
        if there != claim.room:
            await self.lease.release(claim)
            return there
        room = self._room(claim, game)
        room.owner = account.user_id
        first = room.rounds.prepare(1)
        try:
            async with self._or_not_at_all(room):
                await self._journal.open(claim, first.open_row(self._clock.now_ms()))
                self.rooms[claim.room] = room
                room.rounds.open(first)
        except BaseException:
            self.directory.forget_solo(account.user_id, game.name, claim.room)
            raise
        return claim.room

    def close_if_empty(self, room: Room) -> None:
        """A room into which nobody came after all is not kept."""
        if not len(room.seating):
            self._room_empty(room.key)

    def _room_empty(self, key: str) -> None:
        room = self.rooms.get(key)
        if room is None or room.game.shared:
            return
        if room.owner is not None:
            self.directory.forget_solo(room.owner, room.game.name, key)
        room.rounds.say(messages.RoomClosed(), soon=True)
        self._forget(room)
        room.close()
        self.bus.publish(room_channel(key), Closed(key), room.claim)
        self._tasks.start(self._give_up_at_last(room.claim))

    async def _give_up_at_last(self, claim: Claim) -> None:
        """However long Redis is away."""
        while await self.lease.confirmed(claim):
            try:
                await self._give_up(claim)
                return
            except Away:
                await asyncio.sleep(AGAIN)

    async def _give_up(self, claim: Claim) -> None:
        await self._journal.clear(claim)
        await self.lease.release(claim)

    # ---- rooms that change hands ----

    async def take(self, key: str) -> None:
        """Own a room that has no owner: put in order what was left there, and open it. Raises Away, Unavailable."""
        claim = await self._claim(key)
        if claim is None:
            return
        await self._take_over(claim)

    async def _take_over(self, claim: Claim) -> None:
        room = self._room(claim, self.games[names.game_of(claim.room)])
        async with self._or_not_at_all(room):
            await self._take(room)

    @asynccontextmanager
    async def _or_not_at_all(self, room: Room) -> AsyncIterator[None]:
        """What fails at its opening leaves no room that nobody can enter; nor what was lost before anybody could know
        that it was here."""
        try:
            yield
            if self.rooms.get(room.key) is room and not await self.lease.confirmed(room.claim):
                raise Away(f"{room.key} is another node's already")
        except BaseException:
            if self.rooms.get(room.key) is room:
                self._forget(room)
            room.drop()
            self._tasks.start(self._let_go(room))
            raise

    async def _let_go(self, room: Room) -> None:
        """Given back, a public room is missed by everybody, and a player's by nobody: that one is taken over again."""
        if room.game.shared:
            await self.lease.release(room.claim)
            return
        await asyncio.sleep(AGAIN)
        if await self.lease.confirmed(room.claim):
            with suppress(Problem, Unavailable):
                await self._take_over(room.claim)

    async def _take(self, room: Room) -> None:
        key, claim, game = room.key, room.claim, room.game
        voided = await Estate(self._db, self.players.bank, self._journal).settle(claim, self._clock.now_ms())
        await self._seat_again(room)
        if not game.shared and not len(room.seating):
            await self._give_up(claim)
            return
        for past, outcome in await play.last_round_outcomes(self._db, key, HISTORY_ROUNDS):
            room.rounds.history.append(messages.PastRound(names.round_name(key, past), msgspec.json.decode(outcome)))
        first = room.rounds.prepare(await ledger.last_number(self._db, key) + 1)
        row = first.open_row(self._clock.now_ms())
        if game.shared:
            await ledger.open_round(self._db, row)
        await self._journal.open(claim, row)
        self.rooms[key] = room
        if game.shared:
            self.directory.opened(key, partial(summary_of, room))
        self.bus.publish(room_channel(key), Opened(key, room.frames.epoch, room.frames.seq), claim)
        room.begin()
        for name in voided:
            room.rounds.say(messages.RoundVoid(name, OWNER_LOST))
        room.rounds.open(first)
        if self.hub.watchers(key):
            self._spectators.changed(key)

    async def _seat_again(self, room: Room) -> None:
        """Keep the seats of those who sat in the room when it was another node's."""
        stays = await play.open_sessions(self._db, room.key)
        rows = await play.load_players(self._db, [user_id for _, user_id in stays])
        for session_id, user_id in stays:
            row = rows.get(user_id)
            if row is None or not row.is_active or room.seating.of(user_id) is not None:
                self._sessions.end(session_id)
                continue
            await room.stays.resume(row, session_id)
            self.directory.seated(session_id, room.key)
            if not room.game.shared:
                room.owner = user_id
                await self.directory.enter_solo(user_id, room.game.name, room.key)

    async def hand_over(self, key: str) -> None:
        """Let the room's round end, then leave the room to the node that takes it next."""
        room = self.rooms[key]
        await room.rounds.stop(None)
        if self.rooms.get(key) is room:
            self._forget(room)
            room.close()
            await self.lease.release(room.claim)

    def _lost(self, claim: Claim) -> None:
        room = self.rooms.get(claim.room)
        if room is not None and room.claim == claim:
            log.warning("%s belongs to another node now", claim.room)
            self._forget(room)
            room.drop()
            self.hub.resync(claim.room)

    async def _claim(self, key: str) -> Claim | None:
        if len(self.rooms) >= self._config.max_rooms:
            raise Problem("unavailable", "There are as many rooms as the server takes.")
        return await self.lease.acquire(key)

    def _room(self, claim: Claim, game: Game[Any, Any]) -> Room:
        return Room(claim, game, self._options[game.name], self._game_ids[game.name], self._services)

    def _forget(self, room: Room) -> None:
        del self.rooms[room.key]
        self.directory.closed(room.key)

    # ---- what rooms tell ----

    def _session_ended(self, session_id: int) -> None:
        self.directory.stood(session_id)
        self._sessions.end(session_id)

    def _count_spectators(self, key: str) -> None:
        users = Counter(watcher.user_id for watcher in self.hub.watchers(key))
        anonymous = users.pop(None, 0)
        attendance = Attendance(anonymous, {user: n for user, n in users.items() if user is not None})
        room = self.rooms.get(key)
        if room is not None:
            room.audience.attend(self.lease.node, attendance)
        else:
            self._tasks.start(self.report_elsewhere(key, attendance))

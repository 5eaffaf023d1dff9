"""How a node comes to own a room: a new one of a player, or one that has no owner any more."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import msgspec

from game_engine.game import Game
from server import messages
from server.errors import Away, Problem
from server.fanout.bus import Claim, Opened, room_channel
from server.rooms import names
from server.rooms.bank import Account
from server.rooms.estate import OWNER_LOST, Estate
from server.rooms.options import options_of
from server.rooms.ports import Ports
from server.rooms.room import Room, summary_of
from server.rooms.rounds import HISTORY_ROUNDS
from server.rooms.services import Services
from server.tasks import Tasks
from storage import ledger, play
from storage.database import Database, Unavailable

AGAIN = 0.5
"""Seconds before a room is taken over or given up again that could not be."""

Games = Mapping[str, Game[Any, Any]]


class Openings:
    """``rooms`` are this node's; ``opened`` is called for each that has been taken over.

    Raises ConfigError when a game does not take the options that the settings give it.
    """

    def __init__(
        self,
        db: Database,
        games: Games,
        ports: Ports,
        services: Services,
        *,
        rooms: dict[str, Room],
        opened: Callable[[str], None],
    ) -> None:
        self.rooms = rooms
        self._db = db
        self._games = games
        self._bus = ports.bus
        self._lease = ports.lease
        self._directory = ports.directory
        self._journal = ports.journal
        self._services = services
        self._opened = opened
        self._options = {name: options_of(game, services.config) for name, game in games.items()}
        self._estate = Estate(db, services.bank, ports.journal)
        self._game_ids: dict[str, int] = {}
        self._tasks = Tasks("the openings of rooms")
        self._opening_solo = asyncio.Lock()

    async def start(self) -> None:
        """Put the games on record. Raises Unavailable."""
        about = {game.name: game.summary for game in self._games.values()}
        self._game_ids = await play.ensure_games(self._db, about)

    # ---- rooms of players ----

    async def solo_room(self, account: Account, game: Game[Any, Any]) -> str:
        """The key of the player's room of a single-player game: of the one that is open, or of a new one."""
        async with self._opening_solo:
            there = await self._directory.solo_of(account.user_id, game.name)
            return there or await self._open_solo(account, game)

    async def _open_solo(self, account: Account, game: Game[Any, Any]) -> str:
        claim = await self._claim(names.solo_room(game.name))
        if claim is None:
            raise Problem("unavailable", "The room is being opened elsewhere; try again.")
        there = await self._directory.enter_solo(account.user_id, game.name, claim.room)
        if there != claim.room:
            await self._lease.release(claim)
            return there
        room = self._room(claim, game)
        room.owner = account.user_id
        first = room.rounds.prepare(1)
        try:
            async with self._or_not_at_all(room):
                await self._journal.open(claim, first.open_row(self._services.clock.now_ms()))
                self.rooms[claim.room] = room
                room.rounds.open(first)
        except BaseException:
            self._directory.forget_solo(account.user_id, game.name, claim.room)
            raise
        return claim.room

    # ---- rooms that change hands ----

    async def take(self, key: str) -> None:
        """Own a room that has no owner: put in order what was left there, and open it. Raises Away, Unavailable."""
        claim = await self._claim(key)
        if claim is None:
            return
        await self._take_over(claim)

    async def _take_over(self, claim: Claim) -> None:
        room = self._room(claim, self._games[names.game_of(claim.room)])
        async with self._or_not_at_all(room):
            await self._take(room)

    @asynccontextmanager
    async def _or_not_at_all(self, room: Room) -> AsyncIterator[None]:
        """What fails at its opening leaves no room that nobody can enter; nor what was lost before anybody could know
        that it was here."""
        try:
            yield
            if self.rooms.get(room.key) is room and not await self._lease.confirmed(room.claim):
                raise Away(f"{room.key} is another node's already")
        except BaseException:
            if self.rooms.get(room.key) is room:
                self.forget(room)
            room.drop()
            self._tasks.start(self._let_go(room))
            raise

    async def _let_go(self, room: Room) -> None:
        """Given back, a public room is missed by everybody, and a player's by nobody: that one is taken over again."""
        if room.game.shared:
            await self._lease.release(room.claim)
            return
        await asyncio.sleep(AGAIN)
        if await self._lease.confirmed(room.claim):
            with suppress(Problem, Unavailable):
                await self._take_over(room.claim)

    async def _take(self, room: Room) -> None:
        key, claim, game = room.key, room.claim, room.game
        voided = await self._estate.settle(claim, self._services.clock.now_ms())
        await self._seat_again(room)
        if not game.shared and not len(room.seating):
            await self.give_up(claim)
            return
        for past, outcome in await play.last_round_outcomes(self._db, key, HISTORY_ROUNDS):
            room.rounds.history.append(messages.PastRound(names.round_name(key, past), msgspec.json.decode(outcome)))
        first = room.rounds.prepare(await ledger.last_number(self._db, key) + 1)
        row = first.open_row(self._services.clock.now_ms())
        if game.shared:
            await ledger.open_round(self._db, row)
        await self._journal.open(claim, row)
        self.rooms[key] = room
        if game.shared:
            self._directory.opened(key, partial(summary_of, room))
        self._bus.publish(room_channel(key), Opened(key, room.frames.epoch, room.frames.seq), claim)
        room.begin()
        for name in voided:
            room.rounds.say(messages.RoundVoid(name, OWNER_LOST))
        room.rounds.open(first)
        self._opened(key)

    async def _seat_again(self, room: Room) -> None:
        """Keep the seats of those who sat in the room when it was another node's."""
        stays = await play.open_sessions(self._db, room.key)
        rows = await play.load_players(self._db, [user_id for _, user_id in stays])
        for session_id, user_id in stays:
            row = rows.get(user_id)
            if row is None or not row.is_active or room.seating.of(user_id) is not None:
                self._services.session_ended(session_id)
                continue
            await room.stays.resume(row, session_id)
            self._directory.seated(session_id, room.key)
            if not room.game.shared:
                room.owner = user_id
                await self._directory.enter_solo(user_id, room.game.name, room.key)

    async def _claim(self, key: str) -> Claim | None:
        if len(self.rooms) >= self._services.config.max_rooms:
            raise Problem("unavailable", "There are as many rooms as the server takes.")
        return await self._lease.acquire(key)

    def _room(self, claim: Claim, game: Game[Any, Any]) -> Room:
        return Room(claim, game, self._options[game.name], self._game_ids[game.name], self._services)

    async def give_up(self, claim: Claim) -> None:
        """Nobody needs the room any more. Raises Away."""
        await self._journal.clear(claim)
        await self._lease.release(claim)

    def forget(self, room: Room) -> None:
        """The room is this node's no more."""
        del self.rooms[room.key]
        self._directory.closed(room.key)

"""All that is live on this node, by name; what sockets and web pages ask for goes through here."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any

import msgspec
from msgspec import Raw

from game_engine.game import Game
from server import messages
from server.clock import Clock
from server.config import Config
from server.errors import Problem
from server.fanout.bus import Bus, Closed, Frame, room_channel
from server.fanout.hub import Hub
from server.messages import encode
from server.rooms import keys, names
from server.rooms.bank import Account, KeyUsedError
from server.rooms.complaints import bad_request
from server.rooms.directory import Directory
from server.rooms.lease import Lease
from server.rooms.players import Players
from server.rooms.room import Room, Standing, summary_of
from server.rooms.services import Services
from server.rooms.settler import Settler
from storage import ledger, play
from storage.database import Database, Unavailable

log = logging.getLogger(__name__)


class Lobby:
    """Created before the loop's first room; ``start`` opens the public rooms, ``stop`` ends all of them."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        db: Database,
        games: Mapping[str, Game[Any, Any]],
        ports: tuple[Bus, Lease, Directory],
    ) -> None:
        self._config = config
        self._clock = clock
        self._db = db
        self._games = games
        self._bus, self._lease, self._directory = ports
        self.players = Players(config, clock, db, self._bus)
        self.bank = self.players.bank
        self.hub = Hub(self._bus, clock, self._watchers_changed)
        self.settler = Settler(db, self._settler_health)
        self._keys = keys.BetKeys(db, self.bank)
        self._services = Services(
            config=config,
            clock=clock,
            db=db,
            bus=self._bus,
            bank=self.bank,
            settler=self.settler,
            session_ended=self._session_ended,
            room_empty=self._room_empty,
        )
        self.rooms: dict[str, Room] = {}
        self._game_ids: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- the node's life ----

    async def start(self) -> None:
        """Put the books of a process that died in order, and open the public rooms."""
        about = {game.name: game.summary for game in self._games.values()}
        self._game_ids = await play.ensure_games(self._db, about)
        for room in await ledger.void_open_rounds(self._db, None, "restart"):
            log.warning("%s was left open and is void", room)
        await play.end_all_sessions(self._db)
        for game in self._games.values():
            if game.shared:
                await self._open_public(game)
        self._run(self.players.refresh_for_ever())

    async def stop(self) -> None:
        """End all rounds within the limit, tell everybody, leave nothing unsettled."""
        deadline = self._config.shutdown_timeout
        await asyncio.gather(*(room.stop(deadline) for room in self.rooms.values()))
        await self.settler.drained()
        for task in tuple(self._tasks):
            task.cancel()
        for socket in self.hub.sockets():
            socket.close("going_away")

    async def _open_public(self, game: Game[Any, Any]) -> None:
        number = await ledger.last_number(self._db, game.name) + 1
        room = await self._open_room(game.name, game)
        for past, outcome in await play.last_round_outcomes(self._db, game.name, 30):
            room.rounds.history.append(
                messages.PastRound(names.round_name(game.name, past), msgspec.json.decode(outcome))
            )
        first = room.rounds.prepare(number)
        await ledger.open_round(self._db, first.open_row(self._clock.now_ms()))
        room.rounds.open(first)

    async def _open_room(self, key: str, game: Game[Any, Any]) -> Room:
        if len(self.rooms) >= self._config.max_rooms:
            raise Problem("unavailable", "There are as many rooms as the server takes.")
        if await self._lease.acquire(key) is None:
            raise Problem("unavailable", "The room is being opened elsewhere; try again.")
        room = Room(key, game, self._options(game), self._game_ids[game.name], self._services)
        self.rooms[key] = room
        self._directory.opened(key, partial(summary_of, room))
        return room

    def _options(self, game: Game[Any, Any]) -> Any:
        configured = {"crash": {"max_payout": self._config.crash_max_payout}}
        return msgspec.convert(configured.get(game.name, {}), game.options)

    # ---- for sockets: rooms ----

    async def join(self, account: Account, room: str | None, game: str | None, seat: int | None) -> tuple[str, int]:
        """Sit down; the room's key and the session. Raises Problem."""
        target = self._room(room) if room is not None else await self._solo_room(account, game)
        sitting = await target.join(account, seat)
        self._directory.seated(sitting.session_id, target.key)
        return target.key, sitting.session_id

    async def _solo_room(self, account: Account, game: str | None) -> Room:
        rules = self._games.get(game or "")
        if rules is None:
            raise Problem("no_such_room", "There is no such game.", field="game")
        if rules.shared:
            return self._room(rules.name)
        for room in self.rooms.values():
            if room.game is rules and room.seating.of(account.user_id) is not None:
                return room
        room = await self._open_room(names.solo_room(rules.name), rules)
        room.rounds.open(room.rounds.prepare(1))
        return room

    async def leave(self, user_id: int, room: str) -> None:
        await self._room(room).leave(user_id)

    async def bet(self, account: Account, request: messages.Bet) -> messages.BetOk:
        """Place a bet, or answer with the first one under its key. Raises Problem."""
        first = await self._keys.first(account.user_id, request.key)
        if first is None:
            try:
                return await self._room(request.room).bet(account, request)
            except KeyUsedError as used:
                first = keys.of_hold(used.hold)
        return keys.answer(first, request, self._canonical(request), account.purse())

    def _canonical(self, request: messages.Bet) -> bytes:
        game = self._games.get(names.game_of(request.room))
        if game is None:
            raise Problem("key_conflict")
        try:
            return encode(msgspec.json.decode(request.selection, type=game.selection))
        except msgspec.ValidationError as error:
            raise bad_request(error, "selection") from None

    async def act(self, account: Account, room: str, fields: dict[str, Any]) -> dict[str, Any]:
        return await self._room(room).act(account, fields)

    async def chat(self, account: Account, room: str, text: str) -> None:
        await self._room(room).say(account, text)

    async def standing(self, room: str, user_id: int | None) -> Standing:
        return await self._room(room).standing(user_id)

    async def frames_since(self, room: str, position: messages.Position) -> list[Frame] | None:
        return self._room(room).frames_since(position)

    async def room_of_session(self, session: int) -> str:
        room = await self._directory.room_of(session)
        if room is None:
            raise Problem("no_such_room", "The session is over, or never was.", field="session")
        return room

    async def attached(self, user_id: int, room: str) -> bool:
        """A connection of the player came back to a room; False: there is no seat any more."""
        return room in self.rooms and self.rooms[room].back(user_id)

    async def detached(self, user_id: int, room: str) -> None:
        """The last connection of the player in this room is gone."""
        if room in self.rooms:
            self.rooms[room].away(user_id)

    def _room(self, key: str) -> Room:
        room = self.rooms.get(key)
        if room is None:
            raise Problem("no_such_room", field="room")
        return room

    # ---- for web pages ----

    async def summaries(self, game: str | None = None) -> list[messages.RoomSummary]:
        """Cards of the public rooms, or of those of one game."""
        return [s for s in await self._directory.summaries() if s.shared and game in (None, s.game)]

    async def snapshot(self, room: str) -> bytes | None:
        """The wire message with the snapshot that a spectator gets; None: no such room."""
        return encode(await self.rooms[room].standing(None)) if room in self.rooms else None

    def troubles(self) -> list[str]:
        """Why bets can't be taken now; empty when they can."""
        return [self.settler.trouble] if self.settler.trouble else []

    # ---- what rooms, bank and hub tell ----

    def _session_ended(self, session_id: int) -> None:
        self._directory.stood(session_id)
        self._run(self._end_session(session_id))

    async def _end_session(self, session_id: int) -> None:
        try:
            await play.end_session(self._db, session_id)
        except Unavailable as error:
            log.warning("the end of session %d is not on record: %s", session_id, error)

    def _room_empty(self, key: str) -> None:
        room = self.rooms[key]
        if room.game.shared:
            return
        del self.rooms[key]
        self._directory.closed(key)
        room.close()
        self._bus.publish(room_channel(key), Closed(key))
        self._run(self._lease.release(key))

    def _watchers_changed(self, key: str) -> None:
        room = self.rooms.get(key)
        if room is not None:
            watchers = self.hub.watchers(key)
            room.set_spectators(sum(1 for w in watchers if room.seating.of(w.user_id) is None))

    def _settler_health(self, trouble: str | None) -> None:
        if trouble is None:
            log.info("the database is back")
        for room in self.rooms.values():
            room.set_paused(trouble)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def joined(standing: Standing, session: int) -> dict[str, Any]:
    return {
        "room": standing.room,
        "session": session,
        "epoch": standing.epoch,
        "seq": standing.seq,
        "snapshot": Raw(standing.snapshot),
    }

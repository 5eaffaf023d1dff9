"""How a node comes to own a room: a new one of a player, or one that has no owner any more."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial

import msgspec

from game_engine.game import AnyGame
from server import messages
from server.backends.bus import Claim, NewOwner, RoomGone, late_view, room_channel
from server.backends.choose import Backends
from server.backends.directory import Terms
from server.backends.holds import CachedAccount
from server.errors import ClientError, UnreachableError
from server.messages import encode
from server.node.options import options_of
from server.node.takeover import OWNER_LOST, Takeover
from server.rooms import room_names
from server.rooms.live_round import LiveRound
from server.rooms.room import Room, summary_of
from server.rooms.room_deps import Services
from server.rooms.round_loop import HISTORY_ROUNDS
from server.tasks import Tasks
from storage import game_sessions, open_rounds
from storage.errors import DatabaseUnavailableError
from storage.games import ensure_games
from storage.history import last_number, last_round_outcomes
from storage.store import Store

AGAIN = 0.5
"""Seconds before a room is taken over or given up again that could not be."""

Games = Mapping[str, AnyGame]


class Opener:
    """``rooms`` are this node's; ``opened`` is called for each that has been taken over.

    Raises ConfigError when a game does not take the options that the settings give it.
    """

    def __init__(
        self,
        db: Store,
        games: Games,
        backends: Backends,
        services: Services,
        *,
        rooms: dict[str, Room],
        opened: Callable[[str], None],
    ) -> None:
        self.rooms = rooms
        self.stopped = False
        """No room is opened or taken over any more."""
        self._db = db
        self._games = games
        self._bus = backends.bus
        self._lease = backends.lease
        self._directory = backends.directory
        self._journal = backends.journal
        self._services = services
        self._opened = opened
        self._options = {name: options_of(game, services.config) for name, game in games.items()}
        self._estate = Takeover(db, services.holds, backends.journal)
        self._game_ids: dict[str, int] = {}
        self._tasks = Tasks("the openings of rooms")
        self._opening_solo = asyncio.Lock()

    async def start(self) -> None:
        """Put the games on record. Raises DatabaseUnavailableError."""
        about = {game.name: game.summary for game in self._games.values()}
        self._game_ids = await ensure_games(self._db, about)

    # ---- rooms of players ----

    async def solo_room(self, account: CachedAccount, game: AnyGame) -> str:
        """The key of the player's room of a single-player game: of the one that is open, or of a new one."""
        async with self._opening_solo:
            there = await self._directory.solo_of(account.user_id, game.name)
            return there or await self._open_solo(account, game)

    async def _open_solo(self, account: CachedAccount, game: AnyGame) -> str:
        claim = await self._claim_new(game.name)
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

    async def private_room(self, terms: Terms) -> str:
        """Open a room on these terms; its key. Raises ClientError limit_exceeded when its owner has as many as one may,
        DatabaseUnavailableError."""
        claim = await self._claim_new(terms.game)
        most = self._services.config.private_rooms
        try:
            entered = await self._directory.enter_private(claim.room, terms, most)
        except BaseException:
            self._tasks.start(self._let_go(claim))
            raise
        if not entered:
            await self._lease.release(claim)
            raise ClientError("limit_exceeded", f"A player may have {most} private rooms open at once.")
        await self._open_private(claim, terms)
        return claim.room

    async def _open_private(self, claim: Claim, terms: Terms) -> None:
        room = self._room(claim, self._games[terms.game], terms)
        first = room.rounds.prepare(1)
        try:
            async with self._or_not_at_all(room):
                await self._put_on_record(room, first)
                self._enter(room)
                room.begin()
                room.rounds.open(first)
        except BaseException:
            self._directory.forget_private(claim.room)
            raise
        self._opened(claim.room)

    # ---- rooms that change hands ----

    async def take(self, key: str) -> None:
        """Own a room that has no owner: put in order what was left there, and open it. Raises UnreachableError,
        DatabaseUnavailableError."""
        claim = await self._claim(key)
        if claim is None:
            return
        await self._take_over(claim)

    async def _take_over(self, claim: Claim) -> None:
        terms = None
        if room_names.is_private(self._games, claim.room):
            try:
                terms = await self._directory.terms_of(claim.room)
            except BaseException:
                self._tasks.start(self._let_go(claim))
                raise
        room = self._room(claim, self._games[room_names.game_of(claim.room)], terms)
        async with self._or_not_at_all(room):
            await self._take(room)

    @asynccontextmanager
    async def _or_not_at_all(self, room: Room) -> AsyncIterator[None]:
        """What fails at its opening leaves no room that nobody can enter; nor what was lost before anybody could know
        that it was here."""
        try:
            yield
            if self.rooms.get(room.key) is room and not await self._lease.confirm(room.claim):
                raise UnreachableError(f"{room.key} is another node's already")
        except BaseException:
            if self.rooms.get(room.key) is room:
                self.forget(room)
            room.drop()
            self._tasks.start(self._let_go(room.claim))
            raise

    async def _let_go(self, claim: Claim) -> None:
        """Given back, a public room is missed by everybody, and a player's by nobody: that one is taken over again."""
        if claim.room in self._games:
            await self._lease.release(claim)
            return
        await asyncio.sleep(AGAIN)
        if await self._lease.confirm(claim):
            with suppress(ClientError, DatabaseUnavailableError):
                await self._take_over(claim)

    async def _take(self, room: Room) -> None:
        key, claim = room.key, room.claim
        voided = await self._estate.settle(claim, self._services.clock.now_ms())
        if room.closing:
            await self._end(room)
            return
        await self._seat_again(room)
        if room.is_solo and not len(room.seating):
            await self._end(room)
            return
        for past, outcome in await last_round_outcomes(self._db, key, HISTORY_ROUNDS):
            room.rounds.history.append(
                messages.PastRound(room_names.round_name(key, past), msgspec.json.decode(outcome))
            )
        first = room.rounds.prepare(await last_number(self._db, key) + 1)
        await self._put_on_record(room, first)
        self._enter(room)
        self._bus.publish(room_channel(key), NewOwner(key, room.frames.epoch, room.frames.seq), claim)
        if room.late is not None:
            self._bus.publish(room_channel(room.late.view), NewOwner(room.late.view, room.late.epoch, 0), claim)
        room.begin()
        for name in voided:
            room.rounds.say(messages.RoundVoid(name, OWNER_LOST))
        room.rounds.open(first)
        self._opened(key)

    async def _put_on_record(self, room: Room, first: LiveRound) -> None:
        row = first.open_row(self._services.clock.now_ms())
        if not room.is_solo:
            await open_rounds.open_round(self._db, row)
        await self._journal.open(room.claim, row)

    def _enter(self, room: Room) -> None:
        """The room is this node's: it can be found from now on."""
        self.rooms[room.key] = room
        terms = room.access.terms
        if terms is not None:
            self._directory.keep_private(room.key, terms)
        if room.is_public or (terms is not None and terms.listed):
            self._directory.list_room(room.key, partial(summary_of, room))

    async def _end(self, room: Room) -> None:
        """It ended when it was another node's, which did not live to see the end of that."""
        for session_id, _ in await game_sessions.open_sessions(self._db, room.key):
            self._services.session_ended(session_id)
        self._directory.forget_private(room.key)
        told = encode(messages.PrivateFrame(room.key, [messages.RoomClosed()]))
        for view in (room.key, late_view(room.key)):
            self._bus.publish(room_channel(view), RoomGone(view, told), room.claim)
        await self.give_up(room.claim)

    async def _seat_again(self, room: Room) -> None:
        """Keep the seats of those who sat in the room when it was another node's."""
        stays = await game_sessions.open_sessions(self._db, room.key)
        rows = await self._db.load_players([user_id for _, user_id in stays])
        newest = {user_id: session_id for session_id, user_id in stays if user_id in rows and rows[user_id].is_active}
        # An end may not have come on record: there can be more sessions than seats.
        kept = set(sorted(newest.values())[-room.seating.size :])
        for session_id, user_id in stays:
            if session_id not in kept:
                self._services.session_ended(session_id)
                continue
            row = rows[user_id]
            await room.stays.resume(row, session_id)
            self._directory.add_session(session_id, room.key)
            if room.is_solo:
                room.owner = user_id
                await self._directory.enter_solo(user_id, room.game.name, room.key)
        if room.is_private:
            room.access.guests.update(await game_sessions.visitors(self._db, room.key))

    async def _claim_new(self, game: str) -> Claim:
        claim = await self._claim(room_names.fresh_room(game))
        if claim is None:
            raise ClientError("unavailable", "The room is being opened elsewhere; try again.")
        return claim

    async def _claim(self, key: str) -> Claim | None:
        if self.stopped:
            raise ClientError("unavailable", "The server is about to stop.")
        if len(self.rooms) >= self._services.config.max_rooms:
            raise ClientError("unavailable", "There are as many rooms as the server takes.")
        return await self._lease.acquire(key)

    def _room(self, claim: Claim, game: AnyGame, terms: Terms | None = None) -> Room:
        options = self._options[game.name] if terms is None else msgspec.json.decode(terms.options, type=game.options)
        return Room(claim, game, options, self._game_ids[game.name], self._services, terms=terms)

    async def give_up(self, claim: Claim) -> None:
        """Nobody needs the room any more. Raises UnreachableError."""
        await self._journal.clear(claim)
        await self._lease.release(claim)

    def forget(self, room: Room) -> None:
        """The room is this node's no more."""
        del self.rooms[room.key]
        self._directory.release_room(room.key)

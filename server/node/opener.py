"""How this node comes to own a room: it opens a new one for a player, or takes over a room without an owner."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import msgspec

from game_engine.game import AnyGame
from server import messages
from server.backends.bus import Claim, NewOwner, RoomGone, delayed_view, room_channel
from server.backends.choose import Backends
from server.backends.directory import Terms
from server.backends.holds import CachedAccount
from server.errors import ClientError, UnreachableError
from server.messages import VoidReason, encode
from server.node import room_keys
from server.node.game_options import options_of
from server.node.inheritance import Inheritance, inheritance_of
from server.node.owned_rooms import OwnedRooms
from server.node.pauses import Pauses
from server.node.takeover import Takeover
from server.rooms.live_round import LiveRound, RoundSetup, public_facts, round_name
from server.rooms.room import Room
from server.rooms.room_deps import RoomDeps
from server.rooms.round_loop import HISTORY_ROUNDS
from server.tasks import Tasks
from storage import open_rounds
from storage.errors import DatabaseUnavailableError
from storage.games import ensure_games
from storage.history import last_number, last_round_outcomes
from storage.store import Store


class Opener:
    """Raises ConfigError when a game refuses the options that the settings give it."""

    def __init__(
        self,
        games: Mapping[str, AnyGame],
        db: Store,
        backends: Backends,
        *,
        deps: RoomDeps,
        owned_rooms: OwnedRooms,
        pauses: Pauses,
        retry_s: float = 0.5,
    ) -> None:
        """``retry_s`` is the pause before a room that could not be opened is taken over again."""
        self._games = games
        self._db = db
        self._bus = backends.bus
        self._lease = backends.lease
        self._directory = backends.directory
        self._journal = backends.journal
        self._deps = deps
        self._owned_rooms = owned_rooms
        self._pauses = pauses
        self._retry_s = retry_s
        self._options = {name: options_of(game, deps.config) for name, game in games.items()}
        self._takeover = Takeover(
            db, deps.holds, backends.journal, backends.directory, deps.sessions, void_counts=deps.void_counts
        )
        self._game_ids: dict[str, int] = {}
        self._tasks = Tasks("opening rooms")
        self._opening_solo = asyncio.Lock()
        self._stopped = False

    async def start(self) -> None:
        """Record the games in the database. Raises DatabaseUnavailableError."""
        summaries = {game.name: game.summary for game in self._games.values()}
        self._game_ids = await ensure_games(self._db, summaries)

    def stop(self) -> None:
        """Refuse to open or take over rooms."""
        self._stopped = True

    # ---- rooms of players ----

    async def solo_room(self, account: CachedAccount, game: AnyGame) -> str:
        """The key of the player's room of a single-player game; opens one if there is none. Raises ClientError."""
        async with self._opening_solo:
            key = await self._directory.solo_of(account.user_id, game.name)
            return key or await self._open_solo(account, game)

    async def _open_solo(self, account: CachedAccount, game: AnyGame) -> str:
        claim = await self._claim_new(game.name)
        key = await self._directory.enter_solo(account.user_id, game.name, claim.room)
        if key != claim.room:
            await self._lease.release(claim)
            return key
        room = self._room(claim, game, solo_player=account.user_id)
        first = room.prepare_round(1)
        try:
            async with self._undone_on_failure(room):
                await self._journal.open(claim, first.open_row(self._deps.clock.now_ms()))
                self._owned_rooms.add(room)
                room.begin(first)
        except BaseException:
            self._directory.forget_solo(account.user_id, game.name, claim.room)
            raise
        return claim.room

    async def private_room(self, terms: Terms) -> str:
        """Open a room on these terms; returns its key. Raises ClientError limit_exceeded when the player has as many as
        allowed, DatabaseUnavailableError."""
        claim = await self._claim_new(terms.game)
        limit = self._deps.config.private_rooms
        try:
            entered = await self._directory.enter_private(claim.room, terms, limit)
        except BaseException:
            self._tasks.start(self._give_back(claim))
            raise
        if not entered:
            await self._lease.release(claim)
            raise ClientError("limit_exceeded", reason="own_rooms", most=limit)
        await self._open_private(claim, terms)
        return claim.room

    async def _open_private(self, claim: Claim, terms: Terms) -> None:
        room = self._room(claim, self._games[terms.game], terms=terms)
        first = room.prepare_round(1)
        try:
            async with self._undone_on_failure(room):
                await self._record_round(room, first)
                self._owned_rooms.add(room)
                room.begin(first)
        except BaseException:
            self._directory.forget_private(claim.room)
            raise
        room.report_if_empty()

    # ---- rooms without an owner ----

    async def take(self, key: str) -> None:
        """Own a room without an owner, unless another node was faster: clean up after the previous owner, and open the
        room. Raises UnreachableError, DatabaseUnavailableError."""
        claim = await self._claim(key)
        if claim is not None:
            await self._take_over(claim)

    async def void_rounds(self, key: str) -> None:
        """Make the rounds void that were left open in a room that nobody opens again. Raises UnreachableError,
        DatabaseUnavailableError."""
        claim = await self._lease.acquire(key)
        if claim is not None:
            try:
                await self._takeover.clean_up(claim, self._deps.clock.now_ms(), VoidReason.RESTART)
            finally:
                await self._lease.release(claim)

    async def _take_over(self, claim: Claim) -> None:
        if room_keys.game_of(claim.room) not in self._games:
            await self._close_for_good(claim)
            return
        terms = None
        if room_keys.is_private(self._games, claim.room):
            try:
                terms = await self._directory.terms_of(claim.room)
            except BaseException:
                self._tasks.start(self._give_back(claim))
                raise
        room = self._room(claim, self._games[room_keys.game_of(claim.room)], terms=terms)
        async with self._undone_on_failure(room):
            await self._open_again(room)

    async def _open_again(self, room: Room) -> None:
        voided = await self._takeover.clean_up(room.claim, self._deps.clock.now_ms())
        if room.closing:
            await self._end(room.claim)
            return
        await self._takeover.seat_players(room)
        if room.is_solo and room.is_empty:
            await self._end(room.claim)
            return
        past = [
            messages.PastRound(round_name(room.key, number), public_facts(room.game, msgspec.json.decode(outcome)))
            for number, outcome in await last_round_outcomes(self._db, room.key, HISTORY_ROUNDS)
        ]
        left = Inheritance(room.options)
        if not room.is_empty:
            left = await inheritance_of(self._db, room.game, room.key, room.options)
        first = room.prepare_round(await last_number(self._db, room.key) + 1, left.options)
        await self._record_round(room, first)
        self._owned_rooms.add(room)
        for view, position in room.positions().items():
            self._bus.publish(room_channel(view), NewOwner(view, position.epoch, position.seq), room.claim)
        await room.begin_again(first, past, voided, stakes=left.stakes, moves=left.moves)
        room.report_if_empty()

    async def _close_for_good(self, claim: Claim) -> None:
        """The game of a room that a node left behind can't be played any more: end the room, and return the stakes."""
        try:
            await self._takeover.clean_up(claim, self._deps.clock.now_ms())
            await self._end(claim)
        except BaseException:
            self._tasks.start(self._give_back(claim))
            raise

    async def _end(self, claim: Claim) -> None:
        """The previous owner died before it had ended the room: end it."""
        key = claim.room
        await self._takeover.end_sessions(key)
        self._directory.forget_private(key)
        final_frame = encode(messages.PrivateFrame(key, [messages.RoomClosed()]))
        for view in (key, delayed_view(key)):
            self._bus.publish(room_channel(view), RoomGone(view, final_frame), claim)
        await self._owned_rooms.give_up(claim)

    # ---- steps that both have in common ----

    async def _claim_new(self, game: str) -> Claim:
        claim = await self._claim(room_keys.new_key(game))
        if claim is None:
            raise ClientError("unavailable", reason="room_opening")
        return claim

    async def _claim(self, key: str) -> Claim | None:
        if self._stopped:
            raise ClientError("unavailable", reason="stopping")
        if len(self._owned_rooms) >= self._deps.config.max_rooms:
            raise ClientError("unavailable", reason="too_many_rooms")
        return await self._lease.acquire(key)

    def _room(self, claim: Claim, game: AnyGame, *, terms: Terms | None = None, solo_player: int | None = None) -> Room:
        options = self._options[game.name] if terms is None else msgspec.json.decode(terms.options, type=game.options)
        setup = RoundSetup(
            game=game,
            game_id=self._game_ids[game.name],
            room=claim.room,
            options=options,
            options_json=encode(options),
        )
        return Room(claim, setup, self._deps, paused=self._pauses.reason(), terms=terms, solo_player=solo_player)

    async def _record_round(self, room: Room, first: LiveRound) -> None:
        row = first.open_row(self._deps.clock.now_ms())
        if not room.is_solo:
            await open_rounds.open_round(self._db, row)
        await self._journal.open(room.claim, row)

    @asynccontextmanager
    async def _undone_on_failure(self, room: Room) -> AsyncIterator[None]:
        """If the room can't be opened, or another node owns it by then, remove it from this node."""
        try:
            yield
            if self._owned_rooms.get(room.key) is room and not await self._lease.confirm(room.claim):
                raise UnreachableError(f"another node owns {room.key} by now")
        except BaseException:
            self._owned_rooms.remove(room)
            room.drop()
            self._tasks.start(self._give_back(room.claim))
            raise

    async def _give_back(self, claim: Claim) -> None:
        """Give up a room that could not be opened. All nodes look for public rooms without an owner; no node looks for
        a player's room, so this one takes it over again."""
        if claim.room in self._games:
            await self._lease.release(claim)
            return
        await asyncio.sleep(self._retry_s)
        if await self._lease.confirm(claim):
            with suppress(ClientError, DatabaseUnavailableError):
                await self._take_over(claim)

"""The requests of sockets and web pages to live rooms, which may be on any node."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from game_engine.game import AnyGame
from server import messages
from server.backends.bus import EncodedFrame
from server.backends.directory import Directory
from server.backends.holds import CachedAccount, Hold, Holds, KeyUsedError, WalletBalance
from server.batcher import Batcher
from server.errors import ClientError, UnreachableError
from server.messages import Position, SnapshotAt, encode
from server.node import room_keys
from server.node.opener import Opener
from server.node.owned_rooms import OwnedRooms
from server.node.pauses import Pauses
from server.node.private_rooms import PrivateRooms
from server.node.room_calls import SeatRequest
from server.node.room_list import RoomList
from server.node.router import Router
from server.rooms.answers import Answer, CommandKey, Move, decode_answer
from server.rooms.live_round import bet_name, selection_of
from server.tasks import Tasks
from storage.store import Store


class RoomService:
    """Methods that name a room raise ClientError no_such_room if there is none with this key.

    ``offered`` are those of the ``games`` that can be played."""

    def __init__(
        self,
        games: Mapping[str, AnyGame],
        db: Store,
        *,
        offered: Mapping[str, AnyGame],
        directory: Directory,
        room_list: RoomList,
        holds: Holds,
        owned_rooms: OwnedRooms,
        pauses: Pauses,
        opener: Opener,
        router: Router,
    ) -> None:
        self.private = PrivateRooms(games, directory, opener, router)
        self._games = games
        self._offered = offered
        self._directory = directory
        self._room_list = room_list
        self._holds = holds
        self._owned_rooms = owned_rooms
        self._pauses = pauses
        self._opener = opener
        self._router = router
        self._bet_keys = BetKeys(db)
        self._tasks = Tasks("room service")

    # ---- playing ----

    async def join(self, account: CachedAccount, request: messages.Join) -> tuple[str, int]:
        """Give the player a seat; returns the room's key and the session."""
        room = await self.room_to_join(account.user_id, request)
        if room is not None:
            try:
                return room, await self._join(account, room, request)
            except ClientError as refusal:
                if request.room is not None or refusal.error.code != "no_such_room":
                    raise
        game = self._game(request)
        if room is not None:  # it is closed, but its node could not update the directory
            self._directory.forget_solo(account.user_id, game.name, room)
        opened = await self._opener.solo_room(account, game)
        return opened, await self._join(account, opened, request)

    async def _join(self, account: CachedAccount, room: str, request: messages.Join) -> int:
        seat = SeatRequest(request.seat, request.invite)
        try:
            return await self._router.join(room, account, seat)
        except UnreachableError:
            # The player may have a seat nevertheless. If so, they count as away.
            self._tasks.start(self.disconnect(account.user_id, room))
            raise

    async def room_to_join(self, user_id: int, request: messages.Join) -> str | None:
        """The key of the room to which ``request`` leads; None: the player's solo room, which is not open yet."""
        if request.room is not None:
            return request.room
        game = self._game(request)
        if game.shared and not game.public:
            raise ClientError("no_such_room", reason="no_public_room", field="game")
        return game.name if game.shared else await self._directory.solo_of(user_id, game.name)

    def _game(self, request: messages.Join) -> AnyGame:
        game = self._offered.get(request.game or "")
        if game is None:
            raise ClientError("no_such_room", reason="no_such_game", field="game")
        return game

    async def leave(self, user_id: int, room: str, key: str | None = None) -> None:
        """Give up the seat. A leave with a key may be a copy, whose room was closed when its last player had left."""
        command = None if key is None else CommandKey.of(key, "leave", room)
        try:
            await self._router.calls.leave(room, user_id, command)
        except ClientError as refusal:
            if command is None or refusal.error.code != "no_such_room":
                raise

    async def has_left(self, user_id: int, room: str, key: str) -> bool:
        """Whether the player has left the room with this key before. Raises ClientError key_conflict."""
        return await self._first_answer(user_id, CommandKey.of(key, "leave", room)) is not None

    async def bet(self, account: CachedAccount, request: messages.Bet) -> messages.BetOk:
        """Place a bet, or answer with the first bet under its key.

        The key is checked in three places. Here, before the room is asked: among the holds, then in the database. In
        the room, when the hold is taken: of two bets at the same time, the second finds the first. And in the room
        again, when it refuses the bet without taking a hold: if a first bet has the key by then, that is the answer.
        """
        hold = await self._holds.find(account.user_id, request.key)
        first = await self._first_bet(account.user_id, request, hold)
        if first is None:
            try:
                return await self._router.calls.bet(request.room, account, request)
            except KeyUsedError as used:
                first = FirstBet.of_hold(used.hold)
            except ClientError as refusal:
                if hold is None or refusal.error.code != "no_such_room":
                    raise
                first = FirstBet.of_hold(hold)  # it was settled, and the room was closed
        return first.answer(request, self._canonical_selection(request), account.wallet())

    async def _first_bet(self, user_id: int, request: messages.Bet, hold: Hold | None) -> "FirstBet | None":
        """The bet under this key, if this node can know it. None: ask the room."""
        if hold is not None:
            # If the answer to a hold was lost, the hold is no bet and will be released. Only its room knows.
            return None if hold.room == request.room else FirstBet.of_hold(hold)
        room = self._owned_rooms.get(request.room)
        # While commits fail, the database can't be asked about the key either. Say so without a delay.
        if room is not None and room.paused:
            raise ClientError("paused", reason=room.paused)
        return await self._bet_keys.first(user_id, request.key)

    def _canonical_selection(self, request: messages.Bet) -> bytes:
        game = self._games.get(room_keys.game_of(request.room))
        if game is None:
            raise ClientError("key_conflict")
        return encode(selection_of(game, request.selection))

    async def act(self, account: CachedAccount, request: messages.Act, fields: dict[str, Any]) -> dict[str, Any]:
        """Make a move; ``fields`` are the game's own members of it. A copy with the same key gets the first answer.

        The key is checked in two places. Here, among the holds: the room may be on another node by now. In the room, in
        the move's turn: of two copies at the same time, the second finds the answer to the first.
        """
        move = Move(fields, request.round)
        if request.key is not None:
            command = CommandKey.of(request.key, "act", request.room, request.round, fields)
            first = await self._first_answer(account.user_id, command)
            if first is not None:
                return first.tell()
            move = Move(fields, request.round, command)
        return await self._router.calls.act(request.room, account, move)

    async def _first_answer(self, user_id: int, command: CommandKey) -> Answer | None:
        """The answer to an earlier copy of a command that is not a bet. None: ask the room. Raises ClientError
        key_conflict."""
        used = await self._holds.find(user_id, command.key)
        if used is None:
            return None
        if not used.answer or used.selection != command.command.encode():
            raise _conflict(used.bet)
        return decode_answer(used.answer)

    async def chat(self, account: CachedAccount, room: str, text: str) -> None:
        await self._router.calls.chat(room, account, text)

    async def reconnect(self, user_id: int, room: str) -> bool:
        """The player has a connection to the room again. Returns False if they have lost their seat."""
        return await self._router.reconnect(room, user_id)

    async def disconnect(self, user_id: int, room: str) -> None:
        """The player's last connection to the room on this node is gone."""
        report = self._router.disconnect(room, user_id)
        if room in self._owned_rooms:
            await report
        else:
            self._tasks.start(report)

    # ---- watching ----

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        """The room as this user may see it now. ``from_start`` is explained at ``Room.snapshot``."""
        return await self._router.snapshot(view, user_id, from_start=from_start)

    def has_private_views(self, room: str) -> bool:
        """Whether players of the room get events that its frames do not contain."""
        game = self._games.get(room_keys.game_of(room))
        return game is not None and game.private_views

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        return await self._router.frames_since(view, position)

    async def room_list(self, game: str | None = None) -> Raw:
        """The JSON of a ``RoomsOk`` with the shared rooms, or those with this game. Raises UnreachableError."""
        return await self._room_list.encoded(game)

    def troubles(self) -> list[str]:
        """The reasons why the node can't take bets; empty if it can."""
        trouble = self._pauses.reason()
        return [trouble] if trouble else []


# ---- bet keys: each key of a player belongs to one bet, for ever ----


def _conflict(bet: str) -> ClientError:
    """``bet`` is the name of the bet that has the key; empty: another command has it."""
    return ClientError("key_conflict", **({"bet": bet} if bet else {}))


class FirstBet(Struct, frozen=True):
    """The bet under a key: ``bet`` is its name on the wire, ``selection`` canonical JSON. If the key was used for
    another command, ``amount`` is 0: no bet equals it."""

    room: str
    bet: str
    amount: int
    selection: bytes

    @classmethod
    def of_hold(cls, hold: Hold) -> "FirstBet":
        return cls(hold.room, hold.bet, hold.amount, hold.selection)

    def answer(self, request: messages.Bet, canonical_selection: bytes, wallet: WalletBalance) -> messages.BetOk:
        """The answer to a repeated request. Raises ClientError key_conflict if it is another bet."""
        same = self.room == request.room and self.amount == request.amount
        if not same or msgspec.json.decode(self.selection) != msgspec.json.decode(canonical_selection):
            raise _conflict(self.bet)
        return messages.BetOk(
            bet=self.bet,
            round=self.bet.rpartition(".")[0],
            balance=wallet.balance,
            held=wallet.held,
            version=wallet.version,
        )


class BetKeys:
    """Looks keys up in the database, many at a time."""

    def __init__(self, db: Store) -> None:
        self._db = db
        self._lookups: Batcher[tuple[int, str], FirstBet | None] = Batcher(self._look_up)

    async def first(self, user_id: int, key: str) -> FirstBet | None:
        """The settled bet under this key, with the stake as it was placed: moves may have raised it later. Raises
        DatabaseUnavailableError."""
        first = await self._lookups.submit((user_id, key))
        if first is None:
            return None
        room, number, bet = first.bet.split(".")
        stake = await self._db.first_stake(room, int(number), int(bet))
        return first if stake is None else msgspec.structs.replace(first, amount=stake)

    async def _look_up(self, keys: Sequence[tuple[int, str]]) -> Sequence[FirstBet | None]:
        known = await self._db.find_bets(keys)
        found: list[FirstBet | None] = []
        for key in keys:
            bet = known.get(key)
            name = bet_name(bet.room, bet.number, bet.bet_number) if bet else ""
            found.append(FirstBet(room=bet.room, bet=name, amount=bet.amount, selection=bet.selection) if bet else None)
        return found

"""What sockets and web pages ask of live rooms, by the rooms' names, wherever the rooms are."""

from collections.abc import Mapping
from typing import Any

from game_engine.game import AnyGame
from server import messages
from server.backends.bus import EncodedFrame
from server.backends.holds import CachedAccount, Hold, KeyUsedError
from server.errors import ClientError, UnreachableError
from server.messages import Position, SnapshotAt, encode
from server.node import bet_keys
from server.node.node_rooms import NodeRooms
from server.node.private_rooms import PrivateRooms
from server.node.room_rpc import SeatRequest
from server.rooms import room_names
from server.rooms.live_round import selection_of
from server.tasks import Tasks
from storage.store import Store


class RoomsApi:
    """What players do and see in a room raises Problem ``no_such_room`` when nothing lives under its name."""

    def __init__(self, db: Store, floor: NodeRooms) -> None:
        self._floor = floor
        self._node = floor.lease.node
        self._keys = bet_keys.BetKeys(db)
        self._tasks = Tasks("the lobby")
        self._owners = floor.router
        self.gate = PrivateRooms(floor, self._owners)

    async def start(self) -> None:
        """Open the doors: answer other nodes, and own rooms. Raises UnreachableError, DatabaseUnavailableError."""
        await self._floor.rpc.start()
        await self._floor.start()

    async def stop(self) -> None:
        """Once; who is here can go on till the rounds are over."""
        await self._floor.stop()
        await self._floor.rpc.stop()

    # ---- playing ----

    async def join(self, account: CachedAccount, request: messages.Join) -> tuple[str, int]:
        """Sit down; the room's key and the session."""
        room = await self.room_to_join(account.user_id, request)
        if room is not None:
            try:
                return room, await self._join(account, room, request)
            except ClientError as problem:
                if request.room is not None or problem.error.code != "no_such_room":
                    raise
        game = self._game(request)
        if room is not None:  # it was closed, and who closed it could not say so
            self._floor.directory.forget_solo(account.user_id, game.name, room)
        opened = await self._floor.solo_room(account, game)
        return opened, await self._join(account, opened, request)

    async def _join(self, account: CachedAccount, room: str, request: messages.Join) -> int:
        wish = SeatRequest(request.seat, request.invite)
        try:
            return await self._owners.ask(room, lambda host: host.join(account, room, wish, self._node))
        except UnreachableError:
            # The seat may have been taken all the same, and then its player is away.
            self._tasks.start(self.detached(account.user_id, room))
            raise

    async def room_to_join(self, user_id: int, request: messages.Join) -> str | None:
        """The key of the room that ``join`` leads to; None: a room of the player's own that is not open yet."""
        if request.room is not None:
            return request.room
        game = self._game(request)
        if game.shared and not game.public:
            raise ClientError("no_such_room", f"Players open the rooms of {game.title}; name one.", field="game")
        return game.name if game.shared else await self._floor.directory.solo_of(user_id, game.name)

    def _game(self, request: messages.Join) -> AnyGame:
        game = self._floor.games.get(request.game or "")
        if game is None:
            raise ClientError("no_such_room", "There is no such game.", field="game")
        return game

    async def leave(self, user_id: int, room: str) -> None:
        await self._owners.ask(room, lambda host: host.leave(user_id, room))

    async def bet(self, account: CachedAccount, request: messages.Bet) -> messages.BetOk:
        """Place a bet, or answer with the first one under its key."""
        hold = await self._floor.players.holds.find(account.user_id, request.key)
        first = await self._first(account.user_id, request, hold)
        if first is None:
            try:
                return await self._owners.ask(request.room, lambda host: host.bet(account, request))
            except KeyUsedError as used:
                first = bet_keys.of_hold(used.hold)
            except ClientError as problem:
                if hold is None or problem.error.code != "no_such_room":
                    raise
                first = bet_keys.of_hold(hold)  # it was settled, and the room was closed
        return bet_keys.answer(first, request, canonical(self._floor.games, request), account.wallet())

    async def _first(self, user_id: int, request: messages.Bet, hold: Hold | None) -> bet_keys.FirstBet | None:
        """The bet that the key stands for; None: the room knows, if there is one."""
        if hold is not None:
            # A hold whose answer was lost is no bet, and is about to go: only its room can say.
            return None if hold.room == request.room else bet_keys.of_hold(hold)
        room = self._floor.rooms.get(request.room)
        # While commits fail the books can't be asked either, and nobody should wait to hear that.
        if room is not None and room.paused:
            raise ClientError("paused", reason=room.paused)
        return await self._keys.first(user_id, request.key)

    async def act(self, account: CachedAccount, room: str, fields: dict[str, Any]) -> dict[str, Any]:
        return await self._owners.ask(room, lambda host: host.act(account, room, fields))

    async def chat(self, account: CachedAccount, room: str, text: str) -> None:
        await self._owners.ask(room, lambda host: host.chat(account, room, text))

    async def attached(self, user_id: int, room: str) -> bool:
        """A connection of the player came back to a room; False: there is no seat any more."""
        return await self._owners.attached(user_id, room)

    async def detached(self, user_id: int, room: str) -> None:
        """The last connection of the player in this room on this node is gone."""
        sockets = self._floor.sockets.of
        telling = self._owners.detached(
            user_id, room, lambda: any(room in socket.seated for socket in sockets(user_id))
        )
        if room in self._floor.rooms:
            await telling
        else:
            self._tasks.start(telling)

    # ---- watching ----

    async def standing(self, view: str, user_id: int | None, *, anew: bool = False) -> SnapshotAt:
        """What there is to see. ``anew``: for somebody who comes from another numbering, if it can be had what there
        was before this one's first frame, which the frames since follow."""
        return await self._owners.snapshot(view, user_id, from_start=anew)

    def has_private_views(self, room: str) -> bool:
        """Whether players of the room are told things that its frames do not have."""
        game = self._floor.games.get(room_names.game_of(room))
        return game is not None and game.private_views

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        return await self._owners.frames_since(view, position)

    async def summaries(self, game: str | None = None) -> list[messages.RoomSummary]:
        """Cards of the rooms in which players sit together, or of those of one game."""
        return [card for card in await self._floor.directory.summaries() if game in (None, card.game)]

    def troubles(self) -> list[str]:
        """Why bets can't be taken now; empty when they can."""
        trouble = self._floor.health.trouble()
        return [trouble] if trouble else []


def canonical(games: Mapping[str, AnyGame], request: messages.Bet) -> bytes:
    """The selection of a bet as it is compared. Raises ClientError."""
    game = games.get(room_names.game_of(request.room))
    if game is None:
        raise ClientError("key_conflict")
    return encode(selection_of(game, request.selection))

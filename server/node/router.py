"""Which node to ask for a room, wherever it is and however often it moves."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import TypeVar

from server.backends.bus import EncodedFrame, room_of
from server.backends.holds import CachedAccount
from server.backends.lease import Lease
from server.errors import ClientError, UnreachableError
from server.messages import Position, SnapshotAt
from server.node.room_rpc import LocalRooms, NotOwnerError, RemoteRooms, RoomApi, SeatRequest
from server.node.rpc import DEADLINE, Rpc
from server.rooms.room import Room
from server.tasks import Tasks

T = TypeVar("T")

LOOK_AGAIN = 0.1
"""Seconds before a room is looked for again."""
DETACH_TRIES = 50
REMEMBERED = 10_000


class NoOwnerError(Exception):
    """No node owns the room at this moment."""


class Router:
    """``rooms`` are this node's; ``public`` is always open, if not at this moment."""

    def __init__(
        self, lease: Lease, calls: Rpc, here: LocalRooms, rooms: Mapping[str, Room], public: Collection[str]
    ) -> None:
        self._lease = lease
        self._node = lease.node
        self._calls = calls
        self._here = here
        self._rooms = rooms
        self._public = public
        self._known: dict[str, str] = {}
        self._tasks = Tasks("router")
        self._waiting: defaultdict[str, set[asyncio.Timeout]] = defaultdict(set)

    async def ask(self, room: str, ask: Callable[[RoomApi], Awaitable[T]], patience: float = DEADLINE) -> T:
        """What the room's owner answers. Raises ClientError: no_such_room, unavailable when it has no owner within
        ``patience`` seconds."""
        if room in self._rooms:
            try:
                return await ask(self._here)
            except NotOwnerError:  # it has just gone
                pass
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + patience
        while True:
            try:
                node = self._known.get(room) or await self._find(room)
                return await (ask(self._here) if node == self._node else self._ask_there(node, ask))
            except (NotOwnerError, NoOwnerError):  # it is being opened, or on its way to its next owner
                self._known.pop(room, None)
                if loop.time() >= give_up_at:
                    raise UnreachableError(f"{room} has no owner") from None
            except UnreachableError:
                self._known.pop(room, None)
                raise
            await asyncio.sleep(LOOK_AGAIN)

    async def _ask_there(self, node: str, ask: Callable[[RoomApi], Awaitable[T]]) -> T:
        patience = asyncio.timeout(None)
        try:
            async with patience:
                self._waiting[node].add(patience)
                return await ask(RemoteRooms(self._calls, node))
        except TimeoutError:
            raise UnreachableError(f"the node {node} is no more") from None
        finally:
            self._waiting[node].discard(patience)
            if not self._waiting[node]:
                del self._waiting[node]

    def only_nodes(self, alive: Collection[str]) -> None:
        """Nobody waits for another node: it will not answer, and its rooms have other owners soon."""
        now = asyncio.get_running_loop().time()
        for node in self._waiting.keys() - set(alive):
            for patience in self._waiting[node]:
                patience.reschedule(now)

    async def _find(self, room: str) -> str:
        node = await self._lease.owner(room)
        if node is None:
            if room not in self._public and await self._lease.unowned([room]):
                raise ClientError("no_such_room", field="room")
            raise NoOwnerError
        if node != self._node:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[room] = node
        return node

    # ---- what the hub asks owners ----

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        return await self.ask(room_of(view), lambda host: host.frames_since(view, position))

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        return await self.ask(room_of(view), lambda host: host.snapshot(view, user_id, from_start=from_start))

    async def attached(self, user_id: int, room: str) -> bool:
        """The player has a connection to the room on this node; False: there is no seat for it."""
        try:
            return await self.ask(room, lambda host: host.attached(user_id, room, self._node))
        except ClientError as problem:
            if problem.error.code == "no_such_room":
                return False
            raise

    # ---- what owners are told of the players and spectators here ----

    async def join(self, account: CachedAccount, room: str, wish: SeatRequest) -> int:
        return await self.ask(room, lambda host: host.join(account, room, wish, self._node))

    def report_watchers(self, room: str, anonymous: int, users: dict[int, int]) -> None:
        """Tell the room's owner who watches on this node; an owner on this node knows it when this returns. If an owner
        can't be told now, the next one will be told."""
        here = self._rooms.get(room)
        if here is not None:
            here.set_watchers(self._node, anonymous, users)
        else:
            self._tasks.start(self._report_watchers(room, anonymous, users))

    async def _report_watchers(self, room: str, anonymous: int, users: dict[int, int]) -> None:
        with suppress(ClientError):
            await self.ask(room, lambda host: host.set_watchers(room, self._node, anonymous, users))

    async def detached(self, user_id: int, room: str, is_back: Callable[[], bool]) -> None:
        """The last connection of the player in this room on this node is gone. Who ``is_back`` before the owner could
        hear of it was never away."""
        for _ in range(DETACH_TRIES):
            if is_back():
                return
            try:
                await self.ask(room, lambda host: host.detached(user_id, room, self._node), patience=0)
            except UnreachableError:
                await asyncio.sleep(LOOK_AGAIN)
            except ClientError:
                return
            else:
                return

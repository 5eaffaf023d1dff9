"""Finds the node that owns a room and asks it. If the room moves during the call, asks its new owner."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from server.backends.bus import EncodedFrame, room_of
from server.backends.holds import CachedAccount
from server.backends.lease import Lease
from server.errors import ClientError, UnreachableError
from server.fanout.sockets import LocalSockets
from server.messages import Position, SnapshotAt
from server.node.room_calls import NotOwnerError, RoomCalls, SeatRequest
from server.node.room_rpc import forwarding, remote_room_calls
from server.node.rpc import Rpc
from server.retry import Attempts
from server.rooms.room import Room
from server.tasks import Tasks

CACHED_OWNERS = 10_000


class NoOwnerError(Exception):
    """No node owns the room at this moment."""


class Router:
    """``calls`` reaches every room, on whichever node it is.

    Its methods also raise ClientError no_such_room, and UnreachableError if the owner does not answer or the room has
    no owner for ``patience_s``. Until then the router looks for the owner every ``retry_s``.
    """

    def __init__(
        self,
        lease: Lease,
        rpc: Rpc,
        local: RoomCalls,
        sockets: LocalSockets,
        *,
        open_here: Mapping[str, Room],
        always_open: Collection[str],
        patience_s: float = 4.0,
        retry_s: float = 0.1,
        disconnect_patience_s: float = 5.0,
    ) -> None:
        """``open_here`` are the rooms of this node, which ``local`` answers for; ``always_open`` are the public ones,
        which exist even while they have no owner. A report of a disconnect is dropped after
        ``disconnect_patience_s`` without an owner."""
        self.calls = forwarding(self._ask)
        self._sockets = sockets
        self._lease = lease
        self._node = lease.node
        self._rpc = rpc
        self._local = local
        self._open_here = open_here
        self._always_open = always_open
        self._patience_s = patience_s
        self._retry_s = retry_s
        self._disconnect_patience_s = disconnect_patience_s
        self._tasks = Tasks("router")
        self._owners: dict[str, str] = {}
        """The other node that owned the room when it was last looked up."""
        self._waiting: defaultdict[str, set[asyncio.Timeout]] = defaultdict(set)
        """The calls that wait for an answer, by node."""

    async def _ask(self, method: str, view: str, *arguments: Any, patience_s: float | None = None, **named: Any) -> Any:
        room = room_of(view)
        if room in self._open_here:
            with suppress(NotOwnerError):  # the room has just left this node
                return await getattr(self._local, method)(view, *arguments, **named)
        patience_s = self._patience_s if patience_s is None else patience_s
        async for _ in Attempts(self._retry_s, give_up_after_s=patience_s):
            try:
                node = self._owners.get(room) or await self._find(room)
                if node == self._node:
                    return await getattr(self._local, method)(view, *arguments, **named)
                return await self._ask_node(node, method, view, *arguments, **named)
            except (NotOwnerError, NoOwnerError):  # the room is being opened, or moves to another node
                self._owners.pop(room, None)
            except UnreachableError:
                self._owners.pop(room, None)
                raise
        raise UnreachableError(f"{room} has no owner")

    async def _ask_node(self, node: str, method: str, *arguments: Any, **named: Any) -> Any:
        timeout = asyncio.timeout(None)
        try:
            async with timeout:
                self._waiting[node].add(timeout)
                return await getattr(remote_room_calls(self._rpc, node), method)(*arguments, **named)
        except TimeoutError:
            raise UnreachableError(f"node {node} is gone") from None
        finally:
            self._waiting[node].discard(timeout)
            if not self._waiting[node]:
                del self._waiting[node]

    def only_nodes(self, alive: Collection[str]) -> None:
        """Only these nodes are alive. Calls that wait for other nodes fail now: no answer will come, and the rooms will
        soon have new owners."""
        now = asyncio.get_running_loop().time()
        for node in self._waiting.keys() - set(alive):
            for timeout in self._waiting[node]:
                timeout.reschedule(now)

    async def _find(self, room: str) -> str:
        node = await self._lease.owner(room)
        if node is None:
            if room not in self._always_open and await self._lease.unowned([room]):
                raise ClientError("no_such_room", field="room")
            raise NoOwnerError
        if node != self._node:
            if len(self._owners) >= CACHED_OWNERS:
                self._owners.clear()
            self._owners[room] = node
        return node

    # -- requests of the hub --

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        return await self.calls.frames_since(view, position)

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        return await self.calls.snapshot(view, user_id, from_start=from_start)

    # -- reports to owners about the players and spectators of this node --

    async def join(self, room: str, account: CachedAccount, request: SeatRequest) -> int:
        return await self.calls.join(room, account, request, self._node)

    async def reconnect(self, room: str, user_id: int) -> bool:
        """The player has a connection to the room here. False: the player has no seat in the room, or it is closed."""
        try:
            return await self.calls.reconnect(room, user_id, self._node)
        except ClientError as problem:
            if problem.error.code == "no_such_room":
                return False
            raise

    async def disconnect(self, room: str, user_id: int) -> None:
        """The player's last connection to the room here is gone. If the player reconnects first, don't report the
        disconnect: it is out of date."""
        async for _ in Attempts(self._retry_s, give_up_after_s=self._disconnect_patience_s):
            if any(room in socket.seated for socket in self._sockets.of(user_id)):
                return
            try:
                await self._ask("disconnect", room, user_id, self._node, patience_s=0)
            except UnreachableError:
                continue
            except ClientError:
                return
            return

    def report_watchers(self, room: str, anonymous: int, users: dict[int, int]) -> None:
        """Report to the room's owner who watches on this node; an owner on this node knows it when this returns. If
        another owner can't be reached now, the next one gets a new report."""
        here = self._open_here.get(room)
        if here is not None:
            here.set_watchers(self._node, anonymous, users)
        else:
            self._tasks.start(self._report_watchers(room, anonymous, users))

    async def _report_watchers(self, room: str, anonymous: int, users: dict[int, int]) -> None:
        with suppress(ClientError):
            await self.calls.set_watchers(room, self._node, anonymous, users)

"""How rooms leave this node: they end, move to another node, or stop with the node."""

import asyncio
import logging
from contextlib import suppress

from server.backends.bus import Claim, RoomGone, room_channel
from server.backends.choose import Backends
from server.config import Config
from server.errors import UnreachableError
from server.node.owned_rooms import OwnedRooms
from server.retry import Attempts
from server.rooms.room import Room
from server.tasks import Tasks

log = logging.getLogger(__name__)


class Closer:
    """A solo room ends when its player has left. A private room ends when it has been empty for a while, or when its
    owner closes it."""

    def __init__(self, config: Config, backends: Backends, owned_rooms: OwnedRooms, *, retry_s: float = 0.2) -> None:
        self._config = config
        self._bus = backends.bus
        self._lease = backends.lease
        self._directory = backends.directory
        self._owned_rooms = owned_rooms
        self._retry_s = retry_s
        self._empty_since: dict[str, asyncio.TimerHandle] = {}
        """The timers of private rooms without players."""
        self._tasks = Tasks("closing rooms")

    def room_empty(self, key: str) -> None:
        room = self._owned_rooms.get(key)
        if room is None or room.is_public:
            return
        if room.is_private:
            self._wait_for_players(room)
            return
        if room.solo_player is not None:
            self._directory.forget_solo(room.solo_player, room.game.name, key)
        self._end(room)

    def _wait_for_players(self, room: Room) -> None:
        if room.key in self._empty_since:
            self._empty_since[room.key].cancel()
        loop = asyncio.get_running_loop()
        self._empty_since[room.key] = loop.call_later(self._config.private_grace, self._close_if_empty, room)

    def _close_if_empty(self, room: Room) -> None:
        del self._empty_since[room.key]
        if room.is_empty:
            self._tasks.start(self._close(room, 0))

    def close_requested(self, key: str) -> None:
        """Begin to close the owner's private room: refuse new players and bets, and wait for the end of the live
        round."""
        room = self._owned_rooms.get(key)
        if room is not None and not room.closing:
            self._tasks.start(self._close(room, self._config.private_closing))

    async def _close(self, room: Room, turn_s: float) -> None:
        if self._owned_rooms.get(room.key) is not room:
            return
        self._directory.keep_private(room.key, room.begin_to_close())
        await room.stop(turn_s=turn_s)
        if self._owned_rooms.get(room.key) is not room:  # it has moved to another node, or this node has stopped
            return
        self._directory.forget_private(room.key)
        self._end(room)

    def _end(self, room: Room) -> None:
        self._owned_rooms.remove(room)
        room.end()
        for view in room.positions():
            self._bus.publish(room_channel(view), RoomGone(view), room.claim)
        self._tasks.start(self._give_up(room.claim))

    async def _give_up(self, claim: Claim) -> None:
        async for _ in Attempts(self._retry_s):
            if not await self._lease.confirm(claim):
                return
            with suppress(UnreachableError):
                await self._owned_rooms.give_up(claim)
                return

    # ---- rooms that continue on other nodes ----

    async def hand_over(self, key: str) -> None:
        """Let the room's round end, then leave the room to the next node that takes it."""
        room = self._owned_rooms[key]
        await room.finish_round()
        if self._owned_rooms.remove(room):
            room.close()
            await self._lease.release(room.claim)

    def drop(self, claim: Claim) -> bool:
        """Another node has taken the room over. Returns False if this node already knew."""
        room = self._owned_rooms.get(claim.room)
        if room is None or room.claim != claim:
            return False
        log.warning("another node took over %s; its players continue there", claim.room, extra={"room": claim.room})
        self._owned_rooms.remove(room)
        room.drop()
        return True

    # ---- the end of the node ----

    async def leave_all(self) -> None:
        """The node stops: leave the rooms to other nodes, or end them if there are none."""
        rooms = list(self._owned_rooms.values())
        for room in rooms:
            room.flush()
        await self._directory.stop()
        if await self._lease.leave():
            for room in rooms:
                room.drop()
            return
        for room in rooms:
            if room.is_private:
                self._directory.forget_private(room.key)
            room.end()

    async def stop(self, deadline_s: float) -> None:
        """Stop closing rooms; wait up to ``deadline_s`` seconds for those that are closing."""
        for timer in self._empty_since.values():
            timer.cancel()
        self._empty_since.clear()
        await self._tasks.wait(deadline_s)

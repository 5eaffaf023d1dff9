"""How rooms of players end on this node: when nobody is in them any more, or when their owner closes them."""

import asyncio
from collections.abc import Callable, Mapping

from server import messages
from server.backends.bus import Claim, RoomGone, late_view, room_channel
from server.backends.choose import Backends
from server.errors import UnreachableError
from server.node.opener import Opener
from server.rooms.room import Room
from server.rooms.room_deps import Services
from server.tasks import Tasks

AGAIN = 0.2
"""Seconds before it is tried again to leave a room in order."""


class Closer:
    """``rooms`` are this node's; ``session_ended`` hears of every seat that ends with its room."""

    def __init__(
        self,
        backends: Backends,
        services: Services,
        openings: Opener,
        rooms: Mapping[str, Room],
        session_ended: Callable[[int], None],
    ) -> None:
        self._bus = backends.bus
        self._lease = backends.lease
        self._directory = backends.directory
        self._config = services.config
        self._openings = openings
        self._rooms = rooms
        self._session_ended = session_ended
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._tasks = Tasks("the closings of rooms")

    def empty(self, key: str) -> None:
        """Nobody sits in the room: a solo one is not kept, a private one waits for a while."""
        room = self._rooms.get(key)
        if room is None or room.is_public:
            return
        if room.is_private:
            self._wait_for_somebody(room)
            return
        if room.owner is not None:
            self._directory.forget_solo(room.owner, room.game.name, key)
        self._end(room)

    def _wait_for_somebody(self, room: Room) -> None:
        if room.key in self._waiting:
            self._waiting[room.key].cancel()
        loop = asyncio.get_running_loop()
        self._waiting[room.key] = loop.call_later(self._config.private_grace, self._nobody_came, room)

    def _nobody_came(self, room: Room) -> None:
        del self._waiting[room.key]
        if not len(room.seating):
            self._tasks.start(self._close(room, 0))

    def close(self, room: Room) -> None:
        """The owner wants it closed: nobody sits down or bets any more, and the live round may end by its rules."""
        if not room.closing:
            self._tasks.start(self._close(room, self._config.private_closing))

    async def _close(self, room: Room, seconds: float) -> None:
        if self._rooms.get(room.key) is not room:
            return
        self._directory.keep_private(room.key, room.begin_to_close())
        await room.stop(seconds)
        if self._rooms.get(room.key) is not room:  # it is another node's, or was left in another way
            return
        for sitting in room.seating.all():
            self._session_ended(sitting.session_id)
        self._directory.forget_private(room.key)
        self._end(room)

    def _end(self, room: Room) -> None:
        room.rounds.say(messages.RoomClosed(), soon=True)
        self._openings.forget(room)
        room.close()
        for view in (room.key, late_view(room.key)) if room.late else (room.key,):
            self._bus.publish(room_channel(view), RoomGone(view), room.claim)
        self._tasks.start(self._give_up_at_last(room.claim))

    async def _give_up_at_last(self, claim: Claim) -> None:
        """However long Redis is away."""
        while await self._lease.confirm(claim):
            try:
                await self._openings.give_up(claim)
                return
            except UnreachableError:
                await asyncio.sleep(AGAIN)

    async def stop(self, seconds: float) -> None:
        """Close nothing more; what is under way may last so long."""
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        await self._tasks.wait(seconds)

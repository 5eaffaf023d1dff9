"""One client's connection: who it is, what it watches, and how it is told things and closed."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from math import ceil
from typing import Any

from msgspec import Struct

from server.backends.holds import CachedAccount
from server.errors import CLOSES, ClientError
from server.fanout.framing import PING_FRAME, close_frame, text_frame
from server.fanout.hub import Hub
from server.fanout.outbox import Outbox
from server.messages import Goodbye, Reply, RequestId, encode
from server.node.players import Players
from server.node.rooms_api import RoomsApi
from server.tasks import Tasks

SILENT_BEATS = 2
"""After so many without a word a client is asked for a sign of life; after one more it is gone."""
NOT_LISTENING = -(2**31)
"""So far below zero that no number of beats leads back."""
ABORT_AFTER = 2.0
LOOK_EVERY = 0.05


class Doors(Struct, frozen=True):
    """What a connection leads to, and how much may wait for its client."""

    lobby: RoomsApi
    players: Players
    hub: Hub
    outbox_bytes: int
    send_deadline_ms: int
    review: Callable[["Connection", str], Coroutine[Any, Any, None]]
    """Looks what a connection may go on to see of a room in which its player has no seat any more."""
    tasks: Tasks


class Connection:
    """Between ``hello`` and its close. ``token`` is what the Authorization header brought, if anything."""

    def __init__(self, transport: asyncio.Transport, token: str | None, doors: Doors) -> None:
        self.lobby = doors.lobby
        self.hub = doors.hub
        self.players = doors.players
        self.token = token
        self.outbox = Outbox(
            transport,
            doors.hub.sockets.flusher,
            self,
            limit_bytes=doors.outbox_bytes,
            deadline_ms=doors.send_deadline_ms,
        )
        self.account: CachedAccount | None = None
        self.signed_in_at = 0
        self.greeted = False
        self.watched: dict[str, str] = {}
        """Room → the view of it that is shown here, the room itself or the late one."""
        self.moving = asyncio.Lock()
        """Whoever changes what is watched does so alone."""
        self.seated: set[str] = set()
        self.arrivals: list[Callable[[], None]] = []
        """What has to be undone when the connection is gone."""
        self.closed_as: str | None = None
        self.silent_beats = 0
        """Since anything was last heard of the client; NOT_LISTENING while a message is being answered: what the client
        says meanwhile waits unread."""
        self._transport = transport
        self._doors = doors
        self._hello_due: asyncio.TimerHandle | None = None

    @property
    def user_id(self) -> int | None:
        return self.account.user_id if self.account else None

    @property
    def closed(self) -> bool:
        return self.outbox.closed

    def player(self) -> CachedAccount:
        """Who is signed in here. Raises ClientError not_signed_in."""
        if self.account is None:
            raise ClientError("not_signed_in")
        return self.account

    # -- telling --

    def reply(self, request_id: RequestId | None, ok: Any) -> None:
        self.send(encode(Reply(request_id, ok)))

    def refuse(self, request_id: RequestId | None, problem: ClientError) -> None:
        code, retry = problem.error.code, problem.error.retry
        error = {"code": code, "message": problem.message, "retry": retry, **problem.extra}
        self.send(encode({"re": request_id, "error": error}))

    def send(self, wire: bytes) -> None:
        self.outbox.put(text_frame(wire))

    # -- its beginning --

    def expect_hello(self, seconds: float) -> None:
        """Close the connection unless a hello comes within this time."""
        self._hello_due = asyncio.get_running_loop().call_later(seconds, self.close, "no_hello")

    def stop_expecting_hello(self) -> None:
        if self._hello_due is not None:
            self._hello_due.cancel()

    # -- its heart --

    def beat(self) -> None:
        """Half the interval of pings has passed."""
        self.silent_beats += 1
        if self.silent_beats == SILENT_BEATS:
            self.outbox.put(PING_FRAME)
        elif self.silent_beats > SILENT_BEATS:
            self._transport.abort()

    # -- its end --

    def close(self, name: str, message: str = "") -> None:
        """Say goodbye and close; a client that does not answer is cut off soon after."""
        if self.closed:
            return
        close = CLOSES[name]
        text = message or close.meaning
        retry = close.code < 4100
        goodbye = Goodbye(name, text, retry, random.randint(200, 2000) if retry else 0)  # noqa: S311 - spreads load
        self.closed_as = name
        self.outbox.finish(text_frame(encode(goodbye)) + close_frame(close.code, text))
        asyncio.get_running_loop().call_later(ABORT_AFTER, self._transport.abort)

    async def read_to_its_end(self) -> None:
        """After ``close``: wait until the client is gone or cut off. What it sends meanwhile is thrown away: a line
        cut with such bytes under way can lose the goodbye."""
        for _ in range(ceil(ABORT_AFTER / LOOK_EVERY)):
            if self._transport.is_closing():
                return
            await asyncio.sleep(LOOK_EVERY)

    def unwatch(self, room: str) -> None:
        view = self.watched.pop(room, None)
        if view is not None:
            self.hub.unwatch(self, view)

    def room_closed(self, room: str) -> None:
        self.seated.discard(room)
        self.unwatch(room)

    def review(self, room: str) -> None:
        self._doors.tasks.start(self._doors.review(self, room))

    async def gone(self) -> None:
        """The socket is no more: leave the hub, and keep the player's seats for a while."""
        self.outbox.closed = True
        self.stop_expecting_hello()
        for room in tuple(self.watched):
            self.unwatch(room)
        self.hub.disconnect(self)
        try:
            if self.account is not None:
                for room in self.seated:
                    if not any(room in other.seated for other in self.hub.sockets.of(self.account.user_id)):
                        await self.lobby.detach(self.account.user_id, room)
        finally:
            for undo in self.arrivals:
                undo()

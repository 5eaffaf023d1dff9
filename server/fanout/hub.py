"""The switchboard of a node: which sockets watch which room or belong to which player; one write each a turn."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

from server.clock import Clock
from server.fanout.bus import Bus, BusMessage, Closed, Frame, Private, SignOut, room_channel, user_channel
from server.fanout.framing import text_frame
from server.fanout.outbox import Outbox

LAGGARD_INTERVAL = 0.1


class Socket(Protocol):
    """What the hub needs of a connection."""

    outbox: Outbox
    seated: set[str]
    """The rooms in which its player sits by this connection."""
    signed_in_at: int
    """When the connection's token was issued, ms since the epoch."""

    @property
    def user_id(self) -> int | None: ...

    def close(self, name: str, message: str = "") -> None:
        """Say goodbye and close with the close code of this name."""

    def room_closed(self, room: str) -> None: ...


class Hub:
    """``watchers_changed(room)`` is called when the number of a room's local watchers changes."""

    def __init__(self, bus: Bus, clock: Clock, watchers_changed: Callable[[str], None]) -> None:
        self._bus = bus
        self._clock = clock
        self._watchers_changed = watchers_changed
        # A watcher that waits for its snapshot has a list in which the frames since are kept for it.
        self._watchers: defaultdict[str, dict[Socket, list[Frame] | None]] = defaultdict(dict)
        self._users: defaultdict[int, set[Socket]] = defaultdict(set)
        self._dirty: list[Outbox] = []
        self._laggards: set[Outbox] = set()
        self._owners: dict[Outbox, Socket] = {}

    # -- sockets --

    def connect(self, socket: Socket) -> None:
        self._owners[socket.outbox] = socket

    def sign_in(self, socket: Socket) -> None:
        """Start to deliver what is meant for the socket's player."""
        assert socket.user_id is not None
        if not self._users[socket.user_id]:
            self._bus.subscribe(user_channel(socket.user_id), self._receive)
        self._users[socket.user_id].add(socket)

    def disconnect(self, socket: Socket) -> None:
        self._owners.pop(socket.outbox, None)
        self._laggards.discard(socket.outbox)
        if socket.user_id is not None and socket in self._users.get(socket.user_id, ()):
            self._users[socket.user_id].remove(socket)
            if not self._users[socket.user_id]:
                del self._users[socket.user_id]
                self._bus.unsubscribe(user_channel(socket.user_id), self._receive)

    def sockets(self) -> list[Socket]:
        return list(self._owners.values())

    def sockets_of(self, user_id: int) -> set[Socket]:
        return self._users.get(user_id, set())

    def users(self) -> list[int]:
        return list(self._users)

    # -- rooms --

    def watch(self, socket: Socket, room: str) -> None:
        """Keep the room's frames for ``socket`` until ``ready`` or ``unwatch``."""
        if not self._watchers[room]:
            self._bus.subscribe(room_channel(room), self._receive)
        if self._watchers[room].get(socket) is None:
            self._watchers[room][socket] = []
        self._watchers_changed(room)

    def ready(self, socket: Socket, room: str, seq: int) -> None:
        """The socket stands at ``seq`` now: send it the frames kept since, and from here on every frame."""
        if socket not in self._watchers.get(room, {}):
            return
        kept = self._watchers[room][socket]
        self._watchers[room][socket] = None
        for frame in kept or ():
            if frame.seq > seq:
                socket.outbox.put(text_frame(frame.wire))

    def unwatch(self, socket: Socket, room: str) -> None:
        if socket not in self._watchers.get(room, {}):
            return
        del self._watchers[room][socket]
        if not self._watchers[room]:
            del self._watchers[room]
            self._bus.unsubscribe(room_channel(room), self._receive)
        self._watchers_changed(room)

    def watchers(self, room: str) -> list[Socket]:
        return list(self._watchers.get(room, ()))

    # -- delivery --

    def _receive(self, message: BusMessage) -> None:
        match message:
            case Frame():
                self._fan_out(message)
            case Private():
                wire = text_frame(message.wire)
                for socket in self._users.get(message.user_id, ()):
                    socket.outbox.put(wire)
            case SignOut():
                self._sign_out(message)
            case Closed():
                for socket in self.watchers(message.room):
                    socket.room_closed(message.room)

    def _fan_out(self, frame: Frame) -> None:
        wire = text_frame(frame.wire)
        lean = wire if frame.lean is frame.wire else text_frame(frame.lean)
        for socket, kept in self._watchers.get(frame.room, {}).items():
            if kept is None:
                socket.outbox.put(wire, lean)
            else:
                kept.append(frame)

    def _sign_out(self, message: SignOut) -> None:
        for socket in tuple(self._users.get(message.user_id, ())):
            if message.newer_than is None or socket.signed_in_at < message.newer_than:
                socket.close(message.close)

    def mark(self, outbox: Outbox) -> None:
        """Flush ``outbox`` at the end of this turn of the loop, with all others that have something by then."""
        if not self._dirty:
            asyncio.get_running_loop().call_soon(self._flush)
        self._dirty.append(outbox)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        self._flush_all(dirty)

    def _flush_all(self, outboxes: list[Outbox]) -> None:
        now = self._clock.now_ms()
        for outbox in outboxes:
            passed = outbox.flush(now)
            if passed is not None:
                socket = self._owners.get(outbox)
                if socket is not None:
                    socket.close("too_slow", f"The client reads too slowly: {passed}.")
            elif outbox.behind:
                if not self._laggards:
                    asyncio.get_running_loop().call_later(LAGGARD_INTERVAL, self._flush_laggards)
                self._laggards.add(outbox)

    def _flush_laggards(self) -> None:
        laggards, self._laggards = list(self._laggards), set()
        self._flush_all(laggards)

"""The switchboard of a node: which sockets watch which room or belong to which player; one write each a turn."""

from collections import defaultdict
from collections.abc import Callable

from server.backends.bus import (
    Bus,
    BusMessage,
    EncodedFrame,
    EncodedPrivateFrame,
    NewOwner,
    PlayerChanged,
    RoomGone,
    SignOut,
    late_view,
    room_channel,
    room_of,
    user_channel,
)
from server.clock import Clock
from server.fanout.feed import Feed, Socket, Source
from server.fanout.flusher import Flusher
from server.fanout.framing import text_frame
from server.fanout.outbox import Outbox
from server.fanout.subscriptions import ChannelSubscriptions
from server.messages import Position


class Hub:
    """``watchers_changed(room)`` is called when the room's owner should hear anew who watches here."""

    def __init__(self, bus: Bus, clock: Clock, watchers_changed: Callable[[str], None]) -> None:
        self._watchers_changed: Callable[[str], None] = lambda view: watchers_changed(room_of(view))
        self._ears = ChannelSubscriptions(bus, self._receive)
        self._feeds: dict[str, Feed] = {}
        self._users: defaultdict[int, set[Socket]] = defaultdict(set)
        self._flusher = Flusher(clock, self._too_slow)
        self.mark = self._flusher.mark
        self._owners: dict[Outbox, Socket] = {}
        self.source: Source
        self.player_changed: Callable[[int], None] = lambda _user_id: None
        bus.on_loss(self._missed_something)

    # -- sockets --

    def connect(self, socket: Socket) -> None:
        self._owners[socket.outbox] = socket

    async def sign_in(self, socket: Socket) -> None:
        """Start to deliver what is meant for the socket's player; ``disconnect`` must follow. Raises UnreachableError;
        then nothing has begun."""
        assert socket.user_id is not None
        self._users[socket.user_id].add(socket)
        try:
            await self._ears.need(user_channel(socket.user_id))
        except BaseException:
            self._sign_off(socket, socket.user_id)
            raise

    def disconnect(self, socket: Socket) -> None:
        self._owners.pop(socket.outbox, None)
        self._flusher.forget(socket.outbox)
        if socket.user_id is not None and socket in self._users.get(socket.user_id, ()):
            self._sign_off(socket, socket.user_id)

    def _sign_off(self, socket: Socket, user_id: int) -> None:
        self._users[user_id].remove(socket)
        self._ears.no_need(user_channel(user_id))
        if not self._users[user_id]:
            del self._users[user_id]

    def sockets(self) -> list[Socket]:
        return list(self._owners.values())

    def sockets_of(self, user_id: int) -> set[Socket]:
        return self._users.get(user_id, set())

    def users(self) -> list[int]:
        return list(self._users)

    # -- rooms: ``view`` is a room, or its late view --

    async def watch(self, socket: Socket, view: str) -> None:
        """Keep the view's frames for ``socket`` until ``ready``; ``unwatch`` must follow. Raises UnreachableError."""
        feed = self._feeds.get(view)
        if feed is None:
            feed = self._feeds[view] = Feed(view, self.source, self._watchers_changed)
        is_new = socket not in feed.watchers
        feed.add(socket)
        if is_new:
            await self._ears.need(room_channel(view))
        self._watchers_changed(view)

    def ready(self, socket: Socket, view: str, standing: Position) -> None:
        """The socket stands there now: send it the frames kept since, and from here on every frame."""
        feed = self._feeds.get(view)
        if feed is not None:
            feed.ready(socket, standing)

    def unwatch(self, socket: Socket, view: str) -> None:
        feed = self._feeds.get(view)
        if feed is None or socket not in feed.watchers:
            return
        feed.remove(socket)
        self._ears.no_need(room_channel(view))
        if not feed.watchers:
            del self._feeds[view]
        self._watchers_changed(view)

    def watchers(self, room: str) -> list[Socket]:
        """Whoever watches the room, at once or late."""
        return [socket for feed in self._of(room) for socket in feed.watchers]

    def _of(self, room: str) -> list[Feed]:
        return [self._feeds[view] for view in (room, late_view(room)) if view in self._feeds]

    def resync(self, room: str) -> None:
        """The room is no longer this node's: bring its watchers into line with its next owner."""
        for feed in self._of(room):
            feed.catch_up()

    def forgotten(self) -> None:
        """Other nodes may have taken this one for dead, and everybody here for gone."""
        for feed in self._feeds.values():
            feed.forgotten()

    # -- delivery --

    def tell(self, user_id: int, wire: bytes) -> None:
        """Send something to the player's sockets on this node."""
        framed = text_frame(wire)
        for socket in self._users.get(user_id, ()):
            socket.outbox.put(framed)

    def _receive(self, message: BusMessage) -> None:
        match message:
            case EncodedFrame():
                if message.room in self._feeds:
                    self._feeds[message.room].take(message)
            case NewOwner():
                if message.room in self._feeds:
                    self._feeds[message.room].opened(message)
            case RoomGone():
                feed = self._feeds.get(message.room)
                for socket in tuple(feed.watchers) if feed else ():
                    if message.final_frame is not None:
                        socket.outbox.put(text_frame(message.final_frame))
                    socket.room_closed(room_of(message.room))
            case EncodedPrivateFrame():
                self.tell(message.user_id, message.wire)
            case SignOut():
                self.sign_out(message)
            case PlayerChanged():
                self.player_changed(message.user_id)

    def _missed_something(self) -> None:
        for feed in self._feeds.values():
            feed.missed_something()

    def sign_out(self, message: SignOut) -> None:
        """Close the player's sockets on this node."""
        for socket in tuple(self._users.get(message.user_id, ())):
            if message.newer_than is None or socket.signed_in_at < message.newer_than:
                socket.close(message.close)

    def _too_slow(self, outbox: Outbox, passed: str) -> None:
        socket = self._owners.get(outbox)
        if socket is not None:
            socket.close("too_slow", f"The client reads too slowly: {passed}.")

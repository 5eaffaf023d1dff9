"""The switchboard of a node: takes messages from the bus and passes them to the sockets that should get them."""

from typing import Protocol

from server.backends.bus import (
    Bus,
    BusMessage,
    EncodedFrame,
    EncodedPrivateFrame,
    NewOwner,
    PlayerChanged,
    RoomGone,
    SignOut,
    delayed_view,
    room_channel,
    room_of,
    user_channel,
)
from server.fanout.feed import Feed, Source
from server.fanout.framing import text_frame
from server.fanout.sockets import LocalSockets, Socket
from server.fanout.subscriptions import ChannelSubscriptions
from server.fanout.watcher_reports import WatcherReports
from server.messages import Position


class PlayerCache(Protocol):
    """The players of this node."""

    def changed_elsewhere(self, user_id: int) -> None:
        """The player has changed in the database: look it up."""


class Hub:
    """``source`` answers for rooms on any node. A ``view`` is a room or its delayed view. ``Feed`` and
    ``WatcherReports`` explain the times."""

    def __init__(
        self,
        bus: Bus,
        sockets: LocalSockets,
        source: Source,
        players: PlayerCache,
        *,
        report_pause_s: float = 0.25,
        feed_retry_s: float = 0.1,
        feed_give_up_s: float = 15.0,
    ) -> None:
        self.sockets = sockets
        self._source = source
        self._players = players
        self._reports = WatcherReports(self, source, pause_s=report_pause_s)
        self._feed_retry_s = feed_retry_s
        self._feed_give_up_s = feed_give_up_s
        self._channels = ChannelSubscriptions(bus, self._receive)
        self._feeds: dict[str, Feed] = {}
        bus.on_loss(self._messages_lost)

    # -- players --

    async def sign_in(self, socket: Socket) -> None:
        """Start to deliver what is sent to the socket's player; ``disconnect`` must follow. Raises UnreachableError;
        then nothing has changed."""
        assert socket.user_id is not None
        self.sockets.add_to_user(socket, socket.user_id)
        try:
            await self._channels.need(user_channel(socket.user_id))
        except BaseException:
            self._sign_off(socket, socket.user_id)
            raise

    def disconnect(self, socket: Socket) -> None:
        self.sockets.remove(socket)
        if socket.user_id is not None:
            self._sign_off(socket, socket.user_id)

    def _sign_off(self, socket: Socket, user_id: int) -> None:
        if self.sockets.remove_from_user(socket, user_id):
            self._channels.release(user_channel(user_id))

    # -- rooms --

    async def watch(self, socket: Socket, view: str) -> None:
        """Collect the view's frames for the socket until ``ready``; ``unwatch`` must follow. Raises
        UnreachableError."""
        feed = self._feeds.get(view)
        if feed is None:
            feed = self._feeds[view] = Feed(
                view, self._source, self._reports, retry_s=self._feed_retry_s, give_up_s=self._feed_give_up_s
            )
        is_new = socket not in feed.watchers
        feed.add(socket)
        if is_new:
            await self._channels.need(room_channel(view))
        self._reports.changed(room_of(view))

    def ready(self, socket: Socket, view: str, position: Position) -> None:
        """The socket has been sent everything up to ``position``. Send it the frames since then, and from now on each
        new one."""
        feed = self._feeds.get(view)
        if feed is not None:
            feed.ready(socket, position)

    def unwatch(self, socket: Socket, view: str) -> None:
        feed = self._feeds.get(view)
        if feed is None or socket not in feed.watchers:
            return
        feed.remove(socket)
        self._channels.release(room_channel(view))
        if not feed.watchers:
            del self._feeds[view]
        self._reports.changed(room_of(view))

    def watchers(self, room: str) -> list[Socket]:
        """The sockets that watch the room, live or delayed."""
        return [socket for feed in self._feeds_of(room) for socket in feed.watchers]

    def _feeds_of(self, room: str) -> list[Feed]:
        return [self._feeds[view] for view in (room, delayed_view(room)) if view in self._feeds]

    def resync(self, room: str) -> None:
        """Another node owns the room now: bring the watchers up to date with the new owner."""
        for feed in self._feeds_of(room):
            feed.catch_up()

    def forgotten(self) -> None:
        """Other nodes may believe that this node died and its players left: report the watchers on this node to the
        owners of all rooms again."""
        for feed in self._feeds.values():
            feed.forgotten()

    def stop_reports(self) -> None:
        """Stop the reports about the watchers on this node."""
        self._reports.close()

    # -- delivery --

    def _receive(self, message: BusMessage) -> None:
        match message:
            case EncodedFrame():
                if message.room in self._feeds:
                    self._feeds[message.room].take(message)
            case NewOwner():
                if message.room in self._feeds:
                    self._feeds[message.room].opened(message)
                    self._reports.changed(room_of(message.room))
            case RoomGone():
                self._room_closed(message)
            case EncodedPrivateFrame():
                self.sockets.send(message.user_id, message.wire)
            case SignOut():
                self.sockets.sign_out(message)
            case PlayerChanged():
                self._players.changed_elsewhere(message.user_id)

    def _room_closed(self, message: RoomGone) -> None:
        feed = self._feeds.get(message.room)
        for socket in tuple(feed.watchers) if feed else ():
            if message.final_frame is not None:
                socket.outbox.put(text_frame(message.final_frame))
            socket.room_closed(room_of(message.room))

    def _messages_lost(self) -> None:
        for feed in self._feeds.values():
            feed.messages_lost()

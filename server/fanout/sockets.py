"""The sockets that are connected to this node, and their players."""

from collections import defaultdict
from collections.abc import Collection
from typing import Protocol

from server.backends.bus import SignOut
from server.clock import Clock
from server.errors import SignOutReason
from server.fanout.framing import text_frame
from server.fanout.outbox import Flusher, Outbox


class Socket(Protocol):
    """The part of a client's connection that fan-out uses."""

    outbox: Outbox
    seated: set[str]
    """The rooms in which the player has a seat through this connection."""
    greeted: bool
    """Whether the client has said hello."""
    token_id: int | None
    """The id of the sign-in whose token the client sent."""

    @property
    def user_id(self) -> int | None: ...

    def close(self, name: str, message: str = "", reason: SignOutReason | None = None) -> None:
        """Say goodbye and close with the close code of this name. ``reason`` is a key of ``SIGN_OUTS``."""

    def room_closed(self, room: str) -> None:
        """The room is closed: stop watching it."""

    def review(self, room: str) -> None:
        """The player may have lost the seat in the room: check what the socket may still see."""


class LocalSockets:
    """``flusher`` writes to all of them."""

    def __init__(self, clock: Clock) -> None:
        self.flusher = Flusher(clock)
        self._sockets: set[Socket] = set()
        self._by_user: defaultdict[int, set[Socket]] = defaultdict(set)

    def all(self) -> list[Socket]:
        return list(self._sockets)

    def of(self, user_id: int) -> Collection[Socket]:
        """The sockets of one player."""
        return self._by_user.get(user_id, ())

    def users(self) -> list[int]:
        """The ids of the players who are signed in."""
        return list(self._by_user)

    def add(self, socket: Socket) -> None:
        self._sockets.add(socket)

    def add_to_user(self, socket: Socket, user_id: int) -> None:
        """From now on, the socket gets what is sent to the player."""
        self._by_user[user_id].add(socket)

    def remove(self, socket: Socket) -> None:
        self._sockets.discard(socket)
        self.flusher.forget(socket.outbox)

    def remove_from_user(self, socket: Socket, user_id: int) -> bool:
        """Undo ``add_to_user``; False if there was nothing to undo."""
        sockets = self._by_user.get(user_id, set())
        if socket not in sockets:
            return False
        sockets.remove(socket)
        if not sockets:
            del self._by_user[user_id]
        return True

    def send(self, user_id: int, message: bytes) -> None:
        """Send an encoded message to the player's sockets."""
        frame = text_frame(message)
        for socket in self._by_user.get(user_id, ()):
            socket.outbox.put(frame)

    def send_to_all(self, message: bytes) -> int:
        """Send an encoded message to every client that has said hello; returns to how many."""
        frame = text_frame(message)
        greeted = [socket for socket in self._sockets if socket.greeted]
        for socket in greeted:
            socket.outbox.put(frame)
        return len(greeted)

    def sign_out(self, message: SignOut) -> None:
        """Close the player's sockets, or those of some sign-ins."""
        for socket in tuple(self._by_user.get(message.user_id, ())):
            if message.only in (None, socket.token_id) and (message.but is None or message.but != socket.token_id):
                socket.close(message.close, reason=message.reason)

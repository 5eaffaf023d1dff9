"""Messages between rooms and the sockets of their watchers and players, wherever either of them is."""

from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct


class Frame(Struct, frozen=True, tag="frame"):
    """A numbered frame, encoded once. ``lean`` is the same frame without its ticks, for clients that lag."""

    room: str
    seq: int
    wire: bytes
    lean: bytes


class Private(Struct, frozen=True, tag="private"):
    """For one player alone: a private frame or a notice, encoded."""

    user_id: int
    wire: bytes


class SignOut(Struct, frozen=True, tag="sign_out"):
    """Close the player's sockets with the close of this name; with ``newer_than`` (ms since the epoch) only those
    whose token was issued before."""

    user_id: int
    close: str
    newer_than: int | None = None


class Closed(Struct, frozen=True, tag="closed"):
    """The room is no more."""

    room: str


BusMessage = Frame | Private | SignOut | Closed
Receive = Callable[[BusMessage], None]


def room_channel(room: str) -> str:
    return f"room.{room}"


def user_channel(user_id: int) -> str:
    return f"user.{user_id}"


class Bus(Protocol):
    """Publish and subscribe. Delivery is in order per publisher and at most once: ``seq`` finds what was lost."""

    def publish(self, channel: str, message: BusMessage) -> None: ...

    def subscribe(self, channel: str, receive: Receive) -> None: ...

    def unsubscribe(self, channel: str, receive: Receive) -> None: ...


class LocalBus:
    """The bus of a node that is alone: publishing calls the subscribers."""

    def __init__(self) -> None:
        self._subscribers: defaultdict[str, list[Receive]] = defaultdict(list)

    def publish(self, channel: str, message: BusMessage) -> None:
        for receive in tuple(self._subscribers.get(channel, ())):
            receive(message)

    def subscribe(self, channel: str, receive: Receive) -> None:
        self._subscribers[channel].append(receive)

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        subscribers = self._subscribers[channel]
        subscribers.remove(receive)
        if not subscribers:
            del self._subscribers[channel]

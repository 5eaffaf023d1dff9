"""Messages between rooms and the sockets of their watchers and players, wherever either of them is."""

from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct


class Claim(Struct, frozen=True):
    """By what a node speaks for a room: ``token`` is the one of its ownership, which nobody else ever had."""

    room: str
    token: str


class EncodedFrame(Struct, frozen=True, tag="frame"):
    """A numbered frame of a room, encoded once for all watchers.

    ``without_ticks`` is the same frame without its ticks, for clients that lag; None if it has no ticks. ``departed``
    are the ids of the users who left the room in this frame.
    """

    room: str
    epoch: str
    seq: int
    wire: bytes
    without_ticks: bytes | None = None
    departed: tuple[int, ...] = ()


class NewOwner(Struct, frozen=True, tag="opened"):
    """The room has an owner, whose numbering begins after ``seq`` in ``epoch``."""

    room: str
    epoch: str
    seq: int


class RoomGone(Struct, frozen=True, tag="closed"):
    """The room is no more. ``last_words`` are for its watchers, encoded, if no frame has said so."""

    room: str
    final_frame: bytes | None = None


class EncodedPrivateFrame(Struct, frozen=True, tag="private"):
    """For one player alone: a private frame, encoded."""

    user_id: int
    wire: bytes


class SignOut(Struct, frozen=True, tag="sign_out"):
    """Close the player's sockets with the close of this name; with ``newer_than`` (ms since the epoch) only those
    whose token was issued before."""

    user_id: int
    close: str
    newer_than: int | None = None


class WalletUpdate(Struct, frozen=True, tag="moved"):
    """A player's wallet looks different, in cents; of two the one with the higher ``turn`` is newer. ``soon``: its
    owner waits to hear of it."""

    user_id: int
    balance: int
    version: int
    held: int
    turn: int
    soon: bool


class PlayerChanged(Struct, frozen=True, tag="changed"):
    """The database knows something new of a player: name, client seed, limits, wallet."""

    user_id: int


class RpcCall(Struct, frozen=True, tag="call"):
    """One node asks another. The same ``id`` again is the same call."""

    caller: str
    id: int
    body: bytes


class RpcAnswer(Struct, frozen=True, tag="answer"):
    """What became of a call."""

    id: int
    body: bytes


BusMessage = (
    EncodedFrame
    | NewOwner
    | RoomGone
    | EncodedPrivateFrame
    | SignOut
    | WalletUpdate
    | PlayerChanged
    | RpcCall
    | RpcAnswer
)
Receive = Callable[[BusMessage], None]


_LATE = "~late"


def late_view(room: str) -> str:
    """The name under which messages about a room travel for those who see it late; no client can name it."""
    return f"{room}{_LATE}"


def room_of(view: str) -> str:
    """The room of a view: of the one that is late, or of the one by the room's own name."""
    return view.removesuffix(_LATE)


def room_channel(view: str) -> str:
    return f"room.{view}"


def user_channel(user_id: int) -> str:
    return f"user.{user_id}"


def node_channel(node: str) -> str:
    return f"node.{node}"


class Bus(Protocol):
    """Publish and subscribe. Delivery is in order per publisher and at most once: ``seq`` finds what was lost."""

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        """Hand the message to this node's subscribers at once, and to those of others soon. With ``claim`` it goes
        nowhere else once another node owns the room."""

    async def subscribe(self, channel: str, receive: Receive) -> None:
        """When it returns, nothing that is published from now on is missed. Raises UnreachableError; then nothing has
        changed."""

    def unsubscribe(self, channel: str, receive: Receive) -> None: ...

    def on_loss(self, lost: Callable[[], None]) -> None:
        """Call ``lost`` whenever something that others published may have been missed here."""


class Subscriptions:
    """Who on this node hears what."""

    def __init__(self) -> None:
        self._receivers: defaultdict[str, list[Receive]] = defaultdict(list)

    def deliver(self, channel: str, message: BusMessage) -> None:
        for receive in tuple(self._receivers.get(channel, ())):
            receive(message)

    def add(self, channel: str, receive: Receive) -> None:
        self._receivers[channel].append(receive)

    def remove(self, channel: str, receive: Receive) -> None:
        receivers = self._receivers[channel]
        receivers.remove(receive)
        if not receivers:
            del self._receivers[channel]


class LocalBus:
    """The bus of a node that is alone: publishing calls the subscribers."""

    def __init__(self) -> None:
        self._subscriptions = Subscriptions()

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        self._subscriptions.deliver(channel, message)

    async def subscribe(self, channel: str, receive: Receive) -> None:
        self._subscriptions.add(channel, receive)

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        self._subscriptions.remove(channel, receive)

    def on_loss(self, lost: Callable[[], None]) -> None:
        """Nothing is ever lost."""

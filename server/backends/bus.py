"""Messages between rooms and the sockets of their watchers and players, on whichever nodes they are.

All nodes of a cluster run the same version, so these messages may change from one version to the next.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Final, Protocol

from msgspec import Struct

from server.errors import SignOutReason


class Claim(Struct, frozen=True):
    """One ownership of a room. ``token`` is unique: no other ownership ever had it."""

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


class NewOwner(Struct, frozen=True, tag="new_owner"):
    """The room has a new owner, which numbers its frames in ``epoch``, from ``seq`` + 1 on."""

    room: str
    epoch: str
    seq: int


class RoomGone(Struct, frozen=True, tag="room_gone"):
    """The room is closed. ``final_frame``, encoded, announces that to its watchers, unless an earlier frame announced
    the closing."""

    room: str
    final_frame: bytes | None = None


class EncodedPrivateFrame(Struct, frozen=True, tag="private_frame"):
    """A private frame, encoded, for one player."""

    user_id: int
    wire: bytes


class SignOut(Struct, frozen=True, tag="sign_out"):
    """Close the player's sockets with the close code of this name: all of them, ``only`` those of the sign-in with this
    id, or all ``but`` those of this one. ``reason`` is a key of ``SIGN_OUTS``; None: it is not known."""

    user_id: int
    close: str
    reason: SignOutReason | None = None
    only: int | None = None
    but: int | None = None


class WalletState(Struct, frozen=True, tag="wallet"):
    """A player's wallet, after a change. Amounts are cents; of two states, the one with the higher ``revision`` is
    newer. ``set_back``: the version is lower than before, because the database was restored."""

    user_id: int
    balance: int
    version: int
    held: int
    revision: int
    set_back: bool = False


class PlayerChanged(Struct, frozen=True, tag="player_changed"):
    """The database has something new about a player: name, client seed, limits or wallet."""

    user_id: int


class RpcCall(Struct, frozen=True, tag="call"):
    """One node asks another. The same ``id`` from the same caller is the same call."""

    caller: str
    id: int
    body: bytes


class RpcAnswer(Struct, frozen=True, tag="answer"):
    """The result of a call."""

    id: int
    body: bytes


BusMessage = (
    EncodedFrame
    | NewOwner
    | RoomGone
    | EncodedPrivateFrame
    | SignOut
    | WalletState
    | PlayerChanged
    | RpcCall
    | RpcAnswer
)
Receive = Callable[[BusMessage], None]


_DELAYED: Final = "~late"


def delayed_view(room: str) -> str:
    """The name of the delayed view of a room. No client can ask for it: room keys do not contain ``~``."""
    return f"{room}{_DELAYED}"


def room_of(view: str) -> str:
    """The room of a view, which is a room's key or the name of its delayed view."""
    return view.removesuffix(_DELAYED)


def room_channel(view: str) -> str:
    return f"room.{view}"


def user_channel(user_id: int) -> str:
    return f"user.{user_id}"


def node_channel(node: str) -> str:
    return f"node.{node}"


class Bus(Protocol):
    """Publish and subscribe. Messages of one publisher arrive in order, each at most once. ``seq`` shows which frames
    were lost."""

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        """Deliver the message to this node's subscribers at once, and to those of other nodes soon. With ``claim``, it
        reaches no other node after another node has taken the room over."""

    async def subscribe(self, channel: str, receive: Receive) -> None:
        """Returns when no message that is published from now on will be missed. Raises UnreachableError; then nothing
        has changed."""

    def unsubscribe(self, channel: str, receive: Receive) -> None: ...

    def on_loss(self, lost: Callable[[], None]) -> None:
        """Call ``lost`` whenever this node may have missed messages of other nodes."""


class Subscriptions:
    """The subscribers of this node, by channel."""

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
    """The bus of a single node: publishing calls the subscribers."""

    def __init__(self) -> None:
        self._subscriptions = Subscriptions()

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        self._subscriptions.deliver(channel, message)

    async def subscribe(self, channel: str, receive: Receive) -> None:
        self._subscriptions.add(channel, receive)

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        self._subscriptions.remove(channel, receive)

    def on_loss(self, lost: Callable[[], None]) -> None:
        """A local bus loses nothing."""

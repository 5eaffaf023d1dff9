"""Every message of the WebSocket, as types: they decode what comes in and describe what goes out."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

MAX_MESSAGE_BYTES = 16 * 1024
SUBPROTOCOL = "croupier.v1"

RequestId = int | Annotated[str, Meta(max_length=64)]
# "$" alone would let a line's end slip through at the end.
RoomKey = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}$(?!\n)")]
BetKey = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Invite = Annotated[str, Meta(max_length=64)]
NO_SELECTION = Raw(b"{}")
Cents = Annotated[int, Meta(ge=1, le=10**15)]
Watching = Literal["everybody", "invited", "nobody"]
"""Who may watch a private room without a seat in it."""


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a client stands in a room: the numbering and the last frame that it has seen."""

    epoch: str
    seq: Annotated[int, Meta(ge=0)]


class Resumption(Position, frozen=True, forbid_unknown_fields=True):
    """``invite`` lets somebody without an account back into a room that only those invited may watch."""

    invite: Invite | None = None


# ---- from a client ----


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    id: RequestId


class Hello(Request, frozen=True, tag="hello"):
    """Must come first, within 10 s. Without a token the connection can only watch."""

    token: Annotated[str, Meta(max_length=128)] | None = None
    resume: dict[RoomKey, Resumption] = {}


class Rooms(Request, frozen=True, tag="rooms"):
    """The live rooms in which players sit together, but for private ones that are in no list: all, or those of one
    game."""

    game: RoomKey | None = None


class Watch(Request, frozen=True, tag="watch"):
    """Receive a room's frames: the room's key, or a live session's number for the room it is in. ``invite`` is that of
    a private room; who has shown it once need not do so again."""

    room: RoomKey | None = None
    session: Annotated[int, Meta(ge=1)] | None = None
    invite: Invite | None = None


class Unwatch(Request, frozen=True, tag="unwatch"):
    room: RoomKey


class Join(Request, frozen=True, tag="join"):
    """Sit down: in a room by its key, or at a single-player game by its name, which opens a room. ``invite`` is that of
    a private room; who has shown it once need not do so again."""

    room: RoomKey | None = None
    game: RoomKey | None = None
    seat: Annotated[int, Meta(ge=0)] | None = None
    invite: Invite | None = None


class Leave(Request, frozen=True, tag="leave"):
    """Stand up. A live bet stays until its round ends."""

    room: RoomKey


class Bet(Request, frozen=True, tag="bet"):
    """Wager ``amount`` cents. The key makes it happen once, whatever is sent again."""

    room: RoomKey
    amount: Cents
    key: BetKey
    selection: Raw = field(default_factory=lambda: NO_SELECTION)
    round: Annotated[str, Meta(max_length=96)] | None = None


class Act(Request, frozen=True, tag="act", forbid_unknown_fields=False):
    """A move in the round; what comes beside ``room`` and ``action`` is the game's own."""

    room: RoomKey
    action: Annotated[str, Meta(max_length=32)]


class Chat(Request, frozen=True, tag="chat"):
    room: RoomKey
    text: Annotated[str, Meta(min_length=1, max_length=280)]


class Ping(Request, frozen=True, tag="ping"):
    pass


ClientMessage = Hello | Rooms | Watch | Unwatch | Join | Leave | Bet | Act | Chat | Ping


# ---- what a room shows ----


class RoundName(Struct, frozen=True):
    round: str
    number: int
    server_seed_hash: str


class Wager(Struct, frozen=True):
    """A live bet as everybody sees it."""

    player: str
    bet: str
    amount: int
    selection: Any


class Sitter(Struct, frozen=True):
    player: str
    session: int
    away: bool
    seat: int


class ChatLine(Struct, frozen=True):
    player: str
    text: str
    at: int


class PastRound(Struct, frozen=True):
    round: str
    outcome: dict[str, Any]


class StakeLimits(Struct, frozen=True):
    min_stake: int
    max_stake: int


class You(Struct, frozen=True):
    """The viewer's own place in the room."""

    player: str
    session: int
    seat: int


class PrivateRoom(Struct, frozen=True, kw_only=True):
    """What the owner of a private room has settled. Without a seat it is seen ``delay`` seconds late."""

    owner: str
    seats: int
    listed: bool
    watch: Watching
    delay: int
    invited_only: bool
    invite: str | None = None
    """For the owner's eyes."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """All of a room that the viewer may see. ``view`` is the game's own."""

    game: str
    round: RoundName | None
    paused: str | None
    view: dict[str, Any]
    bets: list[Wager]
    players: list[Sitter]
    spectators: int
    chat: list[ChatLine]
    history: list[PastRound]
    limits: StakeLimits
    options: Any
    private: PrivateRoom | None = None
    you: You | None = None


class SnapshotAt(Struct, frozen=True):
    """A snapshot, encoded, and where it stands in the room's numbering."""

    room: str
    epoch: str
    seq: int
    snapshot: Raw

    def at(self) -> Position:
        return Position(self.epoch, self.seq)


class RoomSummary(Struct, frozen=True, kw_only=True):
    """A room as a card of the lobby; times in ms since the epoch. Of a private room, all but its seats is as old as
    ``delay`` says, in seconds; where not everybody may watch, ``phase`` is ``hidden``, and no round is told of."""

    room: str
    game: str
    title: str
    shared: bool
    private: bool
    owner: str | None
    seats: int
    watch: Watching
    invited_only: bool
    delay: int
    options: Any
    players: int
    spectators: int
    phase: str
    closes_at: int | None
    started_at: int | None
    paused: str | None
    round: str | None
    history: list[PastRound]


# ---- replies ----


class User(Struct, frozen=True):
    username: str
    client_seed: str


class HelloOk(Struct, frozen=True):
    user: User | None
    node: str
    server_time: int
    heartbeat_ms: int
    resumed: dict[str, Literal["frames", "snapshot"]]


class RoomsOk(Struct, frozen=True):
    rooms: list[RoomSummary]


class WatchOk(Struct, frozen=True):
    room: str
    epoch: str
    seq: int
    snapshot: Snapshot


class JoinOk(Struct, frozen=True):
    room: str
    session: int
    epoch: str
    seq: int
    snapshot: Snapshot


class Empty(Struct, frozen=True):
    pass


class BetOk(Struct, frozen=True):
    """The bet's names, and the wallet as it is now."""

    bet: str
    round: str
    balance: int
    held: int
    version: int


class PingOk(Struct, frozen=True):
    server_time: int


class ErrorBody(Struct, frozen=True):
    """``field`` names what is wrong in the request. Some codes bring members of their own: ``retry_after_ms``, …"""

    code: str
    message: str
    retry: bool
    field: str | UnsetType = UNSET


class Reply(Struct, frozen=True):
    """Exactly one for each request, with its id; ``ok`` is the verb's own."""

    re: RequestId | None
    ok: Any


class ErrorReply(Struct, frozen=True):
    re: RequestId | None
    error: ErrorBody


OK_TYPES: dict[type[Request], Any] = {
    Hello: HelloOk,
    Rooms: RoomsOk,
    Watch: WatchOk,
    Unwatch: Empty,
    Join: JoinOk,
    Leave: Empty,
    Bet: BetOk,
    Act: dict[str, Any],
    Chat: Empty,
    Ping: PingOk,
}


# ---- events common to all games ----


class RoomEvent(Struct, frozen=True, tag_field="type"):
    pass


class RoundOpened(RoomEvent, frozen=True, tag="round_opened"):
    round: str
    number: int
    server_seed_hash: str
    closes_at: int | None = None


class BetPlaced(RoomEvent, frozen=True, tag="bet_placed"):
    player: str
    bet: str
    amount: int
    selection: Any


class RoundStarted(RoomEvent, frozen=True, tag="round_started"):
    started_at: int


class ResultLine(Struct, frozen=True):
    player: str
    bet: str
    amount: int
    result: str
    payout: int


class RoundEnded(RoomEvent, frozen=True, tag="round_ended"):
    round: str
    outcome: dict[str, Any]
    server_seed: str
    client_seed: str
    nonce: int
    results: list[ResultLine]


class RoundVoid(RoomEvent, frozen=True, tag="round_void"):
    round: str
    reason: str


class PlayerJoined(RoomEvent, frozen=True, tag="player_joined"):
    """Somebody sat down. With a session that is known: a player has a new name, and ``player_left`` of the old one
    follows."""

    player: str
    session: int
    seat: int


class PlayerLeft(RoomEvent, frozen=True, tag="player_left"):
    player: str


class PlayerAway(RoomEvent, frozen=True, tag="player_away"):
    player: str


class PlayerBack(RoomEvent, frozen=True, tag="player_back"):
    player: str


class ChatSaid(RoomEvent, frozen=True, tag="chat"):
    player: str
    text: str
    at: int


class Spectators(RoomEvent, frozen=True, tag="spectators"):
    count: int


class RoomPaused(RoomEvent, frozen=True, tag="room_paused"):
    reason: str


class RoomResumed(RoomEvent, frozen=True, tag="room_resumed"):
    pass


class RoomClosed(RoomEvent, frozen=True, tag="room_closed"):
    pass


COMMON_EVENTS: tuple[type[RoomEvent], ...] = (
    RoundOpened,
    BetPlaced,
    RoundStarted,
    RoundEnded,
    RoundVoid,
    PlayerJoined,
    PlayerLeft,
    PlayerAway,
    PlayerBack,
    ChatSaid,
    Spectators,
    RoomPaused,
    RoomResumed,
    RoomClosed,
)


# ---- frames and notices ----


class Frame(Struct, frozen=True):
    """Events of a room; ``seq`` grows by exactly one from frame to frame."""

    room: str
    seq: int
    events: list[Any]


class SnapshotFrame(Struct, frozen=True):
    """Replaces all that was known of the room."""

    room: str
    epoch: str
    seq: int
    snapshot: Snapshot


class PrivateFrame(Struct, frozen=True):
    """What only this player may know; not numbered. ``room_closed`` here: the player has no seat in a private room any
    more, and may not watch it; or its node did not live to close it in a frame."""

    room: str
    private: list[Any]


class WalletNotice(Struct, frozen=True, tag="wallet", tag_field="notice"):
    """The wallet now; a smaller version than one seen is stale."""

    balance: int
    held: int
    version: int


class Goodbye(Struct, frozen=True, tag="goodbye", tag_field="notice"):
    """Sent before the server closes the connection."""

    code: str
    message: str
    retry: bool
    retry_after_ms: int


NOTICES: tuple[type[Struct], ...] = (WalletNotice, Goodbye)

encode = msgspec.json.Encoder().encode
decode_request = msgspec.json.Decoder(ClientMessage).decode

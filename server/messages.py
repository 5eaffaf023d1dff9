"""Every message of the WebSocket, as types that decode requests and describe answers."""

import re
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from server.errors import ClientError, SignOutReason

MAX_MESSAGE_BYTES = 16 * 1024
SUBPROTOCOL = "croupier.v1"

RequestId = int | Annotated[str, Meta(max_length=64)]
# "$" alone would also match before a line break at the end.
RoomKey = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}$(?!\n)")]
Key = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Invite = Annotated[str, Meta(max_length=64)]
ClientSeed = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)",
        description="1–64 letters, digits, _ or -.",
        extra={"reason": "client_seed"},
    ),
]
NO_SELECTION = Raw(b"{}")
Cents = Annotated[int, Meta(ge=1, le=10**15)]
Watching = Literal["everybody", "invited", "nobody"]
"""Who may watch a private room without a seat."""


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """A client's position in a room: the epoch of the frame numbers, and the last frame that it has seen."""

    epoch: str
    seq: Annotated[int, Meta(ge=0)]


class Resumption(Position, frozen=True, forbid_unknown_fields=True):
    """``invite`` gives a client without an account access to a room that only invited people may watch."""

    invite: Invite | None = None


# ---- requests ----


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    id: RequestId


class Hello(Request, frozen=True, tag="hello"):
    """The first request, due within 10 s. Without a token, the connection can only watch."""

    token: Annotated[str, Meta(max_length=128)] | None = None
    resume: dict[RoomKey, Resumption] = {}


class Rooms(Request, frozen=True, tag="rooms"):
    """List the live rooms of shared games, or of one game, without private rooms that are not listed."""

    game: RoomKey | None = None


class Watch(Request, frozen=True, tag="watch"):
    """Receive the frames of a room, named by its key or by the number of a live session in it. ``invite`` gives access
    to a private room; a client needs to send it only once."""

    room: RoomKey | None = None
    session: Annotated[int, Meta(ge=1)] | None = None
    invite: Invite | None = None


class Unwatch(Request, frozen=True, tag="unwatch"):
    """Receive no more frames of a room."""

    room: RoomKey


class Join(Request, frozen=True, tag="join"):
    """Take a seat in a room, named by its key, or in a single-player game, whose name opens a room. ``invite`` gives
    access to a private room; a client needs to send it only once."""

    room: RoomKey | None = None
    game: RoomKey | None = None
    seat: Annotated[int, Meta(ge=0)] | None = None
    invite: Invite | None = None


class Leave(Request, frozen=True, tag="leave"):
    """Give up the seat. A live bet stays until its round ends. A repeated request with the same ``key`` gets the same
    reply and gives up no seat that was taken meanwhile."""

    room: RoomKey
    key: Key | None = None


class Bet(Request, frozen=True, tag="bet"):
    """Bet ``amount`` cents. A repeated request with the same key places no second bet.

    ``client_seed`` counts in this round only, and only with the player's first bet in it. Without one, the
    account's own seed counts, as it is at that moment.
    """

    room: RoomKey
    amount: Cents
    key: Key
    selection: Annotated[Raw, Meta(description="the game's own type")] = field(default_factory=lambda: NO_SELECTION)
    round: Annotated[str, Meta(max_length=96)] | None = None
    client_seed: ClientSeed | None = None


class Act(Request, frozen=True, tag="act", forbid_unknown_fields=False):
    """Make a move in the round; with ``round``, only in that one. All fields except ``room``, ``action``, ``key`` and
    ``round`` are the game's own. The error of a move that came after its round has that ``round``'s name.

    A repeated request with the same ``key`` makes no second move: it gets the first one's reply, or its refusal by the
    room. So a new attempt takes a new key.
    """

    room: RoomKey
    action: Annotated[str, Meta(max_length=32)]
    key: Key | None = None
    round: Annotated[str, Meta(max_length=96)] | None = None


class Chat(Request, frozen=True, tag="chat"):
    """Say something to everyone in the room."""

    room: RoomKey
    text: Annotated[str, Meta(min_length=1, max_length=280)]


class Ping(Request, frozen=True, tag="ping"):
    """Ask whether the connection works, and for the server's time."""


ClientMessage = Hello | Rooms | Watch | Unwatch | Join | Leave | Bet | Act | Chat | Ping


# ---- a room's snapshot ----


class RoundHead(Struct, frozen=True):
    round: str
    number: int
    server_seed_hash: str


class Wager(Struct, frozen=True):
    """A live bet, as everyone sees it."""

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


class BringsBack(Struct, frozen=True):
    """The player left the room with ``amount`` cents at ``left_at`` and has to bring at least that back before
    ``until``. Times are in ms since the epoch."""

    amount: int
    left_at: int
    until: int


class You(Struct, frozen=True):
    """The viewer's own seat in the room. ``brings_back`` is the least that the player's next bet may be."""

    player: str
    session: int
    seat: int
    brings_back: BringsBack | UnsetType = UNSET


class PrivateRoom(Struct, frozen=True, kw_only=True):
    """How the owner has set up a private room. Viewers without a seat see it ``delay`` seconds late."""

    owner: str
    seats: int
    listed: bool
    watch: Watching
    delay: int
    invited_only: bool
    invite: str | None = None
    """Only for the owner, like ``code``."""
    code: str | None = None
    """The short form of the invite, to be typed at ``/join``."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything in a room that the viewer may see. ``view`` is the game's own."""

    game: str
    round: RoundHead | None
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
    """An encoded snapshot, and the position that it corresponds to."""

    room: str
    epoch: str
    seq: int
    snapshot: Raw

    def at(self) -> Position:
        return Position(self.epoch, self.seq)


class RoomSummary(Struct, frozen=True, kw_only=True):
    """A room as the lobby shows it; times in ms since the epoch. A private room is shown ``delay`` seconds late, except
    for its seats. If not everyone may watch it, ``phase`` is ``hidden`` and nothing of its rounds is shown."""

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


class VoidBet(Struct, frozen=True):
    """A bet whose round became void at ``ended_at``, for a ``reason`` of ``round_void``. Its stake was returned."""

    bet: str
    game: str
    room: str
    amount: int
    reason: str
    ended_at: int


class HelloOk(Struct, frozen=True):
    """``void_bets`` are the player's bets in rounds that became void within the last week, newest first and at most 20:
    a client that was away learns from them what became of its bets."""

    user: User | None
    node: str
    server_time: int
    heartbeat_ms: int
    resumed: dict[str, Literal["frames", "snapshot"]]
    void_bets: list[VoidBet]


class RoomsOk(Struct, frozen=True):
    rooms: list[RoomSummary]


class WatchOk(Struct, frozen=True):
    """``invited``: whether the request's invite to a private room is right."""

    room: str
    epoch: str
    seq: int
    snapshot: Snapshot
    invited: bool | UnsetType = UNSET


class JoinOk(Struct, frozen=True):
    room: str
    session: int
    epoch: str
    seq: int
    snapshot: Snapshot


class Empty(Struct, frozen=True):
    pass


class BetOk(Struct, frozen=True):
    """The names of the bet and its round, and the wallet now."""

    bet: str
    round: str
    balance: int
    held: int
    version: int


class PingOk(Struct, frozen=True):
    server_time: int


Values = Annotated[
    dict[str, Any], Meta(description="The values in the message, by name: amounts in cents, times in ms.")
]


class ErrorBody(Struct, frozen=True):
    """``field`` names the invalid field of the request. If the message says more than the code, ``reason`` is a word
    for that, and ``values`` are the values in it. Some codes add further members, such as ``retry_after_ms``."""

    code: str
    message: str
    retry: bool
    field: str | UnsetType = UNSET
    retry_after_ms: int | UnsetType = UNSET
    retry_after: int | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    values: Values | UnsetType = UNSET
    available: int | UnsetType = UNSET
    bet: str | UnsetType = UNSET
    round: str | UnsetType = UNSET
    until: str | UnsetType = UNSET
    limit: int | UnsetType = UNSET
    staked: int | UnsetType = UNSET
    minimum: int | UnsetType = UNSET
    left_at: str | UnsetType = UNSET


class Reply(Struct, frozen=True):
    """The reply to a request; ``re`` is the request's id. The type of ``ok`` depends on the verb."""

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
    """A settled round. If cards stay hidden between its players, ``server_seed`` is null here, the outcome lacks what
    would reveal them, and both are published at ``seed_published_at``, in ms since the epoch."""

    round: str
    outcome: dict[str, Any]
    server_seed: str | None
    client_seed: str
    nonce: int
    results: list[ResultLine]
    seed_published_at: int | None = None


class VoidReason(StrEnum):
    """Why a round has no outcome: the ``reason`` of ``round_void`` and of the recorded round."""

    OWNER_LOST = "owner_lost"
    """Its node died, and the room was opened again, by another node or after a restart."""
    RESTART = "restart"
    """Its node died, and the room was not opened again."""
    SHUTDOWN = "shutdown"
    """Its room closed or its node stopped while the round took bets."""
    NOT_SETTLED = "not_settled"
    """The ledger did not settle it."""
    INTERNAL_ERROR = "internal_error"
    """The engine failed, or its outcome was inconsistent."""


class RoundVoid(RoomEvent, frozen=True, tag="round_void"):
    round: str
    reason: str


class StakeReturned(RoomEvent, frozen=True, tag="stake_returned"):
    """Private: the player's stake of ``amount`` cents would have stayed in the game, but went back to the wallet, for
    the reason that the error ``code``, its ``reason`` and the ``message`` name."""

    amount: int
    code: str
    message: str
    reason: str | UnsetType = UNSET
    values: Values | UnsetType = UNSET

    @classmethod
    def of(cls, amount: int, why: ClientError) -> Self:
        extra = why.extra
        reason, values = extra.get("reason", UNSET), extra.get("values", UNSET)
        return cls(amount=amount, code=why.error.code, message=why.message, reason=reason, values=values)


class StackTaken(RoomEvent, frozen=True, tag="stack_taken"):
    """Private: the player has kept the seat, but the stack went back to the wallet. Their next bet has to bring it
    back."""

    brings_back: BringsBack


class PlayerJoined(RoomEvent, frozen=True, tag="player_joined"):
    """A player took a seat. If the session is already known, its player was renamed, and ``player_left`` with the old
    name follows."""

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


class ChatRemoved(RoomEvent, frozen=True, tag="chat_removed"):
    """The player's account is deleted: show none of its lines any more. Frames that are sent again, to a client that
    reconnects, have this in place of each of its lines."""

    player: str


class Spectators(RoomEvent, frozen=True, tag="spectators"):
    count: int


class RoomPaused(RoomEvent, frozen=True, tag="room_paused"):
    """The room takes no bets. ``reason``: ``database`` (the database is away), ``redis`` (the servers can't reach each
    other), ``game`` (faults of the game made rounds void, and the next one opens later) or ``closing`` (the owner is
    closing the room)."""

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
    StakeReturned,
    StackTaken,
    PlayerJoined,
    PlayerLeft,
    PlayerAway,
    PlayerBack,
    ChatSaid,
    ChatRemoved,
    Spectators,
    RoomPaused,
    RoomResumed,
    RoomClosed,
)


# ---- frames and notices ----


class Frame(Struct, frozen=True):
    """Events of a room. ``seq`` grows by exactly one from frame to frame. ``at`` is the time in the room when it sent
    the frame, in ms since the epoch; the deadlines of its round are times in the room. Between two rounds this time
    may step, if the server's clock was set."""

    room: str
    seq: int
    events: list[Any]
    at: int | UnsetType = UNSET


class SnapshotFrame(Struct, frozen=True):
    """Replaces everything that the client knew about the room."""

    room: str
    epoch: str
    seq: int
    snapshot: Snapshot


class PrivateFrame(Struct, frozen=True):
    """Events for this player alone, without a number. ``room_closed`` here means that the player lost the seat in a
    private room and may not watch it, or that the room's node died before it could close the room in a frame."""

    room: str
    private: list[Any]


class WalletNotice(Struct, frozen=True, tag="wallet", tag_field="notice"):
    """The wallet now. A notice with a smaller version than an earlier one is stale."""

    balance: int
    held: int
    version: int


class AnnouncementNotice(Struct, frozen=True, tag="announcement", tag_field="notice"):
    """The operator says this to everybody who is connected, signed in or not, since ``at`` in ms since the epoch. A
    client that reconnects in that moment may get the same ``number`` twice."""

    number: int
    text: str
    at: int


class Goodbye(Struct, frozen=True, tag="goodbye", tag_field="notice"):
    """The last message before the server closes the connection."""

    code: str
    message: str
    retry: bool
    retry_after_ms: int
    reason: SignOutReason | UnsetType = UNSET
    """Why the sign-in has ended, if the code is ``signed_out`` and this node knows it."""


NOTICES: tuple[type[Struct], ...] = (WalletNotice, AnnouncementNotice, Goodbye)

encode = msgspec.json.Encoder().encode
decode_request = msgspec.json.Decoder(ClientMessage).decode

DECODE_ERRORS = (ValueError, RecursionError)
"""What a decoder raises: not JSON, not UTF-8, not of the type, or nested too deeply."""

_EXPLAINED: Final = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        ("missing", "missing required field"),
        ("unknown", "contains unknown field"),
        ("too_short", r"of length >= (?P<least>\d+)"),
        ("too_long", r"of length <= (?P<most>\d+)"),
        ("too_small", r"` >= (?P<least>[-\d.e+]+)"),
        ("too_large", r"` <= (?P<most>[-\d.e+]+)"),
        ("not_above", r"` > (?P<bound>[-\d.e+]+)"),
        ("not_below", r"` < (?P<bound>[-\d.e+]+)"),
        ("wrong_type", "Expected `(?P<expected>[^`]+)`, got `(?P<got>[^`]+)`"),
        ("not_a_choice", "Invalid (?:enum )?value (?P<given>.+)"),
        ("no_time_zone", "timezone"),
        ("out_of_range", "out of range"),
    )
)
"""The reasons for which a request can't be decoded, with the decoder's messages for them."""

_WHERE = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$")


def bad_request(error: Exception, part: str = "") -> ClientError:
    """The error for a request that could not be decoded, with the invalid field in its member ``field``.

    ``part`` is the field that was decoded, if it was not the whole message.
    """
    message = str(error)
    where = _WHERE.search(message)
    field = where[1] if where else ""
    message = message[: where.start()] if where else message
    if not field and "field `" in message:
        field = message.split("`")[1]
    field = f"{part}.{field}" if part and field else part or field
    reason, values = explain(message)
    given = {"field": field, "reason": reason, "values": values}
    return ClientError("bad_request", f"{message}.", **{name: member for name, member in given.items() if member})


def explain(message: str) -> tuple[str, dict[str, Any]]:
    """The reason and the values of the decoder's message about one field."""
    for reason, pattern in _EXPLAINED:
        found = pattern.search(message)
        if found is not None:
            return reason, {name: _value(text) for name, text in found.groupdict().items()}
    return "malformed", {}


def _value(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text

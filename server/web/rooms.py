"""The live rooms, and the private ones that players open and close."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from game_engine.game import AnyGame
from server.backends.directory import Terms
from server.backends.rate import Rate
from server.errors import ClientError
from server.messages import Invite, RoomsOk, SnapshotFrame, Watching, encode
from server.node.options import configured, over_the_limit
from server.rooms.access import fresh_invite
from server.web.call import Call, Route
from server.web.decode import GameName, Nothing, decode_part
from server.web.problems import FieldError, invalid
from server.web.rates import ACCOUNT

LONGEST_DELAY_S = 300
OPEN = Rate("open_room", 0.1, 10)

Delay = Annotated[int, Meta(ge=0, le=LONGEST_DELAY_S, description=f"Seconds, at most {LONGEST_DELAY_S}.")]


class RoomsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    game: GameName | UnsetType = UNSET


class RoomQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """``invite`` lets somebody look into a room that only those invited may watch."""

    invite: Invite | UnsetType = UNSET


class Opening(Struct, frozen=True, forbid_unknown_fields=True):
    """``options`` are the game's own. ``seats``: as many as the game takes, if left out. ``listed``: in the lobby, so
    that anybody may sit down, unless ``invited_only``. ``watch``: who may without a seat, who sees the room ``delay``
    seconds late."""

    game: GameName
    options: dict[str, Any] = {}
    seats: Annotated[int, Meta(ge=2, description="Two at least.")] | UnsetType = UNSET
    listed: bool = True
    watch: Watching = "everybody"
    delay: Delay = 0
    invited_only: bool = False


class Opened(Struct, frozen=True):
    """``invite`` is for those who are to come: it goes with their ``join`` or ``watch``."""

    room: str
    invite: str


class OwnRoom(Struct, frozen=True, kw_only=True):
    room: str
    invite: str
    game: str
    seats: int
    listed: bool
    watch: Watching
    delay: int
    invited_only: bool


class OwnRooms(Struct, frozen=True):
    rooms: list[OwnRoom]


async def rooms(call: Call[Nothing, RoomsQuery]) -> RoomsOk:
    wanted = call.query.game if isinstance(call.query.game, str) else None
    return RoomsOk(list(await call.parts.lobby.summaries(wanted)))


async def room(call: Call[Nothing, RoomQuery]) -> Raw:
    invite = call.query.invite if isinstance(call.query.invite, str) else None
    snapshot = await call.parts.lobby.gate.snapshot(call.path["room"], call.viewer, invite)
    if snapshot is None:
        raise ClientError("not_found")
    return Raw(snapshot)


async def open_room(call: Call[Opening, Nothing]) -> Opened:
    body, game = call.body, _game(call)
    seats = game.seats if isinstance(body.seats, UnsetType) else body.seats
    if seats > game.seats:
        raise invalid(FieldError("seats", "out_of_range", f"The game takes 2 to {game.seats} players."))
    terms = Terms(
        game=game.name,
        options=Raw(encode(_options(call, game))),
        owner=call.me.user_id,
        username=call.me.username,
        invite=fresh_invite(),
        seats=seats,
        listed=body.listed,
        watch=body.watch,
        delay=body.delay,
        invited_only=body.invited_only,
    )
    return Opened(await call.parts.lobby.gate.open(terms), terms.invite)


def _game(call: Call[Opening, Nothing]) -> AnyGame:
    game = call.parts.games.get(call.body.game)
    if game is None:
        raise invalid(FieldError("game", "not_allowed", "There is no such game."))
    if not game.shared:
        raise invalid(FieldError("game", "not_allowed", "The game is played alone; join it by its name."))
    return game


def _options(call: Call[Opening, Nothing], game: AnyGame) -> Any:
    config = call.parts.config
    for option in call.body.options.keys() & set(game.handed_on):
        raise invalid(FieldError(f"options.{option}", "not_allowed", "One round hands it to the next."))
    options = decode_part(configured(game, config) | call.body.options, game.options, "options.")
    for option, most in over_the_limit(game, config, options):
        raise invalid(FieldError(f"options.{option}", "out_of_range", f"At most {most} here."))
    return options


async def close_room(call: Call[Nothing, Nothing]) -> None:
    try:
        await call.parts.lobby.gate.close(call.path["room"], call.me.user_id)
    except ClientError as problem:
        raise ClientError("not_found") if problem.error.code == "no_such_room" else problem from None


async def own_rooms(call: Call[Nothing, Nothing]) -> OwnRooms:
    opened = await call.parts.lobby.gate.opened_by(call.me.user_id)
    fields = [field for field in OwnRoom.__struct_fields__ if field != "room"]
    told = [OwnRoom(room=room, **{f: getattr(terms, f) for f in fields}) for room, terms in sorted(opened.items())]
    return OwnRooms(told)


ROUTES = (
    Route(
        method="GET",
        path="/rooms",
        handler=rooms,
        summary="The live rooms in which players sit together, but for private ones that are in no list.",
        query=RoomsQuery,
        answer=RoomsOk,
    ),
    Route(
        method="GET",
        path="/rooms/{room}",
        handler=room,
        summary="A live room as a spectator sees it; with a token, as far as its owner may, or who sits there.",
        query=RoomQuery,
        answer=SnapshotFrame,
        may_sign_in=True,
    ),
    Route(
        method="POST",
        path="/rooms",
        handler=open_room,
        summary="Open a private room.",
        body=Opening,
        answer=Opened,
        status=201,
        errors=("limit_exceeded",),
        auth=True,
        rate=OPEN,
    ),
    Route(
        method="DELETE",
        path="/rooms/{room}",
        handler=close_room,
        summary="Close a private room of one's own. Its live round may end by its rules, if that does not take long.",
        status=204,
        errors=("forbidden",),
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="GET",
        path="/me/rooms",
        handler=own_rooms,
        summary="The private rooms that one has open, with their invites.",
        answer=OwnRooms,
        auth=True,
        rate=ACCOUNT,
    ),
)

"""The live rooms, and opening and closing private rooms."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from game_engine.game import AnyGame
from server.backends.directory import LONGEST_DELAY_S, Terms
from server.backends.rate import Rate
from server.errors import ClientError
from server.messages import Invite, RoomsOk, SnapshotFrame, Watching, encode
from server.node.game_options import configured, offered, over_the_limit
from server.rooms.access import code_of, fresh_invite
from server.web.decode import GameName, NoFields, decode_part
from server.web.problems import invalid_field
from server.web.rate_limits import ACCOUNT
from server.web.route import HttpCall, Route

OPEN = Rate("open_room", 0.1, 10)
BY_CODE = Rate("room_by_code", 0.5, 30)
"""Slow enough that guessing a code takes months."""

Delay = Annotated[int, Meta(ge=0, le=LONGEST_DELAY_S, description=f"In seconds, at most {LONGEST_DELAY_S}.")]


class RoomsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    game: GameName | UnsetType = UNSET


class RoomQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """``invite`` gives access to a room that only invited people may watch."""

    invite: Invite | UnsetType = UNSET


class NewRoom(Struct, frozen=True, forbid_unknown_fields=True):
    """A private room to open.

    ``options`` are the game's own. ``seats`` defaults to the most that the game allows. A ``listed`` room appears in
    the lobby, where anyone may join it unless it is ``invited_only``. ``watch`` says who may watch without a seat;
    spectators see the room ``delay`` seconds late.
    """

    game: GameName
    options: dict[str, Any] = {}
    seats: Annotated[int, Meta(ge=2, description="At least 2.")] | UnsetType = UNSET
    listed: bool = True
    watch: Watching = "everybody"
    delay: Delay = 0
    invited_only: bool = False


class OpenedRoom(Struct, frozen=True):
    """Guests send ``invite`` with their ``join`` or ``watch``. ``code`` is its short form, for people who type it."""

    room: str
    invite: str
    code: str


class FoundRoom(Struct, frozen=True):
    """Send ``invite`` with ``join`` or ``watch``."""

    room: str
    invite: str


class OwnRoom(Struct, frozen=True, kw_only=True):
    room: str
    invite: str
    code: str
    game: str
    seats: int
    listed: bool
    watch: Watching
    delay: int
    invited_only: bool


class OwnRooms(Struct, frozen=True):
    rooms: list[OwnRoom]


async def rooms(call: HttpCall[NoFields, RoomsQuery]) -> Raw:
    wanted = call.query.game if isinstance(call.query.game, str) else None
    return await call.deps.room_service.room_list(wanted)


async def room(call: HttpCall[NoFields, RoomQuery]) -> Raw:
    invite = call.query.invite if isinstance(call.query.invite, str) else None
    snapshot = await call.deps.private_rooms.snapshot(call.path["room"], call.viewer, invite)
    if snapshot is None:
        raise ClientError("not_found")
    return Raw(snapshot)


async def open_room(call: HttpCall[NewRoom, NoFields]) -> OpenedRoom:
    body, game = call.body, _game(call)
    seats = game.seats if isinstance(body.seats, UnsetType) else body.seats
    if seats > game.seats:
        raise invalid_field("seats", "out_of_range", "seats", least=2, most=game.seats)
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
    return OpenedRoom(await call.deps.private_rooms.open(terms), terms.invite, code_of(terms.invite))


def _game(call: HttpCall[NewRoom, NoFields]) -> AnyGame:
    game = offered(call.deps.games, call.deps.config).get(call.body.game)
    if game is None:
        raise invalid_field("game", "not_allowed", "no_such_game")
    if not game.shared:
        raise invalid_field("game", "not_allowed", "single_player")
    return game


def _options(call: HttpCall[NewRoom, NoFields], game: AnyGame) -> Any:
    config = call.deps.config
    for option in call.body.options.keys() & set(game.handed_on):
        raise invalid_field(f"options.{option}", "not_allowed", "handed_on")
    options = decode_part(configured(game, config) | call.body.options, game.options, "options.")
    for option, most in over_the_limit(game, config, options):
        raise invalid_field(f"options.{option}", "out_of_range", "above_server", most=most)
    return options


async def room_by_code(call: HttpCall[NoFields, NoFields]) -> FoundRoom:
    code = "".join(each for each in call.path["code"].upper() if each not in " -")
    try:
        return FoundRoom(*await call.deps.private_rooms.find_by_code(code))
    except ClientError as problem:
        if problem.error.code != "no_such_room":
            raise
        raise ClientError("not_found", reason="no_such_code") from None


async def close_room(call: HttpCall[NoFields, NoFields]) -> None:
    try:
        await call.deps.private_rooms.close(call.path["room"], call.me.user_id)
    except ClientError as problem:
        raise ClientError("not_found") if problem.error.code == "no_such_room" else problem from None


async def own_rooms(call: HttpCall[NoFields, NoFields]) -> OwnRooms:
    opened = await call.deps.private_rooms.opened_by(call.me.user_id)
    return OwnRooms([_own_room(room, terms) for room, terms in sorted(opened.items())])


def _own_room(room: str, terms: Terms) -> OwnRoom:
    return OwnRoom(
        room=room,
        invite=terms.invite,
        code=code_of(terms.invite),
        game=terms.game,
        seats=terms.seats,
        listed=terms.listed,
        watch=terms.watch,
        delay=terms.delay,
        invited_only=terms.invited_only,
    )


ROUTES = (
    Route(
        method="GET",
        path="/rooms",
        handler=rooms,
        summary="The live rooms of shared games, without private rooms that are not listed.",
        query=RoomsQuery,
        answer=RoomsOk,
    ),
    Route(
        method="GET",
        path="/rooms/{room}",
        handler=room,
        summary="A live room as a spectator sees it. The token of an owner or a seated player also gives access.",
        query=RoomQuery,
        answer=SnapshotFrame,
        may_sign_in=True,
        has_secrets=True,
    ),
    Route(
        method="POST",
        path="/rooms",
        handler=open_room,
        summary="Open a private room.",
        body=NewRoom,
        answer=OpenedRoom,
        status=201,
        errors=("limit_exceeded",),
        auth=True,
        rate=OPEN,
    ),
    Route(
        method="GET",
        path="/join/{code}",
        handler=room_by_code,
        summary="The private room with this short code. Case, spaces and hyphens do not count.",
        answer=FoundRoom,
        errors=("not_found",),
        rate=BY_CODE,
        has_secrets=True,
    ),
    Route(
        method="DELETE",
        path="/rooms/{room}",
        handler=close_room,
        summary="Close your own private room. A live round gets some time to end by its rules.",
        status=204,
        errors=("forbidden",),
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="GET",
        path="/me/rooms",
        handler=own_rooms,
        summary="The player's own open private rooms, with their invites.",
        answer=OwnRooms,
        auth=True,
        has_secrets=True,
        rate=ACCOUNT,
    ),
)

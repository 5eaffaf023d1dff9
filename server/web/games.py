"""The public pages of games and players."""

import asyncio
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.game import AnyGame, RefusedError
from game_engine.odds import Odds
from server.backends.rate import Rate
from server.config import Config
from server.errors import ClientError
from server.messages import StakeLimits
from server.node.game_options import configured, offered
from server.web.decode import NoFields, decode_part
from server.web.fields import Cents
from server.web.problems import InvalidField, validation_failed
from server.web.route import HttpCall, Route
from server.web.views import GameList, GameView, PublicProfile
from storage import accounts

ODDS = Rate("odds", 3, 60)


class OddsQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """A bet of ``stake`` cents on ``selection``; without a selection, every kind of bet. ``options`` are the room's."""

    stake: Cents
    selection: dict[str, Any] | None = None
    options: dict[str, Any] = {}


class BetOdds(Struct, frozen=True, kw_only=True):
    """The odds of one kind of bet, in stakes. ``return_to_player`` is what it returns on average at the given stake,
    and ``unrounded_return`` what it would return if payouts were not rounded down to whole cents; ``deviation`` is the
    standard deviation of its payout. ``method`` says how the odds were calculated.
    """

    bet: str
    return_to_player: float
    unrounded_return: float
    deviation: float
    largest_multiplier: float
    method: str


class OddsAtStake(Struct, frozen=True):
    """A bet with moves has several odds, one for each way to play it."""

    bets: list[BetOdds]


async def games(call: HttpCall[NoFields, NoFields]) -> GameList:
    return GameList([_view(game, call.deps.config) for game in offered(call.deps.games, call.deps.config).values()])


async def game(call: HttpCall[NoFields, NoFields]) -> GameView:
    found = offered(call.deps.games, call.deps.config).get(call.path["name"])
    if found is None:
        raise ClientError("not_found")
    return _view(found, call.deps.config)


def _view(game: AnyGame, config: Config) -> GameView:
    return GameView(
        name=game.name,
        title=game.title,
        summary=game.summary,
        rules=game.rules,
        shared=game.shared,
        public=game.shared and game.public,
        seats=game.seats,
        return_to_player=float(game.return_to_player),
        largest_multiplier=float(game.largest_multiplier),
        limits=StakeLimits(config.min_stake, config.max_stake),
        options=_options_of(game),
        selection=msgspec.json.schema(game.selection),
        action=None if game.action is None else msgspec.json.schema(game.action),
    )


def _options_of(game: AnyGame) -> dict[str, Any]:
    """The schema of the options that whoever opens a room chooses: not of those that each round sets for the next."""
    schema = msgspec.json.schema(game.options)
    _, _, name = schema["$ref"].rpartition("/")
    chosen = schema["$defs"][name]
    chosen["properties"] = {key: value for key, value in chosen["properties"].items() if key not in game.handed_on}
    return schema


async def odds(call: HttpCall[OddsQuestion, NoFields]) -> OddsAtStake:
    found = offered(call.deps.games, call.deps.config).get(call.path["name"])
    if found is None:
        raise ClientError("not_found")
    options = decode_part(configured(found, call.deps.config) | call.body.options, found.options, "options.")
    selection = call.body.selection
    chosen = None if selection is None else decode_part(selection, found.selection, "selection.")
    try:
        # In a thread, because the odds of a card game can take seconds when they are calculated for the first time.
        bets = await asyncio.to_thread(found.odds_at, call.body.stake, options, chosen)
    except RefusedError as refusal:
        field = "stake" if refusal.field == "amount" else refusal.field
        raise validation_failed(
            InvalidField(
                field=field or "selection",
                code="not_allowed",
                message=refusal.message,
                reason=refusal.reason,
                values=refusal.values,
            )
        ) from None
    return OddsAtStake([_bet_odds(bet) for bet in bets])


def _bet_odds(odds: Odds) -> BetOdds:
    return BetOdds(
        bet=odds.bet,
        return_to_player=float(odds.mean),
        unrounded_return=float(odds.unrounded_mean),
        deviation=odds.deviation,
        largest_multiplier=float(odds.largest),
        method=odds.method,
    )


async def user(call: HttpCall[NoFields, NoFields]) -> PublicProfile:
    account = await accounts.find_by_username(call.deps.db, call.path["username"])
    if account is None or not account.email_verified or not account.is_active:
        raise ClientError("not_found")
    profile = account.profile
    return PublicProfile(
        username=account.username,
        bio=profile.bio,
        avatar_url=profile.avatar_url,
        location=profile.location,
        created_at=account.created_at,
    )


ROUTES = (
    Route(
        method="GET",
        path="/users/{username}",
        handler=user,
        summary="A player's public profile.",
        answer=PublicProfile,
    ),
    Route(
        method="GET",
        path="/games",
        handler=games,
        summary="The games, with their rules, limits and JSON Schemas of options, selections and actions.",
        answer=GameList,
    ),
    Route(method="GET", path="/games/{name}", handler=game, summary="One game.", answer=GameView),
    Route(
        method="POST",
        path="/games/{name}/odds",
        handler=odds,
        summary="What a bet of a given stake returns in the long run, with its payouts rounded down to whole cents.",
        body=OddsQuestion,
        answer=OddsAtStake,
        rate=ODDS,
    ),
)

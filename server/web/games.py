"""The games and other players, as everybody may see them."""

import msgspec

from game_engine.game import AnyGame
from server.config import Config
from server.errors import ClientError
from server.web.call import Call, Route
from server.web.decode import Nothing
from server.web.views import Games, GameView, PublicProfile, StakeLimits
from storage import accounts


async def games(call: Call[Nothing, Nothing]) -> Games:
    return Games([_view(game, call.parts.config) for game in call.parts.games.values()])


async def game(call: Call[Nothing, Nothing]) -> GameView:
    found = call.parts.games.get(call.path["name"])
    if found is None:
        raise ClientError("not_found")
    return _view(found, call.parts.config)


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
        options=msgspec.json.schema(game.options),
        selection=msgspec.json.schema(game.selection),
        action=None if game.action is None else msgspec.json.schema(game.action),
    )


async def user(call: Call[Nothing, Nothing]) -> PublicProfile:
    account = await accounts.find_by_username(call.parts.db, call.path["username"])
    if account is None or not account.email_verified or not account.is_active:
        raise ClientError("not_found")
    told = account.profile
    return PublicProfile(account.username, told.bio, told.avatar_url, told.location, account.created_at)


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
        summary="The games, with rules, limits and the JSON Schemas of their options, selections and actions.",
        answer=Games,
    ),
    Route(method="GET", path="/games/{name}", handler=game, summary="One game.", answer=GameView),
)

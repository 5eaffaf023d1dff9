"""The public pages of games and players."""

import msgspec

from game_engine.game import AnyGame
from server.config import Config
from server.errors import ClientError
from server.messages import StakeLimits
from server.web.decode import NoFields
from server.web.route import HttpCall, Route
from server.web.views import GameList, GameView, PublicProfile
from storage import accounts


async def games(call: HttpCall[NoFields, NoFields]) -> GameList:
    return GameList([_view(game, call.deps.config) for game in call.deps.games.values()])


async def game(call: HttpCall[NoFields, NoFields]) -> GameView:
    found = call.deps.games.get(call.path["name"])
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
        options=msgspec.json.schema(game.options),
        selection=msgspec.json.schema(game.selection),
        action=None if game.action is None else msgspec.json.schema(game.action),
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
)

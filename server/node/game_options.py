"""The games that can be played, and their options, as the settings say.

A setting whose name consists of a game and one of its options, such as ``CROUPIER_CRASH_MAX_PAYOUT``, sets that option.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from game_engine.game import AnyGame
from server.config import PREFIX, Config, ConfigError
from server.messages import bad_request

LIMIT = "max_"
"""The prefix of options whose setting also limits what players may choose for a private room."""


def offered(games: Mapping[str, AnyGame], config: Config) -> dict[str, AnyGame]:
    """Those of the games that can be played here; past rounds of the others stay readable. Raises ConfigError for a
    name that no game has."""
    for name in config.games:
        if name not in games:
            raise ConfigError(f"{PREFIX}GAMES names {name!r}, which is none of the games: {', '.join(sorted(games))}")
    return {name: game for name, game in games.items() if name in config.games or not config.games}


def options_of(game: AnyGame, config: Config) -> Any:
    """The options with which rooms of this game open. Raises ConfigError, with the name of the setting, if the game
    refuses its value."""
    values = configured(game, config)
    try:
        return msgspec.convert(values, game.options)
    except msgspec.ValidationError as error:
        refusal = bad_request(error)
        option = refusal.extra["field"]
        setting = f"{PREFIX}{_setting(game, option).upper()}"
        raise ConfigError(f"{setting}={values[option]!r}: {refusal.message}") from None


def configured(game: AnyGame, config: Config) -> dict[str, Any]:
    """The options of this game that have a setting, with its value."""
    options = [field.name for field in msgspec.structs.fields(game.options)]
    return {each: getattr(config, _setting(game, each)) for each in options if hasattr(config, _setting(game, each))}


def over_the_limit(game: AnyGame, config: Config, options: Any) -> list[tuple[str, int]]:
    """The options that are above the limit of their setting, with that limit."""
    limits = {option: value for option, value in configured(game, config).items() if option.startswith(LIMIT)}
    return [(option, value) for option, value in limits.items() if getattr(options, option) > value]


def _setting(game: AnyGame, option: str) -> str:
    return f"{game.name}_{option}"

"""From the settings to the options of a game; what the game refuses is said under the setting's name.

A setting that is called by a game and one of its options, like ``CROUPIER_CRASH_MAX_PAYOUT``, sets that option.
"""

from typing import Any

import msgspec

from game_engine.game import AnyGame
from server.config import PREFIX, Config, ConfigError
from server.messages import bad_request

LIMIT = "max_"
"""Begins the options of which a setting is the most that a player may choose for a private room."""


def options_of(game: AnyGame, config: Config) -> Any:
    """The options with which rooms of this game open. Raises ConfigError."""
    values = configured(game, config)
    try:
        return msgspec.convert(values, game.options)
    except msgspec.ValidationError as error:
        problem = bad_request(error)
        option = problem.extra["field"]
        setting = f"{PREFIX}{_setting(game, option).upper()}"
        raise ConfigError(f"{setting}={values[option]!r}: {problem.message}") from None


def configured(game: AnyGame, config: Config) -> dict[str, Any]:
    """What the settings say of this game's options."""
    options = [field.name for field in msgspec.structs.fields(game.options)]
    return {each: getattr(config, _setting(game, each)) for each in options if hasattr(config, _setting(game, each))}


def over_the_limit(game: AnyGame, config: Config, options: Any) -> list[tuple[str, int]]:
    """The options that are larger than the settings allow, and the most that they may be."""
    most = {option: value for option, value in configured(game, config).items() if option.startswith(LIMIT)}
    return [(option, value) for option, value in most.items() if getattr(options, option) > value]


def _setting(game: AnyGame, option: str) -> str:
    return f"{game.name}_{option}"

"""From the settings to the options of a game; what the game refuses is said under the setting's name."""

from typing import Any

import msgspec

from game_engine.game import Game
from server.config import PREFIX, Config, ConfigError
from server.rooms.complaints import bad_request

SETTINGS = {"crash": {"max_payout": "crash_max_payout", "betting_ms": "crash_betting_ms"}}
"""By game and option."""
LIMITS = {"crash": ("max_payout",)}
"""By game: the options of which the setting is the most that a player may choose for a private room."""


def options_of(game: Game[Any, Any], config: Config) -> Any:
    """The options with which rooms of this game open. Raises ConfigError."""
    values = configured(game, config)
    try:
        return msgspec.convert(values, game.options)
    except msgspec.ValidationError as error:
        problem = bad_request(error)
        option = problem.extra["field"]
        setting = f"{PREFIX}{SETTINGS[game.name][option].upper()}"
        raise ConfigError(f"{setting}={values[option]!r}: {problem.message}") from None


def configured(game: Game[Any, Any], config: Config) -> dict[str, Any]:
    """What the settings say of this game's options."""
    return {option: getattr(config, setting) for option, setting in SETTINGS.get(game.name, {}).items()}


def over_the_limit(game: Game[Any, Any], config: Config, options: Any) -> list[tuple[str, int]]:
    """The options that are larger than the settings allow, and the most that they may be."""
    most = {option: value for option, value in configured(game, config).items() if option in LIMITS.get(game.name, ())}
    return [(option, value) for option, value in most.items() if getattr(options, option) > value]

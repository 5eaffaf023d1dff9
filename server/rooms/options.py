"""From the settings to the options of a game; what the game refuses is said under the setting's name."""

from typing import Any

import msgspec

from game_engine.game import Game
from server.config import PREFIX, Config, ConfigError
from server.rooms.complaints import bad_request

SETTINGS = {"crash": {"max_payout": "crash_max_payout", "betting_ms": "crash_betting_ms"}}
"""By game and option."""


def options_of(game: Game[Any, Any], config: Config) -> Any:
    """The options with which rooms of this game open. Raises ConfigError."""
    settings = SETTINGS.get(game.name, {})
    configured = {option: getattr(config, setting) for option, setting in settings.items()}
    try:
        return msgspec.convert(configured, game.options)
    except msgspec.ValidationError as error:
        problem = bad_request(error)
        option = problem.extra["field"]
        setting = f"{PREFIX}{settings[option].upper()}"
        raise ConfigError(f"{setting}={configured[option]!r}: {problem.message}") from None

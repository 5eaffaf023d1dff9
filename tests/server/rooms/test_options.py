"""Tests of the options of games that an operator sets."""

from typing import Any

import msgspec
import pytest

from game_engine.games import GAMES
from server.config import Config, ConfigError
from server.rooms.options import SETTINGS, options_of


@pytest.mark.parametrize("game", GAMES.values(), ids=lambda game: game.name)
def test_every_game_has_options_that_follow_the_settings(game: Any) -> None:
    config = Config(crash_max_payout=12_345, crash_betting_ms=700)
    options = options_of(game, config)
    assert isinstance(options, game.options)
    assert all(
        getattr(options, option) == getattr(config, name) for option, name in SETTINGS.get(game.name, {}).items()
    )


def test_every_setting_named_is_one() -> None:
    assert set(SETTINGS) <= set(GAMES)
    for game, settings in SETTINGS.items():
        assert set(settings) <= set(GAMES[game].options.__struct_fields__)
        assert set(settings.values()) <= set(Config.__struct_fields__)


@pytest.mark.parametrize(("name", "value"), [("crash_max_payout", 50), ("crash_max_payout", 10**14)])
def test_what_a_game_refuses_is_said_of_the_setting(name: str, value: int) -> None:
    config = msgspec.convert({name: value}, Config)
    with pytest.raises(ConfigError, match=f"^CROUPIER_{name.upper()}={value}: Expected") as wrong:
        options_of(GAMES["crash"], config)
    assert "\n" not in str(wrong.value)

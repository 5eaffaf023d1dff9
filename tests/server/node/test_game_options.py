"""Tests of the options of games that an operator sets."""

from typing import Any

import msgspec
import pytest

from game_engine.games import GAMES
from server.config import Config, ConfigError
from server.node.game_options import configured, offered, options_of, over_the_limit


@pytest.mark.parametrize("game", GAMES.values(), ids=lambda game: game.name)
def test_every_game_has_options_that_follow_the_settings(game: Any) -> None:
    config = Config(crash_max_payout=12_345, crash_betting_ms=700)
    options = options_of(game, config)
    assert isinstance(options, game.options)
    assert all(getattr(options, option) == value for option, value in configured(game, config).items())


def test_a_setting_has_the_names_of_the_game_and_its_option() -> None:
    config = Config(crash_max_payout=12_345, crash_betting_ms=700)
    found = {name: configured(game, config) for name, game in GAMES.items() if configured(game, config)}
    assert found == {"crash": {"betting_ms": 700, "max_payout": 12_345}}


@pytest.mark.parametrize(("name", "value"), [("crash_max_payout", 50), ("crash_max_payout", 10**14)])
def test_an_error_names_the_setting_that_the_game_refuses(name: str, value: int) -> None:
    config = msgspec.convert({name: value}, Config)
    with pytest.raises(ConfigError, match=f"^CROUPIER_{name.upper()}={value}: Expected") as wrong:
        options_of(GAMES["crash"], config)
    assert "\n" not in str(wrong.value)


def test_players_can_not_exceed_the_limits_of_the_settings() -> None:
    crash, config = GAMES["crash"], Config(crash_max_payout=5_000)
    assert configured(crash, config) == {"max_payout": 5_000, "betting_ms": 6_000}
    for most, over in ((4_999, []), (5_000, []), (5_001, [("max_payout", 5_000)])):
        assert over_the_limit(crash, config, crash.options(max_payout=most)) == over
    assert over_the_limit(GAMES["dice"], config, GAMES["dice"].options()) == []


def test_the_settings_say_which_games_are_offered() -> None:
    assert offered(GAMES, Config()) == GAMES
    assert list(offered(GAMES, Config(games=("dice", "crash")))) == [
        name for name in GAMES if name in ("dice", "crash")
    ]
    with pytest.raises(
        ConfigError, match=r"^CROUPIER_GAMES names 'poker', which is none of the games: blackjack, "
    ) as wrong:
        offered(GAMES, Config(games=("dice", "poker")))
    assert "\n" not in str(wrong.value)

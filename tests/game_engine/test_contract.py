"""Every listed game keeps the contract, whatever its players do."""

import pytest

from game_engine.contract import check_game
from game_engine.game import AnyGame
from game_engine.games import GAMES


@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_a_game_keeps_the_contract(game: AnyGame) -> None:
    report = check_game(game)
    # Random play goes on: most rounds have bets, and a game with moves is played, not only opened.
    assert report.rounds >= 60
    assert report.bets >= report.rounds
    assert sum(report.actions.values()) >= (report.rounds / 4 if game.action else 0)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_a_game_keeps_the_contract_for_long(game: AnyGame) -> None:
    check_game(game, rounds=5_000, long_rounds=200_000)


@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_a_game_is_listed_under_its_name(game: AnyGame) -> None:
    assert GAMES[game.name] is game
    assert "\n\n" in game.rules

"""Odds are compared with what the game states and with what many rounds pay, neither too strictly nor too loosely."""

from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from game_engine.contract import BrokenPromiseError
from game_engine.contract.long_play import check_odds
from game_engine.game import AnyGame, Bet, NoOptions
from game_engine.games import GAMES
from game_engine.games.dice import Dice
from game_engine.money import payout
from game_engine.odds import Odds
from tests.game_engine.contract.games.high import High
from tests.game_engine.contract.games.race import Race
from tests.game_engine.contract.games.wheel import PAYS, Wheel


@pytest.mark.parametrize("game", [High(), Race(), Wheel(), GAMES["coinduel"]], ids=lambda game: game.name)
def test_sound_odds_agree(game: AnyGame) -> None:
    check_odds(game, 2_000)


def test_a_small_fault_shows_in_more_rounds() -> None:
    class SlightlyLess(Wheel):
        def pay(self, bet: Bet) -> int:
            return payout(bet.amount, PAYS[bet.selection.colour] * 97, 100 * 10_000)

    check_odds(SlightlyLess(), 200)
    with pytest.raises(BrokenPromiseError, match=r"paid 0\.9\d+ stakes on average"):
        check_odds(SlightlyLess(), 60_000)


def test_a_selection_returns_no_more_than_the_game_states() -> None:
    class GoodBet(Wheel):
        def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
            odds = super().odds(options, selection)
            return tuple(replace(each, mean=Fraction(11, 10)) if selection else each for each in odds)

    with pytest.raises(BrokenPromiseError, match="more than the game states"):
        check_odds(GoodBet(), 10)


def test_a_bet_that_can_win_nothing_is_found() -> None:
    class TakesAnyStake(Dice):
        def check_win(self, options: NoOptions, bet: Bet) -> None:
            pass

    with pytest.raises(BrokenPromiseError, match="can't win more than itself"):
        check_odds(TakesAnyStake(), 10)


def test_odds_stay_below_the_largest_multiplier() -> None:
    class Modest(Wheel):
        largest_multiplier = Fraction(24)

    with pytest.raises(BrokenPromiseError, match="exceed the largest multiplier"):
        check_odds(Modest(), 10)


def test_money_lost_between_players_comes_with_its_script() -> None:
    class Rounds(High):
        def shares(self, pot: int, winners: list[Any]) -> dict[Any, int]:
            return dict.fromkeys(winners, pot // len(winners) // 50 * 50)

    with pytest.raises(BrokenPromiseError, match=r"Players put in .* and got back") as broken:
        check_odds(Rounds(), 2_000)
    assert "Bet(seat=0" in broken.value.script

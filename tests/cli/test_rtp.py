"""`rtp` prints the odds of every game, and reports wrong options."""

from fractions import Fraction

import pytest

from cli.rtp import chosen, percent
from game_engine.games import GAMES
from game_engine.games.crash import Options, Selection
from tests.cli.conftest import Home


@pytest.mark.parametrize("game", GAMES)
def test_every_game_has_odds(home: Home, game: str) -> None:
    said = home.run("rtp", game)
    assert said.code == 0
    first, head, *lines = said.out.splitlines()
    assert first == f"{GAMES[game].title} states a return of {percent(GAMES[game].return_to_player)} of the stakes."
    assert " ".join(head.split()) == "bet return deviation largest method"
    assert lines
    assert all(" % " in line for line in lines)


def test_one_bet(home: Home) -> None:
    said = home.run("rtp", "dice", "--option", "target=50", "--option", "over=true")
    (line,) = said.out.splitlines()[2:]
    assert " ".join(line.split()) == "over 50.00 98.995100 % 0.9900 1.9801 enumeration of all 4,294,967,296 draws"


def test_a_small_stake_returns_less(home: Home) -> None:
    """Payouts are whole cents: 99 cents at 1.01 are worth 99.99 cents, and 98.02 % of them are paid."""
    whole = home.run("rtp", "crash", "--stake", "1").out.splitlines()[2]
    below = home.run("rtp", "crash", "--stake", "0.99").out.splitlines()[2]
    assert whole.split()[:6] == ["cashed", "out", "at", "1.01", "98.999999", "%"]
    assert below.split()[:6] == ["cashed", "out", "at", "1.01", "98.019801", "%"]


def test_a_stake_that_can_win_nothing(home: Home) -> None:
    said = home.run("rtp", "dice", "--option", "target=1", "--option", "over=true", "--stake", "99.99")
    assert said.code == 2
    assert "Stake at least 100 chips, or a win would not pay more than your stake." in said.err
    assert home.run("rtp", "dice", "--option", "target=1", "--option", "over=true", "--stake", "100").code == 0
    assert home.run("rtp", "dice", "--stake", "0.001").code == 2


def test_options_of_the_room_and_of_the_bet() -> None:
    assert chosen(GAMES["crash"], ["betting_ms=1000", "auto_cashout=2.5"]) == (Options(betting_ms=1000), Selection(2.5))
    assert chosen(GAMES["crash"], []) == (Options(), None)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["target=50"], "invalid options: Object missing required field `over`"),
        (["target=0", "over=true"], "invalid options"),
        (["over"], "--option 'over': expected NAME=VALUE with one of the options of dice: target, over"),
        (["speed=9"], "one of the options of dice: target, over"),
        (["target=0.5", "over=true"], "Enter a number from 1 to 99.99"),
        (["target=fifty", "over=true"], "invalid options"),
    ],
)
def test_wrong_options(home: Home, options: list[str], says: str) -> None:
    said = home.run("rtp", "dice", *(word for option in options for word in ("--option", option)))
    assert said.code == 2
    assert says in said.err
    assert said.err.count("\n") == 1


def test_an_unknown_game_is_reported(home: Home) -> None:
    said = home.run("rtp", "whist")
    assert said.code == 2
    assert "whist" in said.err


def test_a_return_in_percent() -> None:
    assert percent(Fraction(36, 37)) == "97.297297 %"

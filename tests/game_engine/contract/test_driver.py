"""The driver plays: it stakes what views offer, takes offered actions, and goes on where a round hands something on."""

from collections import Counter

import pytest

from game_engine.contract.driver import MOST_ROUNDS, Driver
from game_engine.contract.table import Met
from game_engine.game import Bet, Leave, ShortenTurns, Wake
from game_engine.games import GAMES
from tests.game_engine.contract.games.high import High, Options
from tests.game_engine.contract.games.wheel import Wheel


def test_a_number_determines_a_script() -> None:
    one, two = (Driver(High(), 5).play() for _ in range(2))
    assert [each.tried for each in one] == [each.tried for each in two]
    assert Driver(High(), 6).play()[0].tried != one[0].tried


def test_rounds_follow_one_another_if_they_hand_something_on() -> None:
    first, *others = Driver(High(), 1).play()
    assert len(others) == MOST_ROUNDS - 1
    assert first.step.outcome
    assert others[0].options == first.step.outcome.next_options
    assert [each.seeds.nonce - first.seeds.nonce for each in others] == [1, 2]
    assert len(Driver(Wheel(), 1).play()) == 1


def test_options_are_those_of_a_room_or_those_given() -> None:
    played = {Driver(High(), number).options for number in range(60)}
    assert len({options.turn_ms for options in played}) > 5
    assert {options.played for options in played} == {0}
    assert Driver(High(), 1, options=Options(turn_ms=777)).play()[0].options.turn_ms == 777


@pytest.mark.parametrize(("name", "share"), [("holdem", 0.5), ("blackjack", 0.7), ("coinduel", 0.2), ("mines", 0.5)])
def test_most_scripts_have_bets_and_accepted_actions(name: str, share: float) -> None:
    acting = betting = 0
    for number in range(30):
        met = Met()
        Driver(GAMES[name], number, met).play()
        acting += met.actions.total() > 0
        betting += met.bets > 0
    assert betting == 30
    assert acting >= share * 30


def test_everything_is_tried_that_a_room_does() -> None:
    tried: Counter[type] = Counter()
    for number in range(40):
        for round_ in Driver(High(), number).play():
            tried.update(type(command) for _, command in round_.journal)
            stakes = {command.amount for _, command in round_.tried if isinstance(command, Bet)}
            assert 100 in stakes
    assert min(tried[kind] for kind in (Bet, Leave, Wake, ShortenTurns)) > 0


def test_hands_of_holdem_follow_the_button() -> None:
    buttons = [[each.options.button for each in Driver(GAMES["holdem"], number).play()] for number in range(10)]
    assert all(first is None for first, *_ in buttons)
    assert any(others[-1] is not None for _, *others in buttons)

"""The whole test of a game: its report, scripts that can be played again, and what a game has to state."""

from typing import Any

import pytest
from msgspec import Struct

from game_engine.contract import BrokenPromiseError, check_game, play
from game_engine.contract.check import check_description, missing
from game_engine.contract.table import Met
from game_engine.game import NoOptions
from tests.game_engine.contract.faults.moves import AnyAnte
from tests.game_engine.contract.games.high import High
from tests.game_engine.contract.games.ladder import Ladder
from tests.game_engine.contract.games.wheel import Wheel


def test_a_report_says_what_was_played() -> None:
    report = check_game(Ladder(), rounds=30, long_rounds=500)
    assert (report.game, report.rounds, report.bets) == ("ladder", 30, 30)
    assert report.phases["ended"] == 30
    assert report.events["Climbed"] <= report.actions["climb"]


def test_play_goes_on_until_all_of_a_game_was_met() -> None:
    report = check_game(High(), rounds=3, long_rounds=200)
    assert report.rounds > 3
    assert {*report.actions} == {"fold", "call", "raise"}
    assert {*report.phases} == {*High.phases}


def test_a_broken_script_can_be_played_again() -> None:
    with pytest.raises(BrokenPromiseError, match=r"Script (\d+); play\(AnyAnte\(\), \1\) plays it again") as broken:
        check_game(AnyAnte())
    number = int(broken.value.script.split(";")[0].removeprefix("Script "))
    with pytest.raises(BrokenPromiseError) as again:
        play(AnyAnte(), number)
    assert str(again.value) == str(broken.value)


class Unlock(Struct, frozen=True, tag="unlock", tag_field="action"):
    """The server would take the key of this action for its own."""

    key: int


def test_what_is_missing_is_named() -> None:
    assert missing(High(), Met())[0].startswith("an accepted bet")
    met = Met(bets=1)
    met.phases.update(["betting", "ended"])
    met.events.update(["Shown"])
    assert missing(High(), met) == [
        "the phase 'playing'",
        "an accepted action 'fold'",
        "an accepted action 'call'",
        "an accepted action 'raise'",
        "the event Dealt",
        "an event with a `to`, which `private_views` announces",
    ]


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("name", "two words", "A name is"),
        ("summary", "no sentence", "The summary is a sentence"),
        ("phases", (), "lists every `phase`"),
        ("seats", 0, "has two seats or more"),
        ("return_to_player", 2, "return_to_player is above 0"),
        ("largest_multiplier", 1, "largest_multiplier is above 1"),
        ("handed_on", ("nothing",), "which are no options"),
        ("options", NoOptions, None),
        ("action", Unlock, "need other names than"),
    ],
)
def test_a_game_describes_itself(attribute: str, value: Any, said: str | None) -> None:
    game = type("Described", (Wheel,), {attribute: value})()
    if said is None:
        check_description(game)
    else:
        with pytest.raises(BrokenPromiseError, match=said):
            check_description(game)

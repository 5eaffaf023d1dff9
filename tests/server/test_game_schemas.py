"""The schemas of the games' own types: their names, and what the room adds."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from game_engine.game import refusals_of
from game_engine.games import GAMES
from game_engine.games.dice import Dice
from server.game_schemas import GameSchemas, any_of, published_reasons


class TwoFacts(Struct):
    """Facts of a game outside of the listed ones."""

    first: int


class Loaded(Dice):
    """Dice with facts that another module defines."""

    name = "loaded"
    facts_type: Any = TwoFacts


def test_types_of_games_are_named_after_their_game() -> None:
    components = GameSchemas(GAMES).components
    assert {"BlackjackTurn", "HoldemTurn", "DiceView", "LimboView", "StakeBounds", "NoReply"} <= components.keys()
    assert "LoadedTwoFacts" in GameSchemas({"loaded": Loaded()}).components


def test_facts_that_are_published_later_are_not_required() -> None:
    facts = GameSchemas(GAMES).components["HoldemFacts"]
    assert "deck" in facts["properties"]
    assert "deck" not in facts["required"]


def test_an_action_that_names_a_bet_takes_its_name() -> None:
    bet = GameSchemas(GAMES).components["CrashCashoutAct"]["properties"]["bet"]
    assert {"type": "string"} in bet["anyOf"]


@pytest.mark.parametrize(
    ("schemas", "union"), [([{"a": 1}, {"a": 1}], {"a": 1}), ([{}, {"a": 1}], {"anyOf": [{}, {"a": 1}]})]
)
def test_a_union_names_each_schema_once(schemas: list[dict[str, int]], union: dict[str, object]) -> None:
    assert any_of(schemas) == union


def test_reasons_of_every_game_are_published_once_and_those_of_a_game_under_its_name() -> None:
    found = published_reasons(GAMES)
    assert len({(each.code, each.reason, each.game) for each in found}) == len(found)
    [buy_in] = [each for each in found if each.reason == "buy_in"]
    assert msgspec.to_builtins(buy_in) == {
        "code": "limit_exceeded",
        "reason": "buy_in",
        "values": {"least": "cents", "most": "cents"},
        "message": "Buy from {least} to {most} chips.",
        "game": "holdem",
    }
    assert [each.game for each in found if each.reason == "round_over"] == [""]


def test_a_word_means_one_thing_in_a_game() -> None:
    """Clients look a game's words up without the code."""
    for name, game in GAMES.items():
        words = Counter(reason.word for reason in refusals_of(game))
        assert [word for word, times in words.items() if times > 1] == [], name

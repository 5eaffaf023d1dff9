"""The schemas of the games' own types: their names, and what the room adds."""

from typing import Any

import pytest
from msgspec import Struct

from game_engine.games import GAMES
from game_engine.games.dice import Dice
from server.game_schemas import GameSchemas, any_of


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

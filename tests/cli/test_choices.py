"""Random choices fit the schemas of every game."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.choices import action, choice
from game_engine.game import AnyGame
from game_engine.games import GAMES

DICE = st.integers(0, 2**32).map(random.Random)


@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
@given(dice=DICE)
def test_a_selection_is_valid(game: AnyGame, dice: random.Random) -> None:
    chosen = choice(msgspec.json.schema(game.selection), dice)
    msgspec.convert(chosen, game.selection)


@pytest.mark.parametrize("game", [game for game in GAMES.values() if game.action], ids=lambda game: game.name)
@given(dice=DICE)
def test_an_action_is_valid(game: AnyGame, dice: random.Random) -> None:
    schema = msgspec.json.schema(game.action)
    kinds = getattr(game.action, "__args__", (game.action,))
    for kind in kinds:
        name = kind.__struct_config__.tag
        fields = action(schema, name, dice, {})
        assert "bet" not in fields
        msgspec.convert({**fields, "action": name}, game.action)


@given(dice=DICE)
def test_tighter_bounds_apply(dice: random.Random) -> None:
    schema = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer", "minimum": 1}}}
    assert 400 <= choice(schema, dice, {"amount": {"minimum": 400, "maximum": 410}})["amount"] <= 410


@given(dice=DICE)
def test_lists_and_optional_fields(dice: random.Random) -> None:
    schema = {
        "$defs": {"Side": {"enum": ["heads", "tails"]}},
        "type": "object",
        "required": ["numbers"],
        "properties": {
            "numbers": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 36}, "maxItems": 3},
            "side": {"anyOf": [{"$ref": "#/$defs/Side"}, {"type": "null"}]},
        },
    }
    chosen = choice(schema, dice)
    assert len(chosen["numbers"]) <= 3
    assert all(0 <= number <= 36 for number in chosen["numbers"])
    assert chosen.get("side") in ("heads", "tails", None)

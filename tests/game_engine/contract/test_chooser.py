"""Random values fit a game's own types and the bounds of its offers."""

from enum import Enum
from random import Random
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta, Struct, convert, to_builtins
from msgspec import inspect as mi

from game_engine.contract.chooser import below_and_above, ends_of, structs_of, value_of, values_of, variants_of
from game_engine.games import GAMES


class Colour(Enum):
    RED = "red"
    BLACK = "black"


class Everything(Struct, frozen=True, forbid_unknown_fields=True):
    """A field of every type that a player can send."""

    few: Annotated[int, Meta(ge=3, lt=6)]
    decimal: Annotated[float, Meta(ge=1.01, le=9)]
    word: Literal["a", "b"]
    colour: Colour
    text: Annotated[str, Meta(min_length=2, max_length=3)]
    pair: tuple[int, bool]
    several: Annotated[tuple[Annotated[int, Meta(ge=1, le=4)], ...], Meta(min_length=1, max_length=3)]
    unique: frozenset[int]
    listed: list[int]
    by_name: dict[str, int]
    maybe: int | None = None


class Raise(Struct, frozen=True, forbid_unknown_fields=True, tag="raise", tag_field="action"):
    amount: Annotated[int, Meta(ge=1, le=10**9)]


class Pick(Struct, frozen=True, forbid_unknown_fields=True, tag="pick", tag_field="action"):
    cell: Annotated[int, Meta(ge=0, le=4)]
    sure: bool
    bet: int | None = None


ACTIONS = structs_of(Raise | Pick)
DICE = Random(1)


@pytest.mark.parametrize("kind", [Everything, *dict.fromkeys(game.selection for game in GAMES.values())])
def test_values_are_such_as_players_could_send(kind: Any) -> None:
    values = list(values_of(kind, DICE, 50))
    assert values
    assert all(convert(to_builtins(value), kind) == value for value in values)


def test_decimals_have_two_places() -> None:
    decimals = {value.decimal for value in values_of(Everything, DICE, 100)}
    assert len(decimals) > 30
    assert all(round(decimal, 2) == decimal and decimal >= 1.01 for decimal in decimals)


def test_the_actions_of_a_game_have_names() -> None:
    assert [*ACTIONS] == ["raise", "pick"]
    assert [*structs_of(Raise)] == ["raise"]


def test_few_variants_are_all_tried() -> None:
    variants = list(variants_of(ACTIONS["pick"], {}, DICE, 1))
    assert {(each.cell, each.sure) for each in variants} == {
        (cell, sure) for cell in range(5) for sure in (True, False)
    }
    assert all(each.bet is None for each in variants)


def test_bounds_are_kept_and_tried_at_both_ends_first() -> None:
    bounds = {"amount": {"minimum": 200, "maximum": 9_000}}
    amounts = [each.amount for each in variants_of(ACTIONS["raise"], bounds, DICE, 40)]
    assert amounts[:2] == [200, 9_000]
    assert all(200 <= amount <= 9_000 for amount in amounts)
    assert len(set(amounts)) > 20
    assert [each.amount for each in ends_of(ACTIONS["raise"], bounds)] == [200, 9_000]
    assert [each.amount for each in below_and_above(ACTIONS["raise"], bounds, DICE)] == [199, 9_001]
    assert list(ends_of(ACTIONS["pick"], {})) == []


def test_an_offer_may_list_values() -> None:
    bounds: dict[str, dict[str, Any]] = {"cell": {"enum": [1, 3]}, "bet": {"minimum": 1, "maximum": 2}}
    variants = list(variants_of(ACTIONS["pick"], bounds, DICE, 30))
    assert {each.cell for each in variants} == {1, 3}
    assert {each.bet for each in variants} == {1, 2}


def test_values_outside_of_the_type_are_left_out() -> None:
    bounds = {"amount": {"minimum": 1, "maximum": 10}}
    assert [each.amount for each in below_and_above(ACTIONS["raise"], bounds, DICE)] == [11]


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="can't choose a value"):
        value_of(mi.type_info(complex), DICE)

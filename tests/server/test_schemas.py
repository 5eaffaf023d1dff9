"""Schemas of types, and the one walk that writes them in a notation."""

from typing import Annotated, Any, Generic, Literal, TypeVar

import pytest
from msgspec import UNSET, Meta, Struct, UnsetType

from server.schemas import Schema, Schemas, bounds_of, fields_of, spell

T = TypeVar("T")


class Leaf(Struct, forbid_unknown_fields=True):
    """A leaf of
    ``Tree``."""

    name: Annotated[str, Meta(pattern=r"^[a-z]+$(?!\n)", max_length=9)]


class Tree(Struct, tag="tree", tag_field="kind"):
    leaves: list[Leaf]
    size: int | None = None
    note: str | UnsetType = UNSET


class Page(Struct, Generic[T]):
    items: list[T]


class Plain:
    """A notation for these tests."""

    def reference(self, name: str) -> str:
        return name

    def union(self, members: list[str]) -> str:
        return "|".join(members)

    def literal(self, value: Any) -> str:
        return repr(value)

    def array(self, item: str) -> str:
        return f"[{item}]"

    def mapping(self, key: str, value: str) -> str:
        return f"{{{key}: {value}}}"

    def scalar(self, schema: Schema) -> str:
        return str(schema.get("type", "any"))


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (str, "string"),
        (Any, "any"),
        (int | None, "integer|null"),
        (Annotated[int, Meta(ge=1)] | int, "integer"),
        (Literal["a", "b"], "'a'|'b'"),
        (Literal["a"], "'a'"),
        (list[Tree], "[Tree]"),
        (tuple[int, int], "[integer]"),
        (tuple[int, str], "[integer|string]"),
        (dict[str, Leaf], "{string: Leaf}"),
        (dict[str, Any], "{string: any}"),
    ],
)
def test_every_kind_of_type_is_spelled(type_: Any, text: str) -> None:
    assert spell(Schemas([type_]).of(type_), Plain()) == text


def test_fields_keep_their_order_and_say_whether_they_are_required() -> None:
    fields = fields_of(Schemas([Tree]).struct(Tree))
    assert [(field.name, field.required) for field in fields] == [
        ("kind", True),
        ("leaves", True),
        ("size", False),
        ("note", False),
    ]


def test_texts_are_written_for_readers_and_for_json_schema() -> None:
    leaf = Schemas([Leaf]).struct(Leaf)
    assert leaf["description"] == "A leaf of `Tree`."
    assert leaf["properties"]["name"]["pattern"] == "^[a-z]+$"


def test_single_values_are_constants_and_null_is_no_default() -> None:
    """Generators make a class of an enum, and give a default of null to types that exclude it."""
    members = Schemas([Tree]).struct(Tree)["properties"]
    assert members["kind"] == {"const": "tree"}
    assert members["size"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}


def test_reachable_components_are_found_up_to_those_that_are_known() -> None:
    schemas = Schemas([Page[Tree], Leaf])
    assert schemas.reachable([Page[Tree]]) == ["TreePage", "Tree", "Leaf"]
    assert schemas.reachable([Page[Tree]], stop_at=["Tree"]) == ["TreePage", "Tree"]


@pytest.mark.parametrize(
    ("type_", "bounds"),
    [
        (Annotated[int, Meta(ge=0, le=3)], (0, 3)),
        (Annotated[float, Meta(gt=0)], (0, None)),
        (Annotated[str, Meta(max_length=3)], (None, 3)),
        (str, (None, None)),
    ],
)
def test_bounds(type_: Any, bounds: tuple[Any, Any]) -> None:
    assert bounds_of(Schemas([type_]).of(type_)) == bounds

"""Decoding of bodies, and errors that name every invalid field."""

import json
from datetime import date, datetime
from typing import Annotated, Any

import pytest
from msgspec import UNSET, Meta, Struct, UnsetType

from server.errors import ClientError
from server.web.decode import NoFields, RoundKey, Username, decode_body, decode_part


class Inner(Struct, forbid_unknown_fields=True):
    day: date | UnsetType | None = UNSET
    name: Username | UnsetType | None = UNSET


class Outer(Struct, forbid_unknown_fields=True):
    amount: Annotated[int, Meta(ge=1, le=10)]
    text: Annotated[str, Meta(max_length=3)]
    inner: Inner | UnsetType = UNSET


def errors_in(body: bytes, type_: Any = Outer) -> list[tuple[str, str]]:
    with pytest.raises(ClientError) as refused:
        decode_body(body, type_)
    assert refused.value.error.code == "validation_failed"
    return [(error.field, error.code) for error in refused.value.extra["errors"]]


def test_valid_bodies_are_decoded() -> None:
    assert decode_body(b'{"amount": 1, "text": "abc"}', Outer) == Outer(1, "abc")
    assert decode_body(b"{}", NoFields) == NoFields()


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (b"{}", [("amount", "missing"), ("text", "missing")]),
        (b'{"amount": 0, "text": "abcd"}', [("amount", "out_of_range"), ("text", "out_of_range")]),
        (b'{"amount": "1", "text": 1, "x": 1}', [("x", "unknown"), ("amount", "wrong_type"), ("text", "wrong_type")]),
        (b'{"amount": true, "text": null}', [("amount", "wrong_type"), ("text", "wrong_type")]),
        (b'{"amount": 1.0, "text": ""}', [("amount", "wrong_type")]),
        (b'{"amount": 1e400, "text": ""}', [("amount", "out_of_range")]),
        (
            b'{"amount": 1, "text": "", "inner": {"day": "x", "a": 1}}',
            [("inner.a", "unknown"), ("inner.day", "malformed")],
        ),
        (b'{"amount": 1, "text": "", "inner": {"name": "a b"}}', [("inner.name", "malformed")]),
        (b'{"amount": 1, "text": "", "inner": 1}', [("inner", "wrong_type")]),
        (b"[]", [("", "wrong_type")]),
        (b"null", [("", "wrong_type")]),
    ],
)
def test_errors_name_every_invalid_field(body: bytes, errors: list[tuple[str, str]]) -> None:
    assert errors_in(body) == errors


def test_the_message_is_the_description_of_the_type() -> None:
    with pytest.raises(ClientError) as refused:
        decode_body(b'{"name": "a b"}', Inner)
    assert refused.value.extra["errors"][0].message == "3–20 letters, digits, _ or -."


class Times(Struct):
    day: date | None = None
    at: Annotated[datetime, Meta(tz=True, description="A time with its zone.")] | None = None


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("day", "202612-01-01", "out_of_range"),
        ("day", "+202612-01-01", "out_of_range"),
        ("day", "0000-01-01", "out_of_range"),
        ("day", "2026-02-30", "out_of_range"),
        ("day", "01.02.2026", "malformed"),
        ("at", "+202612-01-01T00:00:00.000Z", "out_of_range"),
        ("at", "202612-01-01T00:00:00+01:00", "out_of_range"),
        ("at", "2026-02-30T00:00:00Z", "out_of_range"),
        ("at", "2026-01-01", "malformed"),
        ("at", "soon", "malformed"),
    ],
)
def test_a_date_that_does_not_exist_is_out_of_range(field: str, value: str, code: str) -> None:
    with pytest.raises(ClientError) as refused:
        decode_body(json.dumps({field: value}).encode(), Times)
    (error,) = refused.value.extra["errors"]
    assert (error.field, error.code) == (field, code)
    assert code == "malformed" or error.message == "There is no such date, or its year is not from 1 to 9999."


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"amount": 1, "text": "\xff"}', b"[" * 50_000, b'{"a": 1} x'])
def test_invalid_json_is_refused(body: bytes) -> None:
    with pytest.raises(ClientError) as refused:
        decode_body(body, Outer)
    assert refused.value.error.code == "invalid_json"


class Named(Struct):
    name: RoundKey


@pytest.mark.parametrize("name", ["crash.1\n", "crash.01", "crash", "crash.1.2", "crash.1234567890123456789"])
def test_malformed_names_are_refused(name: str) -> None:
    assert errors_in(json.dumps({"name": name}).encode(), Named) == [("name", "malformed")]


class Even(Struct, forbid_unknown_fields=True):
    number: int = 0

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError("Odd")


@pytest.mark.parametrize(
    ("part", "type_", "errors"),
    [
        ({"amount": 11}, Outer, [("part.amount", "out_of_range"), ("part.text", "missing")]),
        ({"amount": 1, "text": "a", "other": 1}, Outer, [("part.other", "unknown")]),
        ({"number": 1}, Even, [("part", "wrong_type")]),
    ],
)
def test_errors_in_a_part_have_paths_from_the_whole_body(part: Any, type_: Any, errors: list[tuple[str, str]]) -> None:
    with pytest.raises(ClientError) as refused:
        decode_part(part, type_, "part.")
    assert [(error.field, error.code) for error in refused.value.extra["errors"]] == errors
    assert decode_part({"amount": 1, "text": "a"}, Outer, "part.") == Outer(1, "a")

"""Tests of what a decoder's complaints become."""

from typing import Any

import msgspec
import pytest

from game_engine.games.dice import Selection
from server import messages
from server.rooms.decode_errors import MALFORMED, bad_request


def complaint(raw: bytes, kind: Any, inside: str = "") -> tuple[str, str | None]:
    with pytest.raises(MALFORMED) as raised:
        msgspec.json.decode(raw, type=kind)
    problem = bad_request(raised.value, inside)
    assert problem.error.code == "bad_request"
    return problem.message, problem.extra.get("field")


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"do":"bet","id":1,"room":"crash","amount":0,"key":"k"}', "amount"),
        (b'{"do":"bet","id":1,"room":"crash","key":"k"}', "amount"),
        (b'{"do":"bet","id":1,"room":"crash","amount":1,"key":"k","amuont":2}', "amuont"),
        (b'{"do":"hello","id":1,"resume":{"crash":{"epoch":"e","seq":-1}}}', "resume[...].seq"),
        (b'{"do":"hello","id":1,"resume":{"NO ROOM":{"epoch":"e","seq":1}}}', "resume"),
        (b'{"do":"chat","id":[],"room":"crash","text":"x"}', "id"),
    ],
)
def test_the_field_is_named(raw: bytes, field: str) -> None:
    message, named = complaint(raw, messages.ClientMessage)
    assert named == field
    assert message.endswith(".")
    assert "`$" not in message


def test_a_member_that_was_decoded_on_its_own_is_named_too() -> None:
    assert complaint(b'{"target":50.0,"over":1}', Selection, "selection")[1] == "selection.over"
    assert complaint(b'{"target":50.0}', Selection, "selection")[1] == "selection.over"
    assert complaint(b"[]", Selection, "selection")[1] == "selection"


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"\xff":1}', b"", b'{"target":NaN}', b'{"x":"\\ud800"}'])
def test_whatever_is_malformed_is_caught(raw: bytes) -> None:
    assert complaint(raw, Any, "selection")[1] == "selection"

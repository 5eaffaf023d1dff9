"""The generated pages describe every message, code and setting."""

import re
from collections import Counter

import pytest
from msgspec import structs

from cli import protocol_docs
from game_engine.games import GAMES
from server import messages
from server.config import Config
from server.errors import CLOSES, ERRORS


def test_every_verb_event_and_notice_has_a_section() -> None:
    page = protocol_docs.protocol()
    for shape in (*messages.OK_TYPES, *messages.NOTICES):
        assert f"\n### {shape.__struct_config__.tag}\n" in page
    for event in messages.COMMON_EVENTS:
        assert f"\n### {event.__struct_config__.tag} event\n" in page
    for game in GAMES.values():
        assert f"(`{game.name}`)" in page


def test_every_heading_has_an_anchor_of_its_own() -> None:
    """A forge makes it from the heading: small letters, no punctuation, and hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", protocol_docs.protocol(), re.MULTILINE)
    anchors = Counter(re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings)
    assert len(anchors) > 50
    assert [anchor for anchor, number in anchors.items() if number > 1] == []


def test_every_code_is_in_a_table() -> None:
    page = protocol_docs.protocol()
    for code in ERRORS:
        assert f"| `{code}` |" in page
    for close in CLOSES.values():
        assert f"| {close.code} | `{close.name}` |" in page


def test_every_setting_has_a_meaning() -> None:
    table = protocol_docs.settings()
    for field in structs.fields(Config):
        assert f"`CROUPIER_{field.name.upper()}`" in table
        assert protocol_docs.meaning_of(field.name).endswith(".")


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (("a", "b"), "a,b"), ((), ""), (5, "5"), (0.5, "0.5"), ("x", "x")]
)
def test_values_are_written_as_in_the_environment(value: object, text: str) -> None:
    assert protocol_docs.as_written(value) == text


def test_bounds_are_stated() -> None:
    page = protocol_docs.protocol()
    assert "`key` (string like `^[^\\x00-\\x1f\\x7f]+$`, 1 to 64 characters)" in page
    assert "`room` (string like `^[a-z0-9-]{1,64}$`)" in page

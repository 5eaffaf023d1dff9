"""A line needs something to see, and holds nothing that can't be seen."""

import pytest

from server.visible_text import visible_line


@pytest.mark.parametrize(
    "text",
    ["", " \n ", "\u200b", "\u2800", "\u3164", "\u115f \u1160", "\x07\x1b", "\u202e", "\u0301", "\u200d", "\ufe0f"],
)
def test_nothing_to_see(text: str) -> None:
    assert visible_line(text) == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  good\n luck\t!", "good luck !"),
        ("red\x1b[31m\x07 text", "red[31m text"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("👩\u200d🚀 می\u200cخواهم", "👩\u200d🚀 می\u200cخواهم"),
        ("é e\u0301 ❤\ufe0f", "é e\u0301 ❤\ufe0f"),
        (".", "."),
    ],
)
def test_what_can_be_seen_is_kept(text: str, line: str) -> None:
    assert visible_line(text) == line

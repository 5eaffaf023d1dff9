"""Accept-Language chooses the language by its weights."""

import pytest

from server.web.languages import language_for


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("hi", "hi"),
        ("HI-in", "hi"),
        ("hi-Latn-IN;q=0.4, fr", "hi"),
        ("en, hi", "en"),
        ("hi, en", "hi"),
        ("en;q=0.5, hi;q=0.9", "hi"),
        ("hi;q=0.5, en;q=0.9", "en"),
        ("hi;q=0", "en"),
        ("fr, de;q=0.9", "en"),
        ("*, hi;q=0.5", "en"),
        ("hi;q=0.5, *;q=0.1", "hi"),
        ("hi;q=often", "en"),
        ("hindi", "en"),
        (";,;q=1,-", "en"),
        ("\u0939\u093f", "en"),
    ],
)
def test_the_best_offered_language_is_chosen(header: str, language: str) -> None:
    assert language_for(header) == language

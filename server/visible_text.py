"""Text that players write for others to read: what of it can be seen."""

import unicodedata

_BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and symbols that look like nothing: Hangul fillers, inherent Khmer vowels, the empty Braille pattern."""
_JOINERS = frozenset("\u200c\u200d")
"""Invisible characters that belong to emoji and to words of several languages."""


def visible_line(text: str) -> str:
    """The text in one line, without control and other invisible characters; empty if there is nothing to see."""
    kept = "".join(" " if each.isspace() else each for each in text if each.isspace() or not _is_dropped(each))
    return " ".join(kept.split()) if any(map(_is_visible, kept)) else ""


def _is_dropped(character: str) -> bool:
    # Cc, Cf, Cs, Co, Cn: control, format, surrogate, private and unassigned characters.
    return unicodedata.category(character).startswith("C") and character not in _JOINERS


def _is_visible(character: str) -> bool:
    # A mark (M) needs a letter to stand on; separators (Z) are blank.
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANKS

"""The names by which accounts are found: one namespace of usernames, roll numbers and e-mail addresses.

A held registration asked for an e-mail address or a roll number that another account has. It behaves like an account
whose link was never used, so that signing up reveals nothing; hashes stand in for the names that it can't have.
"""

import hashlib
import re
import secrets
import unicodedata
from typing import Any

from sqlalchemy import func, or_

from storage.models import User

_HELD = "held:"
"""No e-mail address begins with this, because an unquoted one has no colon."""
_HELD_ROLL = "\x01"
"""No roll number contains a control character."""

_HOUSE_WORDS = (
    "admin",
    "administrator",
    "administration",
    "admins",
    "croupier",
    "croupiers",
    "helpdesk",
    "house",
    "mod",
    "moderator",
    "moderators",
    "mods",
    "official",
    "operator",
    "operators",
    "postmaster",
    "root",
    "security",
    "staff",
    "support",
    "sysadmin",
    "system",
    "team",
    "webmaster",
)
_LOOKALIKES = str.maketrans("01345789i", "oleastbgl")
"""Characters that stand for others in names that pretend to be the house. An i becomes an l, as a 1 does."""


def _skeleton(text: str) -> str:
    """The same text for names that look alike."""
    return text.lower().translate(_LOOKALIKES).replace("rn", "m").replace("vv", "w")


_HOUSE_NAME = re.compile(f"(the)?({'|'.join(sorted(map(_skeleton, _HOUSE_WORDS), key=len, reverse=True))})+")


def speaks_for_house(username: str) -> bool:
    """Whether players would take the name for the operator's: ``Admin``, ``cr0upier-support``, ``moderator_2``."""
    words = re.split(r"[_-]+", username)
    candidates = [*words, "".join(words)]
    # A number at either end counts nothing, but a digit may also stand for a letter.
    candidates += [word.strip("0123456789") for word in candidates]
    return any(_HOUSE_NAME.fullmatch(_skeleton(word)) for word in candidates if word)


def normalise(text: str) -> str:
    """One spelling (NFKC) of characters that Unicode calls equivalent, without blanks at either end."""
    return unicodedata.normalize("NFKC", text).strip()


def fold_email(email: str) -> str:
    """The form in which addresses are stored and compared."""
    return normalise(email).casefold()


def held_email(email: str) -> str:
    """The held form of a folded address that another account has or may still get."""
    return _HELD + hashlib.sha256(email.encode()).hexdigest()


def held_roll_number(roll_number: str) -> str:
    """The held form of a roll number that a verified account has, in ten characters."""
    return _HELD_ROLL + hashlib.sha256(roll_number.lower().encode()).hexdigest()[:9]


def no_roll_number() -> str:
    """A held roll number that nobody can look up."""
    return _HELD_ROLL + secrets.token_urlsafe(9)[:9]


def is_account() -> Any:
    """The SQL condition for users that are accounts, not held registrations."""
    return ~User.email.startswith(_HELD)


def by_identifier(identifier: str) -> Any:
    """The SQL condition for users, held registrations included, that an e-mail address, username or roll number can
    mean."""
    if "@" in identifier:
        email = fold_email(identifier)
        return User.email.in_((email, held_email(email)))
    return or_(by_roll_number(identifier), by_username(identifier))


def by_username(username: str) -> Any:
    """The SQL condition for the user who has the username, in whatever case."""
    return func.lower(User.username) == func.lower(normalise(username))


def by_roll_number(roll_number: str) -> Any:
    """The SQL condition for users who have the roll number, in whatever case, or asked for it."""
    number = normalise(roll_number)
    return func.lower(User.roll_number).in_((func.lower(number), held_roll_number(number)))

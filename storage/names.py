"""The names by which accounts are found: one namespace of usernames, roll numbers and e-mail addresses."""

import re
import unicodedata
from typing import Any

from sqlalchemy import func, or_

from storage.models import SignUp, User

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


Named = type[User] | type[SignUp]
"""A table whose rows have the names of a player."""


def by_names(identifier: str, table: Named = User) -> list[Any]:
    """The SQL conditions for the rows that an e-mail address, username or roll number can mean, one for each column."""
    if "@" in identifier:
        return [table.email == fold_email(identifier)]
    return [by_roll_number(identifier, table), by_username(identifier, table)]


def by_identifier(identifier: str) -> Any:
    """The SQL condition for users whom an e-mail address, username or roll number can mean."""
    return or_(*by_names(identifier))


def by_username(username: str, table: Named = User) -> Any:
    """The SQL condition for the rows that have the username, in whatever case."""
    return func.lower(table.username) == func.lower(normalise(username))


def by_roll_number(roll_number: str, table: Named = User) -> Any:
    """The SQL condition for the rows that have the roll number, in whatever case."""
    return func.lower(table.roll_number) == func.lower(normalise(roll_number))

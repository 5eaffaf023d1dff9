"""The names by which accounts are found, and their held form in registrations that are no accounts.

A held registration asked for an e-mail address or a roll number that another account has. It behaves like an account
whose link was never used, so that signing up reveals nothing; hashes stand in for the names that it can't have.
"""

import hashlib
import secrets
from typing import Any

from sqlalchemy import func, or_

from storage.models import User

_HELD = "held:"
"""No e-mail address begins with this, because an unquoted one has no colon."""
_HELD_ROLL = "\x01"
"""No roll number contains a control character."""


def fold_email(email: str) -> str:
    """The form in which addresses are stored and compared."""
    return email.strip().casefold()


def held_email(email: str) -> str:
    """The held form of a folded address that another account has or may still get."""
    return _HELD + hashlib.sha256(email.encode()).hexdigest()


def held_roll_number(roll_number: str) -> str:
    """The held form of a roll number that a verified account has, in ten characters."""
    return _HELD_ROLL + hashlib.sha256(roll_number.encode()).hexdigest()[:9]


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
    return or_(by_roll_number(identifier), func.lower(User.username) == identifier.lower())


def by_roll_number(roll_number: str) -> Any:
    """The SQL condition for users who have the roll number or asked for it."""
    return User.roll_number.in_((roll_number, held_roll_number(roll_number)))

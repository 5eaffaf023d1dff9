"""The names that an account is found by, and the form in which a registration that must not count keeps them."""

import hashlib
import secrets
from typing import Any

from sqlalchemy import func, or_

from storage.models import User

_HELD = "held:"
"""No e-mail address begins like this: it would need quotes."""
_HELD_ROLL = "\x01"
"""No roll number has a control character."""


def fold_email(email: str) -> str:
    """The form in which addresses are stored and compared."""
    return email.strip().casefold()


def held_email(email: str) -> str:
    """What stands for a folded address that another account has, or may still get."""
    return _HELD + hashlib.sha256(email.encode()).hexdigest()


def held_roll_number(roll_number: str) -> str:
    """What stands for a roll number that a verified account has, in ten characters."""
    return _HELD_ROLL + hashlib.sha256(roll_number.encode()).hexdigest()[:9]


def no_roll_number() -> str:
    """What stands for one that cannot be asked for."""
    return _HELD_ROLL + secrets.token_urlsafe(9)[:9]


def is_account() -> Any:
    """The users that are accounts, as a condition: all but held registrations."""
    return ~User.email.startswith(_HELD)


def by_identifier(identifier: str) -> Any:
    """The users, held registrations among them, that an e-mail address, username or roll number can mean."""
    if "@" in identifier:
        email = fold_email(identifier)
        return User.email.in_((email, held_email(email)))
    return or_(by_roll_number(identifier), func.lower(User.username) == identifier.lower())


def by_roll_number(roll_number: str) -> Any:
    """Who has it or asked for it, as a condition."""
    return User.roll_number.in_((roll_number, held_roll_number(roll_number)))

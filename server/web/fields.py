"""The types of fields that come in, and the checks that a type can't express."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from msgspec import Meta

from server.config import Config
from server.web.decode import Username
from server.web.problems import FieldError

__all__ = ["Email", "FullName", "Identifier", "NewPassword", "Password", "Token", "Username"]

# No control characters; "$" alone would let a line's end slip through at the end.
_LINE = r"^[^\x00-\x1f\x7f]*$(?!\n)"
_INK = r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)"
_PROSE = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
_URL = r"^https?://[!-~]+$(?!\n)"

Email = Annotated[str, Meta(min_length=3, max_length=120, pattern=_LINE, description="An e-mail address.")]
RollNumber = Annotated[str, Meta(min_length=1, max_length=10, pattern=_LINE, description="A roll number.")]
FullName = Annotated[str, Meta(max_length=100, pattern=_INK, description="A name in one line of 1–100 characters.")]
Identifier = Annotated[
    str, Meta(min_length=1, max_length=120, pattern=_LINE, description="E-mail, username or roll number.")
]
Password = Annotated[str, Meta(min_length=1, max_length=1024, description="A password.")]
NewPassword = Annotated[
    str, Meta(min_length=2, max_length=72, description="A password of 8–72 bytes in UTF-8 that is not easy to guess.")
]
Token = Annotated[str, Meta(min_length=1, max_length=256, description="The token from the mail's link.")]
Bio = Annotated[str, Meta(max_length=2000, pattern=_PROSE, description="A text of at most 2,000 characters.")]
AvatarUrl = Annotated[str, Meta(max_length=255, pattern=_URL, description="A web address, http:// or https://.")]
Place = Annotated[str, Meta(max_length=100, pattern=_LINE, description="A place in at most 100 characters.")]
Seed = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)", description="1–64 letters, digits, _ or -.")]
Cents = Annotated[int, Meta(ge=1, le=10**15, description="An amount in cents, from 1.")]
Aware = Annotated[datetime, Meta(tz=True, description="A time with its zone, 2026-11-24T12:00:00Z.")]

EARLIEST_BIRTH = date(1900, 1, 1)


def check_email(email: str, config: Config) -> list[FieldError]:
    """Whether it can be an address, of a domain that may register."""
    domains = [domain.casefold() for domain in config.email_domains]
    local, _, domain = email.strip().rpartition("@")
    named = domain.casefold() in domains
    if not domain.isascii():
        # Mail headers and the folded form in the database are for ASCII.
        return [FieldError("email", "malformed", "Write the domain in its ASCII form, xn--…")]
    try:
        # A domain that the operator names is right, even if it is one that the world does not know.
        looked_at = f"{local}@campus.example" if named else email.strip()
        validate_email(looked_at, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        return [FieldError("email", "malformed", str(error))]
    if domains and not named:
        return [FieldError("email", "not_allowed", f"Use an address of {' or '.join(config.email_domains)}.")]
    return []


def check_avatar_url(url: str) -> list[FieldError]:
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        good = False
    return [] if good else [FieldError("profile.avatar_url", "malformed", "A web address, http:// or https://.")]


def check_dob(dob: date, today: date) -> list[FieldError]:
    if EARLIEST_BIRTH <= dob < today:
        return []
    return [FieldError("profile.dob", "out_of_range", "A date of birth lies in the past, after 1900.")]

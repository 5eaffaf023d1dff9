"""The types of incoming fields, and checks that a type can't express."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from msgspec import Meta

from server.config import Config
from server.visible_text import visible_line
from server.web.decode import Username
from server.web.problems import InvalidField
from storage.names import speaks_for_house

__all__ = ["Device", "Email", "FullName", "Identifier", "NewPassword", "Password", "Token", "Username"]

# No control characters. "$" alone would also match before a line break at the end.
_LINE = r"^[^\x00-\x1f\x7f]*$(?!\n)"
_NOT_BLANK = r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)"
_PROSE = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
_URL = r"^https?://[!-~]+$(?!\n)"

Email = Annotated[str, Meta(min_length=3, max_length=120, pattern=_LINE, description="An e-mail address.")]
RollNumber = Annotated[str, Meta(min_length=1, max_length=10, pattern=_LINE, description="A roll number.")]
FullName = Annotated[str, Meta(max_length=100, pattern=_NOT_BLANK, description="A name in one line, 1–100 characters.")]
Identifier = Annotated[
    str, Meta(min_length=1, max_length=120, pattern=_LINE, description="E-mail, username or roll number.")
]
Password = Annotated[str, Meta(min_length=1, max_length=1024, description="A password.")]
NewPassword = Annotated[
    str, Meta(min_length=2, max_length=72, description="A password of 8–72 bytes in UTF-8 that is hard to guess.")
]
Device = Annotated[str, Meta(max_length=200, description="The device of an earlier answer to a sign-in.")]
TokenName = Annotated[
    str, Meta(max_length=60, pattern=_LINE, description="The device or program, as the list of sign-ins shows it.")
]
Token = Annotated[str, Meta(min_length=1, max_length=256, description="The token in the link of the mail.")]
SitePage = Annotated[
    str,
    Meta(
        max_length=300,
        pattern=r"^/(?![/\\])[!-~]*$(?!\n)",
        description="A page of this site, path and query, to which the mail's link leads in the end.",
    ),
]
Bio = Annotated[str, Meta(max_length=2000, pattern=_PROSE, description="A text of at most 2,000 characters.")]
AvatarUrl = Annotated[
    str, Meta(max_length=255, pattern=_URL, description="A web address that starts with http:// or https://.")
]
Location = Annotated[str, Meta(max_length=100, pattern=_LINE, description="A place, in at most 100 characters.")]
Cents = Annotated[int, Meta(ge=1, le=10**15, description="An amount in cents, at least 1.")]
ZonedTime = Annotated[datetime, Meta(tz=True, description="A time with its time zone, such as 2026-11-24T12:00:00Z.")]

EARLIEST_BIRTH = date(1900, 1, 1)


def check_email(email: str, config: Config) -> list[InvalidField]:
    """Check that this is an address, and of a domain that may register."""
    domains = [domain.casefold() for domain in config.email_domains]
    local, _, domain = email.strip().rpartition("@")
    is_listed = domain.casefold() in domains
    if not domain.isascii():
        # Mail headers and the case-folded form in the database are ASCII.
        return [InvalidField("email", "malformed", "Write the domain in its ASCII form (xn--…).")]
    try:
        # Accept any domain that the operator lists, even one that is not a public domain.
        checked = f"{local}@campus.example" if is_listed else email.strip()
        validate_email(checked, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        return [InvalidField("email", "malformed", str(error))]
    if domains and not is_listed:
        return [InvalidField("email", "not_allowed", f"Use an address at {' or '.join(config.email_domains)}.")]
    return []


def check_username(username: str) -> list[InvalidField]:
    if not speaks_for_house(username):
        return []
    return [InvalidField("username", "not_allowed", "This name is reserved, because it seems to speak for the house.")]


def check_full_name(full_name: str) -> list[InvalidField]:
    if visible_line(full_name):
        return []
    return [InvalidField("full_name", "malformed", "A name has a character that can be seen.")]


def check_avatar_url(url: str) -> list[InvalidField]:
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        good = False
    return (
        []
        if good
        else [InvalidField("profile.avatar_url", "malformed", "A web address that starts with http:// or https://.")]
    )


def check_dob(dob: date, today: date) -> list[InvalidField]:
    if EARLIEST_BIRTH <= dob < today:
        return []
    return [InvalidField("profile.dob", "out_of_range", "The date of birth must be in the past, and not before 1900.")]

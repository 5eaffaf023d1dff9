"""The types of incoming fields, and checks that a type can't express."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from msgspec import Meta

from server.config import Config
from server.visible_text import visible_line
from server.web.decode import Username, described
from server.web.problems import InvalidField
from storage.names import speaks_for_house

__all__ = ["Device", "Email", "FullName", "Identifier", "NewPassword", "Password", "Token", "Username"]

# No control characters. "$" alone would also match before a line break at the end.
_LINE = r"^[^\x00-\x1f\x7f]*$(?!\n)"
_NOT_BLANK = r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)"
_PROSE = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
_URL = r"^https?://[!-~]+$(?!\n)"

Email = Annotated[str, described("email", min_length=3, max_length=120, pattern=_LINE)]
RollNumber = Annotated[str, described("roll_number", min_length=1, max_length=10, pattern=_LINE)]
FullName = Annotated[str, described("full_name", max_length=100, pattern=_NOT_BLANK)]
Identifier = Annotated[str, described("identifier", min_length=1, max_length=120, pattern=_LINE)]
Password = Annotated[str, described("password", min_length=1, max_length=1024)]
NewPassword = Annotated[str, described("new_password", min_length=2, max_length=72)]
Device = Annotated[str, described("device", max_length=200)]
TokenName = Annotated[str, described("token_name", max_length=60, pattern=_LINE)]
Token = Annotated[str, described("token", min_length=1, max_length=256)]
SitePage = Annotated[
    str,
    # Browsers resolve "/.//" and "/\" to other sites, or to no address at all.
    described("site_page", max_length=300, pattern=r"^(?!.*(?://|\\))/[!-~]*$(?!\n)"),
]
Bio = Annotated[str, described("bio", max_length=2000, pattern=_PROSE)]
AvatarUrl = Annotated[str, described("avatar_url", max_length=255, pattern=_URL)]
Location = Annotated[str, described("location", max_length=100, pattern=_LINE)]
Cents = Annotated[int, Meta(ge=1, le=10**15, description="An amount in cents, at least 1.")]
ZonedTime = Annotated[datetime, described("zoned_time", tz=True)]

EARLIEST_BIRTH = date(1900, 1, 1)


def check_email(email: str, config: Config) -> list[InvalidField]:
    """Check that this is an address, and of a domain that may register."""
    domains = [domain.casefold() for domain in config.email_domains]
    local, _, domain = email.strip().rpartition("@")
    is_listed = domain.casefold() in domains
    if not domain.isascii():
        # Mail headers and the case-folded form in the database are ASCII.
        return [InvalidField.of("email", "malformed", "not_ascii")]
    try:
        # Accept any domain that the operator lists, even one that is not a public domain.
        checked = f"{local}@campus.example" if is_listed else email.strip()
        validate_email(checked, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return [InvalidField.of("email", "malformed", "email")]
    if domains and not is_listed:
        return [InvalidField.of("email", "not_allowed", "other_domain", domains=config.email_domains)]
    return []


def check_username(username: str) -> list[InvalidField]:
    if not speaks_for_house(username):
        return []
    return [InvalidField.of("username", "not_allowed", "reserved_name")]


def check_full_name(full_name: str) -> list[InvalidField]:
    if visible_line(full_name):
        return []
    return [InvalidField.of("full_name", "malformed", "invisible_name")]


def check_avatar_url(url: str) -> list[InvalidField]:
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        good = False
    return [] if good else [InvalidField.of("profile.avatar_url", "malformed", "avatar_url")]


def check_dob(dob: date, today: date) -> list[InvalidField]:
    if EARLIEST_BIRTH <= dob < today:
        return []
    return [InvalidField.of("profile.dob", "out_of_range", "birth")]

"""The checks of fields that types can't express."""

from datetime import date

import pytest

from server.config import Config
from server.web.fields import check_avatar_url, check_dob, check_email

CAMPUS = Config(email_domains=("campus.example", "lab.local"))


@pytest.mark.parametrize(
    "email", ["ann@campus.example", "A.B+c@Campus.Example", "ann@lab.local", " ann@campus.example "]
)
def test_valid_addresses_may_register(email: str) -> None:
    assert check_email(email, CAMPUS) == []


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("ann@elsewhere.example", "not_allowed"),
        ("ann@sub.campus.example", "not_allowed"),
        ("ann", "malformed"),
        ("ann@", "malformed"),
        ("@campus.example", "malformed"),
        ("a b@campus.example", "malformed"),
        ("ann@campus.example@campus.example", "malformed"),
        ("änn@campus.example", "malformed"),
        ("ann@exämple.example", "malformed"),
        ("ann@\N{KELVIN SIGN}.example", "malformed"),
        ("ann@campus\N{IDEOGRAPHIC FULL STOP}example", "malformed"),
        ("ann@x.local", "malformed"),
        ("ann@localhost", "malformed"),
    ],
)
def test_invalid_addresses_may_not_register(email: str, code: str) -> None:
    assert [(error.field, error.code) for error in check_email(email, CAMPUS)] == [("email", code)]


def test_every_domain_may_register_by_default() -> None:
    assert check_email("ann@anywhere.example", Config()) == []
    assert check_email("ann@xn--exmple-cua.example", Config()) == []
    assert check_email("ann@lab.local", Config())


@pytest.mark.parametrize("url", ["https://img.example/a.png", "http://img.example:8080/?a=b#c", "https://[::1]/x"])
def test_valid_picture_addresses(url: str) -> None:
    assert check_avatar_url(url) == []


@pytest.mark.parametrize("url", ["https://", "https:///x", "https://u:p@img.example", "http://[", "http://x:99999/"])
def test_invalid_picture_addresses(url: str) -> None:
    assert check_avatar_url(url)


def test_dates_of_birth_lie_in_the_past() -> None:
    today = date(2026, 11, 24)
    assert check_dob(date(2026, 11, 23), today) == check_dob(date(1900, 1, 1), today) == []
    assert check_dob(today, today)
    assert check_dob(date(1899, 12, 31), today)

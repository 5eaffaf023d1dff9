"""The mails: the same in both forms, and no name can write HTML into them."""

import html
import re

import pytest

from server.mail import Mail
from server.web import mail_texts

TO, NAME, ORIGIN = "ann@campus.example", "ann", "https://play.example"
LETTERS = [
    mail_texts.verification(TO, NAME, ORIGIN, "TOKEN", 48),
    mail_texts.already_registered(TO, NAME, ORIGIN),
    mail_texts.password_reset(TO, NAME, ORIGIN, "TOKEN", 60),
    mail_texts.password_changed(TO, NAME, ORIGIN),
]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.subject)
def test_both_forms_say_the_same(letter: Mail) -> None:
    plain = re.sub(r"\s+|-- ", " ", letter.text)
    shown = html.unescape(re.sub(r"<[^>]+>", " ", letter.html.partition("<body")[2].partition(">")[2]))
    assert re.sub(r"\s+", "", plain) == re.sub(r"\s+", "", shown)
    assert letter.to == TO
    assert max(map(len, letter.text.splitlines())) < 400


def test_links() -> None:
    assert f"\n{ORIGIN}/verify?token=TOKEN&account=ann\n" in LETTERS[0].text
    assert f"\n{ORIGIN}/reset?token=TOKEN\n" in LETTERS[2].text
    assert f'<a href="{ORIGIN}/reset?token=TOKEN">' in LETTERS[2].html
    assert "token" not in LETTERS[1].text + LETTERS[3].text


def test_the_link_names_the_account_that_it_opens() -> None:
    """Somebody else may have signed up with this address, and with a password that they know."""
    letter = mail_texts.verification(TO, "mallory", ORIGIN, "TOKEN", 48)
    assert "open the account mallory" in letter.text
    assert "did not sign up as mallory" in letter.text


def test_names_write_no_html() -> None:
    assert "<b>" not in mail_texts.already_registered(TO, "<b>", ORIGIN).html

"""The mail texts: both forms have the same content, and names are escaped."""

import html
import re

import pytest

from server.mail import Mail
from server.web import mail_texts
from server.web.mail_texts import MailLink, MailTexts

TO, NAME, ORIGIN = "ann@campus.example", "ann", "https://play.example"
LINK = MailLink(ORIGIN, "TOKEN", "/")
ENGLISH, HINDI = mail_texts.mails_in("en"), mail_texts.mails_in("hi")


def mails_of(texts: MailTexts) -> list[Mail]:
    return [
        texts.verification(TO, NAME, LINK, 48, has_password=True),
        texts.already_registered(TO, NAME, ORIGIN),
        texts.password_reset(TO, NAME, LINK, 60),
        texts.password_changed(TO, NAME, ORIGIN),
        texts.verification(TO, NAME, LINK, 48, has_password=False),
    ]


MAILS = mails_of(ENGLISH)


@pytest.mark.parametrize("mail", [*MAILS, *mails_of(HINDI)], ids=lambda mail: mail.subject)
def test_both_forms_have_the_same_content(mail: Mail) -> None:
    plain = re.sub(r"\s+|-- ", " ", mail.text)
    shown = html.unescape(re.sub(r"<[^>]+>", " ", mail.html.partition("<body")[2].partition(">")[2]))
    assert re.sub(r"\s+", "", plain) == re.sub(r"\s+", "", shown)
    assert mail.to == TO
    assert max(map(len, mail.text.splitlines())) < 400


def test_mails_contain_their_links() -> None:
    assert f"\n{ORIGIN}/verify#token=TOKEN&account=ann\n" in MAILS[0].text
    assert f"\n{ORIGIN}/reset#token=TOKEN\n" in MAILS[2].text
    assert f'<a href="{ORIGIN}/reset#token=TOKEN">' in MAILS[2].html
    assert "token" not in MAILS[1].text + MAILS[3].text


def test_a_link_carries_the_page_that_comes_afterwards() -> None:
    link = MailLink(ORIGIN, "TOKEN", "/rooms/holdem-7?invite=a_b-c&x=1#y")
    assert link.to("/verify", account="ann") == (
        f"{ORIGIN}/verify#token=TOKEN&account=ann&next=%2Frooms%2Fholdem-7%3Finvite%3Da_b-c%26x%3D1%23y"
    )
    assert f"\n{link.to('/reset')}\n" in ENGLISH.password_reset(TO, NAME, link, 60).text


def test_the_verification_mail_names_the_account() -> None:
    """Someone else may have signed up with this address and a password that only they know."""
    mail = ENGLISH.verification(TO, "mallory", LINK, 48, has_password=True)
    assert "open the account mallory" in mail.text
    assert "did not sign up as mallory" in mail.text


def test_the_verification_mail_says_whether_a_password_was_chosen() -> None:
    chosen = ENGLISH.verification(TO, NAME, LINK, 48, has_password=True)
    assert "asks for the password that you chose" in chosen.text
    open_ = ENGLISH.verification(TO, NAME, LINK, 48, has_password=False)
    assert "lets you choose a password" in open_.text
    assert f"\n{ORIGIN}/verify#token=TOKEN&account=ann&password=none\n" in open_.text


def test_names_are_escaped_in_html() -> None:
    assert "<b>" not in ENGLISH.already_registered(TO, "<b>", ORIGIN).html


def test_mails_in_hindi_have_the_same_links_and_numbers_and_name_their_language() -> None:
    def facts(mail: Mail) -> list[str]:
        return sorted(re.findall(r"https://\S+|\d+|\bann\b", mail.text))

    for english, hindi in zip(MAILS, mails_of(HINDI), strict=True):
        assert facts(hindi) == facts(english)
        assert '<html lang="en">' in english.html
        assert '<html lang="hi">' in hindi.html
        assert re.search("[\u0900-\u097f]", hindi.subject)
        assert not re.search("[\u0966-\u096f]", hindi.text)
        words = re.sub(r"https://\S+|Croupier|ann", "", hindi.text)
        assert not re.search("[A-Za-z]", words)

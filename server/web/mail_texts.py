"""The texts of the server's mails, each as plain text and as HTML.

Tokens are in the fragment of a link: browsers never send it, so no proxy's log and no Referer has it.
"""

from html import escape
from typing import Final
from urllib.parse import quote, urlencode

from msgspec import Struct

from server.mail import Mail

_SIGN_OFF: Final = "Croupier — games for play money"


class MailLink(Struct, frozen=True):
    """A link with a one-time token. ``next`` is the page of the site to which it leads in the end."""

    origin: str
    token: str
    next: str

    def to(self, page: str, **more: str) -> str:
        """The address of the page that takes the token, with what else the page should know."""
        parts = {"token": self.token, **more}
        if self.next != "/":
            parts["next"] = self.next
        return f"{self.origin}{page}#{urlencode(parts, quote_via=quote, safe='')}"


def verification(to: str, username: str, link: MailLink, hours: int, has_password: bool) -> Mail:
    """``has_password``: whether the player has chosen a password when signing up."""
    known = {} if has_password else {"password": "none"}
    asks = "asks for the password that you chose" if has_password else "lets you choose a password"
    return _mail(
        to,
        "Confirm your e-mail address",
        [
            f"Welcome to Croupier, {username}!",
            f"Please confirm your e-mail address to open the account {username} and get your first chips:",
            link.to("/verify", account=username, **known),
            f"The link works for {hours} hours and {asks}. If you did not sign up as {username}, ignore this mail: "
            "without your confirmation, nobody gets the account. Whatever somebody else types, your address stays free "
            "for you to sign up with.",
        ],
    )


def already_registered(to: str, username: str, origin: str) -> Mail:
    return _mail(
        to,
        "You already have an account",
        [
            f"Hello {username},",
            "Someone, probably you, tried to sign up for Croupier with your e-mail address or roll number. "
            f"You already have an account; your username is {username}.",
            "If you forgot your password, set a new one here:",
            f"{origin}/forgot",
            "If it was not you, you can ignore this mail. Nothing has changed.",
        ],
    )


def password_reset(to: str, username: str, link: MailLink, minutes: int) -> Mail:
    return _mail(
        to,
        "Set a new password",
        [
            f"Hello {username},",
            "Someone, probably you, asked to reset the password of your Croupier account. Set a new one here:",
            link.to("/reset"),
            f"The link works once, within {minutes} minutes. If you did not ask for it, ignore this mail; "
            "your password will not change.",
        ],
    )


def password_changed(to: str, username: str, origin: str) -> Mail:
    return _mail(
        to,
        "Your password was changed",
        [
            f"Hello {username},",
            "The password of your Croupier account has just been changed.",
            "If it was not you, set a new password immediately:",
            f"{origin}/forgot",
        ],
    )


def _mail(to: str, subject: str, paragraphs: list[str]) -> Mail:
    text = "\n\n".join([*paragraphs, f"-- \n{_SIGN_OFF}"]) + "\n"
    body = "\n".join(_paragraph(paragraph) for paragraph in paragraphs)
    html = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        '<body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em">\n'
        f"{body}\n<p><small>{_SIGN_OFF}</small></p>\n</body></html>\n"
    )
    return Mail(to=to, subject=subject, text=text, html=html)


def _paragraph(text: str) -> str:
    safe = escape(text)
    if text.startswith(("http://", "https://")):
        return f'<p><a href="{safe}">{safe}</a></p>'
    return f"<p>{safe}</p>"

"""The mails that the server writes: plain text, and the same in HTML."""

from html import escape
from typing import Final
from urllib.parse import quote

from server.mail import Mail

_SIGN_OFF: Final = "Croupier — play money, kept with care."


def verification(to: str, username: str, origin: str, token: str, hours: int) -> Mail:
    return _letter(
        to,
        "Confirm your e-mail address",
        [
            f"Welcome to Croupier, {username}!",
            f"Please confirm that this address is yours; then the account {username} opens, with its first chips.",
            f"{origin}/verify?token={token}&account={quote(username)}",
            f"The link works for {hours} hours. If you did not sign up as {username} yourself, do not confirm: "
            "without your confirmation the account is removed. To have one of your own, sign up again.",
        ],
    )


def already_registered(to: str, username: str, origin: str) -> Mail:
    return _letter(
        to,
        "You already have an account",
        [
            f"Hello {username},",
            "Somebody, probably you, tried to sign up at Croupier with your e-mail address or roll number. "
            f"You already have an account there; your username is {username}.",
            "If you forgot your password, you can set a new one here:",
            f"{origin}/forgot",
            "If it was not you, you need to do nothing. Nothing was changed.",
        ],
    )


def password_reset(to: str, username: str, origin: str, token: str, minutes: int) -> Mail:
    return _letter(
        to,
        "Set a new password",
        [
            f"Hello {username},",
            "Somebody, probably you, asked for a new password for your Croupier account. You can set it here:",
            f"{origin}/reset?token={token}",
            f"The link works once, within {minutes} minutes. If you did not ask for it, ignore this mail: "
            "your password stays as it is.",
        ],
    )


def password_changed(to: str, username: str, origin: str) -> Mail:
    return _letter(
        to,
        "Your password was changed",
        [
            f"Hello {username},",
            "The password of your Croupier account has just been changed.",
            "If it was not you, set a new one at once:",
            f"{origin}/forgot",
        ],
    )


def _letter(to: str, subject: str, paragraphs: list[str]) -> Mail:
    text = "\n\n".join([*paragraphs, f"-- \n{_SIGN_OFF}"]) + "\n"
    body = "\n".join(_paragraph(paragraph) for paragraph in paragraphs)
    html = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        '<body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em">\n'
        f"{body}\n<p><small>{_SIGN_OFF}</small></p>\n</body></html>\n"
    )
    return Mail(to, subject, text, html)


def _paragraph(text: str) -> str:
    safe = escape(text)
    if text.startswith(("http://", "https://")):
        return f'<p><a href="{safe}">{safe}</a></p>'
    return f"<p>{safe}</p>"

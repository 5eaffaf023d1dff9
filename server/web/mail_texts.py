"""The texts of the server's mails, in each language, as plain text and as HTML.

A mail is in the language of the request that it answers.

Tokens are in the fragment of a link: browsers never send it, so no proxy's log and no Referer has it.
"""

from collections.abc import Sequence
from html import escape
from typing import Final, Protocol
from urllib.parse import quote, urlencode

from msgspec import Struct

from server.mail import Mail
from server.web.languages import Language


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


class MailTexts(Protocol):
    """The mails in one language."""

    def verification(self, to: str, username: str, link: MailLink, hours: int, has_password: bool) -> Mail:
        """``has_password``: whether the player has chosen a password when signing up."""
        ...

    def already_registered(self, to: str, username: str, origin: str) -> Mail: ...

    def password_reset(self, to: str, username: str, link: MailLink, minutes: int) -> Mail: ...

    def password_changed(self, to: str, username: str, origin: str) -> Mail: ...


def mails_in(language: Language) -> MailTexts:
    """The mails in a language."""
    return _MAILS[language]


class _English:
    def verification(self, to: str, username: str, link: MailLink, hours: int, has_password: bool) -> Mail:
        asks = "asks for the password that you chose" if has_password else "lets you choose a password"
        return self._mail(
            to,
            "Confirm your e-mail address",
            f"Welcome to Croupier, {username}!",
            f"Please confirm your e-mail address to open the account {username} and get your first chips:",
            _verify(link, username, has_password),
            f"The link works for {hours} hours and {asks}. If you did not sign up as {username}, ignore this mail: "
            "without your confirmation, nobody gets the account. Whatever somebody else types, your address stays free "
            "for you to sign up with.",
        )

    def already_registered(self, to: str, username: str, origin: str) -> Mail:
        return self._mail(
            to,
            "You already have an account",
            f"Hello {username},",
            "Someone, probably you, tried to sign up for Croupier with your e-mail address or roll number. "
            f"You already have an account; your username is {username}.",
            "If you forgot your password, set a new one here:",
            f"{origin}/forgot",
            "If it was not you, you can ignore this mail. Nothing has changed.",
        )

    def password_reset(self, to: str, username: str, link: MailLink, minutes: int) -> Mail:
        return self._mail(
            to,
            "Set a new password",
            f"Hello {username},",
            "Someone, probably you, asked to reset the password of your Croupier account. Set a new one here:",
            link.to("/reset"),
            f"The link works once, within {minutes} minutes. If you did not ask for it, ignore this mail; "
            "your password will not change.",
        )

    def password_changed(self, to: str, username: str, origin: str) -> Mail:
        return self._mail(
            to,
            "Your password was changed",
            f"Hello {username},",
            "The password of your Croupier account has just been changed.",
            "If it was not you, set a new password immediately:",
            f"{origin}/forgot",
        )

    def _mail(self, to: str, subject: str, *paragraphs: str) -> Mail:
        return _mail(to, subject, paragraphs, "en", "Croupier — games for play money")


class _Hindi:
    def verification(self, to: str, username: str, link: MailLink, hours: int, has_password: bool) -> Mail:
        asks = "और आपका चुना हुआ पासवर्ड माँगता है" if has_password else "और वहाँ पासवर्ड चुना जा सकता है"
        return self._mail(
            to,
            "अपने ई-मेल पते की पुष्टि करें",
            f"Croupier में आपका स्वागत है, {username}!",
            f"अकाउंट {username} चालू करने और अपने पहले चिप्स पाने के लिए कृपया अपने ई-मेल पते की पुष्टि करें:",
            _verify(link, username, has_password),
            f"यह लिंक {hours} घंटे तक काम करता है {asks}। अगर आपने {username} नाम से साइन अप नहीं किया, तो इस मेल पर ध्यान "
            "न दें: आपकी पुष्टि के बिना यह अकाउंट किसी को नहीं मिलता। कोई और चाहे जो लिखे, आपके पते से साइन अप का अधिकार "
            "आपका ही रहता है।",
        )

    def already_registered(self, to: str, username: str, origin: str) -> Mail:
        return self._mail(
            to,
            "आपका अकाउंट पहले से है",
            f"नमस्ते {username},",
            "किसी ने, शायद आपने ही, आपके ई-मेल पते या रोल नंबर से Croupier पर साइन अप करने की कोशिश की। "
            f"आपका अकाउंट पहले से है; आपका यूज़रनेम {username} है।",
            "अगर आपको पासवर्ड याद नहीं है, तो नया पासवर्ड यहाँ चुनें:",
            f"{origin}/forgot",
            "अगर यह आपने नहीं किया, तो इस मेल पर ध्यान न दें। कुछ भी नहीं बदला है।",
        )

    def password_reset(self, to: str, username: str, link: MailLink, minutes: int) -> Mail:
        return self._mail(
            to,
            "नया पासवर्ड चुनें",
            f"नमस्ते {username},",
            "किसी ने, शायद आपने ही, आपके Croupier अकाउंट का पासवर्ड रीसेट करने के लिए कहा है। नया पासवर्ड यहाँ चुनें:",
            link.to("/reset"),
            f"यह लिंक सिर्फ़ एक बार, {minutes} मिनट के अंदर काम करता है। अगर यह आपने नहीं किया, तो इस मेल पर ध्यान न दें; "
            "आपका पासवर्ड नहीं बदलेगा।",
        )

    def password_changed(self, to: str, username: str, origin: str) -> Mail:
        return self._mail(
            to,
            "आपका पासवर्ड बदल गया है",
            f"नमस्ते {username},",
            "आपके Croupier अकाउंट का पासवर्ड अभी-अभी बदला गया है।",
            "अगर यह आपने नहीं किया, तो तुरंत नया पासवर्ड चुनें:",
            f"{origin}/forgot",
        )

    def _mail(self, to: str, subject: str, *paragraphs: str) -> Mail:
        return _mail(to, subject, paragraphs, "hi", "Croupier — चिप्स सिर्फ़ खेल के")


_MAILS: Final[dict[Language, MailTexts]] = {"en": _English(), "hi": _Hindi()}


def _verify(link: MailLink, username: str, has_password: bool) -> str:
    known = {} if has_password else {"password": "none"}
    return link.to("/verify", account=username, **known)


def _mail(to: str, subject: str, paragraphs: Sequence[str], language: Language, sign_off: str) -> Mail:
    text = "\n\n".join([*paragraphs, f"-- \n{sign_off}"]) + "\n"
    body = "\n".join(_paragraph(paragraph) for paragraph in paragraphs)
    html = (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        '<body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em">\n'
        f"{body}\n<p><small>{sign_off}</small></p>\n</body></html>\n"
    )
    return Mail(to=to, subject=subject, text=text, html=html)


def _paragraph(text: str) -> str:
    safe = escape(text)
    if text.startswith(("http://", "https://")):
        return f'<p><a href="{safe}">{safe}</a></p>'
    return f"<p>{safe}</p>"

"""The language in which a client wants texts that only the server can write: mails."""

from typing import Final, Literal, get_args

from server.web.encodings import weights_of

Language = Literal["en", "hi"]
ENGLISH: Final[Language] = "en"
OFFERED: Final[tuple[Language, ...]] = get_args(Language)


def language_for(accept_language: str) -> Language:
    """The offered language that a client likes best, by its header Accept-Language (RFC 9110); otherwise English.

    ``hi-IN`` asks for Hindi, too. Of languages with the same weight, the first one counts.
    """
    weights = weights_of(accept_language)
    for tag in sorted(weights, key=lambda tag: -weights[tag]):
        if weights[tag] == 0:
            break
        found = next((each for each in OFFERED if tag.split("-")[0] == each), None)
        if found is not None:
            return found
        if tag == "*":
            break
    return ENGLISH

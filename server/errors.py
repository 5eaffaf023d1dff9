"""Every error code, reason and close code of HTTP and the WebSocket, with its meaning."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from msgspec import Struct

from game_engine.game import SHOWN, Reason


class ErrorCode(Struct, frozen=True):
    """``status`` is the HTTP status, or 0 if only the WebSocket uses the code. ``retry``: the same request may succeed
    later. ``live``: a code with a status that the WebSocket uses, too."""

    code: str
    status: int
    retry: bool
    meaning: str
    live: bool = False


ERRORS: dict[str, ErrorCode] = {
    e.code: e
    for e in (
        # HTTP
        ErrorCode("invalid_json", 400, False, "The body is not JSON in UTF-8."),
        ErrorCode("validation_failed", 422, False, "A field is missing, unknown, of the wrong type or out of range."),
        ErrorCode("invalid_credentials", 401, False, "The identifier or the password is wrong."),
        ErrorCode("token_missing", 401, False, "The call needs an Authorization: Bearer header."),
        ErrorCode("token_invalid", 401, False, "The token is unknown, replaced, already used or malformed.", live=True),
        ErrorCode("token_expired", 401, False, "The token has expired; sign in again or ask for a new one.", live=True),
        ErrorCode("email_not_verified", 403, False, "The e-mail address must be verified first."),
        ErrorCode("account_inactive", 403, False, "The account is disabled."),
        ErrorCode("forbidden", 403, False, "This is not allowed."),
        ErrorCode("not_found", 404, False, "There is nothing with this name."),
        ErrorCode("method_not_allowed", 405, False, "The resource does not support this method."),
        ErrorCode("username_taken", 409, False, "Another player has, or recently had, this name."),
        ErrorCode("already_registered", 409, False, "The e-mail address or the roll number has an account by now."),
        ErrorCode("not_yet", 409, True, "It is too early; the answer says when to try again."),
        ErrorCode("bets_live", 409, True, "The account has a live bet; try again when its round has ended."),
        ErrorCode("too_large", 413, False, "The request is too large."),
        ErrorCode("unsupported_encoding", 415, False, "Bodies may not be compressed."),
        ErrorCode("account_locked", 423, True, "Too many wrong passwords; Retry-After says when to try again."),
        ErrorCode("rate_limited", 429, True, "Too many requests; the answer says when to try again.", live=True),
        ErrorCode(
            "internal_error", 500, True, "The server failed; its log has the details under the request id.", live=True
        ),
        ErrorCode("unavailable", 503, True, "The server can't do this right now; try again soon.", live=True),
        # WebSocket
        ErrorCode("bad_json", 0, False, "The message is not a JSON object in UTF-8 text."),
        ErrorCode("bad_request", 0, False, "A field is missing, unknown, of the wrong type or out of range."),
        ErrorCode("unknown_verb", 0, False, "There is no such verb."),
        ErrorCode("hello_required", 0, False, "The first request must be hello."),
        ErrorCode("not_signed_in", 0, False, "This connection has no token, so it can only watch."),
        ErrorCode("no_such_room", 0, False, "There is no such room, game or live session."),
        ErrorCode("not_seated", 0, False, "Join the room first."),
        ErrorCode("room_full", 0, True, "Every seat in the room is taken."),
        ErrorCode("invite_needed", 0, False, "This room can only be joined by invitation."),
        ErrorCode("betting_closed", 0, True, "The round is closed for bets, or another round is open."),
        ErrorCode("key_conflict", 0, False, "The key was used for another bet or move."),
        ErrorCode(
            "stack_too_small",
            0,
            False,
            "The player left this room a short while ago with more, and must bring that back.",
        ),
        ErrorCode("insufficient_funds", 0, False, "The stake is larger than the available balance."),
        ErrorCode(
            "limit_exceeded", 409, False, "This exceeds a limit of the server, the room or the player.", live=True
        ),
        ErrorCode("self_excluded", 0, False, "The player is on a break until the given date."),
        ErrorCode("muted", 0, False, "The operator has muted your chat."),
        ErrorCode("not_your_turn", 0, True, "It is another player's turn."),
        ErrorCode("illegal_action", 0, False, "The rules do not allow this now."),
        ErrorCode("paused", 0, True, "The room is paused."),
    )
}


class CloseCode(Struct, frozen=True):
    """A WebSocket close code. Below 4100, the client should reconnect with back-off; from 4100, it must not."""

    code: int
    name: str
    meaning: str


CLOSES: dict[str, CloseCode] = {
    c.name: c
    for c in (
        CloseCode(1000, "done", "The client closed the connection."),
        CloseCode(1001, "going_away", "This node is shutting down; connect again."),
        CloseCode(1009, "too_large", "A message was larger than 16 KiB."),
        CloseCode(1013, "full", "The server can't take another connection."),
        CloseCode(4000, "no_hello", "The client sent no hello in time."),
        CloseCode(4001, "too_slow", "The client reads too slowly; the message names the limit."),
        CloseCode(4002, "too_many_messages", "The client kept sending messages above its rate."),
        CloseCode(4100, "signed_out", "The sign-in has ended; the goodbye's reason says why."),
        CloseCode(4101, "account_disabled", "The account is disabled or deleted."),
    )
}


SignOutReason = Literal[
    "signed_out", "signed_out_elsewhere", "password_changed", "too_many_devices", "account_disabled", "token_expired"
]

SIGN_OUTS: dict[SignOutReason, str] = {
    "signed_out": "You signed out.",
    "signed_out_elsewhere": "You signed this device out from another one.",
    "password_changed": "The password was changed.",
    "too_many_devices": "You signed in on more devices than an account may have at a time.",
    "account_disabled": "The account was disabled.",
    "token_expired": "The sign-in was not used for too long and has expired.",
}
"""Why a sign-in ended: the reasons in goodbyes with the code ``signed_out`` and in errors with the code
``token_invalid``, and their messages."""


_BRING_BACK: Final = "You left with {minimum:chips} chips at {left_at:time}. Until {until:time}, bring at least that."

_OF_REQUESTS: Final = (
    ("missing", "This field is required."),
    ("unknown", "There is no field of this name."),
    ("wrong_type", "This must be {expected:word}, not {got:word}."),
    ("too_small", "This must be at least {least:number}."),
    ("too_large", "This must be at most {most:number}."),
    ("not_above", "This must be more than {bound:number}."),
    ("not_below", "This must be less than {bound:number}."),
    ("too_short", "This must have at least {least:number} characters or items."),
    ("too_long", "This must have at most {most:number} characters or items."),
    ("not_a_choice", "{given:word} is not one of the values that this can have."),
    ("no_time_zone", "This must name its time zone."),
    ("out_of_range", "This is out of range."),
    ("malformed", "This is not written as it should be."),
)
"""The words and messages for what can be wrong with any field of a request, on both transports."""

_OF_FIELDS: Final = (
    ("repeated", "Give this parameter only once."),
    ("not_an_object", "This must be a JSON object."),
    ("no_such_day", "There is no such date, or its year is not from 1 to 9999."),
    ("username", "3–20 letters, digits, _ or -."),
    ("email", "An e-mail address."),
    ("roll_number", "A roll number."),
    ("full_name", "A name in one line, 1–100 characters."),
    ("identifier", "E-mail, username or roll number."),
    ("password", "A password."),
    ("new_password", "A password of 8–72 bytes in UTF-8 that is hard to guess."),
    ("device", "The device of an earlier answer to a sign-in."),
    ("token_name", "The device or program, as the list of sign-ins shows it."),
    ("token", "The token in the link of the mail."),
    ("site_page", "A page of this site, path and query, to which the mail's link leads in the end."),
    ("bio", "A text of at most 2,000 characters."),
    ("avatar_url", "A web address that starts with http:// or https://."),
    ("location", "A place, in at most 100 characters."),
    ("zoned_time", "A time with its time zone, such as 2026-11-24T12:00:00Z."),
    ("client_seed", "1–64 letters, digits, _ or -."),
    ("cursor", "Use the next_cursor of the previous page."),
    ("not_ascii", "Write the domain in its ASCII form (xn--…)."),
    ("other_domain", "Use an address at {domains:words}."),
    ("reserved_name", "This name is reserved, because it seems to speak for the house."),
    ("own_names", "{most:number} names that you gave up within a year are still reserved for you: take one of them."),
    ("invisible_name", "A name has a character that can be seen."),
    ("birth", "The date of birth must be in the past, and not before 1900."),
    ("not_a_roll_number", "Not a valid roll number."),
    ("name_of_other", "Another player's username is the same."),
    ("no_password", "Give the password of the sign-up, or a new one."),
    ("password_short", "Use at least {least:number} characters."),
    ("password_long", "Use at most {most:number} bytes."),
    ("easy", "Too easy to guess. Add another word or two; uncommon words are better."),
    ("easy_common", "Too easy to guess: many people use a password like this. Add another word or two."),
    ("easy_word", "Too easy to guess: a single word is not enough. Add another word or two."),
    ("easy_name", "Too easy to guess: names are among the first that others try. Add another word or two."),
    ("easy_keys", "Too easy to guess: these keys are neighbours. Add another word or two."),
    ("easy_repeat", "Too easy to guess: it repeats itself. Add another word or two."),
    ("easy_sequence", "Too easy to guess: it is a sequence such as abc or 6543. Add another word or two."),
    ("easy_date", "Too easy to guess: years and dates are among the first that others try. Add another word or two."),
    ("break_shortened", "You can only make a break longer."),
    ("break_length", "A break must end in the future, within five years."),
    ("date", "The date is out of range."),
    ("seats", "This game has {least:number} to {most:number} seats."),
    ("no_such_game", "There is no game of this name."),
    ("single_player", "This is a single-player game; join it by its name."),
    ("handed_on", "Each round sets this option for the next."),
    ("above_server", "This server allows at most {most:number}."),
)
"""Further words and messages for the fields of HTTP requests."""

REASONS: Final[Mapping[tuple[str, str], Reason]] = {
    (reason.code, reason.word): reason
    for reason in (
        *(Reason("bad_request", *each) for each in _OF_REQUESTS),
        *(Reason("validation_failed", *each) for each in (*_OF_REQUESTS, *_OF_FIELDS)),
        *(Reason("token_invalid", *each) for each in SIGN_OUTS.items()),
        Reason("invalid_json", "late", "The body did not arrive in time."),
        Reason("invalid_json", "cut_off", "The connection ended within the body."),
        Reason("invalid_json", "framing", "The body is not framed as its headers state."),
        Reason("invalid_json", "malformed", "The request is malformed."),
        Reason("invalid_credentials", "other_password", "This is not the password of the sign-up; set a new one."),
        Reason("token_invalid", "link_used", "The link has already been used, or is incomplete."),
        Reason("token_expired", "sign_up_again", "The link has expired; sign up again."),
        Reason("token_expired", "ask_again", "The link has expired; ask for a new one."),
        Reason("forbidden", "not_owner", "Only its owner can close a room."),
        Reason("forbidden", "origin", "This origin may not open a WebSocket here."),
        Reason("not_found", "no_such_code", "No open room has this code."),
        Reason("username_taken", "meanwhile", "Another player has the username by now; sign up again."),
        Reason("already_registered", "email", "The address has an account: sign in, or reset its password."),
        Reason("already_registered", "roll_number", "Another account has the roll number."),
        Reason("not_yet", "no_bonus", "This server has no daily bonus."),
        Reason("not_yet", "balance", "You can claim the bonus when your balance is below {below:chips} chips."),
        Reason("not_yet", "once_a_day", "You can claim the bonus once a day, next at {next_at:time}."),
        Reason(
            "not_yet", "on_break", "You are on a break; you can claim the bonus when it is over, at {next_at:time}."
        ),
        Reason("bets_live", "username", "You can't change your username while you have a live bet."),
        Reason("rate_limited", "joins", "Too many joins; slow down."),
        Reason("rate_limited", "chat", "You're sending messages too fast."),
        Reason("rate_limited", "connections", "Too many connections for this account."),
        Reason("unavailable", "sign_ins", "Too many people are signing in right now; try again soon."),
        Reason("unavailable", "limits_changed", "Your limits have just changed; try again."),
        Reason("unavailable", "losses_counted", "Your losses of today are being counted; try again."),
        Reason("unavailable", "room_opening", "Another node is opening the room; try again."),
        Reason("unavailable", "room_closing", "The room is closing; try again."),
        Reason("unavailable", "room_busy", "The room is busy; try again."),
        Reason("unavailable", "stopping", "The server is stopping."),
        Reason("unavailable", "too_many_rooms", "The server is at its room limit."),
        Reason("unavailable", "no_next_round", "The next round could not be opened."),
        Reason("unavailable", "game_failed", "The game failed on the stake."),
        Reason("bad_json", "binary", "Send text frames."),
        Reason("bad_request", "greeted", "hello was already sent."),
        Reason("bad_request", "room_or_game", "Name a room or a game."),
        Reason("bad_request", "room_or_session", "Name a room or a session."),
        Reason("bad_request", "seated", "Leave the room first."),
        Reason("bad_request", "undecodable", "A member of the message can't be decoded."),
        Reason("bad_request", "invisible_text", "The text has nothing to see."),
        Reason("bad_request", "no_such_seat", "The room has seats {least:number} to {most:number}."),
        Reason("not_signed_in", "account_deleted", "The account was deleted."),
        Reason("no_such_room", "no_such_game", "There is no such game."),
        Reason("no_such_room", "no_public_room", "This game has no public room; name a private one."),
        Reason("no_such_room", "no_such_code", "No open room has this code."),
        Reason("no_such_room", "session_over", "This session has ended or never existed."),
        Reason("no_such_room", "just_closed", "The room has just been closed."),
        Reason("room_full", "seat_taken", "The seat is taken."),
        Reason("stack_too_small", "brings_back", _BRING_BACK),
        Reason("insufficient_funds", "brings_back", _BRING_BACK + " You have only {available:chips} chips available."),
        Reason("limit_exceeded", "stakes", "Stakes here are from {least:chips} to {most:chips} chips."),
        Reason("limit_exceeded", "balance", "Your balance is too large to be counted exactly; you can't bet."),
        Reason(
            "limit_exceeded", "own_stake", "The stake is above the limit that you set: {limit:chips} chips per round."
        ),
        Reason(
            "limit_exceeded",
            "own_stakes",
            "The stake is above the limit that you set: {limit:chips} chips per round. You have put {staked:chips} "
            "chips into this round already.",
        ),
        Reason("limit_exceeded", "own_loss", "The stake could exceed the daily loss limit that you set."),
        Reason("limit_exceeded", "own_rooms", "A player can have {most:number} private rooms open at once."),
        Reason("limit_exceeded", "watched_rooms", "A connection can watch at most {most:number} rooms."),
        Reason("self_excluded", "break", "You're on a break until {until:time}."),
        Reason("muted", "until", "The operator has muted your chat until {until:time}."),
        Reason("illegal_action", "no_actions", "The game has no actions."),
        Reason("illegal_action", "no_round", "No round is running."),
        Reason("illegal_action", "too_late", "Too late: {round:word} is over."),
        Reason("not_your_turn", "too_late", "Too late: {round:word} is over."),
        Reason("paused", "database", "The database is away; the room takes bets again when it is back."),
        Reason("paused", "redis", "The servers can't reach each other; the room takes bets again when they can."),
        Reason("paused", "game", "The game had a fault; the next round opens soon."),
        Reason("paused", "closing", "The owner is closing the room."),
    )
}
"""Why a request is refused, where an error says more than its code, by code and word. The reasons of a game are in its
``refusals``."""

AS_TEXT: Final[Mapping[str, Callable[[Any], str]]] = {
    **SHOWN,
    "time": lambda ms: f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M} UTC",
    "words": " or ".join,
}
"""How the kinds of values are written in English: besides those of games, a time in ms since the epoch, and a list."""

ALSO_MEMBERS: Final = frozenset({"available", "limit", "staked", "minimum", "left_at", "until", "next_at", "round"})
"""The values that errors had as members of their own before they had ``values``; they still have them."""


OWN_WORDS: Final = "own_words"
"""The reason of a refusal for which a game has only a message."""


class ClientError(Exception):
    """An error to report to the client: ``ClientError("limit_exceeded", reason="own_rooms", most=3)``.

    ``code`` is a key of ``ERRORS``, and ``reason``, if there is one, a word of ``REASONS`` for it. The values of its
    message are among the ``extra``; they become the member ``values`` of the answer. What else is there becomes further
    members. Without a reason, the code's meaning is the message. With a ``message``, the error has been made before.
    """

    def __init__(self, code: str, message: str = "", **extra: Any) -> None:
        self.error = ERRORS[code]
        reason = None if message else REASONS.get((code, extra.get("reason", "")))
        if reason is not None:
            values = {name: _plain(extra[name]) for name in reason.kinds}
            message = reason.say(values, AS_TEXT)
            extra = {name: value for name, value in extra.items() if name not in values or name in ALSO_MEMBERS}
            if values:
                extra["values"] = values
        self.message = message or self.error.meaning
        self.extra = extra
        super().__init__(self.message)


def _plain(value: Any) -> Any:
    """A value as it is on the wire: times are in ms since the epoch."""
    return round(value.timestamp() * 1000) if isinstance(value, datetime) else value


def known_reason(stored: str) -> SignOutReason | None:
    """The reason for the end of a sign-in as the database has it; None if a newer version wrote it."""
    return next((reason for reason in SIGN_OUTS if reason == stored), None)


def token_ended(stored: str) -> ClientError:
    """The error for a token that is not valid: it was ended for this reason, or is unknown if the reason is empty."""
    reason = known_reason(stored)
    return ClientError("token_invalid") if reason is None else ClientError("token_invalid", reason=reason)


class UnreachableError(ClientError):
    """Redis or another node did not answer, so whether it carried out the request is unknown."""

    def __init__(self, what: str) -> None:
        super().__init__("unavailable")
        self.what = what

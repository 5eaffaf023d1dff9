"""Every error code and close code of HTTP and the WebSocket, with its meaning."""

from typing import Any, Literal

from msgspec import Struct


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
        ErrorCode("muted", 0, False, "The operator has muted the player's chat; `until` says until when."),
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


class ClientError(Exception):
    """An error to report to the client. ``extra`` becomes further members of the answer.

    ``code`` is a key of ``ERRORS``; without a ``message``, the code's meaning is the message.
    """

    def __init__(self, code: str, message: str = "", **extra: Any) -> None:
        super().__init__(message or ERRORS[code].meaning)
        self.error = ERRORS[code]
        self.message = message or self.error.meaning
        self.extra = extra


def known_reason(stored: str) -> SignOutReason | None:
    """The reason for the end of a sign-in as the database has it; None if a newer version wrote it."""
    return next((reason for reason in SIGN_OUTS if reason == stored), None)


def token_ended(stored: str) -> ClientError:
    """The error for a token that is not valid: it was ended for this reason, or is unknown if the reason is empty."""
    reason = known_reason(stored)
    return (
        ClientError("token_invalid")
        if reason is None
        else ClientError("token_invalid", SIGN_OUTS[reason], reason=reason)
    )


class UnreachableError(ClientError):
    """Redis or another node did not answer, so whether it carried out the request is unknown."""

    def __init__(self, what: str) -> None:
        super().__init__("unavailable")
        self.what = what

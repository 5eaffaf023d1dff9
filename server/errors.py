"""Every error and close code that leaves the server, over HTTP and the WebSocket, with its one meaning."""

from typing import Any

from msgspec import Struct


class ErrorCode(Struct, frozen=True):
    """``status`` is the HTTP status (0: WebSocket only); ``retry`` says whether the same request may work later."""

    code: str
    status: int
    retry: bool
    meaning: str


ERRORS: dict[str, ErrorCode] = {
    e.code: e
    for e in (
        # HTTP
        ErrorCode("invalid_json", 400, False, "The body is not JSON in UTF-8."),
        ErrorCode("validation_failed", 422, False, "A field is missing, unknown, of the wrong type or out of range."),
        ErrorCode("invalid_credentials", 401, False, "The identifier or the password is wrong."),
        ErrorCode("token_missing", 401, False, "The call needs an Authorization: Bearer header."),
        ErrorCode("token_invalid", 401, False, "The token is unknown, replaced, used up or malformed."),
        ErrorCode("token_expired", 401, False, "The token is too old; sign in again or ask for a new one."),
        ErrorCode("email_not_verified", 403, False, "The e-mail address has to be verified first."),
        ErrorCode("account_inactive", 403, False, "The account is disabled."),
        ErrorCode("forbidden", 403, False, "The call is not open from here."),
        ErrorCode("not_found", 404, False, "There is nothing under this name."),
        ErrorCode("method_not_allowed", 405, False, "The resource does not take this method."),
        ErrorCode("username_taken", 409, False, "Another player has this username."),
        ErrorCode("not_yet", 409, True, "It is too early; the answer says when."),
        ErrorCode("bets_live", 409, True, "The account has a live bet; try again when its round has ended."),
        ErrorCode("too_large", 413, False, "The request is larger than the server takes."),
        ErrorCode("account_locked", 423, True, "Too many wrong passwords; Retry-After says when to try again."),
        ErrorCode("rate_limited", 429, True, "Too many requests; the answer says when to try again."),
        ErrorCode("internal_error", 500, True, "The server failed; the log has it under the request's id."),
        ErrorCode("unavailable", 503, True, "The server can't do this right now; try again soon."),
        # WebSocket
        ErrorCode("bad_json", 0, False, "The message is not a JSON object in UTF-8 text."),
        ErrorCode("bad_request", 0, False, "A field is missing, unknown, of the wrong type or out of range."),
        ErrorCode("unknown_verb", 0, False, "There is no such verb."),
        ErrorCode("hello_required", 0, False, "hello must come first."),
        ErrorCode("not_signed_in", 0, False, "A connection without a token can only watch."),
        ErrorCode("no_such_room", 0, False, "There is no such room, game or live session."),
        ErrorCode("not_seated", 0, False, "Join the room first."),
        ErrorCode("room_full", 0, True, "Every seat of the room is taken."),
        ErrorCode("invite_needed", 0, False, "The room is joined by invitation."),
        ErrorCode("betting_closed", 0, True, "The round takes no bets now, or another round is open."),
        ErrorCode("key_conflict", 0, False, "The key was used for another bet."),
        ErrorCode("insufficient_funds", 0, False, "The stake is more than what is available."),
        ErrorCode("limit_exceeded", 409, False, "A limit of the server, the room or the player's own forbids it."),
        ErrorCode("self_excluded", 0, False, "The player takes a break until the date given."),
        ErrorCode("not_your_turn", 0, True, "It is another player's turn."),
        ErrorCode("illegal_action", 0, False, "The rules do not allow it now."),
        ErrorCode("paused", 0, True, "The room is paused."),
    )
}


class CloseCode(Struct, frozen=True):
    """A WebSocket close code; below 4100 the client should come back, with back-off; from 4100 it must not."""

    code: int
    name: str
    meaning: str


CLOSES: dict[str, CloseCode] = {
    c.name: c
    for c in (
        CloseCode(1000, "done", "The client said goodbye."),
        CloseCode(1001, "going_away", "This node goes away; connect again."),
        CloseCode(1009, "too_large", "A message was larger than 16 KiB."),
        CloseCode(1013, "full", "The server has no room for another connection."),
        CloseCode(4000, "no_hello", "No hello came in time."),
        CloseCode(4001, "too_slow", "The client reads too slowly; the message names the limit."),
        CloseCode(4002, "too_many_messages", "The client kept sending above its rate."),
        CloseCode(4100, "signed_out", "Signed in elsewhere, or signed out."),
        CloseCode(4101, "account_disabled", "The account is disabled or deleted."),
    )
}


class ClientError(Exception):
    """An error that a client is told of. ``extra`` rides along as further members of the answer."""

    def __init__(self, code: str, message: str = "", **extra: Any) -> None:
        super().__init__(message or ERRORS[code].meaning)
        self.error = ERRORS[code]
        self.message = message or self.error.meaning
        self.extra = extra


class UnreachableError(ClientError):
    """Redis or another node did not answer; whether it has done what was asked is not known."""

    def __init__(self, what: str) -> None:
        super().__init__("unavailable")
        self.what = what

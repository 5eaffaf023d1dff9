"""Passwords forgotten, reset and changed."""

from datetime import timedelta
from typing import Any

from msgspec import Struct

from server.errors import ClientError
from server.web import letters
from server.web.call import Call, Route
from server.web.decode import Nothing
from server.web.fields import Email, NewPassword, Password, Token
from server.web.problems import FieldError, invalid
from server.web.prove import prove
from server.web.rates import ACCOUNT, MAIL, SIGN_UP
from server.web.registration import post
from storage import accounts, credentials
from storage.accounts import Account


class Forgot(Struct, frozen=True, forbid_unknown_fields=True):
    email: Email


class Reset(Struct, frozen=True, forbid_unknown_fields=True):
    token: Token
    password: NewPassword


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    current_password: Password
    password: NewPassword


async def forgot(call: Call[Forgot, Nothing]) -> None:
    call.tools.background.run(_send_link(call))


async def _send_link(call: Call[Forgot, Nothing]) -> None:
    parts = call.parts
    account = await accounts.find_by_email(parts.db, call.body.email)
    usable = account is not None and account.email_verified and account.is_active
    if account is None or not usable or not await call.tools.rates.may_mail(account.email):
        return
    until = call.now + timedelta(seconds=parts.config.reset_ttl)
    purpose = credentials.PASSWORD_RESET
    token = await credentials.issue_token(parts.db, account.user_id, purpose, until, call.now)
    minutes = max(1, parts.config.reset_ttl // 60)
    parts.mailer.send(letters.password_reset(account.email, account.username, parts.config.origin(), token, minutes))


async def reset(call: Call[Reset, Nothing]) -> None:
    db, body = call.parts.db, call.body
    try:
        owner = await credentials.owner_of_token(db, body.token, credentials.PASSWORD_RESET, call.now)
        account = await _account(call, owner)
        await _require_strong(call, account, body.password)
        password_hash = await call.tools.passwords.hash(body.password)
        await credentials.reset_password(db, body.token, password_hash, call.now)
    except credentials.TokenExpiredError:
        raise ClientError("token_expired", "The link is too old; ask for a new one.") from None
    except credentials.TokenInvalidError:
        raise ClientError("token_invalid", "The link was used already, or is incomplete.") from None
    await call.parts.players.sign_out(account.user_id, "signed_out")
    await post(call, letters.password_changed(account.email, account.username, call.parts.config.origin()))


async def change(call: Call[Change, Nothing]) -> None:
    attempt = await prove(call, call.me.user_id, call.body.current_password)
    account = await _account(call, attempt.user_id)
    await credentials.forgive_attempts(call.parts.db, attempt.user_id)
    await _require_strong(call, account, call.body.password)
    password_hash = await call.tools.passwords.hash(call.body.password)
    if not await credentials.change_password(call.parts.db, attempt, password_hash):
        raise ClientError("invalid_credentials")
    await post(call, letters.password_changed(account.email, account.username, call.parts.config.origin()))


async def _account(call: Call[Any, Any], user_id: int) -> Account:
    account = await accounts.load(call.parts.db, user_id)
    if account is None:
        raise ClientError("token_invalid")
    return account


async def _require_strong(call: Call[Any, Any], account: Account, password: str) -> None:
    personal = [account.username, account.email, account.email.partition("@")[0], account.full_name]
    weakness = await call.tools.passwords.weakness(password, [*personal, account.roll_number])
    if weakness:
        raise invalid(FieldError("password", "too_weak", weakness))


ROUTES = (
    Route(
        method="POST",
        path="/auth/password/forgot",
        handler=forgot,
        summary="Have a link to a new password sent; the answer is the same whoever asks.",
        body=Forgot,
        status=202,
        rate=MAIL,
    ),
    Route(
        method="POST",
        path="/auth/password/reset",
        handler=reset,
        summary="Set a new password with the token from the mail; signs out everywhere.",
        body=Reset,
        status=204,
        errors=("token_invalid", "token_expired"),
        rate=SIGN_UP,
    ),
    Route(
        method="POST",
        path="/auth/password/change",
        handler=change,
        summary="Change the password.",
        body=Change,
        status=204,
        errors=("invalid_credentials", "account_locked"),
        auth=True,
        rate=ACCOUNT,
    ),
)

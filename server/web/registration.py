"""Signing up: register, verify the e-mail address, have the mail sent again."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from msgspec import Struct

from server.errors import ClientError
from server.mail import Mail
from server.web import letters
from server.web.call import Call, Route
from server.web.decode import Nothing
from server.web.fields import Email, FullName, NewPassword, RollNumber, Token, Username, check_email
from server.web.problems import FieldError, invalid
from server.web.rates import MAIL, SIGN_UP
from server.web.views import UserAnswer, UserView, user_view
from storage import accounts, credentials, credits
from storage.accounts import NewAccount, Registration, UsernameTakenError
from storage.names import fold_email


class Register(Struct, frozen=True, forbid_unknown_fields=True):
    roll_number: RollNumber
    email: Email
    username: Username
    full_name: FullName
    password: NewPassword


class VerifyEmail(Struct, frozen=True, forbid_unknown_fields=True):
    token: Token


class Resend(Struct, frozen=True, forbid_unknown_fields=True):
    email: Email


async def register(call: Call[Register, Nothing]) -> UserAnswer:
    body = call.body
    await _check(call)
    password_hash = await call.tools.passwords.hash(body.password)
    new = NewAccount(body.roll_number, fold_email(body.email), body.username, body.full_name.strip(), password_hash)
    with call.tools.background.place() as run:
        try:
            registration = await accounts.register(call.parts.db, new, call.now, _time_to_verify(call))
        except UsernameTakenError:
            raise ClientError("username_taken") from None
        run(_write_to(call, new, registration))
    named = new.username, new.full_name, new.email, new.roll_number
    return UserAnswer(UserView(*named, email_verified=False, created_at=call.now))


async def _check(call: Call[Register, Nothing]) -> None:
    body = call.body
    errors = check_email(body.email, call.parts.config)
    pattern = call.parts.config.roll_number_pattern
    # The operator's own pattern may be a slow one; it must not stop everybody.
    if not await asyncio.to_thread(re.fullmatch, pattern, body.roll_number):
        errors.append(FieldError("roll_number", "malformed", "It is no roll number of this place."))
    personal = [body.username, body.email, body.email.partition("@")[0], body.full_name, body.roll_number]
    weakness = await call.tools.passwords.weakness(body.password, personal)
    if weakness:
        errors.append(FieldError("password", "too_weak", weakness))
    if errors:
        raise invalid(*errors)


def _time_to_verify(call: Call[Any, Any]) -> timedelta:
    return timedelta(seconds=call.parts.config.verification_ttl)


async def _write_to(call: Call[Any, Any], new: NewAccount, registration: Registration) -> None:
    owner = registration.owner
    if registration.user_id is not None:
        await _send_link(call, registration.user_id, new.email, new.username, call.now + _time_to_verify(call))
    elif owner is not None:
        await post(call, letters.already_registered(owner.email, owner.username, call.parts.config.origin()))


async def post(call: Call[Any, Any], mail: Mail) -> None:
    """Send a mail, if its address was not sent too many of late."""
    if await call.tools.rates.may_mail(mail.to):
        call.parts.mailer.send(mail)


async def _send_link(call: Call[Any, Any], user_id: int, email: str, username: str, until: Any) -> None:
    if until <= call.now or not await call.tools.rates.may_mail(email):
        return
    config = call.parts.config
    purpose = credentials.EMAIL_VERIFICATION
    token = await credentials.issue_token(call.parts.db, user_id, purpose, until, call.now)
    hours = max(1, round((until - call.now).total_seconds() / 3600))
    call.parts.mailer.send(letters.verification(email, username, config.origin(), token, hours))


async def verify_email(call: Call[VerifyEmail, Nothing]) -> UserAnswer:
    parts = call.parts
    try:
        found = await credits.verify_email(parts.db, call.body.token, parts.config.sign_up_credit, call.now)
    except credentials.TokenExpiredError:
        raise ClientError("token_expired", "The link is too old; ask for a new one, or sign up again.") from None
    except credentials.TokenInvalidError:
        raise ClientError("token_invalid", "The link was used already, or is incomplete.") from None
    user_id, change = found
    if change is not None:
        await parts.players.wallet_changed(change)
    account = await accounts.load(parts.db, user_id)
    if account is None:
        raise ClientError("token_invalid")
    return UserAnswer(user_view(account))


async def resend(call: Call[Resend, Nothing]) -> None:
    call.tools.background.run(_resend(call))


async def _resend(call: Call[Resend, Nothing]) -> None:
    account = await accounts.find_by_email(call.parts.db, call.body.email)
    if account is not None and not account.email_verified:
        until = account.created_at + _time_to_verify(call)
        await _send_link(call, account.user_id, account.email, account.username, until)


ROUTES = (
    Route(
        method="POST",
        path="/auth/register",
        handler=register,
        summary="Sign up, or again with an address that waits for its link. What is taken gets the same answer.",
        body=Register,
        answer=UserAnswer,
        status=201,
        errors=("username_taken",),
        rate=SIGN_UP,
    ),
    Route(
        method="POST",
        path="/auth/verify-email",
        handler=verify_email,
        summary="Verify an e-mail address with the token from the mail; opens the wallet, once.",
        body=VerifyEmail,
        answer=UserAnswer,
        errors=("token_invalid", "token_expired"),
        rate=SIGN_UP,
    ),
    Route(
        method="POST",
        path="/auth/verify-email/resend",
        handler=resend,
        summary="Have the verification mail sent again; the answer is the same whoever asks.",
        body=Resend,
        status=202,
        rate=MAIL,
    ),
)

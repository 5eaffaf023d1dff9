"""Sign-up: register, verify the e-mail address, resend the verification mail."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from server.errors import ClientError
from server.mail import Mail
from server.visible_text import visible_line
from server.web import mail_texts
from server.web.decode import NoFields
from server.web.fields import (
    Email,
    FullName,
    NewPassword,
    RollNumber,
    Token,
    Username,
    check_email,
    check_full_name,
    check_username,
)
from server.web.problems import InvalidField, invalid_field, validation_failed
from server.web.rate_limits import MAIL, SIGN_UP
from server.web.route import HttpCall, Route
from server.web.views import UserAnswer, UserView, user_view
from storage import accounts, credentials
from storage.accounts import NewAccount, Registration, RollNumberTakenError, UsernameTakenError
from storage.names import fold_email, normalise


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


async def register(call: HttpCall[Register, NoFields]) -> UserAnswer:
    body = call.body
    await _validate(call)
    password_hash = await call.deps.passwords.hash(body.password, call.source)
    new = NewAccount(
        roll_number=normalise(body.roll_number),
        email=fold_email(body.email),
        username=body.username,
        full_name=visible_line(body.full_name),
        password_hash=password_hash,
    )
    with call.deps.background.reserve() as run:
        try:
            registration = await accounts.register(call.deps.db, new, call.now, _time_to_verify(call))
        except UsernameTakenError:
            raise ClientError("username_taken") from None
        except RollNumberTakenError:
            raise invalid_field("roll_number", "not_allowed", "Another player's username is the same.") from None
        run(_send_mail(call, new, registration))
    return UserAnswer(
        UserView(
            username=new.username,
            full_name=new.full_name,
            email=new.email,
            roll_number=new.roll_number,
            email_verified=False,
            created_at=call.now,
        )
    )


async def _validate(call: HttpCall[Register, NoFields]) -> None:
    body = call.body
    errors = check_email(body.email, call.deps.config)
    errors += check_username(body.username) + check_full_name(body.full_name)
    pattern = call.deps.config.roll_number_pattern
    # The operator's pattern may be slow, so match it in a thread and keep the event loop free.
    if not await asyncio.to_thread(re.fullmatch, pattern, normalise(body.roll_number)):
        errors.append(InvalidField("roll_number", "malformed", "Not a valid roll number."))
    personal = [body.username, body.email, body.email.partition("@")[0], body.full_name, body.roll_number]
    weakness = await call.deps.passwords.weakness(body.password, personal, call.source)
    if weakness:
        errors.append(InvalidField("password", "too_weak", weakness))
    if errors:
        raise validation_failed(*errors)


def _time_to_verify(call: HttpCall[Any, Any]) -> timedelta:
    return timedelta(seconds=call.deps.config.verification_ttl)


async def _send_mail(call: HttpCall[Any, Any], new: NewAccount, registration: Registration) -> None:
    owner = registration.owner
    if registration.user_id is not None:
        await _send_link(call, registration.user_id, new.email, new.username, call.now + _time_to_verify(call))
    elif owner is not None:
        await post(call, "taken", mail_texts.already_registered(owner.email, owner.username, call.deps.config.origin()))


async def post(call: HttpCall[Any, Any], kind: str, mail: Mail) -> None:
    """Send a mail, unless its address is over its limit of mails of this kind."""
    if await call.deps.rate_limits.may_mail(kind, mail.to, call.source):
        call.deps.mailer.send(mail)


async def _send_link(call: HttpCall[Any, Any], user_id: int, email: str, username: str, expires_at: datetime) -> None:
    if expires_at <= call.now or not await call.deps.rate_limits.may_mail("verification", email, call.source):
        return
    config = call.deps.config
    purpose = credentials.EMAIL_VERIFICATION
    token = await credentials.issue_token(call.deps.db, user_id, purpose, expires_at, call.now)
    hours = max(1, round((expires_at - call.now).total_seconds() / 3600))
    call.deps.mailer.send(mail_texts.verification(email, username, config.origin(), token, hours))


async def verify_email(call: HttpCall[VerifyEmail, NoFields]) -> UserAnswer:
    deps = call.deps
    try:
        found = await accounts.verify_email(deps.db, call.body.token, deps.config.sign_up_credit, call.now)
    except credentials.TokenExpiredError:
        raise ClientError("token_expired", "The link has expired; ask for a new one, or sign up again.") from None
    except credentials.TokenInvalidError:
        raise ClientError("token_invalid", "The link has already been used, or is incomplete.") from None
    except (UsernameTakenError, RollNumberTakenError):
        raise ClientError("token_invalid", "Another player has the name or number now; sign up again.") from None
    user_id, change = found
    call.subject.user_id = user_id
    if change is not None:
        await deps.players.wallet_changed(change)
    account = await accounts.load(deps.db, user_id)
    if account is None:
        raise ClientError("token_invalid")
    return UserAnswer(user_view(account))


async def resend(call: HttpCall[Resend, NoFields]) -> None:
    call.deps.background.run(_resend(call))


async def _resend(call: HttpCall[Resend, NoFields]) -> None:
    account = await accounts.find_by_email(call.deps.db, call.body.email)
    if account is not None and not account.email_verified:
        expires_at = account.created_at + _time_to_verify(call)
        await _send_link(call, account.user_id, account.email, account.username, expires_at)


ROUTES = (
    Route(
        method="POST",
        path="/auth/register",
        handler=register,
        event="sign-up",
        summary="Sign up. The answer does not reveal whether the e-mail address or roll number is taken.",
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
        event="verification of the e-mail address",
        summary="Verify an e-mail address with the token from the mail. Opens the wallet with its first chips.",
        body=VerifyEmail,
        answer=UserAnswer,
        errors=("token_invalid", "token_expired"),
        rate=SIGN_UP,
    ),
    Route(
        method="POST",
        path="/auth/verify-email/resend",
        handler=resend,
        event="request for a verification link",
        summary="Resend the verification mail. The answer does not reveal whether the address has an account.",
        body=Resend,
        status=202,
        rate=MAIL,
    ),
)

"""Sign-up: register, confirm the e-mail address with a password, resend the verification mail."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from server.errors import ClientError
from server.mail import Mail
from server.visible_text import visible_line
from server.web.decode import NoFields
from server.web.fields import (
    Email,
    FullName,
    NewPassword,
    Password,
    RollNumber,
    SitePage,
    Token,
    Username,
    check_email,
    check_full_name,
    check_username,
)
from server.web.mail_texts import MailLink, mails_in
from server.web.password_check import check_waiting, require_strong
from server.web.problems import InvalidField, invalid_field, validation_failed
from server.web.rate_limits import MAIL, SIGN_UP
from server.web.route import HttpCall, Route
from server.web.views import UserAnswer, UserView, user_view
from storage import accounts, credentials, sign_ups
from storage.accounts import NO_PASSWORD, AddressTakenError, NewAccount, RollNumberTakenError, UsernameTakenError
from storage.names import fold_email, normalise
from storage.sign_ups import Waiting


class Register(Struct, frozen=True, forbid_unknown_fields=True):
    """``full_name`` is the username unless it is given. Without a ``password``, the player chooses one with the link of
    the mail."""

    roll_number: RollNumber
    email: Email
    username: Username
    full_name: FullName | UnsetType = UNSET
    password: NewPassword | UnsetType = UNSET
    next: SitePage = "/"


class VerifyEmail(Struct, frozen=True, forbid_unknown_fields=True):
    """``password`` is that of the sign-up; whoever does not know it gives a ``new_password`` instead."""

    token: Token
    password: Password | UnsetType = UNSET
    new_password: NewPassword | UnsetType = UNSET


class Resend(Struct, frozen=True, forbid_unknown_fields=True):
    email: Email
    next: SitePage = "/"


async def register(call: HttpCall[Register, NoFields]) -> UserAnswer:
    body = call.body
    await _validate(call)
    password_hash = NO_PASSWORD
    if body.password is not UNSET:
        password_hash = await call.deps.passwords.hash(body.password, call.source)
    new = NewAccount(
        roll_number=normalise(body.roll_number),
        email=fold_email(body.email),
        username=body.username,
        full_name=body.username if body.full_name is UNSET else visible_line(body.full_name),
        password_hash=password_hash,
    )
    with call.deps.background.reserve() as run:
        try:
            await sign_ups.require_visible_names_free(call.deps.db, new, call.now)
        except UsernameTakenError:
            raise ClientError("username_taken") from None
        except RollNumberTakenError:
            raise invalid_field("roll_number", "not_allowed", "name_of_other") from None
        # Without its mail, a sign-up could not be confirmed.
        if await _may_verify(call, new.email):
            expires_at = call.now + timedelta(seconds=call.deps.config.verification_ttl)
            sign_up_id = await sign_ups.add(call.deps.db, new, call.source, call.now, expires_at)
            run(_send_first_mail(call, new, sign_up_id, expires_at))
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
    errors += check_username(body.username)
    if body.full_name is not UNSET:
        errors += check_full_name(body.full_name)
    pattern = call.deps.config.roll_number_pattern
    # The operator's pattern may be slow, so match it in a thread and keep the event loop free.
    if not await asyncio.to_thread(re.fullmatch, pattern, normalise(body.roll_number)):
        errors.append(InvalidField.of("roll_number", "malformed", "not_a_roll_number"))
    if body.password is not UNSET:
        personal = [body.username, body.email, body.email.partition("@")[0], body.full_name or "", body.roll_number]
        weakness = await call.deps.passwords.weakness(body.password, personal, call.source)
        if weakness:
            errors.append(InvalidField.of("password", "too_weak", weakness.reason, **weakness.values))
    if errors:
        raise validation_failed(*errors)


async def _may_verify(call: HttpCall[Any, Any], email: str) -> bool:
    return await call.deps.rate_limits.may_mail("verification", email, call.source)


async def _send_first_mail(call: HttpCall[Any, Any], new: NewAccount, sign_up_id: int, expires_at: datetime) -> None:
    owner = await accounts.find_owner(call.deps.db, new.email, new.roll_number)
    if owner is None:
        await _send_link(call, new, sign_up_id, expires_at)
    else:
        await post(
            call,
            "taken",
            mails_in(call.language).already_registered(owner.email, owner.username, call.deps.config.origin()),
        )


async def post(call: HttpCall[Any, Any], kind: str, mail: Mail) -> None:
    """Send a mail, unless its address is over its limit of mails of this kind."""
    if await call.deps.rate_limits.may_mail(kind, mail.to, call.source):
        call.deps.mailer.send(mail)


async def _send_link(call: HttpCall[Any, Any], new: NewAccount, sign_up_id: int, expires_at: datetime) -> None:
    token = await sign_ups.issue_link(call.deps.db, sign_up_id)
    hours = max(1, round((expires_at - call.now).total_seconds() / 3600))
    link = MailLink(call.deps.config.origin(), token, call.body.next)
    has_password = new.password_hash != NO_PASSWORD
    call.deps.mailer.send(mails_in(call.language).verification(new.email, new.username, link, hours, has_password))


async def verify_email(call: HttpCall[VerifyEmail, NoFields]) -> UserAnswer:
    deps, token = call.deps, call.body.token
    try:
        waiting = await sign_ups.find_by_link(deps.db, token, call.now)
        password_hash = await _chosen_password(call, waiting)
        found = await sign_ups.confirm(deps.db, token, password_hash, deps.config.sign_up_credit, call.now)
    except credentials.TokenExpiredError:
        raise ClientError("token_expired", reason="sign_up_again") from None
    except credentials.TokenInvalidError:
        raise ClientError("token_invalid", reason="link_used") from None
    except AddressTakenError:
        raise ClientError("already_registered", reason="email") from None
    except RollNumberTakenError:
        raise ClientError("already_registered", reason="roll_number") from None
    except UsernameTakenError:
        raise ClientError("username_taken", reason="meanwhile") from None
    user_id, change = found
    call.subject.user_id = user_id
    if change is not None:
        await deps.players.wallet_changed(change)
    account = await accounts.load(deps.db, user_id)
    if account is None:
        raise ClientError("token_invalid")
    return UserAnswer(user_view(account))


async def _chosen_password(call: HttpCall[VerifyEmail, NoFields], waiting: Waiting) -> str:
    """The hash of the password that the owner of the mail has chosen.

    The password of the sign-up may be a stranger's, so the owner must know it, or choose another. Raises ClientError
    ``invalid_credentials``, ``account_locked``, ``validation_failed``, ``unavailable``.
    """
    password, new_password = call.body.password, call.body.new_password
    account = waiting.account
    if password is not UNSET and new_password is UNSET:
        await check_waiting(call, waiting, password)
        return account.password_hash
    if new_password is UNSET or password is not UNSET:
        raise invalid_field("password", "missing", "no_password")
    await require_strong(call, account, "new_password", new_password)
    return await call.deps.passwords.hash(new_password, call.source)


async def resend(call: HttpCall[Resend, NoFields]) -> None:
    call.deps.background.run(_resend(call))


async def _resend(call: HttpCall[Resend, NoFields]) -> None:
    email = fold_email(call.body.email)
    # Counted first, whatever waits: what is left of the limit shows in the fate of the next sign-up.
    if not await _may_verify(call, email):
        return
    waiting = await sign_ups.find_by_email(call.deps.db, email, call.source, call.now)
    if waiting is not None and await accounts.find_owner(call.deps.db, email, waiting.account.roll_number) is None:
        await _send_link(call, waiting.account, waiting.sign_up_id, waiting.expires_at)


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
        summary="Confirm a sign-up by the token of its mail and its password, or a new one. Opens account and wallet.",
        body=VerifyEmail,
        answer=UserAnswer,
        errors=(
            "token_invalid",
            "token_expired",
            "invalid_credentials",
            "account_locked",
            "already_registered",
            "username_taken",
        ),
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

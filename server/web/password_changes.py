"""Reset a forgotten password, or change a known one."""

from datetime import timedelta
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from server.errors import ClientError
from server.security_log import record
from server.web.auth import answer_token
from server.web.decode import NoFields
from server.web.fields import Device, Email, NewPassword, Password, SitePage, Token
from server.web.mail_texts import MailLink, mails_in
from server.web.password_check import check_password, require_strong
from server.web.rate_limits import ACCOUNT, MAIL, SIGN_UP
from server.web.registration import post
from server.web.route import HttpCall, Route
from server.web.views import SignIn
from storage import accounts, credentials, tokens
from storage.accounts import Account
from storage.tokens import NewToken


class ForgotPassword(Struct, frozen=True, forbid_unknown_fields=True):
    email: Email
    device: Device | UnsetType = UNSET
    next: SitePage = "/"


class PasswordReset(Struct, frozen=True, forbid_unknown_fields=True):
    token: Token
    password: NewPassword


class PasswordChange(Struct, frozen=True, forbid_unknown_fields=True):
    current_password: Password
    password: NewPassword


async def forgot(call: HttpCall[ForgotPassword, NoFields]) -> None:
    call.deps.background.run(_send_link(call))


async def _send_link(call: HttpCall[ForgotPassword, NoFields]) -> None:
    deps = call.deps
    account = await accounts.find_by_email(deps.db, call.body.email)
    if account is None or not (account.email_verified and account.is_active):
        return
    # On a device where the player signed in before, no stranger's requests count.
    device = await credentials.known_device_of(deps.db, call.body.device or None, account.user_id)
    source = call.source if device is None else f"device {device}"
    if not await deps.rate_limits.may_mail("reset", account.email, source, is_known=device is not None):
        return
    expires_at = call.now + timedelta(seconds=deps.config.reset_ttl)
    purpose = credentials.PASSWORD_RESET
    token = await credentials.issue_token(deps.db, account.user_id, purpose, expires_at, call.now)
    minutes = max(1, deps.config.reset_ttl // 60)
    link = MailLink(deps.config.origin(), token, call.body.next)
    record("reset link", "sent", user_id=account.user_id, source=call.address)
    deps.mailer.send(mails_in(call.language).password_reset(account.email, account.username, link, minutes))


async def reset(call: HttpCall[PasswordReset, NoFields]) -> None:
    db, body = call.deps.db, call.body
    try:
        owner = await credentials.owner_of_token(db, body.token, credentials.PASSWORD_RESET, call.now)
        account = await _account(call, owner)
        call.subject.user_id = account.user_id
        await require_strong(call, account, "password", body.password)
        password_hash = await call.deps.passwords.hash(body.password, call.source)
        await credentials.reset_password(db, body.token, password_hash, call.now)
    except credentials.TokenExpiredError:
        raise ClientError("token_expired", reason="ask_again") from None
    except credentials.TokenInvalidError:
        raise ClientError("token_invalid", reason="link_used") from None
    await call.deps.players.sign_out(account.user_id, "password_changed")
    await post(
        call,
        "changed",
        mails_in(call.language).password_changed(account.email, account.username, call.deps.config.origin()),
    )


async def change(call: HttpCall[PasswordChange, NoFields]) -> SignIn:
    attempt = await check_password(call, call.me.user_id, call.body.current_password)
    account = await _account(call, attempt.user_id)
    await credentials.forgive_attempts(call.deps.db, attempt)
    await require_strong(call, account, "password", call.body.password)
    password_hash = await call.deps.passwords.hash(call.body.password, call.source)
    token = tokens.fresh_token()
    new = NewToken(tokens.token_hash(token), call.me.name)
    if not await credentials.change_password(call.deps.db, attempt, password_hash, new, call.now):
        raise ClientError("invalid_credentials")
    await call.deps.players.sign_out(account.user_id, "password_changed")
    await post(
        call,
        "changed",
        mails_in(call.language).password_changed(account.email, account.username, call.deps.config.origin()),
    )
    return await answer_token(call, account.user_id, token)


async def _tell(call: HttpCall[Any, Any], account: Account) -> None:
    mail = mails_in(call.language).password_changed(account.email, account.username, call.deps.config.origin())
    await post(call, "changed", mail)


async def _account(call: HttpCall[Any, Any], user_id: int) -> Account:
    account = await accounts.load(call.deps.db, user_id)
    if account is None:
        raise ClientError("token_invalid")
    return account


ROUTES = (
    Route(
        method="POST",
        path="/auth/password/forgot",
        handler=forgot,
        event="request for a reset link",
        summary="Send a link to reset the password. The answer does not reveal whether the address has an account.",
        body=ForgotPassword,
        status=202,
        rate=MAIL,
    ),
    Route(
        method="POST",
        path="/auth/password/reset",
        handler=reset,
        event="password reset",
        summary="Set a new password with the token from the mail. Signs the account out everywhere.",
        body=PasswordReset,
        status=204,
        errors=("token_invalid", "token_expired"),
        rate=SIGN_UP,
    ),
    Route(
        method="POST",
        path="/auth/password/change",
        handler=change,
        event="password change",
        summary="Change the password. Ends every sign-in, this one too, and answers with a new token.",
        body=PasswordChange,
        answer=SignIn,
        errors=("invalid_credentials", "account_locked"),
        auth=True,
        rate=ACCOUNT,
    ),
)

"""Signing in and out."""

from datetime import timedelta
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from server.errors import ClientError, SignOutReason
from server.visible_text import visible_line
from server.web.decode import NoFields
from server.web.fields import Device, Identifier, Password, TokenName
from server.web.password_check import check_password
from server.web.passwords import normalised
from server.web.rate_limits import ACCOUNT, SIGN_IN
from server.web.route import HttpCall, Route
from server.web.views import SignIn, me_view
from storage import accounts, credentials, tokens
from storage.tokens import NewToken


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    identifier: Identifier
    password: Password
    device: Device | UnsetType = UNSET
    name: TokenName | UnsetType = UNSET


async def login(call: HttpCall[Login, NoFields]) -> SignIn:
    deps = call.deps
    attempt = await check_password(call, call.body.identifier, call.body.password, device=call.body.device or None)
    if not attempt.is_active:
        await credentials.forgive_attempts(deps.db, attempt)
        raise ClientError("account_inactive")
    if deps.passwords.is_outdated(attempt.password_hash) or normalised(call.body.password) != call.body.password:
        # Keep the cost current, so that a wrong password takes as long here as for an account that does not exist, and
        # replace a hash of the password as it was typed.
        password_hash = await deps.passwords.hash(call.body.password, call.source)
        attempt = await credentials.rehash(deps.db, attempt, password_hash)
    token = tokens.fresh_token()
    new = NewToken(tokens.token_hash(token), visible_line(call.body.name or ""))
    if not await credentials.sign_in(deps.db, attempt, new, call.now):
        raise ClientError("invalid_credentials")
    return await answer_token(call, attempt.user_id, token)


async def answer_token(call: HttpCall[Any, Any], user_id: int, token: str) -> SignIn:
    """The answer to a call that has given the user this token."""
    deps = call.deps
    account = await accounts.load(deps.db, user_id)
    if account is None:
        raise ClientError("invalid_credentials")
    expires_at = call.now + timedelta(seconds=deps.config.token_ttl)
    user = me_view(account, await deps.players.held(account.user_id))
    device = await credentials.issue_device(deps.db, user_id)
    return SignIn(
        token=token,
        token_type="Bearer",  # noqa: S106 (not a password)
        expires_at=expires_at,
        user=user,
        device=device,
    )


async def logout(call: HttpCall[NoFields, NoFields]) -> None:
    await end_sign_ins(call, "signed_out", only=call.me.state.token_id)


async def end_sign_ins(
    call: HttpCall[Any, Any], reason: SignOutReason, *, only: int | None = None, but: int | None = None
) -> bool:
    """End some of the caller's sign-ins and close their connections. See ``storage.tokens.end``."""
    user_id = call.me.user_id
    ended = await tokens.sign_out(call.deps.db, user_id, reason, call.now, only=only, but=but)
    if ended:
        await call.deps.players.sign_out(user_id, reason, only=only, but=but)
    return ended


ROUTES = (
    Route(
        method="POST",
        path="/auth/login",
        handler=login,
        event="sign-in",
        summary="Sign in. Earlier sign-ins, on other devices, stay valid.",
        body=Login,
        answer=SignIn,
        errors=("invalid_credentials", "account_locked", "email_not_verified", "account_inactive"),
        rate=SIGN_IN,
    ),
    Route(
        method="POST",
        path="/auth/logout",
        handler=logout,
        event="sign-out",
        summary="Sign out on this device. The token becomes invalid, and its connections are closed.",
        status=204,
        auth=True,
        rate=ACCOUNT,
    ),
)

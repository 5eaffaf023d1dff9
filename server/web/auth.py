"""Signing in and out."""

from datetime import timedelta
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from server.errors import ClientError
from server.web.decode import NoFields
from server.web.fields import Device, Identifier, Password
from server.web.password_check import check_password
from server.web.passwords import normalised
from server.web.rate_limits import ACCOUNT, SIGN_IN
from server.web.route import HttpCall, Route
from server.web.views import SignIn, me_view
from storage import accounts, credentials


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    identifier: Identifier
    password: Password
    device: Device | UnsetType = UNSET


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
    token = credentials.fresh_token()
    if not await credentials.sign_in(deps.db, attempt, credentials.token_hash(token), call.now):
        raise ClientError("invalid_credentials")
    await deps.players.sign_out(attempt.user_id, "signed_out", "signed_in_elsewhere")
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
    await credentials.sign_out(call.deps.db, call.me.user_id)
    await call.deps.players.sign_out(call.me.user_id, "signed_out", "signed_out")


ROUTES = (
    Route(
        method="POST",
        path="/auth/login",
        handler=login,
        event="sign-in",
        summary="Sign in. The new token replaces the old one, and the old one's connections are closed.",
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
        summary="Sign out. The token becomes invalid, and its connections are closed.",
        status=204,
        auth=True,
        rate=ACCOUNT,
    ),
)

"""Signing in and out."""

from datetime import timedelta

from msgspec import Struct

from server.errors import ClientError
from server.web.call import Call, Route
from server.web.decode import Nothing
from server.web.fields import Identifier, Password
from server.web.prove import prove
from server.web.rates import ACCOUNT, SIGN_IN
from server.web.views import SignIn, me_view
from storage import accounts, credentials


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    identifier: Identifier
    password: Password


async def login(call: Call[Login, Nothing]) -> SignIn:
    parts = call.parts
    attempt = await prove(call, call.body.identifier, call.body.password)
    if not attempt.is_active:
        await credentials.forgive_attempts(parts.db, attempt.user_id)
        raise ClientError("account_inactive")
    if call.tools.passwords.is_outdated(attempt.password_hash):
        # A wrong password must cost here what it costs with an account that does not exist.
        attempt = await credentials.rehash(parts.db, attempt, await call.tools.passwords.hash(call.body.password))
    token = credentials.fresh_token()
    if not await credentials.sign_in(parts.db, attempt, credentials.token_hash(token), call.now):
        raise ClientError("invalid_credentials")
    await parts.players.sign_out(attempt.user_id, "signed_out")
    account = await accounts.load(parts.db, attempt.user_id)
    if account is None:
        raise ClientError("invalid_credentials")
    expires_at = call.now + timedelta(seconds=parts.config.token_ttl)
    return SignIn(token, "Bearer", expires_at, me_view(account, await parts.players.held(account.user_id)))


async def logout(call: Call[Nothing, Nothing]) -> None:
    await credentials.sign_out(call.parts.db, call.me.user_id)
    await call.parts.players.sign_out(call.me.user_id, "signed_out")


ROUTES = (
    Route(
        method="POST",
        path="/auth/login",
        handler=login,
        summary="Sign in. The token replaces the one before, whose sockets are closed.",
        body=Login,
        answer=SignIn,
        errors=("invalid_credentials", "account_locked", "email_not_verified", "account_inactive"),
        rate=SIGN_IN,
    ),
    Route(
        method="POST",
        path="/auth/logout",
        handler=logout,
        summary="Sign out: the token is dead, its sockets are closed.",
        status=204,
        auth=True,
        rate=ACCOUNT,
    ),
)

"""One's own account: look at it, change it, delete it."""

from contextlib import suppress
from datetime import date
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from server.errors import ClientError
from server.web.call import Call, Route
from server.web.decode import Nothing
from server.web.fields import AvatarUrl, Bio, FullName, Password, Place, Username, check_avatar_url, check_dob
from server.web.problems import FieldError, invalid
from server.web.prove import prove
from server.web.rates import ACCOUNT
from server.web.views import Me, me_view
from storage import accounts, credentials
from storage.accounts import Account, AccountUpdate, UsernameTakenError


class ProfileUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays; null clears."""

    bio: Bio | UnsetType | None = UNSET
    avatar_url: AvatarUrl | UnsetType | None = UNSET
    location: Place | UnsetType | None = UNSET
    dob: date | UnsetType | None = UNSET


class MeUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays."""

    username: Username | UnsetType = UNSET
    full_name: FullName | UnsetType = UNSET
    profile: ProfileUpdate | UnsetType = UNSET


class Deletion(Struct, frozen=True, forbid_unknown_fields=True):
    password: Password


async def show(call: Call[Nothing, Nothing]) -> Me:
    return await _view(call, await accounts.load(call.parts.db, call.me.user_id))


async def _view(call: Call[Any, Any], account: Account | None) -> Me:
    if account is None:
        raise ClientError("token_invalid")
    return me_view(account, await call.parts.players.held(account.user_id))


async def change(call: Call[MeUpdate, Nothing]) -> Me:
    wanted = _checked(call)
    renames = wanted.username not in (UNSET, call.me.username)
    if renames and await call.parts.players.has_live_bets(call.me.user_id):
        raise ClientError("bets_live", "Your name can't change while you have a live bet.")
    try:
        account = await accounts.change(call.parts.db, call.me.user_id, wanted, call.now)
    except UsernameTakenError:
        raise ClientError("username_taken") from None
    if renames:
        await call.parts.players.account_changed(call.me.user_id)
    return await _view(call, account)


def _checked(call: Call[MeUpdate, Nothing]) -> AccountUpdate:
    body = call.body
    profile = body.profile if isinstance(body.profile, ProfileUpdate) else ProfileUpdate()
    errors: list[FieldError] = []
    if isinstance(profile.avatar_url, str):
        errors += check_avatar_url(profile.avatar_url)
    if isinstance(profile.dob, date):
        errors += check_dob(profile.dob, call.now.date())
    if errors:
        raise invalid(*errors)
    full_name = body.full_name.strip() if isinstance(body.full_name, str) else UNSET
    return AccountUpdate(body.username, full_name, profile.bio, profile.avatar_url, profile.location, profile.dob)


async def delete(call: Call[Deletion, Nothing]) -> None:
    attempt = await prove(call, call.me.user_id, call.body.password)
    if await call.parts.players.has_live_bets(attempt.user_id):
        await credentials.forgive_attempts(call.parts.db, attempt.user_id)
        raise ClientError("bets_live")
    await accounts.remove(call.parts.db, attempt.user_id)
    await call.parts.players.sign_out(attempt.user_id, "account_disabled")
    gate = call.parts.lobby.gate
    with suppress(ClientError):  # else they close when nobody is in them any more
        for room in await gate.opened_by(attempt.user_id):
            await gate.close(room, attempt.user_id)


ROUTES = (
    Route(
        method="GET",
        path="/me",
        handler=show,
        summary="The account with its profile and wallet.",
        answer=Me,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="PATCH",
        path="/me",
        handler=change,
        summary="Change username, full name or profile.",
        body=MeUpdate,
        answer=Me,
        errors=("username_taken", "bets_live"),
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="DELETE",
        path="/me",
        handler=delete,
        summary="Delete the account and everything of its owner's.",
        body=Deletion,
        status=204,
        errors=("invalid_credentials", "account_locked", "bets_live"),
        auth=True,
        rate=ACCOUNT,
    ),
)

"""The player's own account: show, change and delete it."""

from contextlib import suppress
from datetime import date
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from server.errors import ClientError
from server.visible_text import visible_line
from server.web.decode import NoFields
from server.web.fields import (
    AvatarUrl,
    Bio,
    FullName,
    Location,
    Password,
    Username,
    check_avatar_url,
    check_dob,
    check_full_name,
    check_username,
)
from server.web.password_check import check_password
from server.web.problems import InvalidField, invalid_field, validation_failed
from server.web.rate_limits import ACCOUNT
from server.web.route import HttpCall, Route
from server.web.views import Me, me_view
from storage import accounts, credentials
from storage.accounts import Account, AccountUpdate, TooManyNamesError, UsernameTakenError
from storage.kept import MOST_NAMES


class ProfileUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """Omitted fields keep their values; null clears a field."""

    bio: Bio | UnsetType | None = UNSET
    avatar_url: AvatarUrl | UnsetType | None = UNSET
    location: Location | UnsetType | None = UNSET
    dob: date | UnsetType | None = UNSET


class MeUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """Omitted fields keep their values."""

    username: Username | UnsetType = UNSET
    full_name: FullName | UnsetType = UNSET
    profile: ProfileUpdate | UnsetType = UNSET


class Deletion(Struct, frozen=True, forbid_unknown_fields=True):
    password: Password


async def show(call: HttpCall[NoFields, NoFields]) -> Me:
    return await _view(call, await accounts.load(call.deps.db, call.me.user_id))


async def _view(call: HttpCall[Any, Any], account: Account | None) -> Me:
    if account is None:
        raise ClientError("token_invalid")
    return me_view(account, await call.deps.players.held(account.user_id))


async def change(call: HttpCall[MeUpdate, NoFields]) -> Me:
    update = _checked(call)
    is_rename = update.username not in (UNSET, call.me.username)
    if is_rename and await call.deps.players.has_live_bets(call.me.user_id):
        raise ClientError("bets_live", reason="username")
    try:
        account = await accounts.change(call.deps.db, call.me.user_id, update, call.now)
    except UsernameTakenError:
        raise ClientError("username_taken") from None
    except TooManyNamesError:
        raise invalid_field("username", "not_allowed", "own_names", most=MOST_NAMES) from None
    if is_rename:
        await call.deps.players.account_changed(call.me.user_id)
    return await _view(call, account)


def _checked(call: HttpCall[MeUpdate, NoFields]) -> AccountUpdate:
    body = call.body
    profile = body.profile if isinstance(body.profile, ProfileUpdate) else ProfileUpdate()
    errors: list[InvalidField] = []
    if isinstance(body.username, str) and body.username != call.me.username:
        errors += check_username(body.username)
    if isinstance(body.full_name, str):
        errors += check_full_name(body.full_name)
    if isinstance(profile.avatar_url, str):
        errors += check_avatar_url(profile.avatar_url)
    if isinstance(profile.dob, date):
        errors += check_dob(profile.dob, call.now.date())
    if errors:
        raise validation_failed(*errors)
    full_name = visible_line(body.full_name) if isinstance(body.full_name, str) else UNSET
    location = visible_line(profile.location) or None if isinstance(profile.location, str) else profile.location
    return AccountUpdate(
        username=body.username,
        full_name=full_name,
        bio=profile.bio,
        avatar_url=profile.avatar_url,
        location=location,
        dob=profile.dob,
    )


async def delete(call: HttpCall[Deletion, NoFields]) -> None:
    attempt = await check_password(call, call.me.user_id, call.body.password)
    if await call.deps.players.has_live_bets(attempt.user_id):
        await credentials.forgive_attempts(call.deps.db, attempt)
        raise ClientError("bets_live")
    await accounts.remove(call.deps.db, attempt.user_id, call.now)
    await call.deps.players.account_deleted(attempt.user_id)
    private_rooms = call.deps.private_rooms
    with suppress(ClientError):  # Rooms left open close when they are empty.
        for room in await private_rooms.opened_by(attempt.user_id):
            await private_rooms.close(room, attempt.user_id)


ROUTES = (
    Route(
        method="GET",
        path="/me",
        handler=show,
        summary="The player's own account with profile and wallet.",
        answer=Me,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="PATCH",
        path="/me",
        handler=change,
        event="account change",
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
        event="account deletion",
        summary="Delete the account and all its data.",
        body=Deletion,
        status=204,
        errors=("invalid_credentials", "account_locked", "bets_live"),
        auth=True,
        rate=ACCOUNT,
    ),
)

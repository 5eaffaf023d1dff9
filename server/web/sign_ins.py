"""The list of a player's sign-ins, and ending them from another device."""

from datetime import datetime, timedelta

from msgspec import Struct

from server.errors import ClientError, SignOutReason
from server.web.auth import end_sign_ins
from server.web.decode import NoFields
from server.web.rate_limits import ACCOUNT
from server.web.route import HttpCall, Route
from storage.tokens import live_tokens


class SignInView(Struct, frozen=True):
    """A sign-in. ``used_at`` may be older than the last use by an eighth of a sign-in's life."""

    id: int
    name: str
    """The device or program; may be empty."""
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    """When it ends, unless it is used before."""
    is_current: bool
    """Whether it is the one that asks."""


class SignInList(Struct, frozen=True):
    sign_ins: list[SignInView]


async def show(call: HttpCall[NoFields, NoFields]) -> SignInList:
    ttl_s, current = call.deps.config.token_ttl, call.me.state.token_id
    return SignInList(
        [
            SignInView(
                id=row.token_id,
                name=row.name,
                created_at=row.created_at,
                used_at=row.used_at,
                expires_at=row.used_at + timedelta(seconds=ttl_s),
                is_current=row.token_id == current,
            )
            for row in await live_tokens(call.deps.db, call.me.user_id, call.now, ttl_s)
        ]
    )


async def end(call: HttpCall[NoFields, NoFields]) -> None:
    only = int(call.path["sign_in"])
    reason: SignOutReason = "signed_out" if only == call.me.state.token_id else "signed_out_elsewhere"
    if not await end_sign_ins(call, reason, only=only):
        raise ClientError("not_found")


async def end_others(call: HttpCall[NoFields, NoFields]) -> None:
    await end_sign_ins(call, "signed_out_elsewhere", but=call.me.state.token_id)


ROUTES = (
    Route(
        method="GET",
        path="/me/sign-ins",
        handler=show,
        summary="The devices and programs on which the player is signed in; the last one used comes first.",
        answer=SignInList,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="DELETE",
        path="/me/sign-ins/{sign_in}",
        handler=end,
        event="sign-out of a device",
        summary="End one sign-in. Its token becomes invalid, and its connections are closed.",
        status=204,
        errors=("not_found",),
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="DELETE",
        path="/me/sign-ins",
        handler=end_others,
        event="sign-out of all other devices",
        summary="End all sign-ins but this one.",
        status=204,
        auth=True,
        rate=ACCOUNT,
    ),
)

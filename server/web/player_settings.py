"""What players control in their own play: the client seed and limits."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from server import messages
from server.clock import utc
from server.web.decode import NoFields
from server.web.fields import Cents, ZonedTime
from server.web.problems import invalid_field
from server.web.rate_limits import ACCOUNT
from server.web.route import HttpCall, Route
from server.web.views import ClientSeed, LimitChange, LimitsView
from storage import accounts, limits
from storage.limits import BreakShortenedError, OwnLimits, PendingLimit

LONGEST_BREAK = timedelta(days=5 * 365)
LossCents = Annotated[int, Meta(ge=0, le=10**15, description="An amount in cents, at least 0.")]


class SeedUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    client_seed: messages.ClientSeed


class LimitsUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """Omitted limits keep their values; null removes a limit.

    Lowering a limit takes effect at once, raising or removing it after 24 hours.
    """

    stake: Cents | UnsetType | None = UNSET
    loss_a_day: LossCents | UnsetType | None = UNSET
    break_until: ZonedTime | UnsetType | None = UNSET


async def set_seed(call: HttpCall[SeedUpdate, NoFields]) -> ClientSeed:
    await accounts.set_client_seed(call.deps.db, call.me.user_id, call.body.client_seed)
    await call.deps.players.account_changed(call.me.user_id)
    return ClientSeed(call.body.client_seed)


async def show_limits(call: HttpCall[NoFields, NoFields]) -> LimitsView:
    return _view(await limits.load(call.deps.db, call.me.user_id), _ms(call.now))


async def change_limits(call: HttpCall[LimitsUpdate, NoFields]) -> LimitsView:
    body, now = call.body, _ms(call.now)
    until: int | UnsetType | None = body.break_until if not isinstance(body.break_until, datetime) else UNSET
    if isinstance(body.break_until, datetime):
        until = _break(body.break_until, call.now)

    def edit(stored: OwnLimits) -> OwnLimits:
        return limits.change(stored, now, body.stake, body.loss_a_day, until)

    try:
        changed = await limits.save(call.deps.db, call.me.user_id, edit)
    except BreakShortenedError:
        raise invalid_field("break_until", "not_allowed", "break_shortened") from None
    await call.deps.players.account_changed(call.me.user_id)
    return _view(changed, now)


def _break(until: datetime, now: datetime) -> int:
    # Compare milliseconds: converting a time near the limits of datetime to another zone would overflow.
    ms = round((until - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
    if not _ms(now) < ms <= _ms(now + LONGEST_BREAK):
        raise invalid_field("break_until", "out_of_range", "break_length")
    return ms


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _view(stored: OwnLimits, now: int) -> LimitsView:
    own = limits.in_force(stored, now)
    until = None if own.break_until is None else utc(own.break_until)
    return LimitsView(
        stake=own.stake,
        loss_a_day=own.loss_a_day,
        break_until=until,
        next_stake=_pending(own.next_stake),
        next_loss_a_day=_pending(own.next_loss_a_day),
    )


def _pending(change: PendingLimit | None) -> LimitChange | None:
    return None if change is None else LimitChange(change.to, utc(change.at))


ROUTES = (
    Route(
        method="PUT",
        path="/me/client-seed",
        handler=set_seed,
        summary="Set the client seed for the rounds in which the player has not bet yet.",
        body=SeedUpdate,
        answer=ClientSeed,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="GET",
        path="/me/limits",
        handler=show_limits,
        summary="The player's limits on their own play.",
        answer=LimitsView,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="PUT",
        path="/me/limits",
        handler=change_limits,
        summary="Limit your own play: the stake, the daily loss, or a break until a date.",
        body=LimitsUpdate,
        answer=LimitsView,
        auth=True,
        rate=ACCOUNT,
    ),
)

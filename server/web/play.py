"""What players set for their own play: the daily bonus, the client seed, limits."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from server.clock import utc
from server.errors import ClientError
from server.web.call import Call, Route
from server.web.decode import Nothing
from server.web.fields import Aware, Cents, Seed
from server.web.problems import FieldError, invalid
from server.web.rates import ACCOUNT
from server.web.views import BonusView, ClientSeed, LimitChange, LimitsView, wallet_view
from storage import accounts, credits, limits
from storage.limits import BreakShortenedError, Change, OwnLimits

LONGEST_BREAK = timedelta(days=5 * 365)
LossCents = Annotated[int, Meta(ge=0, le=10**15, description="An amount in cents, from 0.")]


class SeedUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    client_seed: Seed


class LimitsUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays; null removes. Lowering counts at once, raising and removing after 24 hours."""

    stake: Cents | UnsetType | None = UNSET
    loss_a_day: LossCents | UnsetType | None = UNSET
    break_until: Aware | UnsetType | None = UNSET


async def claim_bonus(call: Call[Nothing, Nothing]) -> BonusView:
    config, user_id = call.parts.config, call.me.user_id
    if not config.daily_bonus:
        raise ClientError("not_yet", "There is no daily bonus here.")
    bounds = config.daily_bonus, config.daily_bonus_below
    try:
        change = await credits.claim_daily_bonus(call.parts.db, user_id, *bounds, call.now)
    except credits.BonusNotDueError as not_yet:
        raise _not_yet(call, not_yet.next_at) from None
    await call.parts.players.wallet_changed(change)
    wallet = wallet_view(change.balance, await call.parts.players.held(user_id), change.version)
    return BonusView(config.daily_bonus, call.now + credits.DAY, wallet)


def _not_yet(call: Call[Any, Any], next_at: datetime | None) -> ClientError:
    if next_at is None:
        below = call.parts.config.daily_bonus_below / 100
        return ClientError("not_yet", f"The bonus can be claimed when the balance is below {below:,.2f} chips.")
    wait_s = int((next_at - call.now).total_seconds()) + 1
    when = next_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return ClientError("not_yet", "The bonus can be claimed once a day.", next_at=when, retry_after=wait_s)


async def set_seed(call: Call[SeedUpdate, Nothing]) -> ClientSeed:
    await accounts.set_client_seed(call.parts.db, call.me.user_id, call.body.client_seed)
    await call.parts.players.account_changed(call.me.user_id)
    return ClientSeed(call.body.client_seed)


async def show_limits(call: Call[Nothing, Nothing]) -> LimitsView:
    return _view(await limits.load(call.parts.db, call.me.user_id), _ms(call.now))


async def change_limits(call: Call[LimitsUpdate, Nothing]) -> LimitsView:
    body, now = call.body, _ms(call.now)
    until: int | UnsetType | None = body.break_until if not isinstance(body.break_until, datetime) else UNSET
    if isinstance(body.break_until, datetime):
        until = _break(body.break_until, call.now)

    def edit(stored: OwnLimits) -> OwnLimits:
        return limits.change(stored, now, body.stake, body.loss_a_day, until)

    try:
        changed = await limits.store(call.parts.db, call.me.user_id, edit)
    except BreakShortenedError:
        raise invalid(FieldError("break_until", "not_allowed", "A break can only be made longer.")) from None
    await call.parts.players.account_changed(call.me.user_id)
    return _view(changed, now)


def _break(until: datetime, now: datetime) -> int:
    # Compared in milliseconds: a time at the edge of the calendar can't be moved into another zone.
    ms = round((until - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
    if not _ms(now) < ms <= _ms(now + LONGEST_BREAK):
        raise invalid(FieldError("break_until", "out_of_range", "A break ends in the future, within five years."))
    return ms


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _view(stored: OwnLimits, now: int) -> LimitsView:
    own = limits.settled(stored, now)
    until = None if own.break_until is None else utc(own.break_until)
    return LimitsView(own.stake, own.loss_a_day, until, _pending(own.next_stake), _pending(own.next_loss_a_day))


def _pending(change: Change | None) -> LimitChange | None:
    return None if change is None else LimitChange(change.to, utc(change.at))


ROUTES = (
    Route(
        method="POST",
        path="/me/daily-bonus",
        handler=claim_bonus,
        summary="Claim the daily bonus, once a day while the wallet is low.",
        answer=BonusView,
        errors=("not_yet",),
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="PUT",
        path="/me/client-seed",
        handler=set_seed,
        summary="Set the client seed; it counts from the next round.",
        body=SeedUpdate,
        answer=ClientSeed,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="GET",
        path="/me/limits",
        handler=show_limits,
        summary="The limits on one's own play.",
        answer=LimitsView,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="PUT",
        path="/me/limits",
        handler=change_limits,
        summary="Limit one's own play: the stake, the loss a day, a break until a date.",
        body=LimitsUpdate,
        answer=LimitsView,
        auth=True,
        rate=ACCOUNT,
    ),
)

"""Players' limits on their own play: a lower limit applies at once, a higher one or none after a day."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Wallet
from storage.store import Store

DAY_MS = 86_400_000


class BreakShortenedError(Exception):
    """A break can be extended but not shortened."""


class PendingLimit(Struct, frozen=True):
    """A limit that comes into force ``at`` (ms since the epoch); ``to`` None removes the limit then."""

    to: int | None
    at: int


class OwnLimits(Struct, frozen=True, omit_defaults=True):
    """The JSON of ``wallets.limits``. Amounts are cents; ``break_until`` is in ms since the epoch."""

    stake: int | None = None
    loss_a_day: int | None = None
    break_until: int | None = None
    next_stake: PendingLimit | None = None
    next_loss_a_day: PendingLimit | None = None


class Effective(Struct, frozen=True):
    """The limits in force; None: no limit, no break."""

    stake: int | None = None
    loss_a_day: int | None = None
    break_until: int | None = None


_decoder = msgspec.json.Decoder(OwnLimits)
encode = msgspec.json.Encoder().encode


def in_force(limits: OwnLimits, now: int) -> OwnLimits:
    """The limits as of ``now``: pending limits that have come into force replace the old ones, a past break is gone."""
    stake, next_stake = _current_and_pending(limits.stake, limits.next_stake, now)
    loss_a_day, next_loss_a_day = _current_and_pending(limits.loss_a_day, limits.next_loss_a_day, now)
    break_until = limits.break_until if limits.break_until is not None and limits.break_until > now else None
    return OwnLimits(
        stake=stake,
        loss_a_day=loss_a_day,
        break_until=break_until,
        next_stake=next_stake,
        next_loss_a_day=next_loss_a_day,
    )


def effective(stored: bytes | None, now: int) -> Effective:
    """The limits in force at ``now`` (ms since the epoch), from the stored JSON."""
    if stored is None:
        return Effective()
    limits = in_force(_decoder.decode(stored), now)
    return Effective(stake=limits.stake, loss_a_day=limits.loss_a_day, break_until=limits.break_until)


def change(
    limits: OwnLimits,
    now: int,
    stake: int | UnsetType | None = UNSET,
    loss_a_day: int | UnsetType | None = UNSET,
    break_until: int | UnsetType | None = UNSET,
) -> OwnLimits:
    """The limits after a player's request; UNSET leaves a limit as it is. Raises BreakShortenedError."""
    limits = in_force(limits, now)
    new_stake, next_stake = _requested(limits.stake, limits.next_stake, stake, now)
    new_loss, next_loss = _requested(limits.loss_a_day, limits.next_loss_a_day, loss_a_day, now)
    until = limits.break_until
    if not isinstance(break_until, UnsetType):
        if until is not None and (break_until is None or break_until < until):
            raise BreakShortenedError
        until = break_until
    return OwnLimits(
        stake=new_stake, loss_a_day=new_loss, break_until=until, next_stake=next_stake, next_loss_a_day=next_loss
    )


def kept_after_deletion(limits: OwnLimits, lost_today: int, now: int) -> tuple[OwnLimits, int] | None:
    """The limits that a player keeps who deletes the account and opens another, and until when; None: there are none.

    ``lost_today``: cents lost since midnight UTC, which the new account's bets will not show. Limits are kept as long
    as it takes to raise or remove one, and a break to its end.
    """
    own = in_force(limits, now)
    if own.stake is None and own.loss_a_day is None and own.break_until is None:
        return None
    if own.loss_a_day is not None and lost_today > 0:
        midnight = (now // DAY_MS + 1) * DAY_MS
        later = own.next_loss_a_day or PendingLimit(own.loss_a_day, midnight)
        own = structs.replace(own, loss_a_day=max(own.loss_a_day - lost_today, 0), next_loss_a_day=later)
    return own, max(now + DAY_MS, own.break_until or 0)


def stricter(one: OwnLimits, other: OwnLimits) -> OwnLimits:
    """The limits that satisfy both."""
    if one == other:
        return one
    return OwnLimits(
        stake=_least(one.stake, other.stake),
        loss_a_day=_least(one.loss_a_day, other.loss_a_day),
        break_until=max(one.break_until or 0, other.break_until or 0) or None,
    )


def _least(one: int | None, other: int | None) -> int | None:
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _current_and_pending(
    current: int | None, pending: PendingLimit | None, now: int
) -> tuple[int | None, PendingLimit | None]:
    return (pending.to, None) if pending is not None and pending.at <= now else (current, pending)


def _requested(
    current: int | None, pending: PendingLimit | None, request: int | UnsetType | None, now: int
) -> tuple[int | None, PendingLimit | None]:
    if isinstance(request, UnsetType):
        return current, pending
    if request == current:
        return current, None
    if current is None or (request is not None and request < current):
        return request, None
    if pending is not None and pending.to == request:
        return current, pending
    return current, PendingLimit(request, now + DAY_MS)


async def load(store: Store, user_id: int) -> OwnLimits:
    async with store.read() as session:
        return limits_of(await session.scalar(select(Wallet.limits).where(Wallet.user_id == user_id)))


async def save(store: Store, user_id: int, edit: Callable[[OwnLimits], OwnLimits]) -> OwnLimits:
    """Replace a player's limits by the result of ``edit``, in one transaction."""

    async def edit_row(session: AsyncSession) -> OwnLimits:
        row = select(Wallet.limits).where(Wallet.user_id == user_id).with_for_update()
        limits = edit(limits_of(await session.scalar(row)))
        value = msgspec.to_builtins(limits)
        changed = update(Wallet).where(Wallet.user_id == user_id)
        # A reader tells by the version which of two reads of the wallet has the newer limits.
        await session.execute(changed.values(limits=value, version=Wallet.version + 1))
        return limits

    return await store.transact(edit_row)


def limits_of(value: Any) -> OwnLimits:
    """The limits in the JSON value of ``wallets.limits``."""
    return OwnLimits() if value is None else msgspec.convert(value, OwnLimits)

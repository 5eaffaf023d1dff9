"""A player's limits on their own play: lowering counts at once, raising and removing after a day."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Wallet
from storage.store import Store

DAY_MS = 86_400_000


class BreakShortenedError(Exception):
    """A break can be made longer, never shorter."""


class Change(Struct, frozen=True):
    """A limit that is to take effect ``at`` (ms since the epoch); None: no limit from then on."""

    to: int | None
    at: int


class OwnLimits(Struct, frozen=True, omit_defaults=True):
    """As stored in ``wallets.limits``. Amounts are cents; ``break_until`` is in ms since the epoch."""

    stake: int | None = None
    loss_a_day: int | None = None
    break_until: int | None = None
    next_stake: Change | None = None
    next_loss_a_day: Change | None = None


class Effective(Struct, frozen=True):
    """What counts now; None: no limit, no break."""

    stake: int | None = None
    loss_a_day: int | None = None
    break_until: int | None = None


_decoder = msgspec.json.Decoder(OwnLimits)
encode = msgspec.json.Encoder().encode


def settled(limits: OwnLimits, now: int) -> OwnLimits:
    """The same limits, with what was pending until ``now`` in effect and a break that is over left out."""
    stake, next_stake = _arrived(limits.stake, limits.next_stake, now)
    loss, next_loss = _arrived(limits.loss_a_day, limits.next_loss_a_day, now)
    break_until = limits.break_until if limits.break_until is not None and limits.break_until > now else None
    return OwnLimits(stake, loss, break_until, next_stake, next_loss)


def effective(stored: bytes | None, now: int) -> Effective:
    """What counts at ``now`` (ms since the epoch) of limits as they are stored."""
    if stored is None:
        return Effective()
    limits = settled(_decoder.decode(stored), now)
    return Effective(limits.stake, limits.loss_a_day, limits.break_until)


def change(
    limits: OwnLimits,
    now: int,
    stake: int | UnsetType | None = UNSET,
    loss_a_day: int | UnsetType | None = UNSET,
    break_until: int | UnsetType | None = UNSET,
) -> OwnLimits:
    """The limits after a player's wish; what is left UNSET stays. Raises BreakShortenedError."""
    limits = settled(limits, now)
    new_stake, next_stake = _wished(limits.stake, limits.next_stake, stake, now)
    new_loss, next_loss = _wished(limits.loss_a_day, limits.next_loss_a_day, loss_a_day, now)
    until = limits.break_until
    if not isinstance(break_until, UnsetType):
        if until is not None and (break_until is None or break_until < until):
            raise BreakShortenedError
        until = break_until
    return OwnLimits(new_stake, new_loss, until, next_stake, next_loss)


def _arrived(current: int | None, pending: Change | None, now: int) -> tuple[int | None, Change | None]:
    return (pending.to, None) if pending is not None and pending.at <= now else (current, pending)


def _wished(
    current: int | None, pending: Change | None, wish: int | UnsetType | None, now: int
) -> tuple[int | None, Change | None]:
    if isinstance(wish, UnsetType):
        return current, pending
    if wish == current:
        return current, None
    if current is None or (wish is not None and wish < current):
        return wish, None
    if pending is not None and pending.to == wish:
        return current, pending
    return current, Change(wish, now + DAY_MS)


async def load(store: Store, user_id: int) -> OwnLimits:
    async with store.read() as session:
        return _of(await session.scalar(select(Wallet.limits).where(Wallet.user_id == user_id)))


async def save(store: Store, user_id: int, edit: Callable[[OwnLimits], OwnLimits]) -> OwnLimits:
    """Replace a player's limits by what ``edit`` makes of them, in one transaction."""

    async def edit_row(session: AsyncSession) -> OwnLimits:
        row = select(Wallet.limits).where(Wallet.user_id == user_id).with_for_update()
        limits = edit(_of(await session.scalar(row)))
        value = msgspec.to_builtins(limits)
        changed = update(Wallet).where(Wallet.user_id == user_id)
        # So that of two looks at the wallet it is known which has the newer limits.
        await session.execute(changed.values(limits=value, version=Wallet.version + 1))
        return limits

    return await store.transact(edit_row)


def _of(value: Any) -> OwnLimits:
    return OwnLimits() if value is None else msgspec.convert(value, OwnLimits)

"""Lists of top-ups: all of a list in one transaction, and never the same list twice by mistake."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import ledger
from storage.models import TopUpList, User, Wallet
from storage.settlement import WalletChange
from storage.store import Store

CATEGORY = "top-up"


class TopUp(Struct, frozen=True, order=True):
    """``amount`` is in cents; ``note`` becomes the description of the transaction."""

    user_id: int
    amount: int
    note: str


class ListBookedError(Exception):
    """The same list was booked before."""


def digest_of(top_ups: Sequence[TopUp]) -> str:
    """The same for lists with the same players, amounts and notes, in any order and from any form of a file."""
    return hashlib.sha256(msgspec.json.encode(sorted(top_ups))).hexdigest()


async def last_booked(store: Store, top_ups: Sequence[TopUp]) -> datetime | None:
    """When the list was booked last; None: never."""
    async with store.read() as session:
        booked = TopUpList.digest == digest_of(top_ups)
        return await session.scalar(
            select(TopUpList.created_at).where(booked).order_by(TopUpList.number.desc()).limit(1)
        )


async def book(store: Store, top_ups: Sequence[TopUp], now: datetime, *, again: bool = False) -> list[WalletChange]:
    """Book one transaction for each top-up of a list, or none at all. Returns the changes in the order of the list.
    ``again`` books a list once more that was booked before.

    Raises ListBookedError, and as ``ledger.pay_in`` does NoSuchAccountError, BalanceTooLargeError, ValueError.
    """
    try:
        return await store.transact(_book, top_ups, now, again)
    except IntegrityError as error:  # two commands booked it at the same time
        raise ListBookedError from error


async def _book(session: AsyncSession, top_ups: Sequence[TopUp], now: datetime, again: bool) -> list[WalletChange]:
    digest = digest_of(top_ups)
    last = select(func.max(TopUpList.number)).where(TopUpList.digest == digest)
    number = await session.scalar(last) or 0
    if number and not again:
        raise ListBookedError
    await session.execute(insert(TopUpList).values(digest=digest, number=number + 1, created_at=now))
    # In the order in which settlements lock them, so that no two transactions wait for each other.
    user_ids = sorted({each.user_id for each in top_ups})
    accounts = select(User.id).where(User.id.in_(user_ids)).order_by(User.id)
    await session.execute(accounts.with_for_update(read=True, key_share=True))
    wallets = select(Wallet.user_id).where(Wallet.user_id.in_(user_ids)).order_by(Wallet.id)
    with_wallet = set(await session.scalars(wallets.with_for_update(key_share=True)))
    for user_id in user_ids:
        if user_id not in with_wallet:
            await ledger.open_wallet(session, user_id, now)
    return [
        await ledger.pay_in(session, each.user_id, each.amount, category=CATEGORY, description=each.note, now=now)
        for each in top_ups
    ]

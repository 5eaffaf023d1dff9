"""The ledger: the only way to move money, each movement in one transaction with what it pays for.

A bet's money moves only when its round is settled: a stake on hold is no movement yet. The fast statements that settle
rounds are in ``settle_sqlite`` and ``settle_postgresql``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from msgspec import Raw, structs
from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import is_unwritable, reason_of
from storage.models import Bet, GameSession, Round, Transaction, User, Wallet
from storage.settlement import (
    EndedRound,
    NewBet,
    NewRound,
    OnRecord,
    PlannedWallet,
    RecordedRound,
    RoundUpdate,
    Settlement,
    SettlementPlan,
    WalletChange,
)
from storage.store import Store

_MOST_CAREFUL_BETS = 1_000
"""Bets in one transaction of the careful way, whose statements take one parameter for each value."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


LARGEST_BALANCE = 2**52
"""Cents up to which a wallet is credited and may bet. Balances up to 2^53 are exact in Redis and in browsers, and the
largest payout (CROUPIER_MAX_STAKE at its highest, times the largest multiplier of a game) is a tenth of the rest."""


class NoSuchAccountError(Exception):
    """The account does not exist any more."""


class BalanceTooLargeError(Exception):
    """The credit would exceed ``LARGEST_BALANCE``."""


async def settle(store: Store, rounds: Sequence[EndedRound]) -> list[Settlement]:
    """Settle a batch; the answer is in the order of ``rounds``, and committed.

    A round that can't be written is ``failed`` and leaves nothing; the others settle. A round that is on record already
    is answered from there, so the same batch may be sent again. A bet whose account or session is gone is left out,
    and so are all bets of a player whose wallet does not cover them. Raises DatabaseUnavailableError; then any part of
    the batch may have been committed.

    There are two ways. The fast one writes the whole batch with the statements of ``settle_sqlite`` or
    ``settle_postgresql``. If that writes nothing, the careful one, which is the same on both databases, locks what it
    reads and halves the batch until it has found the rounds that can't be written.
    """
    if not rounds:
        return []
    settlements = await store.settle_at_once(rounds)
    return await _settle_carefully(store, rounds) if settlements is None else settlements


async def _settle_carefully(store: Store, rounds: Sequence[EndedRound]) -> list[Settlement]:
    if len(rounds) == 1 or sum(len(round_.bets) for round_ in rounds) <= _MOST_CAREFUL_BETS:
        try:
            return await store.transact(_settle_behind_locks, rounds)
        except Exception as error:
            if not is_unwritable(error):
                raise
            if len(rounds) == 1:
                return [Settlement(rounds[0].room, rounds[0].number, "failed", reason=reason_of(error))]
    middle = len(rounds) // 2
    first_half = await _settle_carefully(store, rounds[:middle])
    return first_half + await _settle_carefully(store, rounds[middle:])


async def _settle_behind_locks(session: AsyncSession, rounds: Sequence[EndedRound]) -> list[Settlement]:
    on_record = await _lock_and_look_up(session, rounds)
    plan = SettlementPlan(on_record, round_ids=count(-1, -1), bet_ids=count(-1, -1), to_column=_utc)
    plan.add(rounds)
    await _write(session, plan)
    return plan.settlements


async def _lock_and_look_up(session: AsyncSession, rounds: Sequence[EndedRound]) -> OnRecord:
    """Users before wallets, as when an account is deleted, then rounds, each in ascending id, so that no two
    transactions wait for each other. On SQLite a transaction keeps all other writers away anyway."""
    users = {bet.user_id for round_ in rounds for bet in round_.bets}
    sessions = {bet.session_id for round_ in rounds for bet in round_.bets}
    names = [(round_.room, round_.number) for round_ in rounds]
    accounts = select(User.id).where(User.id.in_(users)).order_by(User.id)
    await session.execute(accounts.with_for_update(read=True, key_share=True))
    wallets = (
        select(Wallet.user_id, Wallet.id, Wallet.balance, Wallet.version)
        .where(Wallet.user_id.in_(users))
        .order_by(Wallet.id)
        .with_for_update(key_share=True)
    )
    recorded = (
        select(Round.room, Round.number, Round.id, Round.status, Round.server_seed_hash)
        .where(tuple_(Round.room, Round.number).in_(names))
        .order_by(Round.id)
        .with_for_update()
    )
    return OnRecord(
        wallets={
            row.user_id: PlannedWallet(row.id, row.balance, row.version) for row in await session.execute(wallets)
        },
        rounds={
            (row.room, row.number): RecordedRound(row.id, row.status, row.server_seed_hash)
            for row in await session.execute(recorded)
        },
        sessions={
            row.id: row.user_id
            for row in await session.execute(
                select(GameSession.id, GameSession.user_id).where(GameSession.id.in_(sessions))
            )
        },
    )


async def _write(session: AsyncSession, plan: SettlementPlan) -> None:
    """The plan names new rounds and bets by placeholders; the database numbers them as they are inserted."""
    round_ids = await _insert_numbered(session, Round, plan.new_rounds)
    for changed in plan.round_updates:
        row = _columns(changed)
        await session.execute(update(Round).where(Round.id == row.pop("id")).values(**row))
    new_bets = [structs.replace(bet, round_id=round_ids.get(bet.round_id, bet.round_id)) for bet in plan.new_bets]
    bet_ids = await _insert_numbered(session, Bet, new_bets)
    new_transactions = [
        structs.asdict(transaction) | {"bet_id": bet_ids[transaction.bet_id]} for transaction in plan.new_transactions
    ]
    if new_transactions:
        await session.execute(insert(Transaction), new_transactions)
    for wallet in plan.wallet_updates():
        row = structs.asdict(wallet)
        await session.execute(update(Wallet).where(Wallet.id == row.pop("id")).values(**row))


async def _insert_numbered(
    session: AsyncSession, model: type[Round] | type[Bet], rows: Sequence[NewRound] | Sequence[NewBet]
) -> dict[int, int]:
    """Insert rows in their order. Answers placeholder → id."""
    if not rows:
        return {}
    values = [_columns(row) for row in rows]
    for each in values:
        del each["id"]
    ids = await session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), values)
    return dict(zip([row.id for row in rows], ids, strict=True))


def _columns(row: NewRound | RoundUpdate | NewBet) -> dict[str, Any]:
    """The values of a row, with JSON text as it is to be stored."""
    values = structs.asdict(row)
    for column in ("options", "journal", "outcome", "results", "selection"):
        if values.get(column) is not None:
            values[column] = Raw(values[column])
    return values


def _utc(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


async def credit(store: Store, user_id: int, amount: int, category: str, description: str) -> WalletChange:
    """Pay ``amount`` cents into a wallet, which is opened if there is none yet.

    Raises NoSuchAccountError, BalanceTooLargeError, ValueError for an amount that is not positive,
    DatabaseUnavailableError.
    """

    async def open_and_pay(session: AsyncSession) -> WalletChange:
        now = datetime.now(UTC)
        await open_wallet(session, user_id, now)
        return await pay_in(session, user_id, amount, category=category, description=description, now=now)

    return await store.transact(open_and_pay)


async def open_wallet(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Open an empty wallet if the account has none, as part of the caller's transaction. Raises NoSuchAccountError."""
    # The lock makes a second caller wait until it can see the first one's wallet.
    account = select(User.id).where(User.id == user_id).with_for_update(key_share=True)
    if await session.scalar(account) is None:
        raise NoSuchAccountError(user_id)
    if await session.scalar(select(Wallet.id).where(Wallet.user_id == user_id)) is None:
        await session.execute(insert(Wallet).values(user_id=user_id, balance=0, version=0, last_updated=now))


async def pay_in(
    session: AsyncSession, user_id: int, amount: int, *, category: str, description: str, now: datetime
) -> WalletChange:
    """Credit ``amount`` cents to an open wallet, as part of the caller's transaction.

    Raises NoSuchAccountError when there is no wallet, BalanceTooLargeError, ValueError for an amount that is not
    positive; then the caller must roll back.
    """
    if amount <= 0:
        raise ValueError("a credit must be positive")
    changes = {"balance": Wallet.balance + amount, "version": Wallet.version + 1, "last_updated": now}
    changed = update(Wallet).where(Wallet.user_id == user_id).values(changes)
    found = await session.execute(changed.returning(Wallet.id, Wallet.balance, Wallet.version))
    wallet = found.one_or_none()
    if wallet is None:
        raise NoSuchAccountError(user_id)
    if wallet.balance > LARGEST_BALANCE:
        raise BalanceTooLargeError(user_id)
    transaction = insert(Transaction).values(
        wallet_id=wallet.id,
        amount=amount,
        type="credit",
        category=category,
        description=description,
        created_at=now,
        balance_after=wallet.balance,
    )
    await session.execute(transaction)
    return WalletChange(user_id, wallet.balance, wallet.version)

"""Past play: a player's transactions, bets and sessions, a room's rounds, and one round with its proof."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    ScalarSelect,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage.models import Bet, Game, GameSession, Round, Transaction, User, Wallet
from storage.settlement import REFUNDS
from storage.store import Store

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SESSION_SLACK = timedelta(minutes=5)
"""How far the clocks of two nodes may differ."""


class Window(Struct, frozen=True):
    """Which rows of a list, newest first: at most ``limit``, with ids below ``before``; None sets no bound.

    The times from ``since`` (included) to ``until`` (excluded).
    """

    limit: int
    before: int | None = None
    category: str | None = None
    game: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class TransactionRow(Struct, frozen=True):
    """``id`` is the row's place in the list and not for players."""

    id: int
    type: str
    category: str
    amount: int
    balance_after: int
    description: str
    created_at: datetime
    game: str | None
    room: str | None
    round_number: int | None
    bet_number: int | None


class BetRow(Struct, frozen=True):
    """``id`` is the bet's place in the list: the id of the transaction that took its stake."""

    id: int
    game: str
    room: str
    round_number: int
    bet_number: int
    session_id: int
    amount: int
    selection: Any
    result: str
    payout: int
    created_at: datetime


class VoidBetRow(Struct, frozen=True):
    """A bet whose round became void at ``ended_at``; ``outcome`` has the reason."""

    id: int
    game: str
    room: str
    round_number: int
    bet_number: int
    amount: int
    outcome: Any
    ended_at: datetime


class SessionRow(Struct, frozen=True):
    id: int
    game: str
    room: str
    started_at: datetime
    ended_at: datetime | None


class RoundRow(Struct, frozen=True):
    """An open round has neither seeds nor journal nor outcome here, whatever is stored."""

    id: int
    game: str
    room: str
    number: int
    status: str
    server_seed_hash: str
    server_seed: str | None
    client_seed: str | None
    nonce: int
    options: Any
    journal: Any
    outcome: Any
    started_at: datetime
    ended_at: datetime | None


class LedgerRow(Struct, frozen=True):
    """A transaction of a bet; ``amount`` is cents."""

    type: str
    category: str
    amount: int
    created_at: datetime


class RoundBet(Struct, frozen=True):
    """A bet of an ended round and its transactions, as they were recorded when the round was settled: nothing of it
    changes later. ``created_at`` is when it was placed. Without a journal, ``seat`` is None and ``created_at`` is the
    end of the round."""

    number: int
    seat: int | None
    amount: int
    selection: Any
    result: str
    payout: int
    created_at: datetime
    ledger: list[LedgerRow]


def _windowed(
    query: Select[*tuple[Any, ...]],
    window: Window,
    id_: InstrumentedAttribute[int],
    at: InstrumentedAttribute[datetime],
) -> Select[*tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = []
    if window.before is not None:
        conditions.append(id_ < window.before)
    if window.game is not None:
        conditions.append(Game.name == window.game)
    if window.since is not None:
        conditions.append(at >= window.since)
    if window.until is not None:
        conditions.append(at < window.until)
    return query.where(*conditions).order_by(id_.desc()).limit(window.limit)


def _select(**columns: Any) -> Select[*tuple[Any, ...]]:
    """Select columns under the names of a row's fields."""
    return select(*[column.label(name) for name, column in columns.items()])


async def _rows(store: Store, query: Select[*tuple[Any, ...]]) -> Sequence[RowMapping]:
    async with store.read() as session:
        return (await session.execute(query)).mappings().all()


def _wallet_of(user_id: int) -> ScalarSelect[int]:
    return select(Wallet.id).where(Wallet.user_id == user_id).scalar_subquery()


async def transactions(store: Store, user_id: int, window: Window) -> list[TransactionRow]:
    columns = _select(
        id=Transaction.id,
        type=Transaction.type,
        category=Transaction.category,
        amount=Transaction.amount,
        balance_after=Transaction.balance_after,
        description=Transaction.description,
        created_at=Transaction.created_at,
        game=Game.name,
        room=Round.room,
        round_number=Round.number,
        bet_number=Bet.number,
    )
    query = (
        columns.select_from(Transaction)
        .outerjoin(Bet, Bet.id == Transaction.bet_id)
        .outerjoin(Round, Round.id == Bet.round_id)
        .outerjoin(Game, Game.id == Round.game_id)
        .where(Transaction.wallet_id == _wallet_of(user_id))
    )
    if window.category is not None:
        query = query.where(Transaction.category == window.category)
    query = _windowed(query, window, Transaction.id, Transaction.created_at)
    return [TransactionRow(**row) for row in await _rows(store, query)]


async def bets(store: Store, user_id: int, window: Window) -> list[BetRow]:
    """A player's bets; ``window.category`` selects a result.

    Bets are found through the transactions of their stakes, whose index exists anyway: an index of bets by player would
    cost every settlement one more page.
    """
    columns = _select(
        id=Transaction.id,
        game=Game.name,
        room=Round.room,
        round_number=Round.number,
        bet_number=Bet.number,
        session_id=Bet.session_id,
        amount=Bet.amount,
        selection=Bet.selection,
        result=Bet.result,
        payout=Bet.payout,
        created_at=Bet.created_at,
    )
    query = (
        columns.select_from(Transaction)
        .join(Bet, Bet.id == Transaction.bet_id)
        .join(Round, Round.id == Bet.round_id)
        .join(Game, Game.id == Round.game_id)
        .where(Transaction.wallet_id == _wallet_of(user_id), Transaction.type == "debit")
    )
    if window.category is not None:
        query = query.where(Bet.result == window.category)
    query = _windowed(query, window, Transaction.id, Bet.created_at)
    return [BetRow(**row) for row in await _rows(store, query)]


async def void_bets(store: Store, user_id: int, since: datetime, limit: int) -> list[VoidBetRow]:
    """A player's bets in rounds that became void since then, newest first. Raises DatabaseUnavailableError."""
    columns = _select(
        id=Bet.id,
        game=Game.name,
        room=Round.room,
        round_number=Round.number,
        bet_number=Bet.number,
        amount=Bet.amount,
        outcome=Round.outcome,
        ended_at=Round.ended_at,
    )
    query = columns.select_from(Bet).join(Round, Round.id == Bet.round_id).join(Game, Game.id == Round.game_id)
    query = query.where(Bet.user_id == user_id, Bet.result == "void", Round.status == "void", Round.ended_at >= since)
    return [VoidBetRow(**row) for row in await _rows(store, query.order_by(Bet.id.desc()).limit(limit))]


async def sessions(store: Store, user_id: int, window: Window) -> list[SessionRow]:
    columns = _select(
        id=GameSession.id,
        game=Game.name,
        room=GameSession.room,
        started_at=GameSession.started_at,
        ended_at=GameSession.ended_at,
    )
    query = columns.select_from(GameSession).join(Game, Game.id == GameSession.game_id)
    query = query.where(GameSession.user_id == user_id)
    query = _windowed(query, window, GameSession.id, GameSession.started_at)
    return [SessionRow(**row) for row in await _rows(store, query)]


_ROUND = select(Round, Game.name).join(Game, Game.id == Round.game_id)


async def rounds(
    store: Store, room: str, before: int | None, limit: int, until: datetime | None = None
) -> list[RoundRow]:
    """A room's ended rounds, newest first: at most ``limit``, with numbers below ``before``, ended by ``until``. Their
    journals are left out."""
    columns = _select(
        id=Round.id,
        game=Game.name,
        room=Round.room,
        number=Round.number,
        status=Round.status,
        server_seed_hash=Round.server_seed_hash,
        server_seed=Round.server_seed,
        client_seed=Round.client_seed,
        nonce=Round.nonce,
        options=Round.options,
        journal=null(),
        outcome=Round.outcome,
        started_at=Round.started_at,
        ended_at=Round.ended_at,
    )
    query = columns.select_from(Round).join(Game, Game.id == Round.game_id)
    query = query.where(Round.room == room, Round.status != "open")
    if before is not None:
        query = query.where(Round.number < before)
    if until is not None:
        query = query.where(Round.ended_at <= until)
    rows = await _rows(store, query.order_by(Round.number.desc()).limit(limit))
    return [RoundRow(**row) for row in rows]


async def find_round(store: Store, room: str, number: int) -> tuple[RoundRow, list[RoundBet]] | None:
    """A round and its bets in the order of their numbers; of an open round only what was public before it took bets."""
    found = _ROUND.where(Round.room == room, Round.number == number)
    async with store.read() as session:
        row = (await session.execute(found)).first()
    return None if row is None else (_round(row[0], row[1]), _round_bets(row[0]))


async def players_of_round(store: Store, room: str, number: int) -> dict[int, tuple[int, str]]:
    """The user and the present name behind each bet of an ended round, by the bet's number. Those whose accounts are
    deleted are missing. Raises DatabaseUnavailableError."""
    bets = select(Bet.number, User.id, User.username).join(User, User.id == Bet.user_id).join(Round)
    async with store.read() as session:
        found = await session.execute(bets.where(Round.room == room, Round.number == number).order_by(Bet.number))
        return {bet: (user_id, username) for bet, user_id, username in found}


def _round(round_: Round, game: str) -> RoundRow:
    ended = round_.status != "open"
    return RoundRow(
        id=round_.id,
        game=game,
        room=round_.room,
        number=round_.number,
        status=round_.status,
        server_seed_hash=round_.server_seed_hash,
        server_seed=round_.server_seed if ended else None,
        client_seed=round_.client_seed if ended else None,
        nonce=round_.nonce,
        options=round_.options,
        journal=round_.journal if ended else None,
        outcome=round_.outcome if ended else None,
        started_at=round_.started_at,
        ended_at=round_.ended_at,
    )


def _round_bets(round_: Round) -> list[RoundBet]:
    ended_at = round_.ended_at
    if ended_at is None:
        return []
    ended_ms = round(ended_at.timestamp() * 1000)
    placed = {command["number"]: (at, command) for at, command in round_.journal or () if command["do"] == "bet"}
    bets = []
    for number, amount, result, payout in sorted(round_.results or ()):
        at, command = placed.get(number, (ended_ms, {}))
        bets.append(
            RoundBet(
                number=number,
                seat=command.get("seat"),
                amount=amount,
                selection=command.get("selection"),
                result=result,
                payout=payout,
                created_at=_EPOCH + timedelta(milliseconds=at),
                ledger=_ledger(amount, result, payout, ended_at),
            )
        )
    return bets


def _ledger(amount: int, result: str, payout: int, at: datetime) -> list[LedgerRow]:
    """The transactions that the settlement wrote with the round. The rows go with the account; the audit compares those
    that are left."""
    rows = [LedgerRow(type="debit", category="bet", amount=amount, created_at=at)]
    if payout:
        category = "refund" if result in REFUNDS else "win"
        rows.append(LedgerRow(type="credit", category=category, amount=payout, created_at=at))
    return rows


async def last_number(store: Store, room: str) -> int:
    """The highest number of a round in the room, whatever its status; 0 if it had none. Raises
    DatabaseUnavailableError."""
    async with store.read() as session:
        return await session.scalar(select(func.max(Round.number)).where(Round.room == room)) or 0


class TakenStack(Struct, frozen=True):
    """What a player got back from a room, in cents, when the round ended at ``at``."""

    amount: int
    at: datetime


async def taken_stack(store: Store, user_id: int, room: str, since: datetime) -> TakenStack | None:
    """What the player's last round in the room paid back to them, if it ended since then; None if it paid nothing.

    The stakes of a void round count, those of bets that the player could not pay do not. Raises
    DatabaseUnavailableError."""
    # Through the sessions, whose index by player exists anyway. A session ends a moment after its last round.
    stays = select(GameSession.id).where(
        GameSession.user_id == user_id,
        GameSession.room == room,
        or_(GameSession.ended_at.is_(None), GameSession.ended_at >= since - _SESSION_SLACK),
    )
    returned = case((and_(Bet.result == "void", Round.status != "void"), 0), else_=Bet.payout)
    query = (
        select(func.sum(returned), Round.ended_at)
        .join(Round, Round.id == Bet.round_id)
        .where(Bet.session_id.in_(stays), Round.room == room, Round.ended_at >= since)
        .group_by(Round.id, Round.number, Round.ended_at)
        .order_by(Round.number.desc())
        .limit(1)
    )
    async with store.read() as session:
        found = (await session.execute(query)).first()
    return TakenStack(int(found[0]), found[1]) if found and found[0] else None


async def lost_since(store: Store, user_id: int, since: datetime) -> int:
    """Stakes less payouts, in cents, of the player's bets settled since then; negative if the player won. Raises
    DatabaseUnavailableError."""
    async with store.read() as session:
        return await lost_in(session, user_id, since)


async def lost_in(session: AsyncSession, user_id: int, since: datetime) -> int:
    """The same within a transaction."""
    lost = func.coalesce(func.sum(Bet.amount - Bet.payout), 0)
    settled = select(lost).join(Round, Round.id == Bet.round_id)
    total = await session.scalar(settled.where(Bet.user_id == user_id, Round.ended_at >= since))
    return int(total or 0)


async def last_round_outcomes(store: Store, room: str, n: int) -> list[tuple[int, bytes]]:
    """(number, outcome as JSON) of the room's last ``n`` settled rounds, newest first.

    Raises DatabaseUnavailableError."""
    settled = select(Round.number, cast(Round.outcome, Text)).where(Round.room == room, Round.status == "settled")
    async with store.read() as session:
        found = await session.execute(settled.order_by(Round.number.desc()).limit(n))
        return [(number, outcome.encode()) for number, outcome in found]

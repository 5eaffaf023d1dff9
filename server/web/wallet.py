"""A player's own wallet, with the daily bonus, and histories (transactions, sessions, bets) as pages and as CSV."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, structs

from server.errors import ClientError
from server.web.decode import NoFields
from server.web.paging import CategorisedQuery, HistoryQuery, all_rows, page, window_of
from server.web.rate_limits import ACCOUNT, EXPORT
from server.web.route import Csv, HttpCall, Route
from server.web.views import BetView, BonusDue, BonusView, Page, SessionView, TransactionView, WalletView, wallet_view
from storage import accounts, free_chips, history
from storage.history import BetRow, SessionRow, TransactionRow, Window
from storage.store import Store

R = TypeVar("R")


@dataclass(frozen=True)
class History:
    """One kind of history: how to fetch its rows, how to show them, and the columns of its CSV file."""

    filename: str
    rows: Callable[[Store, int, Window], Awaitable[Sequence[Any]]]
    view: Callable[[Any], Any]
    columns: tuple[str, ...]

    async def answer(self, call: HttpCall[NoFields, Any]) -> Page[Any] | Csv:
        query: HistoryQuery = call.query
        window = window_of(query, getattr(query, "category", UNSET))
        db, user_id = call.deps.db, call.me.user_id
        if query.format == "csv":
            # A download reads as much as thousands of pages, so it has its own, lower rate limit.
            await call.deps.rate_limits.take(EXPORT, user_id)
            rows = all_rows(lambda part: self.rows(db, user_id, part), window, self._cells)
            return Csv(filename=self.filename, header=self.columns, rows=rows, bom=query.bom == "yes")

        async def fetch(limit: int) -> Sequence[Any]:
            return await self.rows(db, user_id, structs.replace(window, limit=limit))

        return await page(fetch, query.limit, lambda row: row.id, self.view)

    def _cells(self, row: Any) -> list[object]:
        shown = msgspec.to_builtins(self.view(row))
        return [_cell(shown[column]) for column in self.columns]


def _cell(value: Any) -> object:
    if value is None:
        return ""
    return msgspec.json.encode(value).decode() if isinstance(value, (dict, list)) else value


def _transaction(row: TransactionRow) -> TransactionView:
    bet = f"{row.room}.{row.round_number}.{row.bet_number}" if row.bet_number is not None else None
    return TransactionView(
        type=row.type,
        category=row.category,
        amount=row.amount,
        balance_after=row.balance_after,
        description=row.description,
        created_at=row.created_at,
        game=row.game,
        bet=bet,
    )


def _bet(row: BetRow) -> BetView:
    round_ = f"{row.room}.{row.round_number}"
    return BetView(
        bet=f"{round_}.{row.bet_number}",
        round=round_,
        room=row.room,
        game=row.game,
        session=row.session_id,
        amount=row.amount,
        selection=row.selection,
        result=row.result,
        payout=row.payout,
        created_at=row.created_at,
    )


def _session(row: SessionRow) -> SessionView:
    return SessionView(session=row.id, game=row.game, room=row.room, started_at=row.started_at, ended_at=row.ended_at)


TRANSACTIONS = History(
    filename="transactions.csv",
    rows=history.transactions,
    view=_transaction,
    columns=("created_at", "type", "category", "amount", "balance_after", "description", "game", "bet"),
)
BETS = History(
    filename="bets.csv",
    rows=history.bets,
    view=_bet,
    columns=("created_at", "bet", "game", "room", "session", "amount", "selection", "result", "payout"),
)
SESSIONS = History(
    filename="sessions.csv",
    rows=history.sessions,
    view=_session,
    columns=("started_at", "ended_at", "session", "game", "room"),
)


async def wallet(call: HttpCall[NoFields, NoFields]) -> WalletView:
    account = await accounts.load(call.deps.db, call.me.user_id)
    if account is None:
        raise ClientError("token_invalid")
    return wallet_view(account.balance, await call.deps.players.held(account.user_id), account.version)


async def bonus_due(call: HttpCall[NoFields, NoFields]) -> BonusDue:
    amount, below = call.deps.config.daily_bonus, call.deps.config.daily_bonus_below
    due, next_at = bool(amount), None
    try:
        await free_chips.require_daily_bonus_due(call.deps.db, call.me.user_id, below, call.now)
    except free_chips.BonusNotDueError as not_yet:
        due, next_at = False, not_yet.next_at
    except free_chips.OnBreakError as on_break:
        due, next_at = False, on_break.until
    return BonusDue(amount=amount, below=below, due=due, next_at=next_at)


async def claim_bonus(call: HttpCall[NoFields, NoFields]) -> BonusView:
    config, user_id = call.deps.config, call.me.user_id
    if not config.daily_bonus:
        raise ClientError("not_yet", reason="no_bonus")
    try:
        change = await free_chips.claim_daily_bonus(
            call.deps.db, user_id, config.daily_bonus, config.daily_bonus_below, call.now
        )
    except free_chips.BonusNotDueError as not_yet:
        raise _not_yet(call, not_yet.next_at) from None
    except free_chips.OnBreakError as on_break:
        raise _not_before(call, on_break.until, "on_break") from None
    await call.deps.players.wallet_changed(change)
    wallet = wallet_view(change.balance, await call.deps.players.held(user_id), change.version)
    return BonusView(amount=config.daily_bonus, next_at=call.now + free_chips.BONUS_EVERY, wallet=wallet)


def _not_yet(call: HttpCall[Any, Any], next_at: datetime | None) -> ClientError:
    if next_at is None:
        return ClientError("not_yet", reason="balance", below=call.deps.config.daily_bonus_below)
    return _not_before(call, next_at, "once_a_day")


def _not_before(call: HttpCall[Any, Any], next_at: datetime, reason: str) -> ClientError:
    wait_s = int((next_at - call.now).total_seconds()) + 1
    return ClientError("not_yet", reason=reason, next_at=next_at.astimezone(UTC), retry_after=wait_s)


MEDIA = ("application/json", "text/csv")

ROUTES = (
    Route(
        method="GET",
        path="/me/wallet",
        handler=wallet,
        summary="The balance, and how much of it is held and available.",
        answer=WalletView,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="GET",
        path="/me/transactions",
        handler=TRANSACTIONS.answer,
        summary="Every transaction of the wallet, newest first.",
        query=CategorisedQuery,
        answer=Page[TransactionView],
        auth=True,
        rate=ACCOUNT,
        media=MEDIA,
    ),
    Route(
        method="GET",
        path="/me/sessions",
        handler=SESSIONS.answer,
        summary="Every session in a room, newest first.",
        query=HistoryQuery,
        answer=Page[SessionView],
        auth=True,
        rate=ACCOUNT,
        media=MEDIA,
    ),
    Route(
        method="GET",
        path="/me/bets",
        handler=BETS.answer,
        summary="Every settled bet, newest first.",
        query=CategorisedQuery,
        answer=Page[BetView],
        auth=True,
        rate=ACCOUNT,
        media=MEDIA,
    ),
    Route(
        method="GET",
        path="/me/daily-bonus",
        handler=bonus_due,
        summary="Whether the player can claim the daily bonus now.",
        answer=BonusDue,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="POST",
        path="/me/daily-bonus",
        handler=claim_bonus,
        summary="Claim the daily bonus: once a day, while the balance is low.",
        answer=BonusView,
        errors=("not_yet",),
        auth=True,
        rate=ACCOUNT,
    ),
)

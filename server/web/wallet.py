"""A player's own wallet and history: transactions, sessions, bets; as pages and as CSV."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, structs

from server.errors import ClientError
from server.web.call import Call, Csv, Route
from server.web.decode import Nothing
from server.web.lists import CategorisedQuery, HistoryQuery, every, page, window
from server.web.rates import ACCOUNT, EXPORT
from server.web.views import BetView, Page, SessionView, TransactionView, WalletView, wallet_view
from storage import accounts, history
from storage.database import Database
from storage.history import BetRow, SessionRow, TransactionRow, Window

R = TypeVar("R")


@dataclass(frozen=True)
class Listing:
    """One kind of history: where its rows come from, how they look, and their columns in a CSV file."""

    filename: str
    rows: Callable[[Database, int, Window], Awaitable[Sequence[Any]]]
    view: Callable[[Any], Any]
    columns: tuple[str, ...]

    async def answer(self, call: Call[Nothing, Any]) -> Page[Any] | Csv:
        query: HistoryQuery = call.query
        asked = window(query, getattr(query, "category", UNSET))
        db, user_id = call.parts.db, call.me.user_id
        if query.format == "csv":
            # A whole history is thousands of pages; it must not come as often as one of them.
            await call.tools.rates.take(EXPORT, user_id)
            rows = every(lambda part: self.rows(db, user_id, part), asked, self._cells)
            return Csv(self.filename, self.columns, rows)

        async def fetch(limit: int) -> Sequence[Any]:
            return await self.rows(db, user_id, structs.replace(asked, limit=limit))

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
    moved = row.type, row.category, row.amount, row.balance_after, row.description, row.created_at
    return TransactionView(*moved, row.game, bet)


def _bet(row: BetRow) -> BetView:
    round_ = f"{row.room}.{row.round_number}"
    where = f"{round_}.{row.bet_number}", round_, row.room, row.game, row.session_id
    return BetView(*where, row.amount, row.selection, row.result, row.payout, row.created_at)


def _session(row: SessionRow) -> SessionView:
    return SessionView(row.id, row.game, row.room, row.started_at, row.ended_at)


TRANSACTIONS = Listing(
    "transactions.csv",
    history.transactions,
    _transaction,
    ("created_at", "type", "category", "amount", "balance_after", "description", "game", "bet"),
)
BETS = Listing(
    "bets.csv",
    history.bets,
    _bet,
    ("created_at", "bet", "game", "room", "session", "amount", "selection", "result", "payout"),
)
SESSIONS = Listing("sessions.csv", history.sessions, _session, ("started_at", "ended_at", "session", "game", "room"))


async def wallet(call: Call[Nothing, Nothing]) -> WalletView:
    account = await accounts.load(call.parts.db, call.me.user_id)
    if account is None:
        raise ClientError("token_invalid")
    return wallet_view(account.balance, await call.parts.players.held(account.user_id), account.version)


MEDIA = ("application/json", "text/csv")

ROUTES = (
    Route(
        method="GET",
        path="/me/wallet",
        handler=wallet,
        summary="What there is, what is held, what is available.",
        answer=WalletView,
        auth=True,
        rate=ACCOUNT,
    ),
    Route(
        method="GET",
        path="/me/transactions",
        handler=TRANSACTIONS.answer,
        summary="Every movement of the wallet, newest first.",
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
        summary="Every stay in a room, newest first.",
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
)

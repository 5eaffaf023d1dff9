"""The fast way to settle a batch on PostgreSQL: one statement, which is also the whole transaction.

The plan is made before anything is known of what is on record: it assumes that every account and session exists and
that every round is either new or still open, and counts balances and versions from 0. The statement locks the wallets
and rounds, adds what is on record, and writes nothing unless the assumptions hold and every wallet covers its stakes.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from storage.errors import is_unwritable
from storage.settlement import (
    EndedRound,
    NewBet,
    NewRound,
    NewTransaction,
    OnRecord,
    PlannedWallet,
    Settlement,
    SettlementPlan,
    WalletChange,
    WalletUpdate,
)

_ROWS: Mapping[str, type[Struct]] = {
    "round": NewRound,
    "bet": NewBet,
    "transaction": NewTransaction,
    "wallet": WalletUpdate,
}
_TEXT_COLUMNS = {
    "room",
    "server_seed_hash",
    "server_seed",
    "client_seed",
    "status",
    "options",
    "journal",
    "outcome",
    "results",
    "result",
    "selection",
    "key",
    "type",
    "category",
    "description",
}


class _Parameters:
    """Allots ``$1``, ``$2``… to named arrays, so that nobody counts positions.

    Numbers travel as the text of an array, because asyncpg examines every element of a list of numbers.
    """

    def __init__(self) -> None:
        self._names: list[str] = []

    def array(self, name: str, *, of_text: bool = False) -> str:
        """The SQL for the array of this name, the same at every use."""
        if name not in self._names:
            self._names.append(name)
        return f"${self._names.index(name) + 1}::{'text[]' if of_text else 'text::bigint[]'}"

    def columns(self, row: str) -> str:
        """The SQL for the arrays with the columns of the rows of this name."""
        names = _ROWS[row].__struct_fields__
        return ", ".join(self.array(f"{row}.{column}", of_text=column in _TEXT_COLUMNS) for column in names)

    def in_order(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] for name in self._names]


def _statement(parameters: _Parameters) -> str:
    """The SQL that writes a plan. It answers a JSON list of ``[user id, balance, version]``, the wallets as they were
    before, or no row if it has written nothing.

    - Locks come first: users before wallets, as when an account is deleted, then rounds, each in ascending id, so that
      no two transactions wait for each other. They come before any id is drawn, so that the ids of a wallet's
      transactions and of a player's bets have the order in which the wallet moved.
    - ``valid`` is one row if the plan's assumptions hold, otherwise none. Every write selects from it, directly or
      through ``ids``, so without it nothing is written. A round that is on record and not open breaks a unique key.
    - In the plan, a wallet's id is its user's, and rounds and bets have placeholder ids (see SettlementPlan): -n stands
      for the n-th id in ``ids``. A round that is on record keeps its id.
    """
    array = parameters.array

    def rows(row: str) -> str:
        return f"unnest({parameters.columns(row)}) AS new({_columns(row)})"

    def at(column: str) -> str:
        return f"'epoch'::timestamptz + {column} * interval '1 millisecond'"

    round_names = ", ".join(
        array(f"round.{column}", of_text=column in _TEXT_COLUMNS)
        for column in ("id", "room", "number", "server_seed_hash", "status")
    )
    return f"""WITH
  locked_users AS MATERIALIZED (
    SELECT id FROM users WHERE id = ANY({array("wallet.id")}) ORDER BY id FOR KEY SHARE),
  locked_wallets AS MATERIALIZED (
    SELECT id, user_id, balance, version FROM wallets WHERE user_id = ANY(ARRAY(SELECT id FROM locked_users))
    ORDER BY id FOR NO KEY UPDATE),
  locked_rounds AS MATERIALIZED (
    SELECT rounds.id, new.id AS placeholder FROM unnest({round_names})
      AS new(id, room, number, server_seed_hash, status)
    JOIN rounds USING (room, number, server_seed_hash) WHERE rounds.status = 'open' AND new.status <> 'open'
    ORDER BY rounds.id FOR UPDATE OF rounds),
  valid AS MATERIALIZED (
    SELECT WHERE CASE
      WHEN (SELECT count(*) FROM locked_wallets) < cardinality({array("wallet.id")}) THEN false
      WHEN EXISTS (SELECT FROM unnest({array("transaction.wallet_id")}, {array("transaction.balance_after")})
        AS new(user_id, balance_after) JOIN locked_wallets wallet USING (user_id)
        WHERE wallet.balance + new.balance_after < 0) THEN false
      ELSE NOT EXISTS (SELECT FROM unnest({array("bet.session_id")}, {array("bet.user_id")}) AS new(id, user_id)
        LEFT JOIN game_sessions session USING (id, user_id) WHERE session.id IS NULL) END),
  ids AS MATERIALIZED (
    SELECT
      ARRAY(SELECT coalesce(locked_rounds.id, nextval('rounds_id_seq'))
        FROM unnest({array("round.id")}) WITH ORDINALITY AS new(placeholder, place)
        LEFT JOIN locked_rounds USING (placeholder) ORDER BY place) AS rounds,
      ARRAY(SELECT nextval('bets_id_seq') FROM generate_series(1, cardinality({array("bet.id")}))) AS bets
    FROM valid),
  inserted_rounds AS (
    INSERT INTO rounds ({_columns("round")})
    SELECT ids.rounds[-id], game_id, room, number, server_seed_hash, server_seed, client_seed, nonce, status,
      options::json, journal::json, outcome::json, results::json, {at("started_at")}, {at("ended_at")}
    FROM ids, {rows("round")} WHERE NOT EXISTS (SELECT FROM locked_rounds WHERE placeholder = new.id)),
  updated_rounds AS (
    UPDATE rounds SET server_seed = new.server_seed, client_seed = new.client_seed, status = new.status,
      journal = new.journal::json, outcome = new.outcome::json, results = new.results::json,
      started_at = {at("new.started_at")}, ended_at = {at("new.ended_at")}
    FROM valid, locked_rounds, {rows("round")} WHERE placeholder = new.id AND rounds.id = locked_rounds.id),
  inserted_bets AS (
    INSERT INTO bets ({_columns("bet")})
    SELECT ids.bets[-id], session_id, amount, result, {at("created_at")}, user_id, ids.rounds[-round_id], number,
      selection::json, payout, key
    FROM ids, {rows("bet")}),
  inserted_transactions AS (
    INSERT INTO transactions ({_columns("transaction")})
    SELECT wallet.id, amount, type, category, description, {at("created_at")}, wallet.balance + balance_after,
      ids.bets[-bet_id]
    FROM ids, unnest({parameters.columns("transaction")}) WITH ORDINALITY AS new({_columns("transaction")}, place)
    JOIN locked_wallets wallet ON wallet.user_id = new.wallet_id
    ORDER BY place),
  updated_wallets AS (
    UPDATE wallets SET balance = before.balance + new.balance, version = before.version + new.version,
      last_updated = {at("new.last_updated")}
    FROM valid, locked_wallets before, {rows("wallet")} WHERE before.user_id = new.id AND wallets.id = before.id)
SELECT (SELECT coalesce(json_agg(json_build_array(user_id, balance, version)), '[]') FROM locked_wallets)::text
FROM valid"""  # noqa: S608 (names of our own)


def _columns(row: str) -> str:
    return ", ".join(_ROWS[row].__struct_fields__)


PARAMETERS = _Parameters()
STATEMENT = _statement(PARAMETERS)
_wallets = msgspec.json.Decoder(list[tuple[int, int, int]])


async def settle(connection: "asyncpg.Connection[Any]", rounds: Sequence[EndedRound]) -> list[Settlement] | None:
    """Settle a batch in one transaction. None: something in it can't be written or is not as the plan assumes, and
    nothing was written."""
    if len({(round_.room, round_.number) for round_ in rounds}) < len(rounds):
        return None
    plan = SettlementPlan(
        _assumed(rounds), round_ids=count(-1, -1), bet_ids=count(-1, -1), to_column=_same, may_overdraw=True
    )
    try:
        plan.add(rounds)
        if any(settlement.status == "failed" for settlement in plan.settlements):
            return None  # unless the round is on record already, which the plan does not know
        wallets_before = await connection.fetchval(STATEMENT, *parameters_of(plan))
    except Exception as error:
        if is_unwritable(error):
            return None
        raise
    return None if wallets_before is None else _absolute(plan.settlements, _wallets.decode(wallets_before))


def _assumed(rounds: Sequence[EndedRound]) -> OnRecord:
    """What the plan starts from. A wallet has its user's id."""
    bets = [bet for round_ in rounds for bet in round_.bets]
    return OnRecord(
        wallets={bet.user_id: PlannedWallet(id=bet.user_id, balance=0, version=0) for bet in bets},
        sessions={bet.session_id: bet.user_id for bet in bets},
        rounds={},
    )


def _absolute(settlements: Sequence[Settlement], wallets_before: Sequence[tuple[int, int, int]]) -> list[Settlement]:
    """The settlements with balances and versions that count from those before, not from 0."""
    before = {user_id: (balance, version) for user_id, balance, version in wallets_before}

    def change(relative: WalletChange) -> WalletChange:
        balance, version = before[relative.user_id]
        return WalletChange(relative.user_id, balance + relative.balance, version + relative.version)

    return [
        Settlement(
            room=settlement.room,
            number=settlement.number,
            status=settlement.status,
            wallets=tuple([change(wallet) for wallet in settlement.wallets]),
        )
        for settlement in settlements
    ]


def parameters_of(plan: SettlementPlan) -> list[Any]:
    """The statement's parameters."""
    rows: dict[str, Sequence[Struct]] = {
        "round": plan.new_rounds,
        "bet": plan.new_bets,
        "transaction": plan.new_transactions,
        "wallet": plan.wallet_updates(),
    }
    values: dict[str, Any] = {}
    for name, rows_of_name in rows.items():
        names = _ROWS[name].__struct_fields__
        columns = zip(*map(astuple, rows_of_name), strict=True) if rows_of_name else [()] * len(names)
        for column, of_column in zip(names, columns, strict=True):
            values[f"{name}.{column}"] = of_column if column in _TEXT_COLUMNS else _array_text(of_column)
    return PARAMETERS.in_order(values)


def _array_text(numbers: Iterable[int | None]) -> str:
    return "{" + ",".join(["NULL" if number is None else str(number) for number in numbers]) + "}"


def _same(ms: int) -> int:
    return ms

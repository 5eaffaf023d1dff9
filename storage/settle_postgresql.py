"""The fast way to settle a batch on PostgreSQL: a look-up without locks, then one statement that writes every row.

The statement is a transaction by itself. It locks what the plan relies on, and writes nothing unless every wallet has
the balance and version that the look-up saw and every open round is still open.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import asyncpg
from msgspec import Struct
from msgspec.structs import astuple

from storage.errors import is_unwritable
from storage.settlement import (
    EndedRound,
    NewBet,
    NewRound,
    NewTransaction,
    OnRecord,
    RoundUpdate,
    Settlement,
    SettlementPlan,
    WalletUpdate,
    on_record_from_json,
)

_ROWS: Mapping[str, type[Struct]] = {
    "new_round": NewRound,
    "round_update": RoundUpdate,
    "new_bet": NewBet,
    "new_transaction": NewTransaction,
    "wallet_update": WalletUpdate,
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
    """The SQL that writes a plan and answers whether it did.

    - Locks come first: users before wallets, as when an account is deleted, then rounds, each in ascending id, so that
      no two transactions wait for each other. They come before any id is drawn, so that the ids of a wallet's
      transactions and of a player's bets have the order in which the wallet moved.
    - ``unchanged`` is one row if everything is as the look-up saw it, otherwise none. Every write selects from it,
      directly or through ``ids``, so without it nothing is written.
    - New rounds and bets come with placeholder ids (see SettlementPlan): -n stands for the n-th id drawn in ``ids``.
    """
    array = parameters.array
    wallet_ids, open_round_ids = array("wallet_update.id"), array("round_update.id")

    def new(row: str) -> str:
        return f"unnest({parameters.columns(row)}) AS new({_columns(row)})"

    def at(column: str) -> str:
        return f"'epoch'::timestamptz + {column} * interval '1 millisecond'"

    return f"""WITH
  locked_users AS MATERIALIZED (
    SELECT id FROM users WHERE id = ANY({array("user_ids")}) ORDER BY id FOR KEY SHARE),
  locked_wallets AS MATERIALIZED (
    SELECT id, balance, version FROM wallets WHERE user_id = ANY(ARRAY(SELECT id FROM locked_users))
    ORDER BY id FOR NO KEY UPDATE),
  locked_rounds AS MATERIALIZED (
    SELECT id FROM rounds WHERE id = ANY({open_round_ids}) AND status = 'open' ORDER BY id FOR UPDATE),
  unchanged AS MATERIALIZED (
    SELECT WHERE CASE
      WHEN (SELECT count(*) FROM locked_wallets
        JOIN unnest({wallet_ids}, {array("seen_balances")}, {array("seen_versions")}) seen(id, balance, version)
        USING (id, balance, version)) < cardinality({wallet_ids}) THEN false
      ELSE (SELECT count(*) FROM locked_rounds) = cardinality({open_round_ids}) END),
  ids AS MATERIALIZED (
    SELECT
      ARRAY(SELECT nextval('rounds_id_seq') FROM generate_series(1, cardinality({array("new_round.id")}))) AS rounds,
      ARRAY(SELECT nextval('bets_id_seq') FROM generate_series(1, cardinality({array("new_bet.id")}))) AS bets
    FROM unchanged),
  inserted_rounds AS (
    INSERT INTO rounds ({_columns("new_round")})
    SELECT ids.rounds[-id], game_id, room, number, server_seed_hash, server_seed, client_seed, nonce, status,
      options::json, journal::json, outcome::json, {at("started_at")}, {at("ended_at")}
    FROM ids, {new("new_round")}),
  updated_rounds AS (
    UPDATE rounds SET server_seed = new.server_seed, client_seed = new.client_seed, status = new.status,
      journal = new.journal::json, outcome = new.outcome::json, started_at = {at("new.started_at")},
      ended_at = {at("new.ended_at")}
    FROM unchanged, {new("round_update")} WHERE rounds.id = new.id),
  inserted_bets AS (
    INSERT INTO bets ({_columns("new_bet")})
    SELECT ids.bets[-id], session_id, amount, result, {at("created_at")}, user_id,
      CASE WHEN round_id < 0 THEN ids.rounds[-round_id] ELSE round_id END, number, selection::json, payout, key
    FROM ids, {new("new_bet")}),
  inserted_transactions AS (
    INSERT INTO transactions ({_columns("new_transaction")})
    SELECT wallet_id, amount, type, category, description, {at("created_at")}, balance_after, ids.bets[-bet_id]
    FROM ids, unnest({parameters.columns("new_transaction")}) WITH ORDINALITY
      AS new({_columns("new_transaction")}, place)
    ORDER BY place),
  updated_wallets AS (
    UPDATE wallets SET balance = new.balance, version = new.version, last_updated = {at("new.last_updated")}
    FROM unchanged, {new("wallet_update")} WHERE wallets.id = new.id)
SELECT EXISTS (SELECT FROM unchanged)"""  # noqa: S608 (names of our own)


def _columns(row: str) -> str:
    return ", ".join(_ROWS[row].__struct_fields__)


PARAMETERS = _Parameters()
STATEMENT = _statement(PARAMETERS)
LOOK_UP = """SELECT
  (SELECT coalesce(json_agg(json_build_array(user_id, id, balance, version)), '[]')::text
   FROM wallets WHERE user_id = ANY($1::text::bigint[])),
  (SELECT coalesce(json_agg(json_build_array(id, user_id)), '[]')::text
   FROM game_sessions WHERE id = ANY($2::text::bigint[])),
  (SELECT coalesce(json_agg(json_build_array(r.room, r.number, r.id, r.status, r.server_seed_hash)), '[]')::text
   FROM unnest($3::text[], $4::text::bigint[]) k(room, number)
   JOIN rounds r ON r.room = k.room AND r.number = k.number)"""


async def settle(connection: "asyncpg.Connection[Any]", rounds: Sequence[EndedRound]) -> list[Settlement] | None:
    """Settle a batch in one transaction. None: something in it can't be written or has changed, and nothing was
    written."""
    on_record = await _look_up(connection, rounds)
    seen = {wallet.id: (wallet.balance, wallet.version) for wallet in on_record.wallets.values()}
    plan = SettlementPlan(on_record, round_ids=count(-1, -1), bet_ids=count(-1, -1), to_column=_same)
    try:
        plan.add(rounds)
        # What the look-up saw may have been out of date.
        if any(settlement.status == "failed" for settlement in plan.settlements):
            return None
        if not (plan.new_rounds or plan.round_updates):
            return plan.settlements
        was_written = await connection.fetchval(STATEMENT, *parameters_of(plan, seen))
    except Exception as error:
        if is_unwritable(error):
            return None
        raise
    return plan.settlements if was_written else None


async def _look_up(connection: "asyncpg.Connection[Any]", rounds: Sequence[EndedRound]) -> OnRecord:
    bets = [bet for round_ in rounds for bet in round_.bets]
    users, sessions = {bet.user_id for bet in bets}, {bet.session_id for bet in bets}
    rooms, numbers = [round_.room for round_ in rounds], [round_.number for round_ in rounds]
    found = await connection.fetchrow(LOOK_UP, _array_text(users), _array_text(sessions), rooms, _array_text(numbers))
    assert found is not None
    return on_record_from_json(*found)


def parameters_of(plan: SettlementPlan, seen: Mapping[int, tuple[int, int]]) -> list[Any]:
    """The statement's parameters; ``seen`` is (balance, version) of every wallet as it was looked up."""
    wallet_updates = plan.wallet_updates()
    rows: dict[str, Sequence[Struct]] = {
        "new_round": plan.new_rounds,
        "round_update": plan.round_updates,
        "new_bet": plan.new_bets,
        "new_transaction": plan.new_transactions,
        "wallet_update": wallet_updates,
    }
    values: dict[str, Any] = {
        "user_ids": _array_text({bet.user_id for bet in plan.new_bets}),
        "seen_balances": _array_text([seen[wallet.id][0] for wallet in wallet_updates]),
        "seen_versions": _array_text([seen[wallet.id][1] for wallet in wallet_updates]),
    }
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

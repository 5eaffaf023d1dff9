"""The fast way to settle a batch on SQLite: one transaction, on a connection that nothing else uses meanwhile.

Python's sqlite3 lets other threads run at every step of a statement, and a busy event loop is slow to give the
interpreter back. So every statement reads or writes many rows in one step. Rows are written in chunks whose sizes are
powers of two, which keeps the number of different statements so small that all of them stay prepared.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import chain, count

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

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

UNWRITABLE = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    OverflowError,  # an integer of more than 64 bits
    UnicodeError,
)
"""The errors that say that these values can't be written, now or later."""
LARGEST_CHUNK = 128
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# ?1: user ids, ?2: session ids, ?3: pairs of room and number, all as JSON.
_LOOK_UP = """SELECT
  (SELECT json_group_array(json_array(user_id, id, balance, version))
   FROM wallets WHERE user_id IN (SELECT value FROM json_each(?1))),
  (SELECT json_group_array(json_array(id, user_id))
   FROM game_sessions WHERE id IN (SELECT value FROM json_each(?2))),
  (SELECT json_group_array(json_array(r.room, r.number, r.id, r.status, r.server_seed_hash))
   FROM json_each(?3) k
   CROSS JOIN rounds r ON r.room = json_extract(k.value, '$[0]') AND r.number = json_extract(k.value, '$[1]')),
  (SELECT coalesce(max(id), 0) FROM rounds),
  (SELECT coalesce(max(id), 0) FROM bets)"""
_UPDATED_COLUMNS = ", ".join(f"{column} = ?" for column in RoundUpdate.__struct_fields__ if column != "id")
_UPDATE_ROUND = f"UPDATE rounds SET {_UPDATED_COLUMNS} WHERE id = ?"  # noqa: S608 (names of our own)


def settle(connection: sqlite3.Connection, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
    """Settle a batch in one transaction. None: something in it can't be written, and nothing was.

    The caller must keep all other writers away.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        settlements = _settle(connection, rounds)
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, UNWRITABLE):
            return None
        raise
    return settlements


def _settle(connection: sqlite3.Connection, rounds: Sequence[EndedRound]) -> list[Settlement]:
    on_record, last_round_id, last_bet_id = _look_up(connection, rounds)
    plan = SettlementPlan(
        on_record, round_ids=count(last_round_id + 1), bet_ids=count(last_bet_id + 1), to_column=time_text
    )
    plan.add(rounds)
    _insert(connection, "rounds", NewRound, plan.new_rounds)
    if plan.round_updates:
        connection.executemany(_UPDATE_ROUND, map(astuple, plan.round_updates))
    _insert(connection, "bets", NewBet, plan.new_bets)
    _insert(connection, "transactions", NewTransaction, plan.new_transactions)
    for chunk in _chunks(plan.wallet_updates()):
        connection.execute(_update_of_wallets(len(chunk)), _values(chunk))
    return plan.settlements


def _look_up(connection: sqlite3.Connection, rounds: Sequence[EndedRound]) -> tuple[OnRecord, int, int]:
    """What is on record, and the highest ids of rounds and bets."""
    bets = list(chain.from_iterable([round_.bets for round_ in rounds]))
    users = {bet.user_id for bet in bets}
    sessions = {bet.session_id for bet in bets}
    names = [(round_.room, round_.number) for round_ in rounds]
    parameters = [msgspec.json.encode(values).decode() for values in (users, sessions, names)]
    *in_json, last_round_id, last_bet_id = connection.execute(_LOOK_UP, parameters).fetchone()
    return on_record_from_json(*in_json), last_round_id, last_bet_id


@lru_cache(maxsize=1024)
def time_text(ms: int) -> str:
    """A time as the tables keep it: ``YYYY-MM-DD HH:MM:SS.ffffff``."""
    return (_EPOCH + timedelta(milliseconds=ms)).strftime("%Y-%m-%d %H:%M:%S.%f")


def _insert(connection: sqlite3.Connection, table: str, kind: type[Struct], rows: Sequence[Struct]) -> None:
    for chunk in _chunks(rows):
        connection.execute(_insertion(table, kind.__struct_fields__, len(chunk)), _values(chunk))


def _values(rows: Sequence[Struct]) -> list[object]:
    return list(chain.from_iterable(map(astuple, rows)))


def _chunks(rows: Sequence[Struct]) -> list[Sequence[Struct]]:
    chunks, start, size = [], 0, LARGEST_CHUNK
    while start < len(rows):
        if size <= len(rows) - start:
            chunks.append(rows[start : start + size])
            start += size
        else:
            size //= 2
    return chunks


@cache
def _insertion(table: str, columns: tuple[str, ...], rows: int) -> str:
    # OR FAIL: a bad row rolls the whole transaction back, so the statement need not be able to undo itself.
    values = ",".join([f"({','.join('?' * len(columns))})"] * rows)
    return f"INSERT OR FAIL INTO {table} ({','.join(columns)}) VALUES {values}"  # noqa: S608 (names of our own)


@cache
def _update_of_wallets(rows: int) -> str:
    # SQLite names the columns of VALUES column1, column2…: their order is that of WalletUpdate's fields.
    columns = {field: f"new.column{place}" for place, field in enumerate(WalletUpdate.__struct_fields__, start=1)}
    changes = ", ".join(f"{column} = {new}" for column, new in columns.items() if column != "id")
    values = ",".join([f"({','.join('?' * len(columns))})"] * rows)
    return f"UPDATE OR FAIL wallets SET {changes} FROM (VALUES {values}) new WHERE wallets.id = {columns['id']}"  # noqa: S608 (names of our own)

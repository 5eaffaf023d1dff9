"""The hot statements on SQLite: ``settle`` in a process of its own, what only reads in the connection's own thread.

Python's sqlite3 lets other threads run at every step of a statement, and a busy event loop gives the interpreter back
late. So every statement reads or writes many rows in one step. Rows are written in chunks of a power of two, which
keeps the number of different statements so small that all of them stay prepared.
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import chain, count
from typing import TypeVar

import msgspec

from storage.settlement import (
    BET,
    ENDED_ROUND,
    ROUND,
    TRANSACTION,
    Known,
    Plan,
    Row,
    SettledRound,
    Settlement,
    changed_wallets,
    from_json,
    make_plan,
)

T = TypeVar("T")

LARGEST_CHUNK = 128
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_LOOK_UP = """SELECT
  (SELECT json_group_array(json_array(user_id, id, balance, version))
   FROM wallets WHERE user_id IN (SELECT value FROM json_each(?1))),
  (SELECT json_group_array(json_array(id, user_id))
   FROM game_sessions WHERE id IN (SELECT value FROM json_each(?2))),
  (SELECT json_group_array(json_array(r.room, r.number, json_array(r.id, r.status, r.server_seed_hash)))
   FROM json_each(?3) k
   CROSS JOIN rounds r ON r.room = json_extract(k.value, '$[0]') AND r.number = json_extract(k.value, '$[1]')),
  (SELECT coalesce(max(id), 0) FROM rounds),
  (SELECT coalesce(max(id), 0) FROM bets)"""
_END_ROUND = f"UPDATE rounds SET {', '.join(f'{column} = ?' for column in ENDED_ROUND[:-1])} WHERE id = ?"  # noqa: S608
FIND_BETS = """SELECT b.user_id, b.key, r.room, r.number, b.number, b.amount, b.selection
  FROM json_each(?) k
  CROSS JOIN bets b ON b.user_id = json_extract(k.value, '$[0]') AND b.key = json_extract(k.value, '$[1]')
  CROSS JOIN rounds r ON r.id = b.round_id"""
FIRST_STAKE = """SELECT json_extract(j.value, '$[1].amount')
  FROM rounds r CROSS JOIN json_each(r.journal) j
  WHERE r.room = json_extract(?1, '$[0]') AND r.number = json_extract(?1, '$[1]')
  AND json_extract(j.value, '$[1].number') = json_extract(?1, '$[2]') AND json_extract(j.value, '$[1].do') = 'bet'"""
_PLAYERS = """SELECT u.id, u.username, u.client_seed, u.is_active, u.email_verified, coalesce(w.balance, 0),
  coalesce(w.version, 0), w.limits, u.api_token_created_at, u.api_token
  FROM users u LEFT JOIN wallets w ON w.user_id = u.id WHERE"""
PLAYERS_BY_ID = _PLAYERS + " u.id IN (SELECT value FROM json_each(?))"  # noqa: S608
PLAYERS_BY_TOKEN = _PLAYERS + " u.api_token IN (SELECT value FROM json_each(?))"  # noqa: S608


@lru_cache(maxsize=1024)
def at(ms: int) -> str:
    """A time as the tables keep it: ``YYYY-MM-DD HH:MM:SS.ffffff``."""
    return (_EPOCH + timedelta(milliseconds=ms)).strftime("%Y-%m-%d %H:%M:%S.%f")


def fetch(connection: sqlite3.Connection, query: str, parameter: str) -> list[Row]:
    return connection.execute(query, (parameter,)).fetchall()


def settle(connection: sqlite3.Connection, rounds: Sequence[SettledRound]) -> list[Settlement]:
    """One transaction for the batch; if something in it can't be written, round by round within one."""
    if len({(round_.room, round_.number) for round_ in rounds}) == len(rounds):
        try:
            return in_transaction(connection, lambda: _settle(connection, rounds))
        except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeError):
            pass
    return in_transaction(connection, lambda: [_settle_apart(connection, round_) for round_ in rounds])


def in_transaction(connection: sqlite3.Connection, fn: Callable[[], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = fn()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def _settle_apart(connection: sqlite3.Connection, round_: SettledRound) -> Settlement:
    connection.execute("SAVEPOINT apart")
    try:
        (settlement,) = _settle(connection, [round_])
    except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeError) as error:
        connection.execute("ROLLBACK TO apart")
        settlement = Settlement(round_.room, round_.number, "failed", str(error))
    connection.execute("RELEASE apart")
    return settlement


def _settle(connection: sqlite3.Connection, rounds: Sequence[SettledRound]) -> list[Settlement]:
    known = _look_up(connection, rounds)
    plan = make_plan(rounds, known)
    _write(connection, plan, changed_wallets(known))
    return plan.settlements


def _look_up(connection: sqlite3.Connection, rounds: Sequence[SettledRound]) -> Known:
    bets = list(chain.from_iterable([round_.bets for round_ in rounds]))
    users = {bet.user_id for bet in bets}
    sessions = {bet.session_id for bet in bets}
    keys = [(round_.room, round_.number) for round_ in rounds]
    parameters = [msgspec.json.encode(values).decode() for values in (users, sessions, keys)]
    *in_json, last_round, last_bet = connection.execute(_LOOK_UP, parameters).fetchone()
    return Known(*from_json(in_json), count(last_round + 1), count(last_bet + 1), at)


def _write(connection: sqlite3.Connection, plan: Plan, wallets: list[Row]) -> None:
    _insert(connection, "rounds", ROUND, plan.new_rounds)
    if plan.ended_rounds:
        connection.executemany(_END_ROUND, plan.ended_rounds)
    _insert(connection, "bets", BET, plan.bets)
    _insert(connection, "transactions", TRANSACTION, plan.transactions)
    for chunk in _chunks(wallets):
        connection.execute(_move_wallets(len(chunk)), list(chain.from_iterable(chunk)))


def _insert(connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    for chunk in _chunks(rows):
        connection.execute(_insertion(table, columns, len(chunk)), list(chain.from_iterable(chunk)))


def _chunks(rows: list[Row]) -> list[list[Row]]:
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
    # OR FAIL: on a bad row the whole transaction is rolled back, so the statement need not be able to undo itself.
    values = ",".join([f"({','.join('?' * len(columns))})"] * rows)
    return f"INSERT OR FAIL INTO {table} ({','.join(columns)}) VALUES {values}"  # noqa: S608 (names of our own)


@cache
def _move_wallets(rows: int) -> str:
    values = ",".join(["(?,?,?,?)"] * rows)
    moved = "balance = new.column2, version = new.column3, last_updated = new.column4"
    return f"UPDATE OR FAIL wallets SET {moved} FROM (VALUES {values}) new WHERE wallets.id = new.column1"  # noqa: S608

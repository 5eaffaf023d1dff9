"""The hot statements on PostgreSQL, on the driver's own connection; arrays carry a batch's rows in one statement."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import chain, count
from typing import Any

import asyncpg

from storage.last_known import LastKnown
from storage.settlement import (
    BET,
    ENDED_ROUND,
    ROUND,
    TRANSACTION,
    Key,
    Known,
    KnownRound,
    Plan,
    Row,
    SettledRound,
    Settlement,
    WalletState,
    changed_wallets,
    from_json,
    make_plan,
)

# Locks come first: users before wallets, as a deletion takes them, then rounds, each in ascending id, so that nobody
# waits in a circle; and before any id is drawn, so that a wallet's transactions, and its player's bets, are numbered in
# the order in which it moved.
_LOCKED_USERS = "SELECT id FROM users WHERE id = ANY({}::bigint[]) ORDER BY id FOR KEY SHARE"
_LOCK_WALLETS = f"""WITH here AS MATERIALIZED ({_LOCKED_USERS.format("$1")})
  SELECT FROM wallets WHERE user_id = ANY(ARRAY(SELECT id FROM here)) ORDER BY id FOR NO KEY UPDATE"""  # noqa: S608 (names of our own)
# Else a round that a next owner of its room makes void meanwhile would be settled over it.
_LOCK_ROUNDS = """SELECT FROM unnest($1::text[], $2::bigint[]) k(room, number)
  JOIN rounds r ON r.room = k.room AND r.number = k.number ORDER BY r.id FOR UPDATE OF r"""
_LOOK_UP = """SELECT
  (SELECT coalesce(json_agg(json_build_array(user_id, id, balance, version)), '[]')::text
   FROM wallets WHERE user_id = ANY($1::bigint[])),
  (SELECT coalesce(json_agg(json_build_array(id, user_id)), '[]')::text
   FROM game_sessions WHERE id = ANY($2::bigint[])),
  (SELECT coalesce(json_agg(json_build_array(r.room, r.number, json_build_array(r.id, r.status, r.server_seed_hash))),
     '[]')::text
   FROM unnest($3::text[], $4::bigint[]) k(room, number)
   JOIN rounds r ON r.room = k.room AND r.number = k.number)"""

_TEXTS = {
    "room", "server_seed_hash", "server_seed", "client_seed", "status", "options", "journal", "outcome", "result",
    "selection", "key", "type", "category", "description",
}  # fmt: skip
_WALLET = "id", "balance", "version", "last_updated"
_TABLES = ROUND, ENDED_ROUND, BET, TRANSACTION, _WALLET
_AT = "'epoch'::timestamptz + {} * interval '1 millisecond'"


def _rows(first: int, names: Sequence[str], more: str = "") -> str:
    """Rows from columns: the parameters from ``first`` on. Numbers come as the text of an array, since asyncpg asks of
    every element of a list whether it is a list itself."""
    kinds = ["text[]" if name in _TEXTS else "text::bigint[]" for name in names]
    return f"unnest({', '.join(f'${n}::{kind}' for n, kind in enumerate(kinds, first))}){more} new"


# Divides by zero when a wallet or an open round is not as it was known. In the plan, rounds and bets that are new have
# the ids -1, -2, and so on: their places among the ids that are drawn here.
_WRITE = f"""WITH
  here AS MATERIALIZED ({_LOCKED_USERS.format("$46")}),
  purses AS MATERIALIZED (
    SELECT id, balance, version FROM wallets WHERE user_id = ANY(ARRAY(SELECT id FROM here))
    ORDER BY id FOR NO KEY UPDATE),
  running AS MATERIALIZED (
    SELECT id FROM rounds WHERE id = ANY($22::text::bigint[]) AND status = 'open' ORDER BY id FOR UPDATE),
  unmoved AS MATERIALIZED (
    SELECT 1 / (CASE
      WHEN (SELECT count(*) FROM purses
        JOIN unnest($42::text::bigint[], $47::text::bigint[], $48::text::bigint[]) w(id, balance, version)
        USING (id, balance, version)) < cardinality($42::text::bigint[]) THEN 0
      WHEN (SELECT count(*) FROM running) < cardinality($22::text::bigint[]) THEN 0
      ELSE 1 END) AS sure),
  drawn AS MATERIALIZED (
    SELECT ARRAY(SELECT nextval('rounds_id_seq') FROM generate_series(1, cardinality($1::text::bigint[]))) AS rounds,
      ARRAY(SELECT nextval('bets_id_seq') FROM generate_series(1, cardinality($23::text::bigint[]))) AS bets
    FROM unmoved WHERE sure = 1),
  new_rounds AS (
    INSERT INTO rounds ({", ".join(ROUND)})
    SELECT drawn.rounds[-id], game_id, room, number, server_seed_hash, server_seed, client_seed, nonce, status,
      options::json, journal::json, outcome::json, {_AT.format("started_at")}, {_AT.format("ended_at")}
    FROM drawn, {_rows(1, ROUND)}({", ".join(ROUND)})),
  ended_rounds AS (
    UPDATE rounds r SET server_seed = new.server_seed, client_seed = new.client_seed, status = new.status,
      journal = new.journal::json, outcome = new.outcome::json, started_at = {_AT.format("new.started_at")},
      ended_at = {_AT.format("new.ended_at")}
    FROM unmoved, {_rows(15, ENDED_ROUND)}({", ".join(ENDED_ROUND)})
    WHERE sure = 1 AND r.id = new.id),
  new_bets AS (
    INSERT INTO bets ({", ".join(BET)})
    SELECT drawn.bets[-id], session_id, amount, result, {_AT.format("created_at")}, user_id,
      CASE WHEN round_id < 0 THEN drawn.rounds[-round_id] ELSE round_id END, number, selection::json, payout, key
    FROM drawn, {_rows(23, BET)}({", ".join(BET)})),
  new_transactions AS (
    INSERT INTO transactions ({", ".join(TRANSACTION)})
    SELECT wallet_id, amount, type, category, description, {_AT.format("created_at")}, balance_after,
      drawn.bets[-bet_id]
    FROM drawn, {_rows(34, TRANSACTION, " WITH ORDINALITY")}({", ".join(TRANSACTION)}, place)
    ORDER BY place)
UPDATE wallets w SET balance = new.balance, version = new.version, last_updated = {_AT.format("new.last_updated")}
  FROM unmoved, {_rows(42, _WALLET)}({", ".join(_WALLET)})
  WHERE sure = 1 AND w.id = new.id"""  # noqa: S608 (all of it is ours)
FIND_BETS = """SELECT b.user_id, b.key, r.room, r.number, b.number, b.amount, b.selection::text
  FROM unnest($1::bigint[], $2::text[]) k(user_id, key)
  JOIN bets b ON b.user_id = k.user_id AND b.key = k.key JOIN rounds r ON r.id = b.round_id"""
FIRST_STAKE = """SELECT (j.value -> 1 ->> 'amount')::bigint
  FROM rounds r CROSS JOIN json_array_elements(r.journal) j
  WHERE r.room = $1 AND r.number = $2 AND j.value -> 1 ->> 'do' = 'bet' AND (j.value -> 1 ->> 'number')::int = $3"""
_PLAYERS = """SELECT u.id, u.username, u.client_seed, u.is_active, u.email_verified, coalesce(w.balance, 0),
  coalesce(w.version, 0), w.limits::text, u.api_token_created_at, u.api_token
  FROM users u LEFT JOIN wallets w ON w.user_id = u.id WHERE"""
PLAYERS_BY_ID = _PLAYERS + " u.id = ANY($1::bigint[])"
PLAYERS_BY_TOKEN = _PLAYERS + " u.api_token = ANY($1::text[])"

_NOT_WRITABLE = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, OverflowError, UnicodeError)


def _same(ms: int) -> int:
    return ms


async def settle(connection: Any, rounds: Sequence[SettledRound], last_known: LastKnown) -> list[Settlement]:
    """One transaction for the batch; if something in it can't be written, round by round within one."""
    if len({(round_.room, round_.number) for round_ in rounds}) == len(rounds):
        try:
            if settlements := await _settle_at_once(connection, rounds, last_known):
                return settlements
            return await _settle_behind_locks(connection, rounds)
        except _NOT_WRITABLE:
            pass
    async with connection.transaction():
        await _lock(connection, rounds)
        return [await _settle_apart(connection, round_) for round_ in rounds]


async def _settle_at_once(
    connection: Any, rounds: Sequence[SettledRound], last_known: LastKnown
) -> list[Settlement] | None:
    """In one statement, which is the transaction, after a look-up if what was known last won't do. None: nothing was
    written, since something has moved in between, or may have, so that a round seems to be one that can't be settled.
    """
    if (found := last_known.of(rounds)) is not None:
        with suppress(*_NOT_WRITABLE):
            if settlements := await _settle_as_known(connection, rounds, _known(*found, {}), last_known):
                return settlements
    return await _settle_as_known(connection, rounds, await _look_up(connection, rounds), last_known)


async def _settle_as_known(
    connection: Any, rounds: Sequence[SettledRound], known: Known, last_known: LastKnown
) -> list[Settlement] | None:
    plan, rows = _plan(rounds, known)
    if any(settlement.status == "failed" for settlement in plan.settlements):
        return None
    try:
        await _write(connection, plan, rows)
    except asyncpg.DivisionByZeroError:
        return None
    last_known.keep(known)
    return plan.settlements


async def _settle_behind_locks(connection: Any, rounds: Sequence[SettledRound]) -> list[Settlement]:
    async with connection.transaction():
        await _lock(connection, rounds)
        return await _settle(connection, rounds)


async def _lock(connection: Any, rounds: Sequence[SettledRound]) -> None:
    await connection.execute(_LOCK_WALLETS, _users(rounds))
    await connection.execute(_LOCK_ROUNDS, *_places(rounds))


async def _settle_apart(connection: Any, round_: SettledRound) -> Settlement:
    try:
        async with connection.transaction():
            (settlement,) = await _settle(connection, [round_])
    except _NOT_WRITABLE as error:
        return Settlement(round_.room, round_.number, "failed", str(error).splitlines()[0])
    return settlement


async def _settle(connection: Any, rounds: Sequence[SettledRound]) -> list[Settlement]:
    plan, rows = _plan(rounds, await _look_up(connection, rounds))
    await _write(connection, plan, rows)
    return plan.settlements


def _plan(rounds: Sequence[SettledRound], known: Known) -> tuple[Plan, list[Sequence[Any]]]:
    """The plan, and the parameters of what writes it."""
    before = {wallet.id: (wallet.balance, wallet.version) for wallet in known.wallets.values()}
    plan = make_plan(rounds, known)
    wallets = changed_wallets(known)
    tables = plan.new_rounds, plan.ended_rounds, plan.bets, plan.transactions, wallets
    columns = chain.from_iterable(map(_columns, _TABLES, tables))
    were = [before[wallet_id] for wallet_id, *_ in wallets]
    return plan, [*columns, _users(rounds), *_columns(("balance", "version"), were)]


def _columns(names: Sequence[str], rows: Sequence[Row]) -> list[Any]:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return [column if name in _TEXTS else _numbers(column) for name, column in zip(names, columns, strict=True)]


def _numbers(column: Sequence[int | None]) -> str:
    return "{" + ",".join(["NULL" if number is None else str(number) for number in column]) + "}"


async def _write(connection: Any, plan: Plan, rows: list[Sequence[Any]]) -> None:
    if plan.new_rounds or plan.ended_rounds:
        await connection.execute(_WRITE, *rows)


def _users(rounds: Sequence[SettledRound]) -> list[int]:
    return list({bet.user_id for round_ in rounds for bet in round_.bets})


def _places(rounds: Sequence[SettledRound]) -> tuple[list[str], list[int]]:
    return [round_.room for round_ in rounds], [round_.number for round_ in rounds]


async def _look_up(connection: Any, rounds: Sequence[SettledRound]) -> Known:
    bets = [bet for round_ in rounds for bet in round_.bets]
    sessions = list({bet.session_id for bet in bets})
    found = await connection.fetchrow(_LOOK_UP, _users(rounds), sessions, *_places(rounds))
    return _known(*from_json(found))


def _known(wallets: dict[int, WalletState], sessions: dict[int, int], rounds: dict[Key, KnownRound]) -> Known:
    return Known(wallets, sessions, rounds, round_ids=count(-1, -1), bet_ids=count(-1, -1), at=_same)

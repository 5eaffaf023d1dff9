"""The statements of SQLite: how batches are cut up, and what happens to a transaction that fails."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event

from storage import history, sqlite
from storage.database import Database
from storage.ledger import settle
from storage.migrate import upgrade
from tests.storage.world import World


async def test_a_players_bets_are_read_along_the_ledger(sqlite_url: str) -> None:
    """Newest first, without sorting and without a look at anybody else's."""
    await upgrade(sqlite_url)
    db = await Database.open(sqlite_url)
    statements: list[str] = []
    event.listen(db._reader.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    await history.bets(db, 1, history.Window(25, before=1000))
    plan = await db.in_reader(
        lambda c: c.execute(f"EXPLAIN QUERY PLAN {statements[-1]}", (1, "debit", 1000, 25, 0)).fetchall()
    )
    await db.close()
    steps = "\n".join(row[3] for row in plan)
    assert "USING INDEX ix_transactions_wallet_id_id (wallet_id=? AND id<?)" in steps
    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps


@pytest.mark.parametrize(
    ("rows", "chunks"), [(0, []), (1, [1]), (7, [4, 2, 1]), (128, [128]), (300, [128, 128, 32, 8, 4])]
)
def test_chunks_are_powers_of_two(rows: int, chunks: list[int]) -> None:
    cut = sqlite._chunks([(n,) for n in range(rows)])
    assert [len(chunk) for chunk in cut] == chunks
    assert [row for chunk in cut for row in chunk] == [(n,) for n in range(rows)]


def test_times_are_kept_to_the_millisecond() -> None:
    assert sqlite.at(1_764_000_000_123) == "2025-11-24 16:00:00.123000"
    assert sqlite.at(0) == "1970-01-01 00:00:00.000000"


def test_a_transaction_that_fails_leaves_nothing_open(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    connection.execute("CREATE TABLE t (n INTEGER CHECK (n > 0))")

    def half() -> None:
        connection.execute("INSERT INTO t VALUES (1)")
        connection.execute("INSERT INTO t VALUES (0)")

    with pytest.raises(sqlite3.IntegrityError):
        sqlite.in_transaction(connection, half)
    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    connection.close()


async def test_a_batch_takes_few_steps_however_large(sqlite_url: str) -> None:
    await upgrade(sqlite_url)
    db = await Database.open(sqlite_url)
    statements: list[str] = []
    connection = sqlite3.connect(str(db.url.database), isolation_level=None)
    try:
        world = World(db)
        players = await world.players(64)
        rounds = [world.round(f"dice-{user}", [world.bet(user, 1, 10, 20, "k")]) for user in players]
        connection.set_trace_callback(statements.append)
        assert {s.status for s in sqlite.settle(connection, rounds)} == {"settled"}
    finally:
        connection.close()
        await db.close()
    assert [statement.split(maxsplit=1)[0] for statement in statements] == [
        "BEGIN", "SELECT", "INSERT", "INSERT", "INSERT", "UPDATE", "COMMIT"
    ]  # fmt: skip


async def test_two_databases_in_one_process_share_one_file(sqlite_url: str) -> None:
    await upgrade(sqlite_url)
    first, second = await Database.open(sqlite_url), await Database.open(sqlite_url, writer=False)
    try:
        world = World(first)
        ann = await world.player()
        rounds = [world.round(f"dice-{n}", [world.bet(ann, 1, 1, 2, f"k{n}")]) for n in range(40)]
        await asyncio.gather(*(settle((first, second)[n % 2], [round_]) for n, round_ in enumerate(rounds)))
        assert await world.balances() == {ann: (1_040, 41)}
    finally:
        await first.close()
        await second.close()

"""The fast settlement on SQLite: few statements for a batch of any size, and no open transaction after a failure."""

import sqlite3

import pytest

from storage import settle_sqlite
from storage.database import open_store
from storage.settlement import WalletUpdate
from tests.storage.world import World


@pytest.mark.parametrize(
    ("rows", "chunks"), [(0, []), (1, [1]), (7, [4, 2, 1]), (128, [128]), (300, [128, 128, 32, 8, 4])]
)
def test_chunks_are_powers_of_two(rows: int, chunks: list[int]) -> None:
    updates = [WalletUpdate(id=n, balance=0, version=1, last_updated="") for n in range(rows)]
    cut = settle_sqlite._chunks(updates)
    assert [len(chunk) for chunk in cut] == chunks
    assert [row for chunk in cut for row in chunk] == updates


def test_times_are_kept_to_the_millisecond() -> None:
    assert settle_sqlite.time_text(1_764_000_000_123) == "2025-11-24 16:00:00.123000"
    assert settle_sqlite.time_text(0) == "1970-01-01 00:00:00.000000"


async def test_a_large_batch_takes_few_statements(migrated_sqlite_url: str) -> None:
    store = await open_store(migrated_sqlite_url)
    statements: list[str] = []
    connection = sqlite3.connect(str(store.url.database), isolation_level=None)
    try:
        world = World(store)
        players = await world.players(64)
        rounds = [world.round(f"dice-{user}", [world.bet(user, 1, 10, 20, "k")]) for user in players]
        connection.set_trace_callback(statements.append)
        settlements = settle_sqlite.settle(connection, rounds)
        assert settlements is not None
        assert {settlement.status for settlement in settlements} == {"settled"}
    finally:
        connection.close()
        await store.close()
    assert [statement.split(maxsplit=1)[0] for statement in statements] == [
        "BEGIN",
        "SELECT",
        "INSERT",
        "INSERT",
        "INSERT",
        "UPDATE",
        "COMMIT",
    ]


async def test_a_batch_that_cannot_be_written_leaves_nothing(migrated_sqlite_url: str) -> None:
    store = await open_store(migrated_sqlite_url)
    connection = sqlite3.connect(str(store.url.database), isolation_level=None)
    try:
        world = World(store)
        ann = await world.player()
        same_key = [world.bet(ann, 1, 10, 0, "k"), world.bet(ann, 2, 10, 0, "k")]
        assert settle_sqlite.settle(connection, [world.round("dice-1"), world.round("dice-2", same_key)]) is None
        assert not connection.in_transaction
        assert connection.execute("SELECT count(*) FROM rounds").fetchone() == (0,)
    finally:
        connection.close()
        await store.close()


async def test_an_error_of_another_kind_is_raised_and_leaves_nothing_open(migrated_sqlite_url: str) -> None:
    store = await open_store(migrated_sqlite_url)
    connection = sqlite3.connect(str(store.url.database), isolation_level=None)
    try:
        world = World(store)
        ann = await world.player()
        connection.execute("ALTER TABLE bets RENAME TO hidden")
        with pytest.raises(sqlite3.OperationalError, match="no such table: bets"):
            settle_sqlite.settle(connection, [world.round("dice-1", [world.bet(ann, 1, 10, 0, "k")])])
        assert not connection.in_transaction
    finally:
        connection.close()
        await store.close()

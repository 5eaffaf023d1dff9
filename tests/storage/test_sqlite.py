"""The store on SQLite: how it opens its file, its lock between processes, and how it reads."""

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from storage import history
from storage.database import normalise, open_store
from storage.errors import DatabaseUnavailableError
from storage.ledger import credit, settle
from storage.sqlite import SqliteStore
from storage.store import Store
from tests.storage.world import World
from tests.waiting import eventually

SAFE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
OTHER = "wal_autocheckpoint", "query_only", "busy_timeout"


async def test_sqlite_is_opened_safely(sqlite_url: str) -> None:
    for is_server, checkpoint in ((True, 16_000), (False, 0)):
        store = await SqliteStore.open(normalise(sqlite_url), is_server=is_server)
        reads = {"foreign_keys": 1, "wal_autocheckpoint": 0, "query_only": 1, "busy_timeout": 10_000}
        try:
            async with store.write() as session:
                found = {name: await session.scalar(text(f"PRAGMA {name}")) for name in (*SAFE, *OTHER)}
            assert found == SAFE | {"wal_autocheckpoint": checkpoint, "query_only": 0, "busy_timeout": 10_000}
            async with store.read() as session:
                assert {name: await session.scalar(text(f"PRAGMA {name}")) for name in reads} == reads
            assert {name: (await store._fetch(f"PRAGMA {name}"))[0][0] for name in reads} == reads
        finally:
            await store.close()


async def test_no_thread_of_a_cancelled_call_outlives_its_store(sqlite_url: str) -> None:
    """A ping that is cancelled while it connects: its thread is still connecting when the store is closed."""
    is_connecting = threading.Event()

    def connect(*args: Any, **kw: Any) -> sqlite3.Connection:
        is_connecting.set()
        time.sleep(0.1)
        connection: sqlite3.Connection = sqlite3.connect(*args, **kw)
        return connection

    before = set(threading.enumerate())
    store = await SqliteStore.open(normalise(sqlite_url), connect=connect)
    async with store.read() as session:  # takes the idle connection, so that the ping needs another one
        await session.execute(text("SELECT 1"))
        is_connecting.clear()
        ping = asyncio.create_task(store.ping())
        await eventually(is_connecting.is_set)
        ping.cancel()
        await asyncio.gather(ping, return_exceptions=True)
    await store.close()
    assert set(threading.enumerate()) <= before


async def test_only_the_owner_can_read_the_files(sqlite_url: str) -> None:
    db = await open_store(sqlite_url)
    await db.close()
    assert {path.stat().st_mode & 0o777 for path in Path(str(db.url.database)).parent.iterdir()} == {0o600}


async def test_a_read_session_cannot_write(migrated_sqlite_url: str) -> None:
    db = await open_store(migrated_sqlite_url)
    try:
        with pytest.raises(DatabaseUnavailableError, match="readonly"):
            await scribble(db)
    finally:
        await db.close()


async def scribble(db: Store) -> None:
    async with db.read() as session:
        await session.execute(text("DELETE FROM users"))


async def test_another_process_that_keeps_the_lock_makes_it_unavailable(sqlite_url: str) -> None:
    url = normalise(sqlite_url)
    first, second = await SqliteStore.open(url), await SqliteStore.open(url, is_server=False, busy_s=0.5)
    try:
        async with first.write():
            with pytest.raises(DatabaseUnavailableError, match="another process"):
                await credit(second, 1, 1, "top-up", "")
    finally:
        await first.close()
        await second.close()


async def test_a_write_that_hangs_in_this_process_makes_it_unavailable_for_others(sqlite_url: str) -> None:
    store = await SqliteStore.open(normalise(sqlite_url), busy_s=0.5)
    try:
        async with store.write():
            with pytest.raises(DatabaseUnavailableError, match="another write of this process"):
                await credit(store, 1, 1, "top-up", "")
        async with store.write() as session:
            await session.execute(text("SELECT 1"))
    finally:
        await store.close()


async def test_a_players_bets_are_found_through_the_transactions(migrated_sqlite_url: str) -> None:
    """Newest first, without sorting and without reading other players' rows."""
    store = await SqliteStore.open(normalise(migrated_sqlite_url))
    statements: list[str] = []
    event.listen(store._readers.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    await history.bets(store, 1, history.Window(25, before=1000))
    plan = await store._fetch(f"EXPLAIN QUERY PLAN {statements[-1]}", 1, "debit", 1000, 25, 0)
    await store.close()
    steps = "\n".join(row[3] for row in plan)
    assert "USING INDEX ix_transactions_wallet_id_id (wallet_id=? AND id<?)" in steps
    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps


async def test_two_stores_in_one_process_share_one_file(migrated_sqlite_url: str) -> None:
    first, second = await open_store(migrated_sqlite_url), await open_store(migrated_sqlite_url, is_server=False)
    try:
        world = World(first)
        ann = await world.player()
        rounds = [world.round(f"dice-{n}", [world.bet(ann, 1, 1, 2, f"k{n}")]) for n in range(40)]
        await asyncio.gather(*(settle((first, second)[n % 2], [round_]) for n, round_ in enumerate(rounds)))
        assert await world.balances() == {ann: (1_040, 41)}
    finally:
        await first.close()
        await second.close()


async def test_a_closed_store_is_unavailable(migrated_sqlite_url: str) -> None:
    store = await open_store(migrated_sqlite_url)
    world = World(store)
    ann = await world.player()
    await store.close()
    with pytest.raises(DatabaseUnavailableError, match="the store is closed"):
        await settle(store, [world.round("dice-1", [world.bet(ann, 1, 10, 0, "k")])])

"""The store on SQLite: how it opens its file, its lock between processes, and how it reads."""

import asyncio
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from storage import history
from storage.database import normalise, open_store
from storage.errors import DatabaseUnavailableError
from storage.ledger import credit, settle
from storage.sqlite import JOIN_SECONDS, MAX_READ_THREADS, READERS, SqliteStore
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


class Disk:
    """A disk that does not answer until it is ``up``: statements with ``disk()`` wait for it."""

    def __init__(self) -> None:
        self.up = threading.Event()
        self.reads = 0

    def connect(self, *args: Any, **kw: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(*args, **kw)
        connection.create_function("disk", 0, self._read)
        return connection

    def _read(self) -> None:
        self.reads += 1
        self.up.wait(120)


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk()
    yield disk
    disk.up.set()


READ_S = 2.0
"""Short for a read that hangs, long enough for those that a busy machine answers."""


async def select(store: SqliteStore, query: str) -> list[Any]:
    async with store.read() as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def test_a_read_that_hangs_makes_the_database_unavailable(sqlite_url: str, disk: Disk) -> None:
    """In a session and in a fast look-up. Writes go on, and reads too when the disk answers."""
    store = await SqliteStore.open(normalise(sqlite_url), read_s=READ_S, connect=disk.connect)
    try:
        hanging = [asyncio.create_task(select(store, "SELECT disk()")) for _ in range(READERS)]
        hanging += [asyncio.create_task(store._fetch("SELECT disk()")) for _ in range(2)]
        await asyncio.wait(hanging)
        for read in hanging:
            with pytest.raises(DatabaseUnavailableError, match="SQLite has not answered within 2 s"):
                await read
        async with store.write() as session:
            await session.execute(text("CREATE TABLE t (n INTEGER)"))
        disk.up.set()
        assert await store._fetch("SELECT 1")
        # The transactions of the reads that hung have ended, so their connections see what was written meanwhile.
        for _ in range(READERS):
            assert await select(store, "SELECT count(*) FROM t") == [(0,)]
        # The second look-up waited for the thread until it was given up, and so was not executed at all.
        assert disk.reads == READERS + 1
    finally:
        disk.up.set()
        await store.close()


async def test_sqlite_stops_to_work_on_a_read_that_takes_too_long(sqlite_url: str) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    store = await SqliteStore.open(normalise(sqlite_url), read_s=READ_S)
    try:
        for read in (select(store, endless), store._fetch(endless)):
            with pytest.raises(DatabaseUnavailableError, match="SQLite has not answered within 2 s"):
                await read
        assert await select(store, "SELECT 1") == [(1,)]
        assert await store._fetch("SELECT 1")
        # The same for a caller who gives up earlier.
        cancelled = asyncio.create_task(store._fetch(endless))
        await asyncio.wait([cancelled], timeout=0.1)
        cancelled.cancel()
        assert await store._fetch("SELECT 1")
    finally:
        await store.close()


async def test_reads_that_are_given_up_do_not_pile_up_threads(sqlite_url: str, disk: Disk) -> None:
    """Such as those of a monitor that asks every few seconds whether the database answers, and gives up soon."""
    store = await SqliteStore.open(normalise(sqlite_url), connect=disk.connect)
    try:
        refused = ""
        while not refused:
            asked = disk.reads
            read = asyncio.create_task(select(store, "SELECT disk()"))
            await eventually(lambda asked=asked, read=read: disk.reads > asked or read.done())  # type: ignore[misc]
            read.cancel()
            try:
                await read
            except asyncio.CancelledError:
                assert disk.reads <= MAX_READ_THREADS
            except DatabaseUnavailableError as error:
                refused = str(error)
        assert refused == "SQLite does not answer: 32 threads wait for it"
        disk.up.set()
        await eventually(lambda: sum(map(threading.Thread.is_alive, store._reader_threads)) < MAX_READ_THREADS)
        assert await select(store, "SELECT 1") == [(1,)]
    finally:
        disk.up.set()
        await store.close()


async def test_an_audit_may_take_longer_than_other_reads(sqlite_url: str, disk: Disk) -> None:
    store = await SqliteStore.open(normalise(sqlite_url), read_s=READ_S, connect=disk.connect)
    try:
        audit = asyncio.create_task(store.scan(["SELECT disk(), 1", "SELECT 2"]))
        with pytest.raises(DatabaseUnavailableError):
            await select(store, "SELECT disk()")
        assert not audit.done()
        disk.up.set()
        assert [[row[-1] for row in rows] for rows in await audit] == [[1], [2]]
    finally:
        disk.up.set()
        await store.close()


async def test_a_store_closes_although_its_reads_hang(sqlite_url: str, disk: Disk) -> None:
    """Their threads end when the disk answers."""
    before = set(threading.enumerate())
    store = await SqliteStore.open(normalise(sqlite_url), connect=disk.connect)
    reads = [asyncio.create_task(read) for read in (select(store, "SELECT disk()"), store._fetch("SELECT disk()"))]
    await eventually(lambda: disk.reads == 2)
    for read in reads:
        read.cancel()
    started = time.monotonic()
    await store.close()
    assert time.monotonic() - started < 4 * JOIN_SECONDS  # those of its steps, and as much for a busy machine
    disk.up.set()
    await eventually(lambda: set(threading.enumerate()) <= before)
    assert all(read.cancelled() for read in reads)


async def test_a_process_ends_although_a_read_hangs(sqlite_url: str) -> None:
    program = f"""
import asyncio, sqlite3, threading
from storage.database import normalise
from storage.sqlite import SqliteStore

def connect(*args, **kw):
    connection = sqlite3.connect(*args, **kw)
    connection.create_function("disk", 0, lambda: threading.Event().wait())
    return connection

async def main():
    store = await SqliteStore.open(normalise({sqlite_url!r}), connect=connect)
    read = asyncio.create_task(store._fetch("SELECT disk()"))
    await asyncio.wait([read], timeout=0.1)
    read.cancel()
    await store.close()

asyncio.run(main())
print("closed")
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(120):
        out, _ = await process.communicate()
    assert (process.returncode, out) == (0, b"closed\n")


async def test_a_store_does_not_open_while_another_process_keeps_the_lock(sqlite_url: str) -> None:
    url = normalise(sqlite_url)
    first = await SqliteStore.open(url)
    try:
        async with first.write():
            with pytest.raises(DatabaseUnavailableError, match="another process keeps the database locked"):
                await SqliteStore.open(url, busy_s=0.05)
        second = await SqliteStore.open(url, busy_s=0.05)
        await second.close()
    finally:
        await first.close()


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

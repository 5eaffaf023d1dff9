"""Connections and transactions: modes, locks between processes, a database that goes away, calls that are cancelled."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import play
from storage.audit import audit
from storage.database import BUSY_SECONDS, Database, DatabaseUnavailableError, normalise, sqlstate
from storage.ledger import credit, settle
from storage.migrate import upgrade
from storage.models import User, Wallet
from tests.storage.world import World

SAFE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
OTHER = "wal_autocheckpoint", "query_only", "busy_timeout"


def url_of(db: Database) -> str:
    return db.url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("sqlite:///var/x.db", "sqlite+aiosqlite:///var/x.db"),
        ("sqlite+pysqlite:////tmp/x.db", "sqlite+aiosqlite:////tmp/x.db"),
        ("postgresql://a:b@h/d", "postgresql+asyncpg://a:b@h/d"),
        ("postgresql+psycopg://h/d?host=/s", "postgresql+asyncpg://h/d?host=%2Fs"),
    ],
)
def test_urls(url: str, normal: str) -> None:
    assert normalise(url).render_as_string(hide_password=False) == normal


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d"])
def test_urls_of_other_kinds(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite|supported"):
        normalise(url)


async def test_sqlite_is_opened_safely(sqlite_url: str) -> None:
    def pragmas(connection: sqlite3.Connection, *names: str) -> dict[str, Any]:
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    for writer, checkpoint in ((True, 16_000), (False, 0)):
        db = await Database.open(sqlite_url, writer=writer)
        try:
            async with db.write() as session:
                found = {name: await session.scalar(text(f"PRAGMA {name}")) for name in (*SAFE, *OTHER)}
            assert found == SAFE | {"wal_autocheckpoint": checkpoint, "query_only": 0, "busy_timeout": 10_000}
            found = await db.in_reader(pragmas, "foreign_keys", *OTHER)
            assert found == {"foreign_keys": 1, "wal_autocheckpoint": 0, "query_only": 1, "busy_timeout": 10_000}
        finally:
            await db.close()


async def test_what_lies_in_the_file_is_its_owners(sqlite_url: str) -> None:
    db = await Database.open(sqlite_url)
    await db.close()
    assert {path.stat().st_mode & 0o777 for path in Path(str(db.url.database)).parent.iterdir()} == {0o600}


async def test_an_exception_rolls_back(world: World) -> None:
    ann = await world.player()
    for broken in (IntegrityError("", None, ValueError()), asyncio.CancelledError(), ZeroDivisionError()):
        with pytest.raises(type(broken)):
            await write_and_raise(world.db, broken)
    assert await world.balances() == {ann: (1_000, 1)}


async def write_and_raise(db: Database, error: BaseException) -> None:
    async with db.write() as session:
        await session.execute(update(Wallet).values(balance=0))
        raise error


async def test_readers_see_only_what_was_committed(world: World) -> None:
    await world.player()
    balance = select(Wallet.balance)
    async with world.db.write() as writing:
        await writing.execute(update(Wallet).values(balance=5))
        async with world.db.read() as reading:
            assert await reading.scalar(balance) == 1_000
    async with world.db.read() as reading:
        assert await reading.scalar(balance) == 5


async def test_a_read_session_can_not_write_on_sqlite(sqlite_url: str) -> None:
    await upgrade(sqlite_url)
    db = await Database.open(sqlite_url)
    try:
        with pytest.raises(DatabaseUnavailableError, match="readonly"):
            await scribble(db)
    finally:
        await db.close()


async def scribble(db: Database) -> None:
    async with db.read() as session:
        await session.execute(text("DELETE FROM users"))


async def test_read_then_write_loses_nothing(world: World) -> None:
    """What goes wrong with a driver's own transactions: each of many reads the balance before anybody has written."""
    ann = await world.player()

    async def take(session: AsyncSession) -> None:
        mine = select(Wallet.balance).where(Wallet.user_id == ann).with_for_update()
        balance = await session.scalar(mine) or 0
        await asyncio.sleep(0)
        await session.execute(update(Wallet).where(Wallet.user_id == ann).values(balance=balance - 10))

    await asyncio.gather(*(world.db.transact(take) for _ in range(40)))
    assert (await world.balances())[ann][0] == 600


async def test_transact_runs_again_when_postgresql_asks_for_it(postgres_url: str) -> None:
    await upgrade(postgres_url)
    db = await Database.open(postgres_url)
    world, tries = World(db), 0
    try:
        ann = await world.player()

        async def add_one(session: AsyncSession) -> None:
            nonlocal tries
            tries += 1
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
            balance = await session.scalar(select(Wallet.balance).where(Wallet.user_id == ann)) or 0
            await session.execute(update(Wallet).where(Wallet.user_id == ann).values(balance=balance + 1))

        await asyncio.gather(*(db.transact(add_one) for _ in range(4)))
        assert (await world.balances())[ann][0] == 1_004
        assert tries > 4
    finally:
        await db.close()


async def test_transact_gives_up_in_the_end(database: Database) -> None:
    tries = 0

    async def never(_session: AsyncSession) -> None:
        nonlocal tries
        tries += 1
        raise OperationalError("", None, asyncpg.DeadlockDetectedError())

    with pytest.raises(DatabaseUnavailableError, match="deadlock"):
        await database.transact(never)
    assert tries == 8


def test_sqlstate_is_found_however_deep() -> None:
    assert sqlstate(OperationalError("", None, asyncpg.DeadlockDetectedError())) == "40P01"
    assert sqlstate(asyncpg.SerializationError()) == "40001"
    assert sqlstate(ValueError()) == ""


@pytest.mark.parametrize(
    "url", ["postgresql://localhost:1/x", "postgresql://u@/x?host=/nowhere", "sqlite:////dev/null/x.db"]
)
async def test_a_database_that_is_not_there(url: str) -> None:
    with pytest.raises(DatabaseUnavailableError):
        await Database.open(url)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 1_000)
    with pytest.raises(DatabaseUnavailableError, match="not a database"):
        await Database.open(f"sqlite:///{tmp_path}/x.db")


async def test_postgresql_goes_away_and_comes_back(postgres_url: str) -> None:
    await upgrade(postgres_url)
    db = await Database.open(postgres_url)
    world = World(db)
    try:
        ann = await world.player()
        for ask in (
            lambda: play.load_players(db, [ann]),
            lambda: settle(db, [world.round("dice-1", [world.bet(ann, 1, 1, 0, "k")], number=1)]),
            lambda: credit(db, ann, 1, "top-up", ""),
            db.ping,
        ):
            await answered(ask)
            await cut(postgres_url)
            with pytest.raises(DatabaseUnavailableError):
                await ask()
            await ask()
        assert (await world.balances())[ann][0] == 1_001
        assert await audit(db) == []
    finally:
        await db.close()


async def test_what_cuts_one_connection_costs_one_call(postgres_url: str) -> None:
    """Hot statements keep two connections at hand, and both are broken."""
    await upgrade(postgres_url)
    db = await Database.open(postgres_url)
    try:
        async with db.asyncpg(), db.asyncpg():
            pass
        await cut(postgres_url)
        with pytest.raises(DatabaseUnavailableError):
            await play.load_players(db, [1])
        assert await play.load_players(db, [1]) == {}
    finally:
        await db.close()


async def test_hot_statements_leave_connections_to_others(postgres_url: str) -> None:
    await upgrade(postgres_url)
    db = await Database.open(postgres_url)

    async def look() -> None:
        async with db.asyncpg() as connection:
            await connection.fetchval("SELECT pg_sleep(0.01)")

    async def write() -> None:
        async with db.write() as session:
            await session.execute(text("SELECT pg_sleep(0.01)"))

    try:
        async with asyncio.timeout(BUSY_SECONDS):
            for _ in range(2):
                await asyncio.gather(*(look() for _ in range(20)))
                await asyncio.gather(*(write() for _ in range(20)), *(look() for _ in range(20)))
    finally:
        await db.close()


async def answered(ask: Callable[[], Awaitable[object]]) -> None:
    """It may still meet a connection that was cut before."""
    with suppress(DatabaseUnavailableError):
        await ask()
        return
    await ask()


async def cut(url: str) -> None:
    """End every other connection to the database, as a restart of the server does."""
    connection = await asyncpg.connect(url)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"
    await connection.execute(others, connection.get_server_pid())
    await connection.close()


async def test_cancelled_calls_leave_the_database_usable(world: World) -> None:
    ann = await world.player()
    for n in range(60):
        asks: tuple[Any, ...] = (
            credit(world.db, ann, 1, "top-up", ""),
            play.load_players(world.db, [ann]),
            settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 1, 1, f"k{n}")])]),
            world.balances(),
        )
        tasks = [asyncio.ensure_future(ask) for ask in asks]
        await asyncio.sleep(n * 0.0001)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await credit(world.db, ann, 1, "top-up", "")
    assert await audit(world.db) == []


async def test_writers_of_one_process_take_turns(world: World) -> None:
    await world.players(2)
    order: list[str] = []

    async def write(name: str) -> None:
        async with world.db.write() as session:
            order.append(f"{name} in")
            await session.execute(update(User).values(full_name=name))
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(*(write(f"w{n}") for n in range(5)))
    async with world.db.read() as session:
        assert len({*await session.scalars(select(User.full_name))}) == 1
    if world.db.dialect == "sqlite":
        assert order == [f"w{n} {way}" for n in range(5) for way in ("in", "out")]


async def test_commands_beside_a_server(world: World) -> None:
    """Top-ups from two other processes, each connection opened and closed, while this one settles."""
    ann, bob = await world.players(2, balance=100_000)
    started = [await top_ups(world.db, user, 30) for user in (ann, bob)]
    waiting = asyncio.gather(*(process.wait() for process in started))
    statuses: list[str] = []
    while not waiting.done():
        n = len(statuses)
        bets = [world.bet(ann, 1, 10, 9, f"a{n}"), world.bet(bob, 2, 10, 11, f"b{n}")]
        statuses += [s.status for s in await settle(world.db, [world.round("crash", bets)])]
    assert await waiting == [0, 0]
    assert set(statuses) == {"settled"}
    played = len(statuses)
    assert played > 20
    assert await world.balances() == {
        ann: (100_030 - played, 31 + played),
        bob: (100_030 + played, 31 + played),
    }
    assert await audit(world.db) == []


async def top_ups(db: Database, user_id: int, times: int) -> asyncio.subprocess.Process:
    arguments = ("-W", "error", "-m", "tests.storage.top_up", url_of(db), str(user_id), str(times))
    return await asyncio.create_subprocess_exec(sys.executable, *arguments)


async def test_a_killed_process_leaves_the_lock_to_others(world: World) -> None:
    ann = await world.player()
    for _ in range(3):
        process = await top_ups(world.db, ann, 100_000)
        before = (await world.balances())[ann][0]
        while (await world.balances())[ann][0] < before + 5:
            await asyncio.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await credit(world.db, ann, 1, "top-up", "")
        assert await audit(world.db) == []


async def test_a_process_that_keeps_the_lock(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.05)
    first, second = await Database.open(sqlite_url), await Database.open(sqlite_url, writer=False)
    try:
        async with first.write():
            with pytest.raises(DatabaseUnavailableError, match="another process"):
                await credit(second, 1, 1, "top-up", "")
    finally:
        await first.close()
        await second.close()


async def test_a_process_ends_that_has_closed_its_database(sqlite_url: str) -> None:
    await upgrade(sqlite_url)
    db = await Database.open(sqlite_url)
    ann = await World(db).player()
    await db.close()
    process = await top_ups(db, ann, 1)
    assert await asyncio.wait_for(process.wait(), 30) == 0

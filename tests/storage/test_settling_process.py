"""The process that settles on SQLite: its errors, its death, signals, and the death of the server that started it."""

import asyncio
import fcntl
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any

import psutil
import pytest
import uvloop
from sqlalchemy import text

from storage.audit import audit
from storage.database import Database, DatabaseUnavailableError
from storage.ledger import settle
from tests.storage.world import World


@pytest.fixture
async def world(migrated_sqlite_url: str) -> AsyncIterator[World]:
    db = await Database.open(migrated_sqlite_url)
    yield World(db)
    await db.close()


def settling_process() -> psutil.Process | None:
    """The one of this process; None: it has died, and no other was started yet."""
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if "storage.settle_on_sqlite" in child.cmdline():
                return child
    return None


async def test_what_it_raises_is_raised_here(world: World) -> None:
    ann = await world.player()
    rounds = [world.round("dice-1", [world.bet(ann, 1, 10, 0, "k")])]
    async with world.db.write() as session:
        await session.execute(text("ALTER TABLE bets RENAME TO hidden"))
    with pytest.raises(DatabaseUnavailableError, match="no such table: bets"):
        await settle(world.db, rounds)
    async with world.db.write() as session:
        await session.execute(text("ALTER TABLE hidden RENAME TO bets"))
    assert [each.status for each in await settle(world.db, rounds)] == ["settled"]
    assert await world.balances() == {ann: (990, 2)}


async def test_signals_for_the_whole_group_do_not_end_it(world: World) -> None:
    await world.player()
    assert [each.status for each in await settle(world.db, [world.round("dice-1")])] == ["settled"]
    process = settling_process()
    assert process is not None
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert [each.status for each in await settle(world.db, [world.round("dice-1")])] == ["settled"]
    assert settling_process() == process


async def test_it_ends_with_its_database(migrated_sqlite_url: str) -> None:
    db = await Database.open(migrated_sqlite_url)
    world = World(db)
    await world.player()
    await settle(db, [world.round("dice-1")])
    process = settling_process()
    assert process is not None
    await db.close()
    assert not process.is_running()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_killed_at_any_time_it_loses_nothing_and_another_goes_on(
    run: Callable[[Coroutine[Any, Any, None]], None], migrated_sqlite_url: str
) -> None:
    run(settle_and_kill(migrated_sqlite_url, kills=20))


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_one_that_dies_as_it_starts_is_a_lost_connection_and_another_is_started(
    run: Callable[[Coroutine[Any, Any, None]], None], migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(settle_by_one_that_works_at_last(migrated_sqlite_url, monkeypatch))


async def settle_by_one_that_works_at_last(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/false")
        db = await Database.open(url)
        world = World(db)
        await world.player()
        round_ = world.round("dice-1")
        for _ in range(30):
            with pytest.raises(DatabaseUnavailableError):
                await settle(db, [round_])
    await db.close()
    world.db = await Database.open(url)
    assert [each.status for each in await settle(world.db, [round_])] == ["settled"]
    await world.db.close()


async def settle_and_kill(url: str, kills: int) -> None:
    db = await Database.open(url)
    world = World(db)
    ann, killed, played = await world.player(), 0, 0
    async with asyncio.timeout(60):
        while killed < kills:
            batch = [world.round(f"dice-{n}", [world.bet(ann, 1, 1, 2, f"{played + n}")]) for n in range(20)]
            played += len(batch)
            answers = asyncio.ensure_future(settle(db, batch))
            # At another moment each time: before the batch is read, while it is written, once it is answered.
            await asyncio.wait([answers], timeout=0.0003 * killed)
            process = settling_process()
            if process is not None:
                process.kill()
                killed += 1
            try:
                await answers
            except DatabaseUnavailableError:
                assert {each.status for each in await settle(db, batch)} == {"settled"}
    assert await world.balances() == {ann: (1_000 + played, 1 + played)}
    assert await audit(db) == []
    await db.close()


async def server_that_settles(url: str, what: str = "on and on") -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "tests.storage.server_that_settles", url, what), stdout=PIPE
    )


async def said(server: Process) -> bytes:
    assert server.stdout is not None
    return await asyncio.wait_for(server.stdout.readline(), 30)


async def test_it_outlives_its_server_by_a_batch_at_most(migrated_sqlite_url: str) -> None:
    server = await server_that_settles(migrated_sqlite_url)
    for _ in range(5):
        assert await said(server) == b"settled\n"
    (process,) = psutil.Process(server.pid).children()
    server.kill()
    await asyncio.to_thread(process.wait, 30)
    await server.wait()
    db = await Database.open(migrated_sqlite_url)
    try:
        assert await audit(db) == []
        ((balance, version),) = (await World(db).balances()).values()
        assert balance == 1_000 + version - 1
        assert version >= 6
    finally:
        await db.close()


async def test_a_dead_server_s_lock_is_kept_until_the_batch_has_ended(migrated_sqlite_url: str) -> None:
    server = await server_that_settles(migrated_sqlite_url, "and-lock")
    assert [await said(server), await said(server)] == [b"settled\n", b"locked\n"]
    (process,) = psutil.Process(server.pid).children()
    process.suspend()
    server.kill()
    await server.wait()
    lock_file = os.open(f"{migrated_sqlite_url.removeprefix('sqlite:///')}-lock", os.O_RDWR)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        process.resume()
        await asyncio.to_thread(fcntl.flock, lock_file, fcntl.LOCK_EX)
    finally:
        os.close(lock_file)

"""The process that settles on SQLite: its answers and errors, its death, signals, and the death of its server."""

import asyncio
import fcntl
import os
import pickle
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import uvloop
from sqlalchemy import text

from storage.audit import audit
from storage.database import open_store
from storage.errors import DatabaseUnavailableError
from storage.ledger import settle
from storage.settling_process import SettlingProcess, message, serve
from tests.processes import settling_process_of
from tests.storage.world import World
from tests.waiting import WAIT_S, eventually


@pytest.fixture
async def world(migrated_sqlite_url: str) -> AsyncIterator[World]:
    store = await open_store(migrated_sqlite_url)
    yield World(store)
    await store.close()


def answers_to(requests: bytes, path: str, *pragmas: str) -> list[Any]:
    written = BytesIO()
    serve(BytesIO(requests), written, path, pragmas)
    written.seek(0)
    answers = []
    while length := written.read(4):
        answers.append(msgspec.msgpack.decode(written.read(int.from_bytes(length))))
    return answers


async def test_it_answers_each_request_in_order(world: World) -> None:
    ann = await world.player()
    first, second, third = (world.round("dice-1", [world.bet(ann, 1, 10, 30, f"k{n}")]) for n in range(3))
    same_key = world.round("dice-1", [world.bet(ann, 1, 10, 30, "k0")])
    broken_off = message([third])[:-9]
    requests = b"".join([message([first]), message([same_key]), message([second]), broken_off])
    answers = answers_to(requests, str(world.db.url.database), "foreign_keys=ON")
    assert [answer and [each["status"] for each in answer] for answer in answers[:-1]] == [
        ["settled"],
        None,
        ["settled"],
    ]
    assert answers[2][0]["wallets"] == [{"user_id": ann, "balance": 1_040, "version": 3}]
    assert isinstance(pickle.loads(answers[-1]), msgspec.DecodeError)
    assert await world.balances() == {ann: (1_040, 3)}


@pytest.mark.parametrize(
    ("path", "pragmas", "error"),
    [
        ("/nowhere/x.db", [], "unable to open database file"),
        ("/dev/null", ["journal_mode=WAL"], "no such table"),
    ],
)
def test_it_answers_with_errors_and_goes_on(path: str, pragmas: list[str], error: str) -> None:
    answers = [pickle.loads(answer) for answer in answers_to(message([]) * 2, path, *pragmas)]
    assert [type(each) for each in answers] == [sqlite3.OperationalError] * 2
    assert error in str(answers[1])


async def test_an_error_in_the_process_is_raised_in_the_server(world: World) -> None:
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


async def test_signals_to_the_process_group_do_not_end_it(world: World) -> None:
    await world.player()
    assert [each.status for each in await settle(world.db, [world.round("dice-1")])] == ["settled"]
    process = settling_process_of()
    assert process is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process.send_signal(number)
    assert [each.status for each in await settle(world.db, [world.round("dice-1")])] == ["settled"]
    assert settling_process_of() == process


async def test_it_ends_when_its_store_is_closed(migrated_sqlite_url: str) -> None:
    store = await open_store(migrated_sqlite_url)
    world = World(store)
    await world.player()
    await settle(store, [world.round("dice-1")])
    process = settling_process_of()
    assert process is not None
    await store.close()
    assert not process.is_running()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_killed_at_any_moment_it_loses_nothing_and_another_one_starts(
    run: Callable[[Coroutine[Any, Any, None]], None], migrated_sqlite_url: str
) -> None:
    run(settle_and_kill(migrated_sqlite_url, kills=20))


async def settle_and_kill(url: str, kills: int) -> None:
    store = await open_store(url)
    world = World(store)
    ann, killed, played = await world.player(), 0, 0
    async with asyncio.timeout(60):
        while killed < kills:
            batch = [world.round(f"dice-{n}", [world.bet(ann, 1, 1, 2, f"{played + n}")]) for n in range(20)]
            played += len(batch)
            answers = asyncio.ensure_future(settle(store, batch))
            # At another moment each time: before the process reads the batch, while it writes, after it has answered.
            await asyncio.wait([answers], timeout=0.0003 * killed)
            process = settling_process_of()
            if process is not None:
                process.kill()
                killed += 1
            try:
                await answers
            except DatabaseUnavailableError:
                assert {each.status for each in await settle(store, batch)} == {"settled"}
    assert await world.balances() == {ann: (1_000 + played, 1 + played)}
    assert await audit(store) == []
    await store.close()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_program_that_dies_at_its_start_is_a_lost_connection_each_time(
    run: Callable[[Coroutine[Any, Any, None]], None], tmp_path: Path
) -> None:
    run(start_in_vain(tmp_path))


async def start_in_vain(folder: Path) -> None:
    lock_file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    process = SettlingProcess(folder / "x.db", [], lock_file, limit_s=WAIT_S, python="/bin/false")
    try:
        for _ in range(30):
            with pytest.raises(ConnectionError):
                await process.settle([])
    finally:
        await process.close()
        os.close(lock_file)


HANGS = "#!/bin/sh\nexec sleep 1000\n"
ANSWERS_ONCE_AND_HANGS = "#!/bin/sh\nprintf '\\000\\000\\000\\001\\220'\nexec sleep 1000\n"
"""It says that no rounds were settled."""


@asynccontextmanager
async def process_of(folder: Path, program: str, limit_s: float) -> AsyncIterator[SettlingProcess]:
    """The settling process with another program in its place."""
    script, lock_file = folder / "program", os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    script.write_text(program)
    script.chmod(0o700)
    yield SettlingProcess(folder / "x.db", [], lock_file, limit_s=limit_s, python=str(script))
    os.close(lock_file)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_process_that_does_not_answer_is_killed_each_time(
    run: Callable[[Coroutine[Any, Any, None]], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang() -> None:
        async with process_of(tmp_path, HANGS, 0.1) as process:
            for _ in range(3):
                with pytest.raises(ConnectionError, match="did not answer and was killed"):
                    await process.settle([])
            await process.close()

    run(hang())
    assert caplog.text.count("has not answered 0 rounds within") == 3
    assert not [child for child in psutil.Process().children() if child.name() == "sleep"]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_process_that_does_not_end_is_killed(
    run: Callable[[Coroutine[Any, Any, None]], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang() -> None:
        async with process_of(tmp_path, ANSWERS_ONCE_AND_HANGS, 3.0) as process:
            assert await process.settle([]) == []
            await process.close()

    run(hang())
    assert "has not ended within 3 s" in caplog.text
    assert not [child for child in psutil.Process().children() if child.name() == "sleep"]


def is_locked(lock_file: int) -> bool:
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(lock_file, fcntl.LOCK_UN)
    return False


async def test_a_settlement_that_is_cancelled_twice_keeps_the_lock_until_it_ends(world: World) -> None:
    ann = await world.player()
    await settle(world.db, [world.round("dice-1")])
    process = settling_process_of()
    assert process is not None
    lock_file = os.open(f"{world.db.url.database}-lock", os.O_RDWR)
    process.suspend()
    try:
        settling = asyncio.create_task(settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 10, 0, "k1")])]))
        await eventually(lambda: is_locked(lock_file))
        for _ in range(2):
            settling.cancel()
            for _ in range(5):
                await asyncio.sleep(0)
        assert is_locked(lock_file)
    finally:
        process.resume()
        os.close(lock_file)
    with pytest.raises(asyncio.CancelledError):
        await settling
    (settlement,) = await settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 10, 0, "k2")])])
    assert settlement.status == "settled"
    assert await world.balances() == {ann: (980, 3)}


async def server_that_settles(url: str, *options: str) -> Process:
    arguments = ("-W", "error", "-m", "tests.storage.settle_on", url, *options)
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE)


async def next_line(server: Process) -> bytes:
    assert server.stdout is not None
    return await asyncio.wait_for(server.stdout.readline(), 30)


async def test_it_outlives_its_server_by_one_batch_at_most(migrated_sqlite_url: str) -> None:
    server = await server_that_settles(migrated_sqlite_url)
    for _ in range(5):
        assert await next_line(server) == b"settled\n"
    (process,) = psutil.Process(server.pid).children()
    server.kill()
    await asyncio.to_thread(process.wait, 30)
    await server.wait()
    store = await open_store(migrated_sqlite_url)
    try:
        assert await audit(store) == []
        ((balance, version),) = (await World(store).balances()).values()
        assert balance == 1_000 + version - 1
        assert version >= 6
    finally:
        await store.close()


async def test_the_lock_of_a_dead_server_is_kept_until_the_batch_has_ended(migrated_sqlite_url: str) -> None:
    server = await server_that_settles(migrated_sqlite_url, "and-lock")
    assert [await next_line(server), await next_line(server)] == [b"settled\n", b"locked\n"]
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

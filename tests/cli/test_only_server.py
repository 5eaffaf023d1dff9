"""Only one server uses a database, even when connections break."""

import asyncio

import asyncpg
import pytest

from cli.only_server import LOCK_ID, only_server_of
from cli.terminal import CommandError
from storage.errors import DatabaseUnavailableError
from tests.waiting import eventually

HOLDER = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND granted"


async def test_a_second_server_is_refused(database_url: str) -> None:
    stop = asyncio.Event()
    async with only_server_of(database_url, stop):
        with pytest.raises(CommandError, match="another server"):
            async with only_server_of(database_url, stop):
                pass
    async with only_server_of(database_url, stop):
        pass
    assert not stop.is_set()


async def test_a_lock_that_was_lost_with_its_connection_is_taken_again(postgres_url: str) -> None:
    stop = asyncio.Event()
    beside = await asyncpg.connect(postgres_url)
    async with only_server_of(postgres_url, stop):
        pid = await beside.fetchval(HOLDER, LOCK_ID)
        await beside.execute("SELECT pg_terminate_backend($1, 5000)", pid)

        async def taken_again() -> bool:
            return await beside.fetchval(HOLDER, LOCK_ID) not in (None, pid)

        await eventually(taken_again)
        with pytest.raises(CommandError, match="another server"):
            async with only_server_of(postgres_url, stop):
                pass
    assert not stop.is_set()
    await beside.close()


async def test_a_server_stops_when_another_one_took_its_lock(postgres_url: str) -> None:
    beside, other = await asyncpg.connect(postgres_url), await asyncpg.connect(postgres_url)

    async def serve() -> None:
        stop = asyncio.Event()
        async with only_server_of(postgres_url, stop):
            pid = await beside.fetchval(HOLDER, LOCK_ID)
            waiting = asyncio.create_task(other.execute("SELECT pg_advisory_lock($1)", LOCK_ID))
            queue = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"
            await eventually(lambda: beside.fetchval(queue, LOCK_ID))
            await beside.execute("SELECT pg_terminate_backend($1)", pid)
            await waiting
            async with asyncio.timeout(20):
                await stop.wait()

    with pytest.raises(CommandError, match="another server took over the database"):
        await serve()
    await beside.close()
    await other.close()


async def test_an_unreachable_database_is_reported(postgres_url: str) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with only_server_of(postgres_url.replace("/test_", "/no_such_"), asyncio.Event()):
            pass

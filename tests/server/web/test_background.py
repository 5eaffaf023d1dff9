"""Background work: it is bounded, its failures are logged, and shutdown finishes it."""

import asyncio

import pytest

from server.errors import ClientError
from server.web.background import Background
from storage.errors import DatabaseUnavailableError


async def test_work_is_bounded_and_drained() -> None:
    background, go, done = Background(limit=2), asyncio.Event(), []

    async def work() -> None:
        await go.wait()
        done.append(1)

    background.run(work())
    background.run(work())
    with pytest.raises(ClientError):
        background.run(work())
    go.set()
    await background.drain()
    assert done == [1, 1]
    background.run(work())
    await background.drain()
    assert len(done) == 3


async def test_reserved_capacity_is_not_given_away() -> None:
    background, done = Background(limit=1), []

    async def work() -> None:
        done.append(1)

    with background.reserve() as run:
        with pytest.raises(ClientError):
            background.run(work())
        with pytest.raises(ClientError), background.reserve():
            raise AssertionError("there was no capacity")
        run(work())
    await background.drain()
    assert done == [1]
    with background.reserve():
        pass
    background.run(work())
    await background.drain()
    assert done == [1, 1]


async def test_failures_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    background = Background()

    async def away() -> None:
        raise DatabaseUnavailableError("gone")

    async def broken() -> None:
        raise RuntimeError("broken")

    background.run(away())
    background.run(broken())
    await background.drain()
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


async def test_drain_cancels_work_after_the_timeout() -> None:
    background, cancelled = Background(), asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    background.run(endless())
    await background.drain(0.01)
    async with asyncio.timeout(5):
        await cancelled.wait()

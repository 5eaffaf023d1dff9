"""Tests of what ends by a signal, by itself, or with its time."""

import asyncio
import os
import signal

import pytest

from cli.stopping import catch_signals, until


async def for_ever() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_work(number: signal.Signals) -> None:
    stop = asyncio.Event()
    catch_signals(stop)
    try:
        running = asyncio.create_task(until(stop, for_ever()))
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await running
    finally:
        for caught in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(caught)


async def test_work_ends_by_itself_or_with_its_time() -> None:
    async def nothing() -> None: ...

    async with asyncio.timeout(10):
        await until(asyncio.Event(), nothing())
        await until(asyncio.Event(), for_ever(), 0)


async def test_what_the_work_raises_comes_out() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await until(asyncio.Event(), fail())

"""Work ends when it is done, on a signal, or when its time is up."""

import asyncio
import os
import signal

import pytest

from cli.stopping import STOP_SIGNALS, catch_signals, run_until


async def run_forever() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_the_work(number: signal.Signals) -> None:
    stop = asyncio.Event()
    catch_signals(stop)
    try:
        running = asyncio.create_task(run_until(stop, run_forever()))
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await running
    finally:
        for caught in STOP_SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(caught)


async def test_a_signal_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop = asyncio.Event()
    try:
        catch_signals(stop)
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(10):
            await stop.wait()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        for caught in STOP_SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(caught)
        signal.signal(signal.SIGHUP, before)


async def test_work_ends_by_itself_or_when_its_time_is_up() -> None:
    async def end_at_once() -> None: ...

    async with asyncio.timeout(10):
        await run_until(asyncio.Event(), end_at_once())
        await run_until(asyncio.Event(), run_forever(), 0)


async def test_an_error_in_the_work_is_raised() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await run_until(asyncio.Event(), fail())

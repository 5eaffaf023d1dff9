"""Stops a command's work when the process gets a signal to end."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def catch_signals(stop: asyncio.Event) -> None:
    """Let SIGTERM, SIGINT and SIGHUP set ``stop`` instead of ending the process.

    A signal that the process was started to ignore stays ignored: `nohup` does that with SIGHUP.
    """
    for number in STOP_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)


async def run_until(stop: asyncio.Event, work: Coroutine[Any, Any, None], seconds: float | None = None) -> None:
    """Run ``work`` until it ends, ``stop`` is set or ``seconds`` have passed; then cancel it.

    Raises what ``work`` raises.
    """
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait((working, stopping), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, stopping):
        task.cancel()
    await asyncio.wait((working, stopping))
    if not working.cancelled():
        working.result()

"""Ctrl-C and SIGTERM as an event, and work that ends with it."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any


def catch_signals(stop: asyncio.Event) -> None:
    """Let SIGTERM and SIGINT set ``stop`` instead of ending the process."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)


async def until(stop: asyncio.Event, work: Coroutine[Any, Any, None], seconds: float | None = None) -> None:
    """Run ``work`` to its end, until ``stop`` is set, or for so long; raises what it raises."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait((working, stopping), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, stopping):
        task.cancel()
    await asyncio.wait((working, stopping))
    if not working.cancelled():
        working.result()

"""The one way in which tests wait: for a condition, with a deadline that only fails a test."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

WAIT_S = 20.0
"""How long a test waits for anything, even on a busy machine."""


async def eventually(find: Callable[[], Any], what: str = "it", within_s: float = WAIT_S) -> Any:
    """Call ``find`` until its result is true, and return the result. An awaitable result is awaited. Raises
    AssertionError after ``within_s``."""
    deadline = time.monotonic() + within_s
    while True:
        answer = find()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s:g} s"
        await asyncio.sleep(0.002)

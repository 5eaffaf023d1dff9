"""Repeated attempts with growing pauses: the one loop for everything that is tried again until it works."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Self


class Attempts:
    """Asynchronous iterator that yields 1, 2, 3…, the number of the attempt, and pauses between two of them.

    The first pause lasts ``pause_s``. With ``longest_pause_s``, each further pause is twice as long as the one before,
    up to that; without it, all pauses are the same. The iterator ends when an attempt has failed later than
    ``give_up_after_s`` seconds after the first one began; without it, it never ends.
    Usage::

        async for _ in Attempts(pause_s=0.1, give_up_after_s=4.0):
            with suppress(UnreachableError):
                return await ask()
        raise UnreachableError("no answer within 4 s")
    """

    def __init__(
        self,
        pause_s: float,
        *,
        longest_pause_s: float | None = None,
        give_up_after_s: float | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pause_s = pause_s
        self._longest_pause_s = pause_s if longest_pause_s is None else longest_pause_s
        self._give_up_after_s = give_up_after_s
        self._give_up_at: float | None = None
        self._sleep = sleep
        self._now_s = now_s
        self._number = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        if self._number == 0:
            if self._give_up_after_s is not None:
                self._give_up_at = self._now_s() + self._give_up_after_s
        else:
            if self._give_up_at is not None and self._now_s() >= self._give_up_at:
                raise StopAsyncIteration
            await self._sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, self._longest_pause_s)
        self._number += 1
        return self._number

"""Passwords: hashed in a few threads with a bounded queue, and weighed before they are taken."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

import bcrypt
from zxcvbn import zxcvbn

from server.web.problems import later

T = TypeVar("T")

MIN_BYTES = 8
MAX_BYTES = 72
LOWEST_SCORE = 2
MAX_WAITING = 64


class Passwords:
    def __init__(self, cost: int, threads: int | None = None, max_waiting: int = MAX_WAITING) -> None:
        self._cost = cost
        self._threads = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="passwords")
        self._slots = asyncio.Semaphore(self._threads)
        self._max_waiting = max_waiting
        self._waiting = 0
        # A hash of nothing known, as expensive to compare with as a real one.
        self._dummy = bcrypt.gensalt(cost) + b"." * 31

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a free thread. Raises Problem ``unavailable`` when too many wait already."""
        if self._slots.locked() and self._waiting >= self._max_waiting:
            raise later("unavailable", 5, "Too many people are signing in right now.")
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

    async def check(self, password: str, hashed: str | None) -> bool:
        """Whether it is right; None, for nobody's, takes as long and is wrong. To be called in one's ``turn``."""
        given = password.encode()
        fits = len(given) <= MAX_BYTES
        stored = hashed.encode() if hashed is not None and fits else self._dummy
        same = await self._run(bcrypt.checkpw, given if fits else b"", stored)
        return same and fits and hashed is not None

    async def hash(self, password: str) -> str:
        async with self.turn():
            hashed = await self._run(bcrypt.hashpw, password.encode(), bcrypt.gensalt(self._cost))
        return hashed.decode()

    async def weakness(self, password: str, personal: Sequence[str]) -> str | None:
        """What is wrong with a new password, in a sentence; ``personal`` is what others know of its owner."""
        size = len(password.encode())
        if size < MIN_BYTES:
            return f"Use at least {MIN_BYTES} characters."
        if size > MAX_BYTES:
            return f"Use at most {MAX_BYTES} bytes."
        async with self.turn():
            return await self._run(_weigh, password, [*personal, "croupier"])

    async def _run(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *args)


def _weigh(password: str, personal: Sequence[str]) -> str | None:
    result = zxcvbn(password, user_inputs=[part for text in personal for part in (text, *text.split())])
    if result["score"] >= LOWEST_SCORE:
        return None
    feedback = result["feedback"]
    hints = [feedback["warning"], *feedback["suggestions"]]
    return " ".join(f"{hint.rstrip('.')}." for hint in ("Too easy to guess", *hints) if hint)

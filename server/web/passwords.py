"""Passwords: hashed in a few threads with a bounded queue, and weighed before they are taken."""

import asyncio
import os
import re
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
WEIGHED = 16
"""Characters that the meter is given at once: its work grows with their number and with the guises of their letters."""
TELLING = 4
"""Characters from which on a personal text within a password counts as known."""


class Passwords:
    def __init__(self, cost: int, threads: int | None = None, max_waiting: int = MAX_WAITING) -> None:
        self._cost = cost
        threads = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._turns = _Turns(threads, max_waiting)
        # Weighing is for whoever signs up; whoever signs in must not wait behind it.
        self._scales = ThreadPoolExecutor(1, thread_name_prefix="scales")
        self._weighings = _Turns(1, max_waiting)
        # A hash of nothing known, as expensive to compare with as a real one.
        self._dummy = bcrypt.gensalt(cost) + b"." * 31

    def close(self) -> None:
        for pool in (self._pool, self._scales):
            pool.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a free thread. Raises ClientError ``unavailable`` when too many wait already."""
        async with self._turns.take():
            yield

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

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was made with another cost than hashes have now."""
        return not hashed.startswith(f"$2b${self._cost:02}$")

    async def weakness(self, password: str, personal: Sequence[str]) -> str | None:
        """What is wrong with a new password, in a sentence; ``personal`` is what others know of its owner."""
        size = len(password.encode())
        if size < MIN_BYTES:
            return f"Use at least {MIN_BYTES} characters."
        if size > MAX_BYTES:
            return f"Use at most {MAX_BYTES} bytes."
        async with self._weighings.take():
            return await _in(self._scales, _weigh, password, [*personal, "croupier"])

    async def _run(self, function: Callable[..., T], *args: object) -> T:
        return await _in(self._pool, function, *args)


class _Turns:
    """So many at a time; a bounded number may wait."""

    def __init__(self, at_once: int, max_waiting: int) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._max_waiting = max_waiting
        self._waiting = 0

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
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


async def _in(pool: ThreadPoolExecutor, function: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, function, *args)


def _weigh(password: str, personal: Sequence[str]) -> str | None:
    known = _known(personal)
    hints: list[str] = []
    for part in weighed_parts(password, personal):
        result = zxcvbn(part, user_inputs=known)
        if result["score"] >= LOWEST_SCORE:
            return None
        hints = hints or [result["feedback"]["warning"], *result["feedback"]["suggestions"]]
    return " ".join(f"{hint.rstrip('.')}." for hint in ("Too easy to guess", *hints) if hint)


def weighed_parts(password: str, personal: Sequence[str]) -> list[str]:
    """What of a password is weighed: its beginning and its end. One that is hard to guess makes the whole hard."""
    # A known text that is cut in two would no longer be known; it is worth no more than a letter.
    for text in sorted(_known(personal), key=len, reverse=True):
        if len(text) >= TELLING:
            password = re.sub(re.escape(text), lambda found: found[0][0], password, flags=re.IGNORECASE)
    return [password[:WEIGHED], password[-WEIGHED:]] if len(password) > WEIGHED else [password]


def _known(personal: Sequence[str]) -> list[str]:
    return [part for text in personal for part in (text, *text.split())]

"""Password hashing in a few threads with a bounded queue, and password strength."""

import asyncio
import os
import re
import unicodedata
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import bcrypt
from msgspec import Struct
from zxcvbn import zxcvbn

from server.errors import ClientError
from server.web.problems import retry_later

T = TypeVar("T")

MIN_BYTES = 8
MAX_BYTES = 72
MIN_SCORE = 2
MAX_WAITING = 64
SCORED_CHARACTERS = 16
"""The most characters that zxcvbn scores at once: its work grows with the length and with possible substitutions."""
MIN_PERSONAL_TEXT = 4
"""The shortest personal text, in characters, that is discounted within a password."""


def normalised(password: str) -> str:
    """The spelling (NFKC) that is hashed: two keyboards may send the same letters as different characters."""
    return unicodedata.normalize("NFKC", password)


_SIGNS: Final = {
    "common password": "easy_common",
    "commonly used": "easy_common",
    "names": "easy_name",
    "a word by itself": "easy_word",
    "key": "easy_keys",
    "repeats": "easy_repeat",
    "sequences": "easy_sequence",
    "years": "easy_date",
    "dates": "easy_date",
}
"""What zxcvbn's warnings contain, and the reason that they give."""


class Weakness(Struct, frozen=True):
    """Why a password is too weak: a ``reason`` of ``validation_failed``, and its values."""

    reason: str
    values: dict[str, int] = {}


class Passwords:
    def __init__(self, cost: int, threads: int | None = None, max_waiting: int = MAX_WAITING) -> None:
        self._cost = cost
        threads = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._queue = _FairQueue(threads, max_waiting)
        # Sign-ups score passwords in their own thread, so that sign-ins do not wait for them.
        self._scoring_pool = ThreadPoolExecutor(1, thread_name_prefix="password-scores")
        self._scoring_queue = _FairQueue(1, max_waiting)
        # Comparing with this hash takes as long as with a real one, and no password is known to match it.
        self._dummy = bcrypt.gensalt(cost) + b"." * 31

    def close(self) -> None:
        for pool in (self._pool, self._scoring_pool):
            pool.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def slot(self, source: str) -> AsyncIterator[None]:
        """Wait for a free thread. Sources take turns. Raises ClientError ``unavailable`` if too many callers wait."""
        async with self._queue.slot(source):
            yield

    async def check(self, password: str, hashed: str | None) -> bool:
        """Whether the password matches the hash. Call it inside ``slot``.

        If ``hashed`` is None or empty, because there is no account or it has no password, the check takes as long and
        returns False.
        """
        if await self._check(normalised(password), hashed):
            return True
        # Older hashes are of the password as it was typed.
        return password != normalised(password) and await self._check(password, hashed)

    async def _check(self, password: str, hashed: str | None) -> bool:
        given = password.encode()
        fits = len(given) <= MAX_BYTES
        stored = hashed.encode() if hashed and fits else self._dummy
        same = await self._run(bcrypt.checkpw, given if fits else b"", stored)
        return same and fits and bool(hashed)

    async def hash(self, password: str, source: str) -> str:
        """Raises ClientError ``unavailable`` as ``slot`` does."""
        async with self.slot(source):
            hashed = await self._run(bcrypt.hashpw, normalised(password).encode(), bcrypt.gensalt(self._cost))
        return hashed.decode()

    def is_outdated(self, hashed: str) -> bool:
        """Whether the hash has another cost than the current one."""
        return not hashed.startswith(f"$2b${self._cost:02}$")

    async def weakness(self, password: str, personal: Sequence[str], source: str) -> Weakness | None:
        """Why a new password is too weak; None if it is strong enough.

        ``personal`` lists texts about the owner that others may know. Raises ClientError ``unavailable`` as ``slot``
        does.
        """
        password = normalised(password)
        size = len(password.encode())
        if size < MIN_BYTES:
            return Weakness("password_short", {"least": MIN_BYTES})
        if size > MAX_BYTES:
            return Weakness("password_long", {"most": MAX_BYTES})
        async with self._scoring_queue.slot(source):
            return await _in(self._scoring_pool, _weakness, password, [*personal, "croupier"])

    async def _run(self, function: Callable[..., T], *args: object) -> T:
        return await _in(self._pool, function, *args)


class _FairQueue:
    """Lets ``at_once`` callers in at a time; at most ``max_waiting`` others wait.

    Sources take turns, however many callers of each wait: whoever sends many calls waits for their own. When the queue
    is full, the source with the most callers loses its last one to a source that has fewer.
    """

    def __init__(self, at_once: int, max_waiting: int) -> None:
        self._free = at_once
        self._max_waiting = max_waiting
        self._waiting = 0
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def slot(self, source: str) -> AsyncIterator[None]:
        if self._free:
            self._free -= 1
        else:
            await self._wait(source)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, source: str) -> None:
        if self._waiting >= self._max_waiting:
            self._make_room(source)
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(source, deque()).append(turn)
        self._waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._remove(source, turn)
            elif turn.exception() is None:
                self._pass_on()
            raise

    def _make_room(self, source: str) -> None:
        own = len(self._queues.get(source, ()))
        largest = max(self._queues, key=lambda each: len(self._queues[each]), default=source)
        if own + 1 >= len(self._queues.get(largest, ())):
            raise _too_many()
        last = self._queues[largest][-1]
        self._remove(largest, last)
        last.set_exception(_too_many())

    def _remove(self, source: str, turn: asyncio.Future[None]) -> None:
        queue = self._queues.get(source)
        if queue is not None and turn in queue:
            queue.remove(turn)
            self._waiting -= 1
            if not queue:
                del self._queues[source]

    def _pass_on(self) -> None:
        """The slot goes to the source whose turn it is, or is free."""
        if not self._queues:
            self._free += 1
            return
        source, queue = self._queues.popitem(last=False)
        turn = queue.popleft()
        self._waiting -= 1
        if queue:
            self._queues[source] = queue
        turn.set_result(None)


def _too_many() -> ClientError:
    return retry_later("unavailable", 5, "sign_ins")


async def _in(pool: ThreadPoolExecutor, function: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, function, *args)


def _weakness(password: str, personal: Sequence[str]) -> Weakness | None:
    known = _known(personal)
    warning = ""
    for part in scored_parts(password, personal):
        result = zxcvbn(part, user_inputs=known)
        if result["score"] >= MIN_SCORE:
            return None
        warning = warning or result["feedback"]["warning"].lower()
    return Weakness(next((reason for sign, reason in _SIGNS.items() if sign in warning), "easy"))


def scored_parts(password: str, personal: Sequence[str]) -> list[str]:
    """The parts of a password to score: its start and its end. If one part is hard to guess, so is the whole."""
    # Personal texts count as one letter. Replace them first, because a text cut in two would not be recognised.
    for text in sorted(_known(personal), key=len, reverse=True):
        if len(text) >= MIN_PERSONAL_TEXT:
            password = re.sub(re.escape(text), lambda found: found[0][0], password, flags=re.IGNORECASE)
    return (
        [password[:SCORED_CHARACTERS], password[-SCORED_CHARACTERS:]]
        if len(password) > SCORED_CHARACTERS
        else [password]
    )


def _known(personal: Sequence[str]) -> list[str]:
    return [part for text in personal for part in (text, *text.split())]

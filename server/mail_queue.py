"""The order in which mails are tried: new ones first, those that were put off when they are due. Has no clock and no
network; times are in seconds on any clock that only goes forward."""

import heapq
import itertools
from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

M = TypeVar("M")


class Entry(Generic[M]):
    """A mail and how often it was tried."""

    __slots__ = ("mail", "tries")

    def __init__(self, mail: M) -> None:
        self.mail = mail
        self.tries = 0


class MailQueue(Generic[M]):
    """At most ``size`` mails wait. Each is tried once, then again after each of the pauses ``retry_after_s``.

    Of ``at_once`` deliveries, one is always left for mails that were not tried yet, so recipients that are put off
    delay nobody else. When the queue is full, a new mail takes the place of the one whose next try is furthest away.
    """

    def __init__(self, size: int, at_once: int, retry_after_s: Sequence[float]) -> None:
        self._size = size
        self._most_retries = max(1, at_once - 1)
        self._retry_after_s = retry_after_s
        self._new: deque[Entry[M]] = deque()
        self._put_off: list[tuple[float, int, Entry[M]]] = []
        self._numbers = itertools.count()
        self._retrying = 0

    def __len__(self) -> int:
        """How many mails wait, without those that are being tried."""
        return len(self._new) + len(self._put_off)

    def put(self, mail: M) -> M | None:
        """Add a mail; returns the one that is dropped for it, or ``mail`` itself if there is no room."""
        dropped = None
        if len(self) >= self._size:
            if not self._put_off:
                return mail
            last = max(self._put_off)
            self._put_off.remove(last)
            heapq.heapify(self._put_off)
            dropped = last[2].mail
        self._new.append(Entry(mail))
        return dropped

    def take(self, now_s: float) -> Entry[M] | None:
        """The next mail to try, to be given back with ``done`` or ``put_off``; None if none is due."""
        if self._new:
            return self._new.popleft()
        if self._put_off and self._put_off[0][0] <= now_s and self._retrying < self._most_retries:
            self._retrying += 1
            return heapq.heappop(self._put_off)[2]
        return None

    def wait_s(self, now_s: float) -> float | None:
        """How long until ``take`` returns something; None: until a mail is put or given back."""
        if self._new:
            return 0.0
        if not self._put_off or self._retrying >= self._most_retries:
            return None
        return max(0.0, self._put_off[0][0] - now_s)

    def done(self, entry: Entry[M]) -> None:
        """The mail was delivered or given up."""
        self._retrying -= entry.tries > 0

    def put_off(self, entry: Entry[M], now_s: float) -> float | None:
        """The mail could not be delivered. Returns the pause before the next try; None: it was the last one."""
        self.done(entry)
        if entry.tries >= len(self._retry_after_s):
            return None
        pause_s = self._retry_after_s[entry.tries]
        entry.tries += 1
        heapq.heappush(self._put_off, (now_s + pause_s, next(self._numbers), entry))
        return pause_s

    def make_all_due(self) -> None:
        """Try everything that waits now, and nothing again after that."""
        self._retry_after_s = ()
        self._put_off = [(0.0, number, entry) for _, number, entry in self._put_off]
        heapq.heapify(self._put_off)

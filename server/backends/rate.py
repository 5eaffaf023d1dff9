"""Token buckets: how often something may happen, per address, account or connection."""

from collections import OrderedDict
from math import ceil
from typing import Protocol

from msgspec import Struct

from server.clock import Clock

# A token that was waited for must be there then, whatever the rounding of the sum.
_ONE = 1 - 1e-9


class Bucket:
    """Holds up to ``burst`` tokens and gains ``rate_per_s`` a second; it starts full."""

    __slots__ = ("_at_ms", "_burst", "_per_ms", "_tokens")

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._per_ms = rate_per_s / 1000
        self._burst = max(burst, 1.0)
        self._tokens = self._burst
        self._at_ms: int | None = None

    def wait(self, now_ms: int) -> int:
        """How many ms until a token is there; 0: there is one now. Takes nothing."""
        if self._at_ms is not None and now_ms > self._at_ms:
            self._tokens = min(self._burst, self._tokens + (now_ms - self._at_ms) * self._per_ms)
        self._at_ms = now_ms if self._at_ms is None else max(now_ms, self._at_ms)
        if self._tokens >= _ONE:
            return 0
        return ceil((_ONE - self._tokens) / self._per_ms)

    def take(self, now_ms: int) -> int:
        """Take a token and return 0, or take none and return how many ms to wait for one."""
        wait_ms = self.wait(now_ms)
        if wait_ms == 0:
            self._tokens -= 1
        return wait_ms


class Buckets:
    """A bucket for each key, made when the key is first seen; past ``size`` keys the least recently seen one goes."""

    def __init__(self, rate_per_s: float, burst: float, size: int = 50_000) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._size = size
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now_ms: int) -> int:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self._rate_per_s, self._burst)
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket.take(now_ms)


class Rate(Struct, frozen=True):
    """So many times a second, ``burst`` of them at once."""

    name: str
    per_s: float
    burst: float

    def scaled(self, scale: float) -> "Rate":
        return Rate(self.name, self.per_s * scale, self.burst * scale)


class RateLimiter(Protocol):
    """How often an account may do what, over all nodes."""

    async def take(self, rate: Rate, key: str) -> int:
        """Take one and return 0, or take none and return how many ms to wait for one."""
        ...


class LocalRateLimiter:
    """The allowance of a node that is alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[Rate, Buckets] = {}

    async def take(self, rate: Rate, key: str) -> int:
        buckets = self._buckets.get(rate)
        if buckets is None:
            buckets = self._buckets[rate] = Buckets(rate.per_s, rate.burst)
        return buckets.take(key, self._clock.now_ms())

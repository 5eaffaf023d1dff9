"""Token buckets: how often something may happen, by address, account or connection."""

from collections import OrderedDict
from math import ceil
from typing import Final, Protocol

from msgspec import Struct

from server.address import shares_of
from server.clock import Clock

# A full token, less a tolerance for rounding: a caller who has waited for a token gets it.
_ONE: Final = 1 - 1e-9


class Bucket:
    """Holds up to ``burst`` tokens and gains ``rate_per_s`` each second; it starts full."""

    __slots__ = ("_at_ms", "_burst", "_per_ms", "_tokens")

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._per_ms = rate_per_s / 1000
        self._burst = max(burst, 1.0)
        self._tokens = self._burst
        self._at_ms: int | None = None

    def wait(self, now_ms: int) -> int:
        """The ms until a token is available; 0: one is available now. Takes nothing."""
        if self._at_ms is not None and now_ms > self._at_ms:
            self._tokens = min(self._burst, self._tokens + (now_ms - self._at_ms) * self._per_ms)
        self._at_ms = now_ms if self._at_ms is None else max(now_ms, self._at_ms)
        if self._tokens >= _ONE:
            return 0
        return ceil((_ONE - self._tokens) / self._per_ms)

    def take(self, now_ms: int) -> int:
        """Take a token and return 0, or take none and return the ms to wait for one."""
        wait_ms = self.wait(now_ms)
        if wait_ms == 0:
            self._tokens -= 1
        return wait_ms

    def charge(self, tokens: float, now_ms: int) -> None:
        """Take this many tokens, also those that it does not have yet, down to a debt of ``burst``."""
        self.wait(now_ms)
        self._tokens = max(self._tokens - tokens, -self._burst)


class Buckets:
    """One bucket for each key, made when the key is first seen. Beyond ``size`` keys, the one that was used least
    recently is dropped."""

    def __init__(self, rate_per_s: float, burst: float, size: int = 50_000) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._size = size
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def of(self, key: str) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self._rate_per_s, self._burst)
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket

    def take(self, key: str, now_ms: int) -> int:
        return self.of(key).take(now_ms)


class Rate(Struct, frozen=True):
    """``per_s`` times a second on average, ``burst`` of them at once."""

    name: str
    per_s: float
    burst: float

    def scaled(self, scale: float) -> "Rate":
        return Rate(self.name, self.per_s * scale, self.burst * scale)


class AddressBuckets:
    """Buckets of client addresses, in memory. An IPv6 address takes a token from its /64, /56 and /48 at once."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: dict[int, Buckets] = {}

    def take(self, address: str, now_ms: int) -> int:
        """Take a token and return 0, or take none and return the ms to wait for one."""
        shared = [self._of_factor(share.factor).of(share.network) for share in shares_of(address)]
        wait_ms = max(bucket.wait(now_ms) for bucket in shared)
        if wait_ms == 0:
            for bucket in shared:
                bucket.take(now_ms)
        return wait_ms

    def charge(self, address: str, tokens: float, now_ms: int) -> None:
        """Take this many tokens, as ``Bucket.charge`` does."""
        for share in shares_of(address):
            self._of_factor(share.factor).of(share.network).charge(tokens, now_ms)

    def _of_factor(self, factor: int) -> Buckets:
        buckets = self._buckets.get(factor)
        if buckets is None:
            scaled = self._rate.scaled(factor)
            buckets = self._buckets[factor] = Buckets(scaled.per_s, scaled.burst)
        return buckets


class RateLimiter(Protocol):
    """How often an account may do something, over all nodes."""

    async def take(self, rate: Rate, key: str) -> int:
        """Take a token and return 0, or take none and return the ms to wait for one."""
        ...


class LocalRateLimiter:
    """The rate limiter of a single node, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[Rate, Buckets] = {}

    async def take(self, rate: Rate, key: str) -> int:
        buckets = self._buckets.get(rate)
        if buckets is None:
            buckets = self._buckets[rate] = Buckets(rate.per_s, rate.burst)
        return buckets.take(key, self._clock.monotonic_ms())

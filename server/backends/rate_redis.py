"""Token buckets of nodes that share a Redis: whichever node an account uses, it takes from the same bucket."""

from typing import Final

from server.backends.rate import LocalRateLimiter, Rate
from server.backends.redis_link import RedisLink, Script
from server.clock import Clock
from server.errors import UnreachableError

# KEYS: the bucket. ARGV: tokens gained per ms, the most that the bucket holds. A missing bucket is full.
# Takes a token and returns 0, or returns the ms to wait for one. The tolerance of 1e-9 absorbs rounding: a caller who
# has waited that long gets the token. If Redis's clock was set back, the bucket fills from the new time on.
TAKE: Final = Script("""
local bucket = KEYS[1]
local per_ms, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local stored = redis.call('HMGET', bucket, 'tokens', 'at')
local stored_tokens, stored_at = tonumber(stored[1]) or burst, tonumber(stored[2])
local tokens = math.min(burst, stored_tokens + math.max(0, now - (stored_at or now)) * per_ms)
local wait = math.max(0, math.ceil((1 - 1e-9 - tokens) / per_ms))
if wait == 0 then tokens = tokens - 1 end
redis.call('HSET', bucket, 'tokens', tokens, 'at', now)
redis.call('PEXPIRE', bucket, math.ceil((burst - tokens) / per_ms))
return wait
""")


class RedisRateLimiter:
    """The RateLimiter of one node among several. While Redis is away, each node counts by itself, so that nobody is
    refused because of Redis."""

    def __init__(self, link: RedisLink, clock: Clock) -> None:
        self._link = link
        self._local = LocalRateLimiter(clock)

    async def take(self, rate: Rate, key: str) -> int:
        bucket = self._link.key(f"rate:{rate.name}:{key}")
        try:
            return int(await self._link.run(TAKE, [bucket], [f"{rate.per_s / 1000!r}", f"{max(rate.burst, 1.0)!r}"]))
        except UnreachableError:
            return await self._local.take(rate, key)

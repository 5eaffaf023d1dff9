"""Token buckets of nodes that share a Redis: whoever asks whichever node takes from the same one."""

from typing import Final

from server.backends.rate import LocalRateLimiter, Rate
from server.backends.redis_link import RedisLink, Script
from server.clock import Clock
from server.errors import UnreachableError

# KEYS: the bucket. ARGV: tokens a ms, the most that it holds. Answers 0 and has taken one, or the ms to wait for one.
# A bucket that is not there is full; a token that was waited for is there, whatever the rounding of the sum.
TAKE: Final = Script("""
local per_ms, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local was = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = math.max(now, tonumber(was[2]) or now)
local tokens = math.min(burst, (tonumber(was[1]) or burst) + (at - (tonumber(was[2]) or at)) * per_ms)
local wait = math.max(0, math.ceil((1 - 1e-9 - tokens) / per_ms))
if wait == 0 then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', at)
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / per_ms + at - now))
return wait
""")


class RedisRateLimiter:
    """The Allowance of one of several nodes. While Redis is away each node counts for itself: that must close no
    chat."""

    def __init__(self, link: RedisLink, clock: Clock) -> None:
        self._link = link
        self._alone = LocalRateLimiter(clock)

    async def take(self, rate: Rate, key: str) -> int:
        bucket = self._link.key(f"rate:{rate.name}:{key}")
        try:
            return int(await self._link.run(TAKE, [bucket], [f"{rate.per_s / 1000!r}", f"{max(rate.burst, 1.0)!r}"]))
        except UnreachableError:
            return await self._alone.take(rate, key)

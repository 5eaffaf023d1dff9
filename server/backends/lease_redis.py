"""The lease of a node among others: it is alive while a key of its own, renewed all the time, lives in Redis.

What is on record there, under the keys of the floor:

- ``node:{node}``: the node is alive; expires by itself. ``nodes``: every node that is alive or owns rooms.
- ``owners``: the token of each room's owner, ``{node} {fence}``. ``rooms:{node}``: the same, by node.
- ``fence``: the newest fencing number. It follows Redis's clock, so it grows even if the record is lost.
- ``fresh``: the record began a moment ago. As long as a node could still be sure of a claim that was made before, and
  that it has not yet put on record again, nobody acquires anything.

A claim counts while the node's key can't have run out: reckoned from before its last renewal was sent, so whoever was
stopped and wakes up knows at once, without asking. A takeover moves a room from one ``rooms:`` to the other, so each
renewal sees what is missing. Of what is missing the newest ownership wins: one that is older than what is on record is
lost; one that the record has never heard of, because it came back empty or older than it was, is put back.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Any, Final

from server.backends.bus import Claim
from server.backends.redis_link import RedisLink, Script
from server.errors import UnreachableError

log = logging.getLogger(__name__)

LEASE_MS: Final = 3000
RENEW_MS: Final = 750
MARGIN: Final = 1 / 6
"""The part of the lease that is not counted on, for the moments by which clocks differ."""
TROUBLE: Final = "redis"

# name, ms → whether the node was alive, whether the record is fresh, its rooms
RENEW = Script("""
local nodes, node, rooms, fresh = unpack(KEYS)
local alive = redis.call('PEXPIRE', node, ARGV[2])
if alive == 0 then
  if redis.call('EXISTS', nodes) == 0 then
    redis.call('SET', fresh, 1, 'PX', ARGV[2])
  end
  redis.call('SADD', nodes, ARGV[1])
  redis.call('SET', node, 1, 'PX', ARGV[2])
end
return {alive, redis.call('EXISTS', fresh), table.concat(redis.call('SMEMBERS', rooms), ' ')}
""")

# room, name, node:, rooms: → the token; 0: it has an owner; nothing: this is no time to acquire
ACQUIRE = Script("""
local owners, fence, node, fresh = unpack(KEYS)
if redis.call('EXISTS', node) == 0 or redis.call('EXISTS', fresh) == 1 then
  return false
end
local last = tonumber(redis.call('GET', fence) or 0)
local found = redis.call('HGET', owners, ARGV[1])
if found then
  local owner, number = string.match(found, '^(%S+) (%d+)$')
  if redis.call('EXISTS', ARGV[3] .. owner) == 1 then
    return 0
  end
  redis.call('SREM', ARGV[4] .. owner, ARGV[1])
  last = math.max(last, tonumber(number))
end
local now = redis.call('TIME')
local next = string.format('%.0f', math.max(last + 1, now[1] * 1000 + math.floor(now[2] / 1000)))
local token = ARGV[2] .. ' ' .. next
redis.call('SET', fence, next)
redis.call('HSET', owners, ARGV[1], token)
redis.call('SADD', ARGV[4] .. ARGV[2], ARGV[1])
return token
""")

# room, token, name, rooms: → whether the claim counts
RECLAIM = Script("""
local owners, fence = unpack(KEYS)
local found = redis.call('HGET', owners, ARGV[1])
local newest = found and string.match(found, '%d+$') or redis.call('GET', fence) or 0
if tonumber(newest) > tonumber(string.match(ARGV[2], '%d+$')) then
  return 0
end
if found then
  redis.call('SREM', ARGV[4] .. string.match(found, '^%S+'), ARGV[1])
end
redis.call('HSET', owners, ARGV[1], ARGV[2])
redis.call('SADD', ARGV[4] .. ARGV[3], ARGV[1])
return 1
""")

# room, token
RELEASE = Script("""
local owners, rooms = unpack(KEYS)
if redis.call('HGET', owners, ARGV[1]) == ARGV[2] then
  redis.call('HDEL', owners, ARGV[1])
  redis.call('SREM', rooms, ARGV[1])
end
""")

# room, node: → the name of the owner that is alive
OWNER = Script("""
local token = redis.call('HGET', KEYS[1], ARGV[1])
local owner = token and string.match(token, '^%S+')
return owner and redis.call('EXISTS', ARGV[2] .. owner) == 1 and owner
""")

# node: → the names of those alive
NODES = Script("""
local alive = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', ARGV[1] .. name) == 1 then
    table.insert(alive, name)
  end
end
return alive
""")

# name, node:, rooms: → rooms; dead nodes without rooms are forgotten
ORPHANS = Script("""
local orphans = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if name ~= ARGV[1] and redis.call('EXISTS', ARGV[2] .. name) == 0 then
    local rooms = redis.call('SMEMBERS', ARGV[3] .. name)
    if #rooms == 0 then
      redis.call('SREM', KEYS[1], name)
    end
    for _, room in ipairs(rooms) do
      table.insert(orphans, room)
    end
  end
end
return orphans
""")


def _ignore(_: object) -> None: ...


class RedisLease:
    """``node`` is a name without blanks, never used before; ``lease_ms`` is the same for all nodes of a floor, and
    several times ``renew_ms``. ``monotonic`` are seconds."""

    def __init__(
        self,
        link: RedisLink,
        node: str,
        *,
        lease_ms: int = LEASE_MS,
        renew_ms: int = RENEW_MS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.node = node
        self._link = link
        self._lease_ms = lease_ms
        self._renew_s = renew_ms / 1000
        self._monotonic = monotonic
        self._claims: dict[str, Claim] = {}
        self._sure_until = -inf
        self._changed = asyncio.Event()
        self._acquiring: Counter[str] = Counter()
        self._trouble: str | None = None
        self._trouble_changed: Callable[[str | None], None] = _ignore
        self._lost: Callable[[Claim], None] = _ignore
        self._renewing: asyncio.Task[None] | None = None

    async def start(self, trouble_changed: Callable[[str | None], None], lost: Callable[[Claim], None]) -> None:
        """Where the record begins with this node it takes one lease: others may only have lost theirs."""
        self._trouble_changed, self._lost = trouble_changed, lost
        settled = await self._renew()
        self._renewing = asyncio.create_task(self._renew_forever())
        if not settled:
            await asyncio.sleep(self._lease_ms / 1000)

    async def leave(self) -> bool:
        """True as well if Redis is away: whoever comes finds what is on record."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.wait([self._renewing])
        self._claims.clear()
        self._sure_until = -inf
        self._wake()
        try:
            await self._link.call("DEL", self._link.key(f"node:{self.node}"))
            return bool(await self.nodes())
        except UnreachableError as away:
            log.warning("the lease is left to run out: %s", away.what)
            return True

    async def acquire(self, room: str) -> Claim | None:
        keys = self._keys("owners", "fence", f"node:{self.node}", "fresh")
        self._acquiring[room] += 1
        try:
            token = await self._link.run(ACQUIRE, keys, [room, self.node, *self._keys("node:", "rooms:")])
        finally:
            self._acquiring[room] -= 1
            self._acquiring += Counter()  # which drops those at zero
        if token is None:
            raise UnreachableError("the lease has run out")
        if not token:
            return None
        if room in self._claims:
            self._lose(self._claims[room])
        self._claims[room] = Claim(room, token.decode())
        return self._claims[room]

    async def release(self, claim: Claim) -> None:
        if self._claims.get(claim.room) == claim:
            del self._claims[claim.room]
            self._wake()
        await self._link.run(RELEASE, self._keys("owners", f"rooms:{self.node}"), [claim.room, claim.token])

    def owns(self, claim: Claim) -> bool:
        return self._claims.get(claim.room) == claim and self._monotonic() < self._sure_until

    async def confirm(self, claim: Claim) -> bool:
        while not self.owns(claim):
            if self._claims.get(claim.room) != claim:
                return False
            await self._changed.wait()
        return True

    async def owner(self, room: str) -> str | None:
        return _text(await self._link.run(OWNER, self._keys("owners"), [room, *self._keys("node:")]))

    async def nodes(self) -> list[str]:
        return _texts(await self._link.run(NODES, self._keys("nodes"), self._keys("node:")))

    async def orphans(self) -> list[str]:
        return _texts(await self._link.run(ORPHANS, self._keys("nodes"), [self.node, *self._keys("node:", "rooms:")]))

    async def unowned(self, rooms: Iterable[str]) -> list[str]:
        asked = list(rooms)
        return [room for room, token in zip(asked, await _tokens(self._link, asked), strict=True) if token is None]

    # -- staying alive --

    async def _renew_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._renew_s)
            if self._monotonic() >= self._sure_until:
                self._tell(TROUBLE, "the lease may have run out")
            late = loop.call_later(self._renew_s, self._tell, TROUBLE, "the renewal of the lease is late")
            try:
                if await self._renew():
                    self._tell(None)
            except UnreachableError as away:
                self._tell(TROUBLE, away.what)
            except Exception as error:
                self._tell(TROUBLE, f"{type(error).__name__}: {error}")
            finally:
                late.cancel()

    async def _renew(self) -> bool:
        """Claims count for another lease. False: the record is fresh, and nobody should rely on it yet."""
        sent = self._monotonic()
        keys = self._keys("nodes", f"node:{self.node}", f"rooms:{self.node}", "fresh")
        alive, fresh, rooms = await self._link.run(RENEW, keys, [self.node, self._lease_ms])
        if not alive and self._renewing is not None:
            self._sure_until = -inf
            self._tell(TROUBLE, "the lease had run out")
        on_record = set(rooms.decode().split())
        await self._put_back([claim for room, claim in self._claims.items() if room not in on_record])
        await self._clear_away(on_record)
        self._sure_until = sent + self._lease_ms / 1000 * (1 - MARGIN)
        self._wake()
        return not fresh

    async def _put_back(self, claims: Sequence[Claim]) -> None:
        keys = self._keys("owners", "fence")
        by_node = self._link.key("rooms:")
        runs = [self._link.run(RECLAIM, keys, [claim.room, claim.token, self.node, by_node]) for claim in claims]
        for claim, ours in zip(claims, await asyncio.gather(*runs), strict=True):
            if not ours and self._claims.get(claim.room) == claim:
                self._lose(claim)

    async def _clear_away(self, on_record: Iterable[str]) -> None:
        """Give back what was acquired without the answer coming through, and what could not be released."""
        rooms = [room for room in on_record if self._is_stray(room)]
        tokens = await _tokens(self._link, rooms)
        for room, token in zip(rooms, tokens, strict=True):
            # It may have been acquired meanwhile.
            if token is not None and self._is_stray(room):
                await self.release(Claim(room, token.decode()))

    def _is_stray(self, room: str) -> bool:
        return room not in self._claims and room not in self._acquiring

    def _lose(self, claim: Claim) -> None:
        del self._claims[claim.room]
        self._wake()
        try:
            self._lost(claim)
        except Exception:
            log.exception("room %s: lost, but not let go", claim.room)

    def _tell(self, trouble: str | None, why: str = "claims are certain again") -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("lease of %s: %s", self.node, why)
            try:
                self._trouble_changed(trouble)
            except Exception:
                log.exception("trouble with the lease: not everybody knows")

    def _wake(self) -> None:
        """Who waits for a claim looks again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def _keys(self, *names: str) -> list[bytes]:
        return [self._link.key(name) for name in names]


async def _tokens(link: RedisLink, rooms: Sequence[str]) -> list[Any]:
    return await link.call("HMGET", link.key("owners"), *rooms) if rooms else []


async def owners_on_record(link: RedisLink) -> dict[str, str]:
    """Room → the node that is on record as its owner, alive or not. Raises UnreachableError."""
    found = _texts(await link.call("HGETALL", link.key("owners")))
    return {room: token.partition(" ")[0] for room, token in zip(found[::2], found[1::2], strict=True)}


def _text(answer: Any) -> str | None:
    return answer.decode() if answer else None


def _texts(answers: Iterable[bytes]) -> list[str]:
    return [answer.decode() for answer in answers]

"""The lease of one node among several: the node is alive while its own key in Redis, which it keeps renewing, exists.

The keys, each behind the prefix of the link:

- ``node:{node}`` exists while the node is alive; it expires. ``nodes`` names every node that is alive or owns rooms.
- ``owners`` maps each room to its owner's token, ``{node} {fence}``. ``rooms:{node}`` names the rooms of one node.
- ``fence`` is the newest fencing number. It follows Redis's clock, so it grows even if all of this is lost.
- ``run`` names the run of the Redis process that wrote these keys, and when they were first used in it. Redis may have
  lost its last writes, or all of them, whenever it runs again. Each renewal shows a node whether that happened.
- ``fresh`` exists for one lease after a new ``run``, and as long as any node restores its stakes. Until it expires,
  nobody acquires a room, because another node may still be certain of a claim from before which it has not written
  again yet; and nobody stakes anything (see ``holds_lua``), because the same chips may be on hold in a round whose
  owner has not written its holds again yet.

A claim is certain until the node's key could have expired, counted from before its last renewal was sent. So a node
that was paused knows at once, without asking, that it may have lost its rooms. A takeover moves a room from one
``rooms:`` set to the other, so each renewal shows which rooms are missing. Of two ownerships the newer one wins: if
``owners`` has a newer token for a missing room, the room is lost; if not, because Redis came back empty or with older
data, the node writes its claim again.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from math import inf
from typing import Any, Final

from server.backends.bus import Claim
from server.backends.redis_link import IS_NEW_RUN, Argument, RedisLink, Script
from server.clock import uptime_s
from server.errors import UnreachableError

log = logging.getLogger(__name__)

LEASE_MS: Final = 3000
RENEW_MS: Final = 750
MARGIN: Final = 1 / 6
"""The part of a lease that a node does not rely on, because clocks run at slightly different speeds."""
TROUBLE: Final = "redis"
"""The reason that a room gives while its node's claims are uncertain."""

# KEYS: nodes, the node's own key, its rooms, run, fresh. ARGV: node, length of the lease in ms, 1 if the node restores
# its stakes. Returns whether the node was alive, the value of ``run``, the ms for which ``fresh`` still exists (0: it
# doesn't), and the node's rooms, separated by blanks.
RENEW = Script(
    IS_NEW_RUN
    + """
local nodes, node_key, rooms, run_key, fresh = unpack(KEYS)
local node, lease_ms, is_restoring = unpack(ARGV)
if is_new_run(run_key) then
  local time = redis.call('TIME')
  redis.call('SET', run_key, this_run() .. ' ' .. time[1] .. '.' .. time[2])
  redis.call('SET', fresh, 1, 'PX', lease_ms)
elseif is_restoring == '1' then
  redis.call('PEXPIRE', fresh, lease_ms)
end
local alive = redis.call('PEXPIRE', node_key, lease_ms)
if alive == 0 then
  redis.call('SADD', nodes, node)
  redis.call('SET', node_key, 1, 'PX', lease_ms)
end
local fresh_ms = math.max(redis.call('PTTL', fresh) + 1, 0)
return {alive, redis.call('GET', run_key), fresh_ms, table.concat(redis.call('SMEMBERS', rooms), ' ')}
"""
)

# KEYS: owners, fence, the node's own key, run, fresh. ARGV: room, node, prefix of node keys, prefix of rooms keys.
# Returns the new token; 0 if a live node owns the room; nothing if the node may not acquire now.
ACQUIRE = Script(
    IS_NEW_RUN
    + """
local owners, fence, node_key, run_key, fresh = unpack(KEYS)
local room, node, node_prefix, rooms_prefix = unpack(ARGV)
if redis.call('EXISTS', node_key) == 0 or redis.call('EXISTS', fresh) == 1 or is_new_run(run_key) then
  return false
end
local last = tonumber(redis.call('GET', fence) or 0)
local token = redis.call('HGET', owners, room)
if token then
  local owner, owner_fence = string.match(token, '^(%S+) (%d+)$')
  if redis.call('EXISTS', node_prefix .. owner) == 1 then
    return 0
  end
  redis.call('SREM', rooms_prefix .. owner, room)
  last = math.max(last, tonumber(owner_fence))
end
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
local next = string.format('%.0f', math.max(last + 1, now_ms))
local new_token = node .. ' ' .. next
redis.call('SET', fence, next)
redis.call('HSET', owners, room, new_token)
redis.call('SADD', rooms_prefix .. node, room)
return new_token
"""
)

# KEYS: owners, fence. ARGV: room, token, node, prefix of rooms keys. Writes the claim again unless a newer one exists.
# Returns whether the claim is the current one.
RECLAIM = Script("""
local owners, fence = unpack(KEYS)
local room, token, node, rooms_prefix = unpack(ARGV)
local found = redis.call('HGET', owners, room)
local newest = found and string.match(found, '%d+$') or redis.call('GET', fence) or 0
if tonumber(newest) > tonumber(string.match(token, '%d+$')) then
  return 0
end
if found then
  redis.call('SREM', rooms_prefix .. string.match(found, '^%S+'), room)
end
redis.call('HSET', owners, room, token)
redis.call('SADD', rooms_prefix .. node, room)
return 1
""")

# KEYS: owners, the node's rooms. ARGV: room, token.
RELEASE = Script("""
local owners, rooms = unpack(KEYS)
local room, token = unpack(ARGV)
if redis.call('HGET', owners, room) == token then
  redis.call('HDEL', owners, room)
  redis.call('SREM', rooms, room)
end
""")

# KEYS: owners. ARGV: room, prefix of node keys. Returns the name of the owner, if it is alive.
OWNER = Script("""
local owners = KEYS[1]
local room, node_prefix = unpack(ARGV)
local token = redis.call('HGET', owners, room)
local owner = token and string.match(token, '^%S+')
return owner and redis.call('EXISTS', node_prefix .. owner) == 1 and owner
""")

# KEYS: nodes. ARGV: prefix of node keys. Returns the names of the live nodes.
NODES = Script("""
local nodes, node_prefix = KEYS[1], ARGV[1]
local alive = {}
for _, node in ipairs(redis.call('SMEMBERS', nodes)) do
  if redis.call('EXISTS', node_prefix .. node) == 1 then
    table.insert(alive, node)
  end
end
return alive
""")

# KEYS: nodes. ARGV: the asking node, prefix of node keys, prefix of rooms keys.
# Returns the rooms of dead nodes. A dead node without rooms is removed from ``nodes``.
ORPHANS = Script("""
local nodes = KEYS[1]
local asking, node_prefix, rooms_prefix = unpack(ARGV)
local orphans = {}
for _, node in ipairs(redis.call('SMEMBERS', nodes)) do
  if node ~= asking and redis.call('EXISTS', node_prefix .. node) == 0 then
    local rooms = redis.call('SMEMBERS', rooms_prefix .. node)
    if #rooms == 0 then
      redis.call('SREM', nodes, node)
    end
    for _, room in ipairs(rooms) do
      table.insert(orphans, room)
    end
  end
end
return orphans
""")


def _ignore(_: object) -> None: ...


def _never() -> bool:
    return False


class RedisLease:
    """``node`` is a name without blanks that no node had before. ``lease_ms`` is the same for all nodes of a cluster,
    and several times ``renew_ms``. ``monotonic`` returns seconds, and
    goes on while the machine is suspended, as the lease in Redis does."""

    def __init__(
        self,
        link: RedisLink,
        node: str,
        *,
        lease_ms: int = LEASE_MS,
        renew_ms: int = RENEW_MS,
        monotonic: Callable[[], float] = uptime_s,
    ) -> None:
        self.node = node
        self._link = link
        self._lease_ms = lease_ms
        self._renew_s = renew_ms / 1000
        self._monotonic = monotonic
        self._claims: dict[str, Claim] = {}
        self._certain_until = -inf
        self._changed = asyncio.Event()
        self._acquiring: Counter[str] = Counter()
        self._trouble: str | None = None
        self._on_trouble: Callable[[str | None], None] = _ignore
        self._on_lost: Callable[[Claim], None] = _ignore
        self._is_restoring: Callable[[], bool] = _never
        self._run = b""
        self._renewing: asyncio.Task[None] | None = None

    async def start(
        self,
        on_trouble: Callable[[str | None], None],
        on_lost: Callable[[Claim], None],
        is_restoring: Callable[[], bool] = _never,
    ) -> None:
        """Return when ``fresh`` does not exist: wait for it to expire, which takes about one lease."""
        self._on_trouble, self._on_lost, self._is_restoring = on_trouble, on_lost, is_restoring
        fresh_ms = await self._renew()
        self._renewing = asyncio.create_task(self._renew_forever())
        with suppress(UnreachableError):  # nobody acquires a room meanwhile, with or without this wait
            while fresh_ms > 0:
                await asyncio.sleep(fresh_ms / 1000)
                fresh_ms = 1 + await self._link.call("PTTL", self._link.key("fresh"))

    async def leave(self) -> bool:
        """True also if Redis is away: any other node finds this node's rooms there."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.wait([self._renewing])
        self._claims.clear()
        self._certain_until = -inf
        self._wake_waiters()
        try:
            await self._link.call("DEL", self._link.key(f"node:{self.node}"))
            return bool(await self.nodes())
        except UnreachableError as error:
            log.warning(
                "node %s could not give up its lease, which will expire: %s",
                self.node,
                error.what,
                extra={"node": self.node},
            )
            return True

    async def acquire(self, room: str) -> Claim | None:
        keys = self._keys("owners", "fence", f"node:{self.node}", "run", "fresh")
        self._acquiring[room] += 1
        try:
            token = await self._link.run(ACQUIRE, keys, [room, self.node, *self._keys("node:", "rooms:")])
        finally:
            self._acquiring[room] -= 1
            self._acquiring += Counter()  # drops the rooms that are at zero
        if token is None:
            raise UnreachableError("the node's lease has expired, or Redis was just restarted without its data")
        if not token:
            return None
        if room in self._claims:
            self._lose(self._claims[room])
        self._claims[room] = Claim(room, token.decode())
        return self._claims[room]

    async def release(self, claim: Claim) -> None:
        if self._claims.get(claim.room) == claim:
            del self._claims[claim.room]
            self._wake_waiters()
        await self._link.run(RELEASE, self._keys("owners", f"rooms:{self.node}"), [claim.room, claim.token])

    def owns(self, claim: Claim) -> bool:
        return self._claims.get(claim.room) == claim and self._monotonic() < self._certain_until

    async def confirm(self, claim: Claim) -> bool:
        while not self.owns(claim):
            if self._claims.get(claim.room) != claim:
                return False
            await self._changed.wait()
        return True

    async def owner(self, room: str) -> str | None:
        owner = await self._link.run(OWNER, self._keys("owners"), [room, *self._keys("node:")])
        return owner.decode() if owner else None

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
            if self._monotonic() >= self._certain_until:
                self._set_trouble(TROUBLE, "the lease may have expired")
            late = loop.call_later(self._renew_s, self._set_trouble, TROUBLE, "Redis has not answered the renewal yet")
            try:
                if not await self._renew():
                    self._set_trouble(None, "its claims are certain again")
            except UnreachableError as error:
                self._set_trouble(TROUBLE, error.what)
            except Exception as error:
                self._set_trouble(TROUBLE, f"{type(error).__name__}: {error}")
            finally:
                late.cancel()

    async def _renew(self) -> int:
        """Make the claims certain for another lease. Returns how long, in ms, ``fresh`` still exists (0: not at all);
        until then they can't be relied on."""
        sent = self._monotonic()
        keys = self._keys("nodes", f"node:{self.node}", f"rooms:{self.node}", "run", "fresh")
        args: list[Argument] = [self.node, self._lease_ms, int(self._is_restoring())]
        was_alive, run, fresh_ms, rooms = await self._link.run(RENEW, keys, args)
        is_new_run, self._run = run != self._run, run
        if not was_alive and self._renewing is not None:
            self._certain_until = -inf
            self._set_trouble(TROUBLE, "the lease had expired")
        if is_new_run and self._renewing is not None:
            self._trouble = None  # what has been restored since other trouble began may be lost again
            self._set_trouble(TROUBLE, "Redis was restarted or emptied")
        recorded = set(rooms.decode().split())
        await self._reclaim([claim for room, claim in self._claims.items() if room not in recorded])
        await self._release_strays(recorded)
        self._certain_until = sent + self._lease_ms / 1000 * (1 - MARGIN)
        self._wake_waiters()
        return int(fresh_ms)

    async def _reclaim(self, claims: Sequence[Claim]) -> None:
        keys = self._keys("owners", "fence")
        rooms_prefix = self._link.key("rooms:")
        runs = [self._link.run(RECLAIM, keys, [claim.room, claim.token, self.node, rooms_prefix]) for claim in claims]
        for claim, is_current in zip(claims, await asyncio.gather(*runs), strict=True):
            if not is_current and self._claims.get(claim.room) == claim:
                self._lose(claim)

    async def _release_strays(self, recorded: Iterable[str]) -> None:
        """Release rooms that Redis says are this node's, but are not: the answer to an ``acquire`` was lost, or a
        ``release`` failed."""
        rooms = [room for room in recorded if self._is_stray(room)]
        tokens = await _tokens(self._link, rooms)
        for room, token in zip(rooms, tokens, strict=True):
            # The node may have acquired the room meanwhile.
            if token is not None and self._is_stray(room):
                await self.release(Claim(room, token.decode()))

    def _is_stray(self, room: str) -> bool:
        return room not in self._claims and room not in self._acquiring

    def _lose(self, claim: Claim) -> None:
        del self._claims[claim.room]
        self._wake_waiters()
        try:
            self._on_lost(claim)
        except Exception:
            log.exception(
                "room %s: another node owns it, but closing it on node %s failed",
                claim.room,
                self.node,
                extra={"room": claim.room, "node": self.node},
            )

    def _set_trouble(self, trouble: str | None, reason: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            consequence = "its rooms resume" if trouble is None else "its rooms pause"
            log.warning("lease of node %s: %s; %s", self.node, reason, consequence, extra={"node": self.node})
            try:
                self._on_trouble(trouble)
            except Exception:
                log.exception(
                    "lease of node %s: a trouble listener raised; some rooms may not know",
                    self.node,
                    extra={"node": self.node},
                )

    def _wake_waiters(self) -> None:
        """Let all tasks that wait for a claim look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def _keys(self, *names: str) -> list[bytes]:
        return [self._link.key(name) for name in names]


async def _tokens(link: RedisLink, rooms: Sequence[str]) -> list[Any]:
    return await link.call("HMGET", link.key("owners"), *rooms) if rooms else []


async def recorded_owners(link: RedisLink) -> dict[str, str]:
    """Room → the node that Redis names as its owner, alive or dead. Raises UnreachableError."""
    found = _texts(await link.call("HGETALL", link.key("owners")))
    return {room: token.partition(" ")[0] for room, token in zip(found[::2], found[1::2], strict=True)}


def _texts(answers: Iterable[bytes]) -> list[str]:
    return [answer.decode() for answer in answers]

"""How many connections each account has, over all nodes that share a Redis.

The hash ``connections:{user}`` has a count for each node. A node always writes its whole count, so whatever Redis has
missed or forgotten is corrected when the next connection opens or closes.
"""

from collections import Counter
from functools import partial
from typing import Final

from server.backends.redis_link import Argument, RedisLink, Script

DAY_S: Final = 86_400

# KEYS: the account's connections. ARGV: the number of connections allowed, the node, its count with the new connection,
# seconds for which the hash lasts, prefix of node keys. Returns whether the connection is allowed. The counts of dead
# nodes are removed.
ADD_CONNECTION = Script("""
local connections = KEYS[1]
local most, node, count, seconds, node_prefix = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local counts, others = redis.call('HGETALL', connections), 0
for i = 1, #counts, 2 do
  local other, other_count = counts[i], counts[i + 1]
  if other ~= node and redis.call('EXISTS', node_prefix .. other) == 1 then
    others = others + other_count
  elseif other ~= node then
    redis.call('HDEL', connections, other)
  end
end
if others + count > most then
  return 0
end
redis.call('HSET', connections, node, count)
redis.call('EXPIRE', connections, seconds)
return 1
""")


class RedisPresence:
    """The Presence of one node among several. ``node`` is the name under which its lease is alive."""

    def __init__(self, link: RedisLink, node: str) -> None:
        self._link = link
        self._node = node
        self._connections: Counter[int] = Counter()
        self._unwritten: set[int] = set()

    async def add_connection(self, user_id: int, most: int) -> bool:
        self._write_again()
        self._connections[user_id] += 1
        args: list[Argument] = [most, self._node, self._connections[user_id], DAY_S, self._link.key("node:")]
        is_allowed = False
        try:
            is_allowed = bool(await self._link.run(ADD_CONNECTION, [self._key(user_id)], args))
        finally:
            if not is_allowed:
                # Redis may have counted the connection, or another one with it: write the count without it.
                self.remove_connection(user_id)
        return is_allowed

    def remove_connection(self, user_id: int) -> None:
        self._connections[user_id] -= 1
        if self._connections[user_id] <= 0:
            del self._connections[user_id]
        self._write(user_id)

    def _write(self, user_id: int) -> None:
        count, failed = self._connections[user_id], partial(self._write_failed, user_id)
        if count:
            self._link.post("HSET", self._key(user_id), self._node, count, on_failure=failed)
            self._link.post("EXPIRE", self._key(user_id), DAY_S, on_failure=failed)
        else:
            self._link.post("HDEL", self._key(user_id), self._node, on_failure=failed)

    def _write_failed(self, user_id: int, error: Exception) -> None:
        self._unwritten.add(user_id)

    def _write_again(self) -> None:
        unwritten, self._unwritten = self._unwritten, set()
        for user_id in unwritten:
            self._write(user_id)

    def _key(self, user_id: int) -> bytes:
        return self._link.key(f"connections:{user_id}")

"""Who is connected how often, over all nodes that share a Redis.

``here:{user}`` holds the number of each node. A node says its whole number each time, so what Redis has missed or
forgotten is right again with the next connection that comes or goes.
"""

from collections import Counter
from functools import partial
from typing import Final

from server.backends.redis_link import RedisLink, Script

DAY_S: Final = 86_400

# most, name, its number with the one that comes, seconds, node: → whether it may; nodes that are dead are dropped
ADD_CONNECTION = Script("""
local here, others = redis.call('HGETALL', KEYS[1]), 0
for i = 1, #here, 2 do
  if here[i] ~= ARGV[2] and redis.call('EXISTS', ARGV[5] .. here[i]) == 1 then
    others = others + here[i + 1]
  elseif here[i] ~= ARGV[2] then
    redis.call('HDEL', KEYS[1], here[i])
  end
end
if others + ARGV[3] > tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
""")


class RedisPresence:
    """The Presence of one of several nodes; ``node`` is the name by which the lease says that it is alive."""

    def __init__(self, link: RedisLink, node: str) -> None:
        self._link = link
        self._node = node
        self._connections: Counter[int] = Counter()
        self._untold: set[int] = set()

    async def add_connection(self, user_id: int, most: int) -> bool:
        self._tell_late()
        self._connections[user_id] += 1
        number, alive = self._connections[user_id], self._link.key("node:")
        may = False
        try:
            may = bool(
                await self._link.run(ADD_CONNECTION, [self._key(user_id)], [most, self._node, number, DAY_S, alive])
            )
        finally:
            if not may:
                # Redis may have counted it, or another that was told of beside it.
                self.remove_connection(user_id)
        return may

    def remove_connection(self, user_id: int) -> None:
        self._connections[user_id] -= 1
        if self._connections[user_id] <= 0:
            del self._connections[user_id]
        self._tell(user_id)

    def _tell(self, user_id: int) -> None:
        number, failed = self._connections[user_id], partial(self._failed, user_id)
        if number:
            self._link.post("HSET", self._key(user_id), self._node, number, on_failure=failed)
            self._link.post("EXPIRE", self._key(user_id), DAY_S, on_failure=failed)
        else:
            self._link.post("HDEL", self._key(user_id), self._node, on_failure=failed)

    def _failed(self, user_id: int, error: Exception) -> None:
        self._untold.add(user_id)

    def _tell_late(self) -> None:
        """What could not be told when it happened."""
        untold, self._untold = self._untold, set()
        for user_id in untold:
            self._tell(user_id)

    def _key(self, user_id: int) -> bytes:
        return self._link.key(f"here:{user_id}")

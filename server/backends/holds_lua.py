"""What happens to purses and holds in Redis, one atomic step a script; each may be sent again.

KEYS begin with the player's purse and, where holds are touched, go on with the hash of the player's holds and that of
the room's. ARGV begin with the balance and the version of the wallet as the caller knows it (version -1: not at all).
Holds follow as four arguments each: key, field in the room's hash, bytes, amount. What answers with a purse answers
balance, version, held, turn.

A purse knows in ``limits`` at which version of the wallet its player's own limits changed last.
"""

from typing import Final

from server.backends.redis_link import Script

# The newer wallet counts. A purse that is new to Redis starts with the time in µs for its turn: above that of any
# purse which the player had before it expired or Redis was emptied. Nothing lasts that holds nothing.
_PURSE: Final = """
local was = redis.call('HMGET', KEYS[1], 'b', 'v', 'held', 'turn')
local b, v, held, turn = tonumber(was[1]) or 0, tonumber(was[2]) or -1, tonumber(was[3]) or 0, tonumber(was[4])
local differs = not turn
if not turn then
  local time = redis.call('TIME')
  turn = time[1] * 1000000 + time[2]
end
if tonumber(ARGV[2]) > v then b, v, differs = tonumber(ARGV[1]), tonumber(ARGV[2]), true end
local function keep(more)
  held = held + more
  if differs or more ~= 0 then
    turn = turn + 1
    redis.call('HSET', KEYS[1], 'b', b, 'v', v, 'held', held, 'turn', turn)
  end
  if held > 0 then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], 86400000) end
  return {b, v, held, turn}
end
"""

# Free the holds that are there in the same bytes, which name one bet of one round.
_FREE: Final = """
local function free(from)
  local freed = 0
  for i = from, #ARGV, 4 do
    if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 2] then
      redis.call('HDEL', KEYS[2], ARGV[i])
      redis.call('HDEL', KEYS[3], ARGV[i + 1])
      freed = freed + ARGV[i + 3]
    end
  end
  return keep(-freed)
end
"""

# Answers whether the purse differs from what it was, and the purse.
MEET: Final = Script(_PURSE + "return {differs and 1 or 0, keep(0)}")

# ARGV 3: the version of the wallet at which the player's limits changed.
EXPIRE_LIMITS: Final = Script(
    _PURSE
    + """
if tonumber(ARGV[3]) > tonumber(redis.call('HGET', KEYS[1], 'limits') or -1) then
  redis.call('HSET', KEYS[1], 'limits', ARGV[3])
end
return keep(0)
"""
)

# KEYS 4: owners by room, 5: the key just settled. ARGV 3: room, token, the hold; then the cents that the player may
# still have lost or staked (empty: any), the version of the wallet at which the books said so, and that at which the
# player's limits were looked up.
# Answers 'stale'; 'used' and the hold which has the key; else a verdict and the purse.
HOLD: Final = Script(
    _PURSE
    + """
local key, field, hold, amount, budget = ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
if redis.call('HGET', KEYS[4], ARGV[3]) ~= ARGV[4] then return {'stale'} end
local used = redis.call('HGET', KEYS[2], key)
if used == hold then return {'held', keep(0)} end
used = used or redis.call('GET', KEYS[5])
if used then return {'used', used} end
if tonumber(redis.call('HGET', KEYS[1], 'limits') or -1) > tonumber(ARGV[11]) then return {'limits', keep(0)} end
if budget and v > tonumber(ARGV[10]) then return {'unknown', keep(0)} end
if budget and held + amount > budget then return {'limit', keep(0)} end
if b - held < amount then return {'short', keep(0)} end
redis.call('HSET', KEYS[2], key, hold)
redis.call('HSET', KEYS[3], field, hold)
return {'held', keep(amount)}
"""
)

# KEYS 4: owners by room, then the settled keys, not used here. ARGV 3: room, token, holds. Answers the purse, or
# nothing to who owns the room no more: it might free what the next owner found in the journal.
RELEASE: Final = Script(
    _PURSE
    + _FREE
    + """
if redis.call('HGET', KEYS[4], ARGV[3]) ~= ARGV[4] then return false end
return free(5)
"""
)

# The same, to put the holds back that are not there. What has just been settled stays so.
RESTORE: Final = Script(
    _PURSE
    + """
if redis.call('HGET', KEYS[4], ARGV[3]) ~= ARGV[4] then return false end
local restored = 0
for i = 5, #ARGV, 4 do
  local settled = redis.call('GET', KEYS[4 + (i - 1) / 4])
  if settled ~= ARGV[i + 2] and redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 2]) == 1 then
    redis.call('HSET', KEYS[3], ARGV[i + 1], ARGV[i + 2])
    restored = restored + ARGV[i + 3]
  end
end
return keep(restored)
"""
)

# KEYS 4: the settled keys. ARGV 3: ms for which they linger, holds. Whoever owns the room: the books have the round.
SETTLE: Final = Script(
    _PURSE
    + _FREE
    + """
for i = 4, #ARGV, 4 do redis.call('SET', KEYS[3 + i / 4], ARGV[i + 2], 'PX', ARGV[3]) end
return free(4)
"""
)

# KEYS: the player's holds, the key just settled. ARGV: the key. Answers the hold, or nothing.
FIND: Final = Script("return redis.call('HGET', KEYS[1], ARGV[1]) or redis.call('GET', KEYS[2])")

# KEYS: the player's purse and holds. Answers the sum on hold, and the holds.
LOOK: Final = Script("return {redis.call('HGET', KEYS[1], 'held') or 0, redis.call('HVALS', KEYS[2])}")

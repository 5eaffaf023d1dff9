"""The Lua scripts that change wallets and holds in Redis: each is one atomic step, and may safely be sent again.

KEYS begin with the player's wallet hash; scripts that touch holds go on with the hash of the player's holds and the
hash of the room's stakes. ARGV begin with the balance and the version of the wallet as the caller knows it (version -1:
it knows none). A list of holds takes four arguments for each: the hold's key, its field in the room's hash, the encoded
hold, and its amount in cents. Scripts that return a wallet return balance, version, held, revision.

``limits`` in a wallet hash is the version of the wallet at which the player's own limits last changed.
"""

from typing import Final

from server.backends.redis_link import IS_NEW_RUN, Script

# Reads the wallet; the newer of the stored one and the caller's counts. A wallet that is new to Redis starts with the
# time in µs as its revision: that is higher than any revision which it had before it expired or Redis was emptied.
# ``save`` adds to ``held``, writes what changed, and returns the wallet. A wallet that holds nothing expires.
_WALLET: Final = """
local wallet_key = KEYS[1]
local known_balance, known_version = tonumber(ARGV[1]), tonumber(ARGV[2])
local stored = redis.call('HMGET', wallet_key, 'balance', 'version', 'held', 'revision')
local balance, version = tonumber(stored[1]) or 0, tonumber(stored[2]) or -1
local held, revision = tonumber(stored[3]) or 0, tonumber(stored[4])
local differs = not revision
if not revision then
  local time = redis.call('TIME')
  revision = time[1] * 1000000 + time[2]
end
if known_version > version then
  balance, version, differs = known_balance, known_version, true
end
local function save(newly_held)
  held = held + newly_held
  if differs or newly_held ~= 0 then
    revision = revision + 1
    redis.call('HSET', wallet_key, 'balance', balance, 'version', version, 'held', held, 'revision', revision)
  end
  if held > 0 then redis.call('PERSIST', wallet_key) else redis.call('PEXPIRE', wallet_key, 86400000) end
  return {balance, version, held, revision}
end
"""

# ``remove_holds`` removes the holds listed from ARGV[first] on, if the same bytes are stored: they name one bet of one
# round, and a player may use a hold's key again.
_REMOVE_HOLDS: Final = """
local holds_key, staked_key = KEYS[2], KEYS[3]
local function remove_holds(first)
  local removed = 0
  for i = first, #ARGV, 4 do
    local key, field, hold, amount = unpack(ARGV, i, i + 3)
    if redis.call('HGET', holds_key, key) == hold then
      redis.call('HDEL', holds_key, key)
      redis.call('HDEL', staked_key, field)
      removed = removed + amount
    end
  end
  return save(-removed)
end
"""

# KEYS: wallet. ARGV: balance, version. Returns whether the wallet differs from what Redis had, and the wallet.
SYNC_WALLET: Final = Script(
    _WALLET
    + """
return {differs and 1 or 0, save(0)}
"""
)

# KEYS: wallet. ARGV: balance, version, the balance and the version that Redis must still have. Sets the wallet back to
# an older version. Returns the wallet; nothing if it has changed meanwhile.
SET_BACK: Final = Script("""
local wallet_key = KEYS[1]
local balance, version, seen_balance, seen_version = unpack(ARGV)
local stored = redis.call('HMGET', wallet_key, 'balance', 'version', 'held')
if stored[1] ~= seen_balance or stored[2] ~= seen_version then return false end
redis.call('HDEL', wallet_key, 'limits')
redis.call('HSET', wallet_key, 'balance', balance, 'version', version)
local revision = redis.call('HINCRBY', wallet_key, 'revision', 1)
return {tonumber(balance), tonumber(version), tonumber(stored[3]) or 0, revision}
""")

# KEYS: wallet. ARGV: balance, version, the version at which the limits changed. Returns the wallet.
EXPIRE_LIMITS: Final = Script(
    _WALLET
    + """
local limits_version = tonumber(ARGV[3])
if limits_version > tonumber(redis.call('HGET', wallet_key, 'limits') or -1) then
  redis.call('HSET', wallet_key, 'limits', limits_version)
end
return save(0)
"""
)

# KEYS: wallet, holds, staked, owners, the settled hold of this key, run and fresh (see ``lease_redis``).
# ARGV: balance, version, room, token; one hold; the cents that the player may still stake or lose (empty: any); the
# version of the wallet at which the losses were counted, and that at which the limits were loaded.
# Returns {'not_owner'}, {'restoring'} (holds of live rounds may be missing), {'used', the hold that has the key}, or
# another verdict and the wallet.
HOLD: Final = Script(
    _WALLET
    + IS_NEW_RUN
    + """
local holds_key, staked_key, owners_key, settled_key, run_key, fresh_key = unpack(KEYS, 2, 7)
local room, token = ARGV[3], ARGV[4]
local key, field, hold, amount = ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[8])
local budget, losses_version, limits_version = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])

if redis.call('HGET', owners_key, room) ~= token then return {'not_owner'} end
if redis.call('EXISTS', fresh_key) == 1 or is_new_run(run_key) then return {'restoring'} end
local used = redis.call('HGET', holds_key, key)
if used == hold then return {'held', save(0)} end
used = used or redis.call('GET', settled_key)
if used then return {'used', used} end
if tonumber(redis.call('HGET', wallet_key, 'limits') or -1) > limits_version then return {'old_limits', save(0)} end
if budget and version > losses_version then return {'old_losses', save(0)} end
if budget and held + amount > budget then return {'over_budget', save(0)} end
if balance - held < amount then return {'insufficient', save(0)} end
redis.call('HSET', holds_key, key, hold)
redis.call('HSET', staked_key, field, hold)
return {'held', save(amount)}
"""
)

# KEYS: wallet, holds, staked, owners. ARGV: balance, version, room, token, holds.
# Returns the wallet; nothing if the token is not the owner's, who might remove what the next owner found in the
# journal.
RELEASE: Final = Script(
    _WALLET
    + _REMOVE_HOLDS
    + """
local owners_key = KEYS[4]
local room, token = ARGV[3], ARGV[4]
if redis.call('HGET', owners_key, room) ~= token then return false end
return remove_holds(5)
"""
)

# KEYS: wallet, holds, staked, owners, the settled hold of each key. ARGV: balance, version, room, token, holds.
# Adds the holds that are missing, except those that were just settled. Returns like RELEASE.
RESTORE: Final = Script(
    _WALLET
    + """
local holds_key, staked_key, owners_key = KEYS[2], KEYS[3], KEYS[4]
local room, token = ARGV[3], ARGV[4]
if redis.call('HGET', owners_key, room) ~= token then return false end
local restored, settled = 0, 4
for i = 5, #ARGV, 4 do
  local key, field, hold, amount = unpack(ARGV, i, i + 3)
  settled = settled + 1
  if redis.call('GET', KEYS[settled]) ~= hold and redis.call('HSETNX', holds_key, key, hold) == 1 then
    redis.call('HSET', staked_key, field, hold)
    restored = restored + amount
  end
end
return save(restored)
"""
)

# KEYS: wallet, holds, staked, the settled hold of each key. ARGV: balance, version, ms to remember the keys, holds.
# Returns the wallet. Any node may call it: the database has the round.
SETTLE: Final = Script(
    _WALLET
    + _REMOVE_HOLDS
    + """
local remember_ms, settled = ARGV[3], 3
for i = 4, #ARGV, 4 do
  settled = settled + 1
  redis.call('SET', KEYS[settled], ARGV[i + 2], 'PX', remember_ms)
end
return remove_holds(4)
"""
)

# KEYS: the player's holds, the settled hold of the key. ARGV: the key. Returns the hold, or nothing.
FIND: Final = Script("""
local holds_key, settled_key, key = KEYS[1], KEYS[2], ARGV[1]
return redis.call('HGET', holds_key, key) or redis.call('GET', settled_key)
""")

# KEYS: the player's wallet and holds. Returns the sum on hold, and the holds.
READ_HOLDS: Final = Script("""
local wallet_key, holds_key = KEYS[1], KEYS[2]
return {redis.call('HGET', wallet_key, 'held') or 0, redis.call('HVALS', holds_key)}
""")

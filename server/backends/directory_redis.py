"""The directory of nodes that share a Redis. Each node writes what it has, and writes it again if Redis lost it.

The keys, each behind the prefix of the link:

- ``summaries`` maps each listed room to ``{node} {summary in JSON}``. Those of a node whose ``node:{node}`` key (see
  the lease) is gone do not count.
- ``sessions`` maps a session to its room; ``solos`` maps ``{user} {game}`` to a room; ``privates`` maps a room to
  ``{owner} {terms in JSON}``.
- ``written:{node}`` exists while Redis has what the node wrote.
"""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from functools import partial
from typing import Final

import msgspec

from server.backends.directory import LONGEST_DELAY_S, Summarize, Terms
from server.backends.redis_link import RedisLink, Script
from server.errors import UnreachableError
from server.messages import RoomSummary

log = logging.getLogger(__name__)

UPDATE_MS: Final = 250
WRITTEN_MS: Final = 60_000

# KEYS: summaries, the node's ``written``. ARGV: node, ms for which ``written`` lasts, rooms.
# Returns whether ``written`` existed, then those of the rooms that have no summary by this node.
FIND_MISSING = Script("""
local summaries, written = unpack(KEYS)
local node, written_ms = ARGV[1], ARGV[2]
local answer = {redis.call('EXISTS', written)}
redis.call('SET', written, 1, 'PX', written_ms)
for i = 3, #ARGV do
  local room = ARGV[i]
  local summary = redis.call('HGET', summaries, room)
  if not summary or string.match(summary, '^%S+') ~= node then
    table.insert(answer, room)
  end
end
return answer
""")

# KEYS: summaries. ARGV: prefix of node keys. Returns the summaries by live nodes, and removes the others.
READ_SUMMARIES = Script("""
local summaries, node_prefix = KEYS[1], ARGV[1]
local fields, alive, answer = redis.call('HGETALL', summaries), {}, {}
for i = 1, #fields, 2 do
  local room, summary = fields[i], fields[i + 1]
  local node = string.match(summary, '^%S+')
  if alive[node] == nil then
    alive[node] = redis.call('EXISTS', node_prefix .. node) == 1
  end
  if alive[node] then
    table.insert(answer, summary)
  else
    redis.call('HDEL', summaries, room)
  end
end
return answer
""")

# KEYS: a hash. ARGV: field, word. Deletes the field if the first word of its value is this one, or if ``word`` is
# empty.
DELETE_FIELD = Script("""
local hash = KEYS[1]
local field, word = ARGV[1], ARGV[2]
local value = redis.call('HGET', hash, field)
if value and (word == '' or string.match(value, '^%S+') == word) then
  redis.call('HDEL', hash, field)
end
""")

# KEYS: solos. ARGV: field, room. Returns the room that the field holds now.
ENTER_SOLO = Script("""
local solos = KEYS[1]
local field, room = ARGV[1], ARGV[2]
redis.call('HSETNX', solos, field, room)
return redis.call('HGET', solos, field)
""")

# KEYS: privates. ARGV: room, value (its first word is the owner), the number of rooms that an owner may have.
# Returns whether the room was entered.
ENTER_PRIVATE = Script("""
local privates = KEYS[1]
local room, value, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
local owner, others = string.match(value, '^%S+'), 0
local fields = redis.call('HGETALL', privates)
for i = 1, #fields, 2 do
  if fields[i] ~= room and string.match(fields[i + 1], '^%S+') == owner then
    others = others + 1
  end
end
if others >= most then
  return 0
end
redis.call('HSET', privates, room, value)
return 1
""")

_encode = msgspec.json.Encoder().encode
_decode_summary = msgspec.json.Decoder(RoomSummary).decode
_decode_terms = msgspec.json.Decoder(Terms).decode

Field = tuple[str, str]
"""A hash and a field in it."""


class PendingWrites:
    """The fields that a node has written, and those of its writes that may not have reached Redis.

    ``values`` are the fields that this node keeps in Redis. ``_unconfirmed`` are fields whose last write or deletion
    may be missing, each with a word: if the field is not in ``values``, Redis must delete it if this is the first word
    of its value, or in any case if the word is empty.
    """

    def __init__(self, link: RedisLink) -> None:
        self.values: dict[Field, str] = {}
        self._link = link
        self._room: dict[Field, str] = {}
        self._of_room: defaultdict[str, set[Field]] = defaultdict(set)
        self._unconfirmed: dict[Field, str] = {}

    def put(self, field: Field, value: str, room: str) -> None:
        """Write the field, which belongs to ``room``."""
        self.keep(field, value, room)
        self._write(field)

    def keep(self, field: Field, value: str, room: str) -> None:
        """Remember a field that Redis has already, to write it again if Redis loses it."""
        self._drop(field)
        self.values[field] = value
        self._room[field] = room
        self._of_room[room].add(field)

    def delete(self, field: Field, word: str = "") -> None:
        """Delete the field if the first word of its value is ``word``; without a word, in any case."""
        if field in self.values and word in ("", self.values[field].partition(" ")[0]):
            self._drop(field)
        self._delete(field, word)

    def release_room(self, room: str) -> None:
        """Leave the fields of the room as they are, to the room's next owner."""
        for field in self._of_room.pop(room, ()):
            del self.values[field], self._room[field]
            self._unconfirmed.pop(field, None)

    def mark_unconfirmed(self, field: Field, word: str) -> None:
        """A write of the field failed, and may have been done nevertheless. ``word`` as in ``delete``."""
        self._unconfirmed[field] = word

    def mark_all_unconfirmed(self) -> None:
        self._unconfirmed = self.values | self._unconfirmed

    def resend(self) -> None:
        """Repeat the writes and deletions that are unconfirmed."""
        unconfirmed, self._unconfirmed = self._unconfirmed, {}
        for field, word in unconfirmed.items():
            if field in self.values:
                self._write(field)
            else:
                self._delete(field, word)

    def _write(self, field: Field) -> None:
        hash_, name = field
        # If the player has entered another solo room meanwhile, that one counts.
        command = "HSETNX" if hash_ == "solos" else "HSET"
        failed = partial(self._write_failed, field)
        self._link.post(command, self._link.key(hash_), name, self.values[field], on_failure=failed)

    def _delete(self, field: Field, word: str) -> None:
        hash_, name = field
        failed = partial(self._delete_failed, field, word)
        self._link.post_run(DELETE_FIELD, [self._link.key(hash_)], [name, word], on_failure=failed)

    def _write_failed(self, field: Field, error: Exception) -> None:
        if field in self.values:
            self._unconfirmed[field] = self.values[field]

    def _delete_failed(self, field: Field, word: str, error: Exception) -> None:
        self._unconfirmed.setdefault(field, word)

    def _drop(self, field: Field) -> None:
        if self.values.pop(field, None) is not None:
            room = self._room.pop(field)
            self._of_room[room].discard(field)
            if not self._of_room[room]:
                del self._of_room[room]


class _Summaries:
    """The summaries of this node's listed rooms, and which of them Redis has."""

    def __init__(self, link: RedisLink, node: str) -> None:
        self.listed: dict[str, Summarize] = {}
        self.written: dict[str, bytes] = {}
        self._link = link
        self._node = node

    async def find_missing(self) -> tuple[bool, list[str]]:
        """Whether Redis still has what this node wrote, and the listed rooms whose summaries it does not have. Raises
        UnreachableError."""
        keys = [self._link.key("summaries"), self._link.key(f"written:{self._node}")]
        was_written, *missing = await self._link.run(FIND_MISSING, keys, [self._node, WRITTEN_MS, *self.listed])
        return bool(was_written), [room.decode() for room in missing]

    async def write_changed(self) -> None:
        """Raises UnreachableError."""
        current = {room: f"{self._node} ".encode() + _encode(summarize()) for room, summarize in self.listed.items()}
        changed = {room: summary for room, summary in current.items() if self.written.get(room) != summary}
        if changed:
            arguments = [part for pair in changed.items() for part in pair]
            await self._link.call("HSET", self._link.key("summaries"), *arguments)
            self.written.update(changed)

    async def read(self) -> list[RoomSummary]:
        """Those of all live nodes, sorted by room. Raises UnreachableError."""
        answers = await self._link.run(READ_SUMMARIES, [self._link.key("summaries")], [self._link.key("node:")])
        found = {room: summarize() for room, summarize in self.listed.items()}
        for node, _, summary in (answer.partition(b" ") for answer in answers):
            if node.decode() != self._node:
                other = _decode_summary(summary)
                found.setdefault(other.room, other)
        return [found[room] for room in sorted(found)]


class RedisDirectory:
    """The Directory of one node among several. Other nodes see a summary at most ``update_ms`` later than this one."""

    def __init__(self, link: RedisLink, node: str, *, update_ms: int = UPDATE_MS) -> None:
        self._link = link
        self._node = node
        self._update_s = update_ms / 1000
        self._summaries = _Summaries(link, node)
        self._writes = PendingWrites(link)
        self._updating: asyncio.Task[None] | None = None
        self._is_failing = False

    async def start(self) -> None:
        self._updating = asyncio.create_task(self._update_forever())

    async def stop(self) -> None:
        """Remove the summaries of this node's rooms. Sessions and solo rooms stay, for the rooms' next owners."""
        if self._updating is not None:
            self._updating.cancel()
            await asyncio.wait([self._updating])
        for room in list(self._summaries.listed):
            self.release_room(room)
        with suppress(UnreachableError):
            await self._link.call("DEL", self._link.key(f"written:{self._node}"))

    # -- listed rooms --

    def list_room(self, room: str, summarize: Summarize) -> None:
        self._summaries.listed[room] = summarize

    def release_room(self, room: str) -> None:
        if self._summaries.listed.pop(room, None) is not None:
            self._summaries.written.pop(room, None)
            self._writes.delete(("summaries", room), self._node)
        self._writes.release_room(room)

    async def summaries(self) -> list[RoomSummary]:
        """Sorted by room."""
        return await self._summaries.read()

    # -- sessions --

    def add_session(self, session: int, room: str) -> None:
        self._writes.put(("sessions", str(session)), room, room)

    def remove_session(self, session: int) -> None:
        self._writes.delete(("sessions", str(session)))

    async def room_of(self, session: int) -> str | None:
        return await self._read("sessions", str(session))

    # -- solo rooms --

    async def enter_solo(self, user_id: int, game: str, room: str) -> str:
        field = _solo(user_id, game)
        try:
            found = await self._link.run(ENTER_SOLO, [self._link.key("solos")], [field[1], room])
        except (UnreachableError, asyncio.CancelledError):
            self._writes.mark_unconfirmed(field, room)
            raise
        entered: str = found.decode()
        if entered == room:
            self._writes.keep(field, room, room)
        return entered

    async def solo_of(self, user_id: int, game: str) -> str | None:
        return await self._read(*_solo(user_id, game))

    def forget_solo(self, user_id: int, game: str, room: str) -> None:
        self._writes.delete(_solo(user_id, game), room)

    # -- private rooms --

    async def enter_private(self, room: str, terms: Terms, most: int) -> bool:
        field, value = ("privates", room), _encode_private(terms)
        try:
            entered = await self._link.run(ENTER_PRIVATE, [self._link.key("privates")], [room, value, most])
        except (UnreachableError, asyncio.CancelledError):
            self._writes.mark_unconfirmed(field, "")
            raise
        if entered:
            self._writes.keep(field, value, room)
        return bool(entered)

    def keep_private(self, room: str, terms: Terms) -> None:
        self._writes.put(("privates", room), _encode_private(terms), room)

    async def terms_of(self, room: str) -> Terms | None:
        found = await self._read("privates", room)
        return _decode_private(found) if found else None

    async def private_rooms(self) -> dict[str, Terms]:
        found = await self._link.call("HGETALL", self._link.key("privates"))
        pairs = zip(found[::2], found[1::2], strict=True)
        return {room.decode(): _decode_private(value.decode()) for room, value in pairs}

    def forget_private(self, room: str) -> None:
        value = self._writes.values.get(("privates", room))
        self._writes.delete(("privates", room))
        if value is not None:
            # If this is lost, the room's rounds stay hidden for the longest delay.
            kept_s = _decode_private(value).kept_back_s
            self._link.post("SET", self._closed_key(room), kept_s, "EX", 2 * LONGEST_DELAY_S, on_failure=_ignore)

    async def kept_back_s(self, room: str) -> int:
        found = await self._link.call("GET", self._closed_key(room))
        return LONGEST_DELAY_S if found is None else int(found)

    def _closed_key(self, room: str) -> bytes:
        return self._link.key(f"closed:{room}")

    # -- keeping Redis up to date --

    async def _read(self, hash_: str, name: str) -> str | None:
        found = await self._link.call("HGET", self._link.key(hash_), name)
        return found.decode() if found else None

    async def _update_forever(self) -> None:
        while True:
            try:
                await self._update()
                self._is_failing = False
            except Exception as error:
                if not self._is_failing:
                    reason = error.what if isinstance(error, UnreachableError) else f"{type(error).__name__}: {error}"
                    log.warning(
                        "directory of node %s could not be updated; trying again: %s",
                        self._node,
                        reason,
                        extra={"node": self._node},
                    )
                self._is_failing = True
            await asyncio.sleep(self._update_s)

    async def _update(self) -> None:
        was_written, missing = await self._summaries.find_missing()
        if not was_written:
            self._writes.mark_all_unconfirmed()
        for room in missing:
            self._summaries.written.pop(room, None)
        await self._summaries.write_changed()
        self._writes.resend()


def _ignore(_error: Exception) -> None:
    pass


def _encode_private(terms: Terms) -> str:
    return f"{terms.owner} {_encode(terms).decode()}"


def _decode_private(value: str) -> Terms:
    return _decode_terms(value.partition(" ")[2])


def _solo(user_id: int, game: str) -> Field:
    return "solos", f"{user_id} {game}"

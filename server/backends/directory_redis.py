"""The directory of nodes that share a Redis: each says what it has, and says it again when the record was lost.

Under the keys of the floor: ``cards``, by room ``{node} {card in JSON}``; ``sessions``, by session the room; ``solos``,
by ``{user} {game}`` the room; ``privates``, by room ``{owner} {terms in JSON}``; ``told:{node}``: the record has what
the node said. Whose ``node:{node}`` (see the lease) is gone is not alive.
"""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from functools import partial
from typing import Final

import msgspec

from server.backends.directory import Describe, Terms
from server.backends.redis_link import RedisLink, Script
from server.errors import UnreachableError
from server.messages import RoomSummary

log = logging.getLogger(__name__)

TELL_MS: Final = 250
TOLD_MS: Final = 60_000

# node, ms, rooms → whether the record has what the node said; those of the rooms that have no card by it
LOOK = Script("""
local cards, told = unpack(KEYS)
local missing = {redis.call('EXISTS', told)}
redis.call('SET', told, 1, 'PX', ARGV[2])
for i = 3, #ARGV do
  local card = redis.call('HGET', cards, ARGV[i])
  if not card or string.match(card, '^%S+') ~= ARGV[1] then
    table.insert(missing, ARGV[i])
  end
end
return missing
""")

# node: → cards; those of dead nodes are removed
READ = Script("""
local found, alive, cards = redis.call('HGETALL', KEYS[1]), {}, {}
for i = 1, #found, 2 do
  local node = string.match(found[i + 1], '^%S+')
  if alive[node] == nil then
    alive[node] = redis.call('EXISTS', ARGV[1] .. node) == 1
  end
  if alive[node] then
    table.insert(cards, found[i + 1])
  else
    redis.call('HDEL', KEYS[1], found[i])
  end
end
return cards
""")

# field, word: the field goes if its first word is this one, or if there is no word
WITHDRAW = Script("""
local value = redis.call('HGET', KEYS[1], ARGV[1])
if value and (ARGV[2] == '' or string.match(value, '^%S+') == ARGV[2]) then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
""")

# field, value → what the field holds now
ENTER = Script("""
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])
""")

# room, value, most → whether the room is on record: not if the first word stands in so many others
ENTER_PRIVATE = Script("""
local owner, others = string.match(ARGV[2], '^%S+'), 0
local found = redis.call('HGETALL', KEYS[1])
for i = 1, #found, 2 do
  if found[i] ~= ARGV[1] and string.match(found[i + 1], '^%S+') == owner then
    others = others + 1
  end
end
if others >= tonumber(ARGV[3]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
""")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(RoomSummary).decode
_decode_terms = msgspec.json.Decoder(Terms).decode

Entry = tuple[str, str]
"""A hash and a field of it."""


class PendingWrites:
    """What a node has said of who is where, beside cards, and what of it Redis may not know."""

    def __init__(self, link: RedisLink) -> None:
        self.said: dict[Entry, str] = {}
        self._link = link
        self._room: dict[Entry, str] = {}
        self._of_room: defaultdict[str, set[Entry]] = defaultdict(set)
        # With the first word of what is to go if it is not said any more.
        self._doubted: dict[Entry, str] = {}

    def keep(self, entry: Entry, value: str, room: str) -> None:
        self.drop(entry)
        self.said[entry] = value
        self._room[entry] = room
        self._of_room[room].add(entry)

    def drop(self, entry: Entry) -> None:
        if self.said.pop(entry, None) is not None:
            room = self._room.pop(entry)
            self._of_room[room].discard(entry)
            if not self._of_room[room]:
                del self._of_room[room]

    def forget(self, room: str) -> None:
        """Leave what was said of the room to others."""
        for entry in self._of_room.pop(room, ()):
            del self.said[entry], self._room[entry]
            self._doubted.pop(entry, None)

    def say(self, entry: Entry) -> None:
        name, field = entry
        # A room of a single-player game that was entered meanwhile is the one that counts.
        command = "HSETNX" if name == "solos" else "HSET"
        self._link.post(command, self._link.key(name), field, self.said[entry], on_failure=partial(self._unsaid, entry))

    def withdraw(self, entry: Entry, word: str) -> None:
        """Take it off the record, if its first word there is this one; without a word whatever it is."""
        name, field = entry
        failed = partial(self._not_withdrawn, entry, word)
        self._link.post_run(WITHDRAW, [self._link.key(name)], [field, word], on_failure=failed)

    def doubt(self, entry: Entry, word: str) -> None:
        self._doubted[entry] = word

    def doubt_all(self) -> None:
        self._doubted = self.said | self._doubted

    def make_good(self) -> None:
        doubted, self._doubted = self._doubted, {}
        for entry, word in doubted.items():
            if entry in self.said:
                self.say(entry)
            else:
                self.withdraw(entry, word)

    def _unsaid(self, entry: Entry, error: Exception) -> None:
        if entry in self.said:
            self._doubted[entry] = self.said[entry]

    def _not_withdrawn(self, entry: Entry, word: str, error: Exception) -> None:
        self._doubted.setdefault(entry, word)


class _Cards:
    """The cards of this node's listed rooms, and what of them is on record."""

    def __init__(self, link: RedisLink, node: str) -> None:
        self.described: dict[str, Describe] = {}
        self.told: dict[str, bytes] = {}
        self._link = link
        self._node = node

    async def look(self) -> list[bytes]:
        """Whether the record has what this node said; the rooms whose cards it does not have. Raises
        UnreachableError."""
        keys = [self._link.key("cards"), self._link.key(f"told:{self._node}")]
        found: list[bytes] = await self._link.run(LOOK, keys, [self._node, TOLD_MS, *self.described])
        return found

    async def tell(self) -> None:
        """Put on record what has changed. Raises UnreachableError."""
        cards = {room: f"{self._node} ".encode() + _encode(tell()) for room, tell in self.described.items()}
        news = {room: card for room, card in cards.items() if self.told.get(room) != card}
        if news:
            await self._link.call("HSET", self._link.key("cards"), *(each for pair in news.items() for each in pair))
            self.told.update(news)

    async def read(self) -> list[RoomSummary]:
        """Those of all nodes, by room. Raises UnreachableError."""
        cards = await self._link.run(READ, [self._link.key("cards")], [self._link.key("node:")])
        found = {room: describe() for room, describe in self.described.items()}
        for node, _, card in (each.partition(b" ") for each in cards):
            if node.decode() != self._node:
                summary = _decode(card)
                found.setdefault(summary.room, summary)
        return [found[room] for room in sorted(found)]


class RedisDirectory:
    """The Directory of one of several nodes. Other nodes see a card at most ``tell_ms`` later than this one."""

    def __init__(self, link: RedisLink, node: str, *, tell_ms: int = TELL_MS) -> None:
        self._link = link
        self._node = node
        self._tell_s = tell_ms / 1000
        self._cards = _Cards(link, node)
        self._word = PendingWrites(link)
        self._telling: asyncio.Task[None] | None = None
        self._failing = False

    async def start(self) -> None:
        self._telling = asyncio.create_task(self._tell_forever())

    async def stop(self) -> None:
        """The rooms' cards are withdrawn; sessions and rooms of single-player games go on elsewhere."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait([self._telling])
        for room in list(self._cards.described):
            self.release_room(room)
        with suppress(UnreachableError):
            await self._link.call("DEL", self._link.key(f"told:{self._node}"))

    # -- listed rooms --

    def list_room(self, room: str, describe: Describe) -> None:
        self._cards.described[room] = describe

    def release_room(self, room: str) -> None:
        if self._cards.described.pop(room, None) is not None:
            self._cards.told.pop(room, None)
            self._word.withdraw(("cards", room), self._node)
        # Whoever was here may still be in the room, at its next owner's.
        self._word.forget(room)

    async def summaries(self) -> list[RoomSummary]:
        """Sorted by room."""
        return await self._cards.read()

    # -- sessions --

    def add_session(self, session: int, room: str) -> None:
        entry = ("sessions", str(session))
        self._word.keep(entry, room, room)
        self._word.say(entry)

    def remove_session(self, session: int) -> None:
        entry = ("sessions", str(session))
        self._word.drop(entry)
        self._word.withdraw(entry, "")

    async def room_of(self, session: int) -> str | None:
        return await self._found("sessions", str(session))

    # -- rooms of single-player games --

    async def enter_solo(self, user_id: int, game: str, room: str) -> str:
        entry = _solo(user_id, game)
        try:
            found = await self._link.run(ENTER, [self._link.key("solos")], [entry[1], room])
        except (UnreachableError, asyncio.CancelledError):
            self._word.doubt(entry, room)
            raise
        entered: str = found.decode()
        if entered == room:
            self._word.keep(entry, room, room)
        return entered

    async def solo_of(self, user_id: int, game: str) -> str | None:
        return await self._found(*_solo(user_id, game))

    def forget_solo(self, user_id: int, game: str, room: str) -> None:
        entry = _solo(user_id, game)
        if self._word.said.get(entry) == room:
            self._word.drop(entry)
        self._word.withdraw(entry, room)

    # -- private rooms --

    async def enter_private(self, room: str, terms: Terms, most: int) -> bool:
        entry, value = ("privates", room), _of_private(terms)
        try:
            entered = await self._link.run(ENTER_PRIVATE, [self._link.key("privates")], [room, value, most])
        except (UnreachableError, asyncio.CancelledError):
            self._word.doubt(entry, "")
            raise
        if entered:
            self._word.keep(entry, value, room)
        return bool(entered)

    def keep_private(self, room: str, terms: Terms) -> None:
        self._word.keep(("privates", room), _of_private(terms), room)
        self._word.say(("privates", room))

    async def terms_of(self, room: str) -> Terms | None:
        found = await self._found("privates", room)
        return _private_of(found) if found else None

    async def private_rooms(self) -> dict[str, Terms]:
        found = await self._link.call("HGETALL", self._link.key("privates"))
        return {room.decode(): _private_of(value.decode()) for room, value in zip(found[::2], found[1::2], strict=True)}

    def forget_private(self, room: str) -> None:
        self._word.drop(("privates", room))
        self._word.withdraw(("privates", room), "")

    # -- what is told --

    async def _found(self, name: str, field: str) -> str | None:
        found = await self._link.call("HGET", self._link.key(name), field)
        return found.decode() if found else None

    async def _tell_forever(self) -> None:
        while True:
            try:
                await self._tell()
                self._failing = False
            except Exception as error:
                if not self._failing:
                    why = error.what if isinstance(error, UnreachableError) else f"{type(error).__name__}: {error}"
                    log.warning("directory of %s: not up to date: %s", self._node, why)
                self._failing = True
            await asyncio.sleep(self._tell_s)

    async def _tell(self) -> None:
        known, *missing = await self._cards.look()
        if not known:
            self._word.doubt_all()
        for room in missing:
            self._cards.told.pop(room.decode(), None)
        await self._cards.tell()
        self._word.make_good()


def _of_private(terms: Terms) -> str:
    return f"{terms.owner} {_encode(terms).decode()}"


def _private_of(value: str) -> Terms:
    return _decode_terms(value.partition(" ")[2])


def _solo(user_id: int, game: str) -> Entry:
    return "solos", f"{user_id} {game}"

"""The journal of nodes that share a Redis: a stream a room, where the next owner of the room reads it.

The stream's first entry is the round's opening; the commands follow, in order and without a gap, or are not there. An
answer may be lost and a write may come late, so each write says what the stream holds from a place on: to repeat it
changes nothing, and what a lost answer left in doubt the next write puts right. A node's writes are numbered in the ids
of their entries, and a stream takes no id below its last one: a write that comes too late is refused.
"""

from contextlib import suppress
from typing import Any, Final

import msgspec

from game_engine.game import Command
from server.backends.bus import Claim
from server.backends.journal import LeaseLostError, Record
from server.backends.redis_link import Argument, RedisLink, Script
from server.errors import UnreachableError
from server.tasks import Tasks
from storage.settlement import OpenRound

# KEYS: owners by room, the stream. ARGV: room, token, number of the write, opening. Answers the last entry's id, or
# nothing to who owns the room no more. A round that is on record already stays there with all that happened in it.
OPEN: Final = Script("""
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return false end
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
if first and first[2][2] == ARGV[4] then return redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1][1] end
redis.call('DEL', KEYS[2])
return redis.call('XADD', KEYS[2], ARGV[3] .. '-0', 'e', ARGV[4])
""")

# KEYS: owners by room, the stream. ARGV: room, token, number of the write, how many entries stay, entries that follow
# them. Answers 1; 0: some of what should stay is not there; nothing: to who owns the room no more.
WRITE: Final = Script("""
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return false end
local over = redis.call('XLEN', KEYS[2]) - ARGV[4]
if over < 0 then return 0 end
local old = over > 0 and redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', over) or {}
for i = 5, #ARGV do redis.call('XADD', KEYS[2], ARGV[3] .. '-' .. i, 'e', ARGV[i]) end
for _, entry in ipairs(old) do redis.call('XDEL', KEYS[2], entry[1]) end
return 1
""")

# KEYS: owners by room, the stream. ARGV: room, token. Answers nothing to who owns the room no more.
CLEAR: Final = Script("""
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return false end
return redis.call('DEL', KEYS[2])
""")

_encode_opening = msgspec.msgpack.Encoder().encode
_decode_opening = msgspec.msgpack.Decoder(OpenRound).decode
_encode_entry = msgspec.json.Encoder().encode


class JournalBuffer:
    """A stream as the owner of its room knows it: ``kept`` entries are there for certain, those of ``unsure`` follow,
    and the first ``asked`` of them are on their way."""

    def __init__(self, claim: Claim, kept: int) -> None:
        self.claim = claim
        self.kept = kept
        self.unsure: list[bytes] = []
        self.asked = 0

    def next_write(self) -> tuple[int, list[bytes]]:
        """How many entries stay, and which are to follow them."""
        stay, entries = self.kept + self.asked, self.unsure[self.asked :]
        self.asked = len(self.unsure)
        return stay, entries

    def written(self, stay: int, entries: list[bytes]) -> None:
        new = entries[self.kept - stay :] if self.kept >= stay else []
        if self.unsure[: len(new)] == new:
            self.kept += len(new)
            self.asked = max(self.asked - len(new), 0)
            del self.unsure[: len(new)]

    def not_written(self) -> None:
        self.asked = 0

    def take_back(self, entry: bytes) -> None:
        self.unsure = [other for other in self.unsure if other is not entry]
        self.asked = 0


class RedisJournal:
    """The Journal of one of several nodes. ``append`` and ``note`` go on where ``open`` began or ``read`` ended."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._owners = link.key("owners")
        self._tapes: dict[str, JournalBuffer] = {}
        self._found: dict[str, int] = {}
        self._writes = 0
        self._tasks = Tasks("the journal")

    async def open(self, claim: Claim, round_: OpenRound) -> None:
        self._come_after(await self._run(OPEN, claim, _encode_opening(round_)))
        self._tapes[claim.room] = JournalBuffer(claim, 1)

    async def append(self, claim: Claim, at: int, command: Command) -> None:
        tape, entry = self._tape(claim), _encode_entry((at, command))
        tape.unsure.append(entry)
        try:
            written = await self._write(tape)
        except BaseException:
            # The one who asked takes it for refused, and so does the next write.
            tape.take_back(entry)
            raise
        if not written:
            tape.take_back(entry)
            raise UnreachableError(f"the journal of {claim.room} has lost what came before")

    def append_nowait(self, claim: Claim, at: int, command: Command) -> None:
        tape = self._tape(claim)
        tape.unsure.append(_encode_entry((at, command)))
        self._tasks.start(self._note(tape))

    async def _note(self, tape: JournalBuffer) -> None:
        """If it fails, the next write says it again; if there is no claim any more, nobody need."""
        with suppress(UnreachableError):
            if tape.asked < len(tape.unsure):
                await self._write(tape)

    async def read(self, room: str) -> Record | None:
        found = await self._link.call("XRANGE", self._stream(room), "-", "+")
        if not found:
            return None
        opening, *entries = [fields[1] for _, fields in found]
        self._found[room] = len(found)
        self._come_after(found[-1][0])
        return Record(_decode_opening(opening), b"[%b]" % b",".join(entries))

    async def clear(self, claim: Claim) -> None:
        await self._run(CLEAR, claim)
        self._tapes.pop(claim.room, None)

    def _tape(self, claim: Claim) -> JournalBuffer:
        tape = self._tapes.get(claim.room)
        if tape is None or tape.claim != claim:
            tape = self._tapes[claim.room] = JournalBuffer(claim, self._found.pop(claim.room))
        return tape

    async def _write(self, tape: JournalBuffer) -> bool:
        """Whether the stream holds all that the tape does; False: it has lost some of it. Raises UnreachableError,
        LeaseLostError."""
        for _ in range(2):  # what is missing may be an earlier write that failed: the second one says it again
            stay, entries = tape.next_write()
            try:
                written = await self._run(WRITE, tape.claim, stay, *entries)
            except BaseException:
                tape.not_written()
                raise
            if written:
                tape.written(stay, entries)
                return True
            tape.not_written()
        return False

    async def _run(self, script: Script, claim: Claim, *args: Argument) -> Any:
        keys = self._owners, self._stream(claim.room)
        self._writes += 1
        answer = await self._link.run(script, keys, (claim.room, claim.token, self._writes, *args))
        if answer is None:
            raise LeaseLostError(claim.room)
        return answer

    def _stream(self, room: str) -> bytes:
        return self._link.key(f"journal:{room}")

    def _come_after(self, entry_id: bytes) -> None:
        """Let the next write come after this one, which may be another node's."""
        self._writes = max(self._writes, int(entry_id.partition(b"-")[0]))

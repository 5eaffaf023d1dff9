"""The journal of nodes that share a Redis: one stream for each room, where the room's next owner reads it.

The stream's first entry is the round's opening. The commands follow in order and without gaps. An answer may be lost
and a write may arrive late, so each write says which entries the stream has from a given position on: repeating it
changes nothing, and the next write corrects what a lost answer left uncertain. The ids of the entries contain the
number of the write. A stream accepts no id below its last one, so Redis refuses a write that arrives too late.
"""

from contextlib import suppress
from typing import Any, Final

import msgspec

from game_engine.game import Command
from server.backends.bus import Claim
from server.backends.journal import Record, encode_entry, record_of
from server.backends.lease import LeaseLostError
from server.backends.redis_link import Argument, RedisLink, Script
from server.errors import UnreachableError
from server.tasks import Tasks
from storage.settlement import EndedBet, OpenRound

# The scripts' KEYS are the owner tokens by room and the room's stream; their ARGV begin with room and token. They
# return nothing if the token is not the owner's.

# ARGV: room, token, number of the write, opening. Returns the id of the last entry. A round that is already recorded
# stays, with all its commands.
OPEN: Final = Script("""
local owners, stream = unpack(KEYS)
local room, token, write, opening = unpack(ARGV)
if redis.call('HGET', owners, room) ~= token then return false end
local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
if first and first[2][2] == opening then return redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1][1] end
redis.call('DEL', stream)
return redis.call('XADD', stream, write .. '-0', 'e', opening)
""")

# ARGV: room, token, number of the write, how many entries stay, the entries that follow them.
# Returns 1; 0 if some of the entries that should stay are missing.
WRITE: Final = Script("""
local owners, stream = unpack(KEYS)
local room, token, write, stay = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if redis.call('HGET', owners, room) ~= token then return false end
local surplus = redis.call('XLEN', stream) - stay
if surplus < 0 then return 0 end
local old = surplus > 0 and redis.call('XREVRANGE', stream, '+', '-', 'COUNT', surplus) or {}
for i = 5, #ARGV do redis.call('XADD', stream, write .. '-' .. i, 'e', ARGV[i]) end
for _, entry in ipairs(old) do redis.call('XDEL', stream, entry[1]) end
return 1
""")

# ARGV: room, token.
CLEAR: Final = Script("""
local owners, stream = unpack(KEYS)
local room, token = unpack(ARGV)
if redis.call('HGET', owners, room) ~= token then return false end
return redis.call('DEL', stream)
""")

_encode_opening = msgspec.msgpack.Encoder().encode
_decode_opening = msgspec.msgpack.Decoder(OpenRound).decode


class JournalBuffer:
    """A room's stream as the room's owner knows it. The first ``confirmed`` entries are certainly there. Those in
    ``unconfirmed`` follow; the first ``sent`` of these are in flight."""

    def __init__(self, claim: Claim, confirmed: int) -> None:
        self.claim = claim
        self.confirmed = confirmed
        self.unconfirmed: list[bytes] = []
        self.sent = 0

    def next_write(self) -> tuple[int, list[bytes]]:
        """How many entries stay, and those to write behind them."""
        stay, entries = self.confirmed + self.sent, self.unconfirmed[self.sent :]
        self.sent = len(self.unconfirmed)
        return stay, entries

    def confirm(self, stay: int, entries: list[bytes]) -> None:
        """A write was done."""
        new = entries[self.confirmed - stay :] if self.confirmed >= stay else []
        if self.unconfirmed[: len(new)] == new:
            self.confirmed += len(new)
            self.sent = max(self.sent - len(new), 0)
            del self.unconfirmed[: len(new)]

    def mark_unsent(self) -> None:
        """A write failed: the next one writes everything that is unconfirmed."""
        self.sent = 0

    def remove(self, entry: bytes) -> None:
        self.unconfirmed = [other for other in self.unconfirmed if other is not entry]
        self.sent = 0


class RedisJournal:
    """The Journal of one node among several. ``append`` and ``append_nowait`` continue where ``open`` began or ``read``
    ended."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._owners = link.key("owners")
        self._buffers: dict[str, JournalBuffer] = {}
        self._entries_read: dict[str, int] = {}
        self._writes = 0
        self._tasks = Tasks("journal")

    async def open(self, claim: Claim, round_: OpenRound) -> None:
        self._number_after(await self._run(OPEN, claim, _encode_opening(round_)))
        self._buffers[claim.room] = JournalBuffer(claim, 1)

    async def append(self, claim: Claim, at: int, command: Command, bet: EndedBet | None = None) -> None:
        buffer, entry = self._buffer(claim), encode_entry(at, command, bet)
        buffer.unconfirmed.append(entry)
        try:
            is_written = await self._write(buffer)
        except BaseException:
            # The caller refuses the command now, so the next write must not contain it.
            buffer.remove(entry)
            raise
        if not is_written:
            buffer.remove(entry)
            raise UnreachableError(f"the journal of {claim.room} has lost earlier entries")

    def append_nowait(self, claim: Claim, at: int, command: Command, bet: EndedBet | None = None) -> None:
        buffer = self._buffer(claim)
        buffer.unconfirmed.append(encode_entry(at, command, bet))
        self._tasks.start(self._write_unsent(buffer))

    async def _write_unsent(self, buffer: JournalBuffer) -> None:
        # If this fails, the next write contains the entry. If the room was lost, its next owner decides.
        with suppress(UnreachableError):
            if buffer.sent < len(buffer.unconfirmed):
                await self._write(buffer)

    async def read(self, room: str) -> Record | None:
        found = await self._link.call("XRANGE", self._stream(room), "-", "+")
        if not found:
            return None
        opening, *entries = [fields[1] for _, fields in found]
        self._entries_read[room] = len(found)
        self._number_after(found[-1][0])
        return record_of(_decode_opening(opening), entries)

    async def clear(self, claim: Claim) -> None:
        await self._run(CLEAR, claim)
        self._buffers.pop(claim.room, None)

    def left_behind(self) -> list[str]:
        return []

    def _buffer(self, claim: Claim) -> JournalBuffer:
        buffer = self._buffers.get(claim.room)
        if buffer is None or buffer.claim != claim:
            buffer = self._buffers[claim.room] = JournalBuffer(claim, self._entries_read.pop(claim.room))
        return buffer

    async def _write(self, buffer: JournalBuffer) -> bool:
        """Whether the stream has all entries of the buffer; False: it has lost some. Raises UnreachableError,
        LeaseLostError."""
        # What is missing may be an earlier write that failed: the second attempt writes that again.
        for _ in range(2):
            stay, entries = buffer.next_write()
            try:
                is_written = await self._run(WRITE, buffer.claim, stay, *entries)
            except BaseException:
                buffer.mark_unsent()
                raise
            if is_written:
                buffer.confirm(stay, entries)
                return True
            buffer.mark_unsent()
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

    def _number_after(self, entry_id: bytes) -> None:
        """Give the next write a higher number than this entry's, which another node may have written."""
        self._writes = max(self._writes, int(entry_id.partition(b"-")[0]))

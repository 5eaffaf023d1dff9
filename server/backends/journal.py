"""The ordered record of each live round: how it was opened, and every command with its time.

It is kept where the room's next owner can read it. That owner uses only how the round was opened, to make it void.
"""

from typing import Protocol

from msgspec import Struct

from game_engine.game import Command
from game_engine.replay import journal_to_json
from server.backends.bus import Claim
from storage.settlement import OpenRound


class Record(Struct, frozen=True):
    """A live round so far."""

    opened: OpenRound
    journal: bytes
    """JSON, as the database stores it."""


class Journal(Protocol):
    async def open(self, claim: Claim, round_: OpenRound) -> None:
        """Begin a round; the record of the one before is discarded. Raises UnreachableError, LeaseLostError."""

    async def append(self, claim: Claim, at: int, command: Command) -> None:
        """Record a command; it is safe when this returns. Raises UnreachableError, LeaseLostError."""

    def append_nowait(self, claim: Claim, at: int, command: Command) -> None:
        """Record a command in its order, without waiting until it is safe."""

    async def read(self, room: str) -> Record | None:
        """What is recorded of the room's live round. Raises UnreachableError."""
        ...

    async def clear(self, claim: Claim) -> None:
        """The room has no live round. Raises UnreachableError, LeaseLostError."""


class LocalJournal:
    """The journal of a single node, in memory."""

    def __init__(self) -> None:
        self._records: dict[str, tuple[OpenRound, list[tuple[int, Command]]]] = {}

    async def open(self, claim: Claim, round_: OpenRound) -> None:
        self._records[claim.room] = (round_, [])

    async def append(self, claim: Claim, at: int, command: Command) -> None:
        self.append_nowait(claim, at, command)

    def append_nowait(self, claim: Claim, at: int, command: Command) -> None:
        self._records[claim.room][1].append((at, command))

    async def read(self, room: str) -> Record | None:
        record = self._records.get(room)
        return None if record is None else Record(record[0], journal_to_json(record[1]))

    async def clear(self, claim: Claim) -> None:
        self._records.pop(claim.room, None)

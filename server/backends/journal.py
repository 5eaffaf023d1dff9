"""The ordered record of each live round: what it was opened with, and every command with its time.

It is kept where the next owner of the room can read it.
"""

from typing import Protocol

from msgspec import Struct

from game_engine.game import Command
from game_engine.replay import journal_to_json
from server.backends.bus import Claim
from server.errors import UnreachableError
from storage.settlement import OpenRound


class Record(Struct, frozen=True):
    """A live round as far as it came."""

    opened: OpenRound
    journal: bytes
    """JSON, as it goes into the books."""


class LeaseLostError(UnreachableError):
    """Another node owns the room."""


class Journal(Protocol):
    async def open(self, claim: Claim, round_: OpenRound) -> None:
        """A round begins; the record of the one before it is thrown away. Raises UnreachableError, LeaseLostError."""

    async def append(self, claim: Claim, at: int, command: Command) -> None:
        """The command is on record when this returns. Raises UnreachableError, LeaseLostError."""

    def append_nowait(self, claim: Claim, at: int, command: Command) -> None:
        """Put a command on record for which nobody waits, in its order."""

    async def read(self, room: str) -> Record | None:
        """What was left of the room's live round. Raises UnreachableError."""
        ...

    async def clear(self, claim: Claim) -> None:
        """No round is live in the room. Raises UnreachableError, LeaseLostError."""


class LocalJournal:
    """The journal of a node that is alone: it goes with the process."""

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

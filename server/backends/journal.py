"""The ordered record of each live round: how it was opened, every command with its time, and its bets.

It is kept where it outlives the process: whoever finds the round without its owner makes it void and records its bets.
"""

import errno
import fcntl
import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Raw, Struct

from game_engine.game import Command
from server.backends.bus import Claim
from server.config import PREFIX, ConfigError
from server.errors import UnreachableError
from storage.settlement import EndedBet, OpenRound

log = logging.getLogger(__name__)

LARGEST_FILE = 4_000_000


class Record(Struct, frozen=True):
    """A live round so far."""

    opened: OpenRound
    journal: bytes
    """JSON, as the database stores it."""
    bets: tuple[EndedBet, ...] = ()
    """As they are on record if the round becomes void."""


class Journal(Protocol):
    async def open(self, claim: Claim, round_: OpenRound) -> None:
        """Begin a round; the record of the one before is discarded. Raises UnreachableError, LeaseLostError."""

    async def append(self, claim: Claim, at: int, command: Command, bet: EndedBet | None = None) -> None:
        """Record a command, and the bet that it placed as it is if the round becomes void. It is safe when this
        returns. Raises UnreachableError, LeaseLostError."""

    def append_nowait(self, claim: Claim, at: int, command: Command, bet: EndedBet | None = None) -> None:
        """Record a command in its order, without waiting until it is safe."""

    async def read(self, room: str) -> Record | None:
        """What is recorded of the room's live round. Raises UnreachableError."""
        ...

    async def clear(self, claim: Claim) -> None:
        """The room has no live round. Raises UnreachableError, LeaseLostError."""

    def left_behind(self) -> list[str]:
        """The rooms with a record that no other node will take over."""
        ...


_encode = msgspec.json.Encoder().encode
_entry = msgspec.json.Decoder(list[Raw])
_bet = msgspec.json.Decoder(EndedBet)


def encode_entry(at: int, command: Command, bet: EndedBet | None) -> bytes:
    """``[at, command]`` as JSON, with the bet as a third element if there is one."""
    return _encode((at, command) if bet is None else (at, command, bet))


def record_of(opened: OpenRound, entries: Iterable[bytes]) -> Record:
    """The record with these encoded entries."""
    journal: list[bytes] = []
    bets: list[EndedBet] = []
    for entry in entries:
        at, command, *bet = _entry.decode(entry)
        journal.append(b"[%b,%b]" % (at, command))
        bets += map(_bet.decode, bet)
    return Record(opened, b"[%b]" % b",".join(journal), tuple(bets))


class _Opened(Struct, frozen=True, tag="opened"):
    round: OpenRound


class _Entry(Struct, frozen=True, tag="entry"):
    room: str
    entry: Raw


class _Cleared(Struct, frozen=True, tag="cleared"):
    room: str


_line = msgspec.json.Decoder(_Opened | _Entry | _Cleared)


class LocalJournal:
    """The journal of a single node. Without ``path`` it is in memory only, and a crash loses it.

    The file has a line of JSON for every call. The operating system has a line when the call returns, so it outlives
    the process, though maybe not a power failure. The folder is for one journal at a time. Raises ConfigError if the
    file can't be used.
    """

    def __init__(self, path: Path | None = None, *, largest_file: int = LARGEST_FILE) -> None:
        """``largest_file``: the bytes after which the file is written anew, with the live rounds only."""
        self._path = path
        self._least = largest_file
        self._folder: int | None = None
        self._file: int | None = None
        self._is_failing = False
        self._size = 0
        self._largest = largest_file
        self._rounds: dict[str, tuple[OpenRound, list[bytes]]] = {}
        if path is not None:
            try:
                self._lock_folder(path.parent)
                self._load(path)
                self._write_anew(path)
            except OSError as error:
                self.close()
                raise ConfigError(f"{path}: {error.strerror}") from error
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        self._close_file()
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None

    async def open(self, claim: Claim, round_: OpenRound) -> None:
        self._rounds[claim.room] = (round_, [])
        self._write(_Opened(round_))

    async def append(self, claim: Claim, at: int, command: Command, bet: EndedBet | None = None) -> None:
        entries = self._rounds[claim.room][1]
        entries.append(encode_entry(at, command, bet))
        try:
            self._write(_Entry(claim.room, Raw(entries[-1])))
        except UnreachableError:
            entries.pop()  # the caller refuses the command
            raise

    def append_nowait(self, claim: Claim, at: int, command: Command, bet: EndedBet | None = None) -> None:
        entry = encode_entry(at, command, bet)
        self._rounds[claim.room][1].append(entry)
        # If this fails, the next write writes the whole file.
        with suppress(UnreachableError):
            self._write(_Entry(claim.room, Raw(entry)))

    async def read(self, room: str) -> Record | None:
        found = self._rounds.get(room)
        return None if found is None else record_of(*found)

    async def clear(self, claim: Claim) -> None:
        if self._rounds.pop(claim.room, None) is not None:
            self._write(_Cleared(claim.room))

    def left_behind(self) -> list[str]:
        return list(self._rounds)

    # -- the file --

    def _lock_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"another server keeps its state in {folder}; set {PREFIX}VAR to another folder"
            ) from None

    def _load(self, path: Path) -> None:
        lines = path.read_bytes().split(b"\n") if path.exists() else []
        for number, line in enumerate(lines[:-1], start=1):
            try:
                self._replay(_line.decode(line))
            except (msgspec.DecodeError, KeyError) as error:
                raise ConfigError(
                    f"{path}, line {number}: {error}. It lists the bets of rounds that were not settled; move the file "
                    "away to start without them."
                ) from error

    def _replay(self, line: _Opened | _Entry | _Cleared) -> None:
        match line:
            case _Opened(round_):
                self._rounds[round_.room] = (round_, [])
            case _Entry(room, entry):
                self._rounds[room][1].append(bytes(entry))
            case _Cleared(room):
                self._rounds.pop(room, None)

    def _write(self, line: _Opened | _Entry | _Cleared) -> None:
        """Raises UnreachableError. Then the next call writes the whole file."""
        if self._path is None:
            return
        try:
            if self._file is None or self._size > self._largest:
                self._write_anew(self._path)
            else:
                self._append(self._file, b"%b\n" % _encode(line))
            self._is_failing = False
        except OSError as error:
            self._close_file()
            if not self._is_failing:
                log.error("%s can't be written: %s; bets are refused until it can", self._path, error.strerror)
            self._is_failing = True
            raise UnreachableError(f"{self._path}: {error.strerror}") from error

    def _write_anew(self, path: Path) -> None:
        """Write the file with the live rounds only. Raises OSError."""
        self._close_file()
        lines = []
        for room, (opened, entries) in self._rounds.items():
            lines.append(_encode(_Opened(opened)))
            lines += [_encode(_Entry(room, Raw(entry))) for entry in entries]
        new = path.with_name(f"{path.name}.new")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            self._size = 0
            self._append(file, b"".join([b"%b\n" % line for line in lines]))
            new.replace(path)
        except BaseException:
            os.close(file)
            raise
        self._file = file
        self._largest = max(self._least, 2 * self._size)

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, file: int, data: bytes) -> None:
        written = os.write(file, data) if data else 0
        if written < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._size += written

"""Settling on SQLite in a process of its own, which has an interpreter and, where there are two, a core for itself."""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path

import msgspec

from storage.settle_on_sqlite import LENGTH, message_of
from storage.settlement import SettledRound, Settlement

ROOT = Path(__file__).parents[1]
_answers: msgspec.msgpack.Decoder[list[Settlement] | bytes] = msgspec.msgpack.Decoder(list[Settlement] | bytes)


class SettlingProcess:
    """Starts with the first batch at the latest, and again with the next one after it has died.

    ``lock_file`` is a locked file's descriptor: the process has it too, so that a server that dies unlocks it only when
    the batch which the process has begun is written.
    """

    def __init__(self, database: Path, pragmas: Sequence[str], lock_file: int) -> None:
        self._command = (sys.executable, "-m", "storage.settle_on_sqlite", str(database.absolute()), *pragmas)
        self._lock_file = lock_file
        self._process: Process | None = None

    async def settle(self, rounds: Sequence[SettledRound]) -> list[Settlement]:
        """One batch at a time, and not to be cancelled. Raises ConnectionError when the process dies, and what
        ``sqlite.settle`` raised in it."""
        process = await self.start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(message_of(rounds))
            length = await process.stdout.readexactly(LENGTH)
            answer = _answers.decode(await process.stdout.readexactly(int.from_bytes(length)))
        except (OSError, EOFError, RuntimeError) as error:  # the last is uvloop's, for a pipe that is closed
            await self.close()
            raise ConnectionError("the process that settles has died") from error
        if isinstance(answer, bytes):
            raised: Exception = pickle.loads(answer)  # noqa: S301 (our own program wrote it)
            raise raised
        return answer

    async def start(self) -> Process:
        """Unless it runs already."""
        process = self._process
        if process is not None and process.stdin is not None and process.stdin.is_closing():
            await self.close()
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, pass_fds=(self._lock_file,), cwd=ROOT
            )
        return self._process

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            await process.wait()

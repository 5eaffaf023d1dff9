"""Settles on SQLite in a second process, which has its own interpreter and, on two cores, its own core.

The server starts ``python -m storage.settling_process DATABASE PRAGMA…``. That process settles the batches that arrive
on its standard input, and answers on its standard output. It ends when its input ends, which also happens when the
server dies; it finishes the batch that it has begun.

A message is its length in four bytes, then MessagePack. A request is a list of ``EndedRound``. An answer is a list of
``Settlement``, None if something in the batch can't be written, or bytes with a pickled exception.
"""

import asyncio
import logging
import os
import pickle
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from storage.settle_sqlite import settle
from storage.settlement import EndedRound, Settlement

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]
LENGTH_BYTES = 4
KILLED_S = 5.0
"""How long a killed process may take to end. One that waits for a disk that hangs takes longer."""
_rounds = msgspec.msgpack.Decoder(list[EndedRound])
_answers: msgspec.msgpack.Decoder[list[Settlement] | bytes | None] = msgspec.msgpack.Decoder(
    list[Settlement] | bytes | None
)


class SettlingProcess:
    """The server's side: starts the process with the first batch, and another one with the next batch after its death.

    A process that hangs is killed: one that has not answered a batch, or has not ended, after ``limit_s`` seconds. The
    batch may be sent again, whether it was written or not.

    ``lock_file`` is the descriptor of the writers' lock. The process inherits it, so that the lock of a server that
    dies is free only when the process has written its batch.
    """

    def __init__(
        self,
        database: Path,
        pragmas: Sequence[str],
        lock_file: int,
        *,
        limit_s: float,
        python: str = sys.executable,
    ) -> None:
        self._command = (python, "-m", __name__, str(database.absolute()), *pragmas)
        self._lock_file = lock_file
        self._limit_s = limit_s
        self._process: Process | None = None

    async def settle(self, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
        """Let the process run ``settle_sqlite.settle``. None: something in the batch can't be written, and nothing was.

        Don't cancel the call, because its answer would be taken for that of the next one. Raises the exception that
        ``settle_sqlite.settle`` raised, and ConnectionError if the process died or had to be killed."""
        try:
            request = message(rounds)
        except (UnicodeError, OverflowError):
            return None
        process = await self._running_process()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self._limit_s):
                process.stdin.write(request)
                length = await process.stdout.readexactly(LENGTH_BYTES)
                answer = _answers.decode(await process.stdout.readexactly(int.from_bytes(length)))
        except TimeoutError:
            self._kill(process, f"has not answered {len(rounds)} rounds")
            await self.close()
            raise ConnectionError("the settling process did not answer and was killed") from None
        except (OSError, EOFError, RuntimeError) as error:  # uvloop raises RuntimeError for a closed pipe
            await self.close()
            raise ConnectionError("the settling process has died") from error
        if isinstance(answer, bytes):
            raised: Exception = pickle.loads(answer)  # noqa: S301 (our own program wrote it)
            raise raised
        return answer

    async def _running_process(self) -> Process:
        if self._process is not None and self._process.stdin is not None and self._process.stdin.is_closing():
            await self.close()
        if self._process is None:
            # Without a limit: the event loop starts processes synchronously, so that no timeout could cut it short.
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, pass_fds=(self._lock_file,), cwd=ROOT
            )
        return self._process

    async def close(self) -> None:
        """Let the process finish its batch and end."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        if await _ends_within(process, self._limit_s):
            return
        self._kill(process, "has not ended")
        if not await _ends_within(process, KILLED_S):
            log.error("the settling process (pid %d) can't be killed; the server goes on without it", process.pid)

    def _kill(self, process: Process, failure: str) -> None:
        log.error(
            "the settling process (pid %d) %s within %.0f s; it is killed, and the next batch starts another one",
            process.pid,
            failure,
            self._limit_s,
        )
        with suppress(ProcessLookupError):
            process.kill()


async def _ends_within(process: Process, limit_s: float) -> bool:
    try:
        await asyncio.wait_for(process.wait(), limit_s)
    except TimeoutError:
        return False
    return True


def message(body: object) -> bytes:
    encoded = msgspec.msgpack.encode(body)
    return len(encoded).to_bytes(LENGTH_BYTES) + encoded


def serve(requests: BinaryIO, answers: BinaryIO, path: str, pragmas: Sequence[str]) -> None:
    """Answer requests until they end."""
    connection: sqlite3.Connection | None = None
    while len(length := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        request = requests.read(int.from_bytes(length))
        try:
            if connection is None:
                connection = _connect(path, pragmas)
            answer: object = settle(connection, _rounds.decode(request))
        except Exception as error:
            answer = pickle.dumps(error)
        answers.write(message(answer))
        answers.flush()


def _connect(path: str, pragmas: Sequence[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def main() -> None:
    # Ctrl-C reaches the whole process group. The server still settles its last rounds, then closes the input.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    path, *pragmas = sys.argv[1:]
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer, path, pragmas)
    # Without closing the connection: the last connection to close writes the log back, which may race a commit.
    os._exit(0)


if __name__ == "__main__":
    main()

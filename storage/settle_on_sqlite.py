"""A program: settles the batches that come on its standard input and answers on its standard output.

    python -m storage.settle_on_sqlite DATABASE PRAGMA…

It ends when its input does, as when the server that started it is no more; a batch that it has begun comes to its end.
Who has it settle something keeps the writers' lock meanwhile. A message is its length in four bytes, then MessagePack:
a list of ``SettledRound``; for an answer a list of ``Settlement``, or bytes, which are a pickled exception.
"""

import os
import pickle
import signal
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

import msgspec

from storage import sqlite
from storage.settlement import SettledRound

LENGTH = 4
_rounds = msgspec.msgpack.Decoder(list[SettledRound])


def message_of(body: object) -> bytes:
    encoded = msgspec.msgpack.encode(body)
    return len(encoded).to_bytes(LENGTH) + encoded


def serve(requests: BinaryIO, answers: BinaryIO, path: str, pragmas: Sequence[str]) -> None:
    """Answer every request until there are no more."""
    connection: sqlite3.Connection | None = None
    while len(length := requests.read(LENGTH)) == LENGTH:
        request = requests.read(int.from_bytes(length))
        try:
            if connection is None:
                connection = _connect(path, pragmas)
            answer: object = sqlite.settle(connection, _rounds.decode(request))
        except Exception as error:
            answer = pickle.dumps(error)
        answers.write(message_of(answer))
        answers.flush()


def _connect(path: str, pragmas: Sequence[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def main() -> None:
    for signal_of_its_group in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_of_its_group, signal.SIG_IGN)
    path, *pragmas = sys.argv[1:]
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer, path, pragmas)
    # Without closing the connection: the last one out would write the log back, which may race another's commit.
    os._exit(0)


if __name__ == "__main__":
    main()

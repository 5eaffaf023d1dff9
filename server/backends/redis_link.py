"""A node's connection to Redis for commands: what is asked in one turn of the event loop leaves as one pipeline.

Connecting, signing in and noticing that Redis has hung up are the work of redis-py's connection pool. Packing and
answering are not: its ``Pipeline`` costs more than twice the CPU for each command (decision 25).
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from hiredis import pack_command
from msgspec import Struct
from redis.asyncio import Connection, ConnectionPool
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from server.batcher import Batcher
from server.errors import UnreachableError

Argument = bytes | str | int
OnFailure = Callable[[Exception], None]

# Error codes that say nothing about the command: Redis serves nobody right now, or takes no writes. In an error that a
# script raised, the code follows the script's name.
_UNAVAILABLE: Final = re.compile(
    r"(?:^|: )-(OOM|READONLY|MASTERDOWN|LOADING|MISCONF|NOREPLICAS|BUSY|CLUSTERDOWN|TRYAGAIN|UNBLOCKED)\b"
)
# After these codes another server may answer at the same address, so the link connects again.
_DEMOTED: Final = {"READONLY", "MASTERDOWN", "UNBLOCKED"}


class Script:
    """A Lua script, which Redis knows by its SHA-1 once it has run it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


# For scripts: ``this_run()`` is the id of this run of the Redis process. ``is_new_run(key)`` says that Redis was
# restarted or emptied, or another server took its place, after a run was last written to ``key``.
IS_NEW_RUN: Final = """
local function this_run()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end
local function is_new_run(key)
  local known = redis.call('GET', key)
  return not known or string.match(known, '^%x+') ~= this_run()
end
"""


class _Command(Struct):
    """A packed command. If it runs a script, ``args`` is everything that follows the script or its SHA.

    ``timeouts`` is how many pipelines had timed out when the command was given.
    """

    packed: bytes
    timeouts: int
    script: Script | None = None
    args: tuple[Argument, ...] = ()


def pack(*command: Argument) -> bytes:
    """The command in Redis's protocol. Raises TypeError."""
    packed: bytes = pack_command(command)  # type: ignore[arg-type]
    return packed


class RedisLink:
    """Commands to one Redis, sent in the order in which they were given. While a pipeline is in flight, the next one
    gathers.

    An answer is bytes, an integer, None, or a list of these. UnreachableError means that no answer came (Redis may have
    run the command or not), or that Redis refuses everybody right now (it has not run it). The link never sends a
    command twice. If Redis has forgotten a script (SCRIPT FLUSH), the script has not run; it runs after the rest of its
    pipeline.
    """

    def __init__(
        self,
        url: str,
        *,
        connect_s: float = 1.0,
        answer_s: float = 2.0,
        reconnect_pause_s: float = 0.05,
        largest_pipeline: int = 1000,
    ) -> None:
        """``url`` is redis://[user:password@]host[:port][/db], rediss://… or unix://path?db=… Raises ValueError.

        ``answer_s`` is the deadline for a whole pipeline, including the time to connect.
        """
        settings: dict[str, Any] = dict(parse_url(url))
        self._connection_class: type[Connection] = settings.pop("connection_class", Connection)
        self._settings: dict[str, Any] = {
            **settings,
            "socket_connect_timeout": connect_s,
            # The link sets one deadline for the pipeline: a deadline for each answer costs as much as the answer.
            "socket_timeout": None,
            "decode_responses": False,
            "protocol": 2,
            "driver_info": None,
            "retry": Retry(NoBackoff(), 0),
        }
        self.connection()  # raises ValueError now, not at the first command
        self.answer_s = answer_s
        self._pool = ConnectionPool(
            connection_class=self._connection_class,
            max_connections=1,
            redis_connect_func=self._connected,
            **self._settings,
        )
        self._connection: Connection | None = None
        self._reconnect_pause_s = reconnect_pause_s
        self._reconnect_at = 0.0
        self._refusal = ""
        self._address = str(settings.get("path") or f"{settings.get('host', 'localhost')}:{settings.get('port', 6379)}")
        self._prefix = f"croupier:{settings.get('db', 0)}:"
        self._batcher = Batcher[_Command, Any](self._run_batch, largest_pipeline)
        self._loaded: set[Script] = set()
        self._timeouts = 0
        self._closed = False

    def key(self, name: str) -> bytes:
        """The full name of a key or channel. It contains the database's number, because channels are not separated by
        database."""
        return (self._prefix + name).encode()

    def connection(self) -> Connection:
        """Another connection to the same Redis: not open, without deadlines for answers, without retries. Raises
        ValueError."""
        try:
            return self._connection_class(**self._settings)
        except TypeError as error:
            raise ValueError(f"the Redis URL has an unknown parameter: {error}") from None

    async def open(self) -> None:
        """Connect. Raises UnreachableError, which gives the reason without the URL's password."""
        await self.call("PING")

    async def close(self) -> None:
        """Wait for the answers that are due, then disconnect."""
        await self._batcher.drained()
        self._closed = True
        with suppress(RedisError, OSError):
            await self._pool.aclose()

    async def call(self, *command: Argument) -> Any:
        """Raises UnreachableError, and ResponseError if Redis refuses this command."""
        return _raise_or_return(await self._batcher.submit(self._command(command)))

    async def run(self, script: Script, keys: Sequence[bytes], args: Sequence[Argument] = ()) -> Any:
        """What the script returns. Raises UnreachableError, and ResponseError if the script fails."""
        return _raise_or_return(await self._batcher.submit(self._script_command(script, keys, args)))

    def post(self, *command: Argument, on_failure: OnFailure) -> None:
        """Like ``call``, but don't wait: pass the exception that ``call`` would raise to ``on_failure``."""
        self._post(self._command(command), on_failure)

    def post_run(
        self, script: Script, keys: Sequence[bytes], args: Sequence[Argument] = (), *, on_failure: OnFailure
    ) -> None:
        """Like ``run``, but don't wait: pass the exception that ``run`` would raise to ``on_failure``."""
        self._post(self._script_command(script, keys, args), on_failure)

    def _command(self, command: Sequence[Argument]) -> _Command:
        return _Command(pack(*command), self._timeouts)

    def _script_command(self, script: Script, keys: Sequence[bytes], args: Sequence[Argument]) -> _Command:
        following = (len(keys), *keys, *args)
        packed = pack("EVALSHA", script.sha, *following)
        return _Command(packed=packed, timeouts=self._timeouts, script=script, args=following)

    def _post(self, command: _Command, on_failure: OnFailure) -> None:
        self._batcher.submit(command).add_done_callback(partial(_report_failure, on_failure))

    async def _run_batch(self, commands: Sequence[_Command]) -> Sequence[Any]:
        # Commands that waited behind a pipeline which timed out fail with it. If each pipeline waited for its own
        # deadline, new commands would arrive faster than old ones fail.
        current = [command for command in commands if command.timeouts == self._timeouts]
        answers = await self._exchange(current) if current else []
        forgotten = [n for n, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if forgotten:
            self._loaded.clear()
            again = await self._exchange([current[n] for n in forgotten])
            for n, answer in zip(forgotten, again, strict=True):
                answers[n] = answer
        return [self._unreachable("does not answer") for _ in range(len(commands) - len(current))] + answers

    async def _exchange(self, commands: Sequence[_Command]) -> list[Any]:
        """Send the commands and return an answer for each; errors are returned, not raised."""
        answers: list[Any] = []
        failure = ""
        try:
            async with asyncio.timeout(self.answer_s):
                connection = await self._connect()
                await connection.send_packed_command([b"".join([self._to_send(command) for command in commands])])
                for _ in commands:
                    answers.append(await self._read_answer(connection))
        except (TimeoutError, RedisTimeoutError):
            self._timeouts += 1
            failure = "does not answer"
        except (RedisError, OSError) as error:
            failure = f"can't be reached: {error}"
        if self._connection is not None and (failure or any(isinstance(answer, _DemotedError) for answer in answers)):
            # Answers that are still to come must not be read as those of the next pipeline.
            await self._connection.disconnect(nowait=True)
        return answers + [self._unreachable(failure) for _ in commands[len(answers) :]]

    async def _connect(self) -> Connection:
        """The connection, which the pool opens again if Redis has hung up. After a failure, don't try again for a
        moment: under load, every turn of the loop would connect."""
        if self._closed:
            raise ConnectionAbortedError("the link is closed")
        now = asyncio.get_running_loop().time()
        if now < self._reconnect_at:
            raise ConnectionRefusedError(self._refusal)
        try:
            if self._connection is None:
                self._connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
            else:
                await self._pool.ensure_connection(self._connection)
        except (RedisError, OSError) as error:
            self._reconnect_at, self._refusal = now + self._reconnect_pause_s, str(error)
            raise
        return self._connection

    async def _connected(self, connection: Connection) -> None:
        await connection.on_connect()
        self._loaded.clear()

    def _to_send(self, command: _Command) -> bytes:
        if command.script is None or command.script in self._loaded:
            return command.packed
        self._loaded.add(command.script)
        return pack("EVAL", command.script.text, *command.args)

    async def _read_answer(self, connection: Connection) -> Any:
        try:
            return await connection.read_response()
        except ResponseError as error:
            found = _UNAVAILABLE.search(f"-{error.status_code} {error}" if error.status_code else f"-{error}")
            if found is None:
                return error
            kind = _DemotedError if found[1] in _DEMOTED else UnreachableError
            return kind(f"Redis at {self._address} refuses: {found[1]}")

    def _unreachable(self, failure: str) -> UnreachableError:
        return UnreachableError(f"Redis at {self._address} {failure}")


class _DemotedError(UnreachableError):
    """The server is no longer the primary."""


def _raise_or_return(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _report_failure(on_failure: OnFailure, answer: "asyncio.Future[Any]") -> None:
    if not answer.cancelled():
        failure = answer.exception() or answer.result()
        if isinstance(failure, Exception):
            on_failure(failure)

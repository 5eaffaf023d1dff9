"""A node's way to Redis: what is asked in one turn of the loop leaves as one pipeline, and nothing is sent twice."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from hiredis import pack_command
from msgspec import Struct
from redis.asyncio import Connection
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as NotConnectedInTime

from server.batcher import Batcher
from server.errors import UnreachableError

Argument = bytes | str | int
OnFailure = Callable[[Exception], None]

CONNECT_S: Final = 1.0
ANSWER_S: Final = 2.0
# Where connections are refused, to try at every turn of the loop helps nobody.
REST_S: Final = 0.05
LARGEST: Final = 1000

# Errors that say nothing of the command: Redis serves nobody, or takes no writes. A script's stand behind its place.
_UNFIT = re.compile(
    r"(?:^|: )-(OOM|READONLY|MASTERDOWN|LOADING|MISCONF|NOREPLICAS|BUSY|CLUSTERDOWN|TRYAGAIN|UNBLOCKED)\b"
)
# After these another server may be found under the same address.
_DEPOSED: Final = {"READONLY", "MASTERDOWN", "UNBLOCKED"}


class Script:
    """A Lua script, which Redis knows by its SHA-1 once it has run it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class _Order(Struct):
    """A command as it is sent; ``silences``: how often Redis had been silent when it was given. ``script``, ``args``:
    what it runs, and all that follows the script."""

    packed: bytes
    silences: int
    script: Script | None = None
    args: tuple[Argument, ...] = ()


def pack(*command: Argument) -> bytes:
    """The command in Redis's protocol. Raises TypeError."""
    packed: bytes = pack_command(command)  # type: ignore[arg-type]
    return packed


class RedisLink:
    """One connection for commands. They are sent in the order in which they were given; while one pipeline is on its
    way the next one gathers.

    Answers are bytes, integers, None or lists of them. Away means that no answer came (Redis may or may not have done
    it), or that Redis serves nobody just now (it has not). A command is never sent a second time by itself; a script
    that Redis has forgotten (SCRIPT FLUSH) has not run, and runs after the rest of its pipeline.
    """

    def __init__(self, url: str) -> None:
        """``url`` is redis://[user:password@]host[:port][/db], rediss://… or unix://path?db=… Raises ValueError."""
        settings: dict[str, Any] = dict(parse_url(url))
        self._kind: type[Connection] = settings.pop("connection_class", Connection)
        # Deadlines are set here, around a whole pipeline: one for each answer would cost as much as the answer.
        ours: dict[str, Any] = {"socket_connect_timeout": CONNECT_S, "socket_timeout": None, "decode_responses": False}
        self._settings = settings | ours | {"protocol": 2, "driver_info": None, "retry": Retry(NoBackoff(), 0)}
        self._place = str(settings.get("path") or f"{settings.get('host', 'localhost')}:{settings.get('port', 6379)}")
        self._prefix = f"croupier:{settings.get('db', 0)}:"
        self._batcher = Batcher[_Order, Any](self._run, LARGEST, halves=False)
        self._connection = self.connection()
        self._known: set[Script] = set()
        self._silences = 0
        self._rests_until = 0.0
        self._refused = ""
        self._closed = False

    def key(self, name: str) -> bytes:
        """The name of a key or channel of this floor: channels have no database of their own."""
        return (self._prefix + name).encode()

    def connection(self) -> Connection:
        """A further connection to the same place: not open, without deadlines for answers, without retries."""
        try:
            return self._kind(**self._settings)
        except TypeError as error:
            raise ValueError(f"the Redis URL has a parameter that means nothing: {error}") from None

    async def open(self) -> None:
        """Connect. Raises UnreachableError, which says why, without the URL's password."""
        await self.call("PING")

    async def close(self) -> None:
        """Wait for the answers that are due, and part."""
        self._closed = True
        await self._batcher.drained()
        await self._connection.disconnect(nowait=True)

    async def call(self, *command: Argument) -> Any:
        """Raises UnreachableError, and ResponseError when Redis refuses this command."""
        return _raised(await self._batcher.submit(self._order(command)))

    async def run(self, script: Script, keys: Sequence[bytes], args: Sequence[Argument] = ()) -> Any:
        """What the script returns. Raises UnreachableError, and ResponseError when the script fails."""
        return _raised(await self._batcher.submit(self._order_of(script, keys, args)))

    def post(self, *command: Argument, on_failure: OnFailure) -> None:
        """Like ``call``, without waiting: what that would raise is given to ``on_failure``."""
        self._post(self._order(command), on_failure)

    def post_run(
        self, script: Script, keys: Sequence[bytes], args: Sequence[Argument] = (), *, on_failure: OnFailure
    ) -> None:
        """Like ``run``, without waiting: what that would raise is given to ``on_failure``."""
        self._post(self._order_of(script, keys, args), on_failure)

    def _order(self, command: Sequence[Argument]) -> _Order:
        return _Order(pack(*command), self._silences)

    def _order_of(self, script: Script, keys: Sequence[bytes], args: Sequence[Argument]) -> _Order:
        following = (len(keys), *keys, *args)
        return _Order(pack("EVALSHA", script.sha, *following), self._silences, script, following)

    def _post(self, order: _Order, on_failure: OnFailure) -> None:
        self._batcher.submit(order).add_done_callback(partial(_posted, on_failure))

    async def _run(self, orders: Sequence[_Order]) -> Sequence[Any]:
        # What waited while Redis was silent fails with what had been sent: if every pipeline waited its own deadline
        # out, more would gather than fails.
        heard = [order for order in orders if order.silences == self._silences]
        answers = await self._exchange(heard) if heard else []
        forgotten = [n for n, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if forgotten:
            self._known.clear()
            again = await self._exchange([heard[n] for n in forgotten])
            for n, answer in zip(forgotten, again, strict=True):
                answers[n] = answer
        return [self._away("was silent") for _ in range(len(orders) - len(heard))] + answers

    async def _exchange(self, orders: Sequence[_Order]) -> list[Any]:
        """An answer for each; errors are among them, not raised."""
        answers: list[Any] = []
        trouble = ""
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._connect()
            async with asyncio.timeout(ANSWER_S):
                await self._connection.send_packed_command([b"".join([self._wire(order) for order in orders])])
                for _ in orders:
                    answers.append(await self._answer())
        except (TimeoutError, NotConnectedInTime):
            self._silences += 1
            trouble = "does not answer"
        except (RedisError, OSError) as error:
            trouble = f"can't be reached: {error}"
        if trouble or any(isinstance(each, _Deposed) for each in answers):
            await self._connection.disconnect(nowait=True)
        return answers + [self._away(trouble) for _ in orders[len(answers) :]]

    def _wire(self, order: _Order) -> bytes:
        if order.script is None or order.script in self._known:
            return order.packed
        self._known.add(order.script)
        return pack("EVAL", order.script.text, *order.args)

    async def _answer(self) -> Any:
        try:
            return await self._connection.read_response()
        except ResponseError as error:
            unfit = _UNFIT.search(f"-{error.status_code} {error}" if error.status_code else f"-{error}")
            if unfit is None:
                return error
            kind = _Deposed if unfit[1] in _DEPOSED else UnreachableError
            return kind(f"Redis at {self._place} refuses: {unfit[1]}")

    async def _connect(self) -> None:
        """Be connected, to a server that has not hung up yet."""
        if self._connection.is_connected:
            if not await self._connection.can_read():  # which the end of the stream is, too
                return
            await self._connection.disconnect(nowait=True)
        if self._closed:
            raise ConnectionAbortedError("the link is closed")
        now = asyncio.get_running_loop().time()
        if now < self._rests_until:
            raise ConnectionRefusedError(self._refused)
        try:
            await self._connection.connect()  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as error:
            self._rests_until, self._refused = now + REST_S, str(error)
            raise
        self._known.clear()

    def _away(self, trouble: str) -> UnreachableError:
        return UnreachableError(f"Redis at {self._place} {trouble}")


class _Deposed(UnreachableError):
    """The server must not be asked any more."""


def _raised(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _posted(on_failure: OnFailure, answer: "asyncio.Future[Any]") -> None:
    if not answer.cancelled():
        failure = answer.exception() or answer.result()
        if isinstance(failure, Exception):
            on_failure(failure)

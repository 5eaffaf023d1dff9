"""The bus of nodes that share a Redis: published there once, heard by every node that has subscribers."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct
from redis.asyncio import Connection
from redis.exceptions import RedisError

from server.backends.bus import BusMessage, Claim, Receive, Subscriptions
from server.backends.redis_link import ANSWER_S, RedisLink, Script, pack
from server.errors import UnreachableError

log = logging.getLogger(__name__)

SUBSCRIBE_S: Final = 2.0
PING_EVERY_S: Final = 3.0
PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0

# KEYS: owners by room. ARGV: room, token, channel, message. Returns how many heard, or -1 to who owns it no more.
PUBLISH_BY_CLAIM: Final = Script("""
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return -1 end
return redis.call('PUBLISH', ARGV[3], ARGV[4])
""")


class _Missed(Struct, frozen=True, tag="missed"):
    """The sender could not publish for a while."""


_decode = msgspec.msgpack.Decoder(BusMessage | _Missed).decode
_encode = msgspec.msgpack.Encoder().encode


class RedisBus:
    """The Bus of one of several nodes. ``node`` is its name among them, without a NUL."""

    def __init__(self, link: RedisLink, node: str) -> None:
        self._link = link
        # A message is the sender's name, a NUL and MessagePack: a node knows its own without decoding them.
        self._sender = node.encode() + b"\0"
        self._owners = link.key("owners")
        self._everybody = link.key("all")
        self._prefix = len(link.key(""))
        self._subscriptions = Subscriptions()
        self._on_loss: list[Callable[[], None]] = []
        self._listener = Listener(link, self._everybody, self._hear, self._lost)
        self._owes_news = False
        self._teller: asyncio.Task[None] | None = None
        self._stopped = False

    async def start(self) -> None:
        """Begin to hear. Raises UnreachableError."""
        await self._listener.start()

    async def stop(self) -> None:
        self._stopped = True
        if self._teller is not None:
            self._teller.cancel()
        await self._listener.stop()

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        name, body = self._link.key(channel), self._sender + _encode(message)
        if claim is None:
            self._link.post("PUBLISH", name, body, on_failure=self._not_published)
        else:
            args = (claim.room, claim.token, name, body)
            self._link.post_run(PUBLISH_BY_CLAIM, (self._owners,), args, on_failure=self._not_published)
        # After it is under way: what a receiver publishes in its turn comes later everywhere.
        self._subscriptions.deliver(channel, message)

    async def subscribe(self, channel: str, receive: Receive) -> None:
        await self._listener.join(self._link.key(channel))
        self._subscriptions.add(channel, receive)

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        self._subscriptions.remove(channel, receive)
        self._listener.leave(self._link.key(channel))

    def on_loss(self, lost: Callable[[], None]) -> None:
        self._on_loss.append(lost)

    def _hear(self, name: bytes, body: bytes) -> None:
        if body.startswith(self._sender):
            return
        try:
            message = _decode(body.partition(b"\0")[2])
        except (msgspec.MsgspecError, ValueError, RecursionError):
            log.warning("a message of %d bytes on %r can't be read", len(body), name)
            return
        if isinstance(message, _Missed):
            self._lost()
            return
        try:
            self._subscriptions.deliver(name[self._prefix :].decode(), message)
        except Exception:
            log.exception("a subscriber of %r failed", name)

    def _lost(self) -> None:
        for lost in self._on_loss:
            try:
                lost()
            except Exception:
                log.exception("who is told of a loss failed")

    def _not_published(self, failure: Exception) -> None:
        if not isinstance(failure, UnreachableError):
            log.error("Redis does not publish: %s", failure)
        self._owes_news = True
        if self._teller is None and not self._stopped:
            self._teller = asyncio.create_task(self._tell_others())

    async def _tell_others(self) -> None:
        """Tell the other nodes that something was not published, as soon as Redis answers."""
        pause = PAUSE_S
        while self._owes_news:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
            self._owes_news = False
            try:
                await self._link.call("PUBLISH", self._everybody, self._sender + _encode(_Missed()))
            except (UnreachableError, RedisError):
                self._owes_news = True
        self._teller = None


class Listener:
    """A pub/sub connection that comes back: it notices when it is lost, subscribes again, and says that it was away.

    Redis answers in order, so what an answer belongs to is the first thing that waits for one. Asking and hearing are
    tasks of their own: a subscription waits neither for messages nor for another one's answer.
    """

    def __init__(
        self, link: RedisLink, always: bytes, heard: Callable[[bytes, bytes], None], lost: Callable[[], None]
    ) -> None:
        """``always`` is a channel that is subscribed at all times."""
        self._link = link
        self._always = always
        self._heard = heard
        self._lost = lost
        self._holders: Counter[bytes] = Counter()
        self._confirmed: dict[bytes, asyncio.Future[None]] = {}
        self._asked: list[bytes] = []
        self._to_ask = asyncio.Event()
        self._due: deque[asyncio.Future[None] | None] = deque()
        self._connected = False
        self._was_up = False
        self._pause = PAUSE_S
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises UnreachableError when Redis does not let it subscribe soon."""
        self._task = asyncio.create_task(self._run())
        try:
            await self.join(self._always)
        except BaseException:
            await self.stop()
            raise
        self._was_up = True

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def join(self, channel: bytes) -> None:
        """Be subscribed once more; returns when Redis has confirmed. Raises UnreachableError; then nothing has
        changed."""
        if self._task is None:
            raise UnreachableError("the bus is stopped")
        self._holders[channel] += 1
        confirmed = self._confirmed.get(channel)
        if confirmed is None:
            confirmed = self._confirmed[channel] = asyncio.get_running_loop().create_future()
            self._ask(confirmed, b"SUBSCRIBE", channel)
        try:
            if not confirmed.done():
                await asyncio.wait([confirmed], timeout=SUBSCRIBE_S)
            if not confirmed.done():
                raise UnreachableError(f"Redis has not confirmed a subscription within {SUBSCRIBE_S:g} s")
        except BaseException:
            self.leave(channel)
            raise

    def leave(self, channel: bytes) -> None:
        """Be subscribed once less."""
        self._holders[channel] -= 1
        if not self._holders[channel]:
            del self._holders[channel], self._confirmed[channel]
            self._ask(None, b"UNSUBSCRIBE", channel)

    def _ask(self, answered: asyncio.Future[None] | None, *command: bytes) -> None:
        # While there is no connection nothing is asked: the next one begins with all that is wanted then.
        if self._connected:
            self._asked.append(pack(*command))
            self._due.append(answered)
            self._to_ask.set()

    async def _run(self) -> None:
        while True:
            connection = self._link.connection()
            try:
                async with asyncio.timeout(ANSWER_S):
                    await connection.connect()  # type: ignore[no-untyped-call]
                await self._serve(connection)
            except* (RedisError, OSError) as trouble:  # a deadline that passed is an OSError
                if self._pause == PAUSE_S:
                    log.warning("pub/sub is away: %s", str(trouble.exceptions[0]) or "no answer")
            except* Exception:
                log.exception("pub/sub failed")
            finally:
                self._disconnected()
                await connection.disconnect(nowait=True)
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE_S)

    async def _serve(self, connection: Connection) -> None:
        """Ask and hear until the connection is lost; raises what ended it."""
        self._connected = True
        for channel, confirmed in self._confirmed.items():
            self._ask(confirmed, b"SUBSCRIBE", channel)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear(connection))
            tasks.create_task(self._send(connection))
            tasks.create_task(self._check(again=self._was_up))

    def _disconnected(self) -> None:
        self._connected = False
        self._asked.clear()
        self._due.clear()
        for channel, confirmed in self._confirmed.items():
            if confirmed.done():
                self._confirmed[channel] = asyncio.get_running_loop().create_future()

    async def _hear(self, connection: Connection) -> None:
        while True:
            answer = await connection.read_response()
            if answer[0] == b"message":
                self._heard(answer[1], answer[2])
            else:
                due = self._due.popleft()
                if due is not None and not due.done():
                    due.set_result(None)

    async def _send(self, connection: Connection) -> None:
        while True:
            await self._to_ask.wait()
            self._to_ask.clear()
            asked, self._asked = self._asked, []
            # What is lost here must be noticed: sending on a lost connection would connect anew, without a word.
            if not connection.is_connected:
                return
            await connection.send_packed_command([b"".join(asked)])

    async def _check(self, again: bool) -> None:
        """See that Redis answers at all; what it answers first says that every channel is subscribed."""
        while True:
            pong = asyncio.get_running_loop().create_future()
            self._ask(pong, b"PING")
            async with asyncio.timeout(ANSWER_S):
                await pong
            self._pause = PAUSE_S
            if again:
                log.warning("pub/sub is back")
                self._lost()
                again = False
            await asyncio.sleep(PING_EVERY_S)

"""The bus of nodes that share a Redis: a message is published there once, and reaches every node that has subscribers.

Redis pub/sub forgets a message that it could not deliver, and a client library that reconnects hides the gap. So both
sides report a possible loss: the listener when its connection was replaced, the publisher when it could not publish.
"""

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
from server.backends.redis_link import RedisLink, Script, pack
from server.errors import UnreachableError
from server.retry import Attempts

log = logging.getLogger(__name__)

# KEYS: owner tokens by room. ARGV: room, token, channel, message.
# Returns the number of receivers, or -1 if the token is not the owner's.
PUBLISH_BY_CLAIM: Final = Script("""
local owners = KEYS[1]
local room, token, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('HGET', owners, room) ~= token then return -1 end
return redis.call('PUBLISH', channel, message)
""")


class BusTimings(Struct, frozen=True, kw_only=True):
    """All in seconds. ``ping_every_s`` is how often an idle connection is checked; the pauses are those between
    attempts to connect, and to report a failed publish."""

    subscribe_s: float = 2.0
    ping_every_s: float = 3.0
    pause_s: float = 0.05
    longest_pause_s: float = 1.0

    def attempts(self) -> Attempts:
        return Attempts(self.pause_s, longest_pause_s=self.longest_pause_s)


class _PublishFailed(Struct, frozen=True, tag="publish_failed"):
    """The sender could not publish for a while: its messages may be missing everywhere."""


_decode = msgspec.msgpack.Decoder(BusMessage | _PublishFailed).decode
_encode = msgspec.msgpack.Encoder().encode


class RedisBus:
    """The Bus of one node among several. ``node`` is its name, without a NUL."""

    def __init__(self, link: RedisLink, node: str, timings: BusTimings | None = None) -> None:
        self._link = link
        # A message is the sender's name, a NUL and MessagePack: a node recognizes its own without decoding them.
        self._sender = node.encode() + b"\0"
        self._owners = link.key("owners")
        self._all_nodes = link.key("all")
        self._prefix_length = len(link.key(""))
        self._timings = timings or BusTimings()
        self._subscriptions = Subscriptions()
        self._loss_listeners: list[Callable[[], None]] = []
        self._listener = PubSubListener(
            link=link,
            always=self._all_nodes,
            on_message=self._receive,
            on_loss=self._report_loss,
            timings=self._timings,
        )
        self._publish_failed = False
        self._reporting: asyncio.Task[None] | None = None
        self._stopped = False

    async def start(self) -> None:
        """Begin to listen. Raises UnreachableError."""
        await self._listener.start()

    async def stop(self) -> None:
        self._stopped = True
        if self._reporting is not None:
            self._reporting.cancel()
        await self._listener.stop()

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        name, body = self._link.key(channel), self._sender + _encode(message)
        if claim is None:
            self._link.post("PUBLISH", name, body, on_failure=self._on_publish_failure)
        else:
            args = (claim.room, claim.token, name, body)
            self._link.post_run(PUBLISH_BY_CLAIM, (self._owners,), args, on_failure=self._on_publish_failure)
        # After the post, so that whatever a receiver publishes in reply comes later everywhere.
        self._subscriptions.deliver(channel, message)

    async def subscribe(self, channel: str, receive: Receive) -> None:
        await self._listener.join(self._link.key(channel))
        self._subscriptions.add(channel, receive)

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        self._subscriptions.remove(channel, receive)
        self._listener.leave(self._link.key(channel))

    def on_loss(self, lost: Callable[[], None]) -> None:
        self._loss_listeners.append(lost)

    def _receive(self, name: bytes, body: bytes) -> None:
        if body.startswith(self._sender):
            return
        try:
            message = _decode(body.partition(b"\0")[2])
        except (msgspec.MsgspecError, ValueError, RecursionError):
            log.warning("skipped a message of %d bytes on %r: it can't be decoded", len(body), name)
            return
        if isinstance(message, _PublishFailed):
            self._report_loss()
            return
        try:
            self._subscriptions.deliver(name[self._prefix_length :].decode(), message)
        except Exception:
            log.exception("a subscriber of %r raised; later messages are delivered", name)

    def _report_loss(self) -> None:
        for lost in self._loss_listeners:
            try:
                lost()
            except Exception:
                log.exception("a loss listener raised; the other listeners are called")

    def _on_publish_failure(self, failure: Exception) -> None:
        if not isinstance(failure, UnreachableError):
            log.error("Redis refused to publish; other nodes will be told of the loss: %s", failure)
        self._publish_failed = True
        if self._reporting is None and not self._stopped:
            self._reporting = asyncio.create_task(self._report_publish_failure())

    async def _report_publish_failure(self) -> None:
        """Tell the other nodes that something was not published, as soon as Redis answers."""
        await asyncio.sleep(self._timings.pause_s)
        async for _ in self._timings.attempts():
            self._publish_failed = False
            try:
                await self._link.call("PUBLISH", self._all_nodes, self._sender + _encode(_PublishFailed()))
            except (UnreachableError, RedisError):
                continue
            if not self._publish_failed:
                break
        self._reporting = None


class PubSubListener:
    """A pub/sub connection that is replaced when it breaks, with all its subscriptions.

    Redis answers in order, so an answer belongs to the oldest command that waits for one. Sending and receiving are
    separate tasks: a subscription waits neither for messages nor for the answer to another one. redis-py's ``PubSub``
    is not used (decision 26).
    """

    def __init__(
        self,
        link: RedisLink,
        always: bytes,
        on_message: Callable[[bytes, bytes], None],
        on_loss: Callable[[], None],
        timings: BusTimings,
    ) -> None:
        """``always`` is a channel that stays subscribed. ``on_message`` gets a channel's name and a message's bytes.
        ``on_loss`` is called when the connection was replaced, after all its subscriptions were confirmed."""
        self._link = link
        self._always = always
        self._on_message = on_message
        self._on_loss = on_loss
        self._timings = timings
        self._subscribers: Counter[bytes] = Counter()
        self._confirmed: dict[bytes, asyncio.Future[None]] = {}
        self._to_send: list[bytes] = []
        self._has_to_send = asyncio.Event()
        self._unanswered: deque[asyncio.Future[None] | None] = deque()
        self._connected = False
        self._started = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises UnreachableError if Redis does not confirm a subscription in time."""
        self._task = asyncio.create_task(self._run())
        try:
            await self.join(self._always)
        except BaseException:
            await self.stop()
            raise
        self._started = True

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def join(self, channel: bytes) -> None:
        """Add a subscriber; returns when Redis has confirmed the subscription. Raises UnreachableError; then nothing
        has changed."""
        if self._task is None:
            raise UnreachableError("the bus is stopped")
        self._subscribers[channel] += 1
        confirmed = self._confirmed.get(channel)
        if confirmed is None:
            confirmed = self._confirmed[channel] = asyncio.get_running_loop().create_future()
            self._send(confirmed, b"SUBSCRIBE", channel)
        try:
            if not confirmed.done():
                await asyncio.wait([confirmed], timeout=self._timings.subscribe_s)
            if not confirmed.done():
                raise UnreachableError(f"Redis has not confirmed a subscription within {self._timings.subscribe_s:g} s")
        except BaseException:
            self.leave(channel)
            raise

    def leave(self, channel: bytes) -> None:
        """Remove a subscriber; the last one ends the subscription."""
        self._subscribers[channel] -= 1
        if not self._subscribers[channel]:
            del self._subscribers[channel], self._confirmed[channel]
            self._send(None, b"UNSUBSCRIBE", channel)

    def _send(self, answered: asyncio.Future[None] | None, *command: bytes) -> None:
        # While there is no connection, nothing is sent: the next one begins with all current subscriptions.
        if self._connected:
            self._to_send.append(pack(*command))
            self._unanswered.append(answered)
            self._has_to_send.set()

    async def _run(self) -> None:
        while True:
            async for attempt in self._timings.attempts():
                if await self._listen(is_first_attempt=attempt == 1):
                    break
            await asyncio.sleep(self._timings.pause_s)

    async def _listen(self, is_first_attempt: bool) -> bool:
        """Connect, and receive until the connection breaks. Returns whether Redis had answered."""
        connection = self._link.connection()
        answered = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._link.answer_s):
                await connection.connect()  # type: ignore[no-untyped-call]
            self._begin()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._receive(connection))
                tasks.create_task(self._send_waiting(connection))
                tasks.create_task(self._check(answered, is_replacement=self._started))
        except* (RedisError, OSError) as failures:  # TimeoutError is an OSError
            if is_first_attempt or answered.done():
                reason = str(failures.exceptions[0]) or "no answer"
                log.warning("lost the pub/sub connection to Redis; connecting again: %s", reason)
        except* Exception:
            log.exception("listening to Redis failed; connecting again")
        finally:
            self._end()
            await connection.disconnect(nowait=True)
        return answered.done()

    def _begin(self) -> None:
        self._connected = True
        for channel, confirmed in self._confirmed.items():
            self._send(confirmed, b"SUBSCRIBE", channel)

    def _end(self) -> None:
        self._connected = False
        self._to_send.clear()
        self._unanswered.clear()
        for channel, confirmed in self._confirmed.items():
            if confirmed.done():
                self._confirmed[channel] = asyncio.get_running_loop().create_future()

    async def _receive(self, connection: Connection) -> None:
        while True:
            answer = await connection.read_response()
            if answer[0] == b"message":
                self._on_message(answer[1], answer[2])
            else:
                answered = self._unanswered.popleft()
                if answered is not None and not answered.done():
                    answered.set_result(None)

    async def _send_waiting(self, connection: Connection) -> None:
        while True:
            await self._has_to_send.wait()
            self._has_to_send.clear()
            to_send, self._to_send = self._to_send, []
            # Sending on a broken connection would silently connect again, without the subscriptions.
            if not connection.is_connected:
                return
            await connection.send_packed_command([b"".join(to_send)])

    async def _check(self, answered: asyncio.Future[None], is_replacement: bool) -> None:
        """Ping again and again. The first answer comes after the confirmations of all subscriptions."""
        while True:
            pong = asyncio.get_running_loop().create_future()
            self._send(pong, b"PING")
            async with asyncio.timeout(self._link.answer_s):
                await pong
            if not answered.done():
                answered.set_result(None)
                if is_replacement:
                    log.warning("the pub/sub connection to Redis is back; messages may have been lost")
                    self._on_loss()
            await asyncio.sleep(self._timings.ping_every_s)

"""``GET /ws``: accepts WebSockets, reads their messages and keeps them alive."""

import asyncio
import logging
import socket as sockets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from itertools import count
from urllib.parse import urlsplit

import msgspec
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from server import messages
from server.backends.rate import AddressBuckets, Bucket, Rate
from server.config import Config
from server.errors import CLOSES, ClientError
from server.fanout.framing import close_frame, pong_frame
from server.messages import DECODE_ERRORS, MAX_MESSAGE_BYTES, SUBPROTOCOL, bad_request, decode_request
from server.ws.commands import COMMANDS
from server.ws.connection import ANSWERING, MAX_SILENT_BEATS, Connection
from server.ws.dependencies import Dependencies
from storage.errors import DatabaseUnavailableError

log = logging.getLogger(__name__)

BEATS_PER_TURN = 100
"""How many connections are pinged before other work gets a turn of the event loop."""


class Envelope(msgspec.Struct):
    """The id of a message, even if the rest of it can't be decoded."""

    id: messages.RequestId


_ENVELOPE = msgspec.json.Decoder(Envelope)


class WebSocket(web.WebSocketResponse):
    """aiohttp's WebSocket, except that the endpoint closes it after a message that is too large: aiohttp would close it
    before the goodbye is sent."""

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        if code == WSCloseCode.MESSAGE_TOO_BIG:
            return False
        return await super().close(code=code, message=message, drain=drain)


class FrameRate:
    """The messages and control frames of one connection."""

    def __init__(self, deps: Dependencies) -> None:
        rate = deps.config.messages_per_second * deps.config.rate_scale
        self._messages = Bucket(rate, 2 * rate)
        self._refusals = Bucket(1, deps.limits.refusals)
        control = deps.limits.control_frames.scaled(deps.config.rate_scale)
        self._control = Bucket(control.per_s, control.burst)
        self.is_spent = False
        """The connection is above its limits: it is closed, and nothing more should be read from it."""

    def check(self, now_ms: int, connection: Connection, message: WSMessage) -> bool:
        """Returns False if the message is above the rate; then it has been refused, and after too many of them the
        connection closed."""
        wait_ms = self._messages.take(now_ms)
        if not wait_ms:
            return True
        if self._refusals.take(now_ms):
            connection.close("too_many_messages")
            self.is_spent = True
        connection.refuse(_request_id(message.data), ClientError("rate_limited", retry_after_ms=wait_ms))
        return False

    def check_control(self, now_ms: int, connection: Connection) -> bool:
        """As ``check``, for a ping or a pong, or any frame after the server has closed the connection."""
        if not self._control.take(now_ms):
            return True
        connection.close("too_many_messages")
        self.is_spent = True
        return False


class Endpoint:
    """``address_of`` returns the client's address of a request."""

    def __init__(self, deps: Dependencies, address_of: Callable[[web.Request], str]) -> None:
        self.closes: Counter[str] = Counter()
        """How many connections the server has closed, by the name of the close code."""
        self._deps = deps
        self._config = deps.config
        self._address_of = address_of
        self._handshakes = AddressBuckets(_handshakes(deps.config))
        self._delayed_refusals = 0
        self._connections: set[Connection] = set()

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/ws", self.handle)
        app.cleanup_ctx.append(self._heartbeat)

    async def _heartbeat(self, _app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._beat_forever())
        yield
        task.cancel()

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(self._config.heartbeat / MAX_SILENT_BEATS)
            for number, connection in enumerate(tuple(self._connections), start=1):
                connection.beat()
                if number % BEATS_PER_TURN == 0:
                    await asyncio.sleep(0)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self._check_origin(request)
        address = self._address_of(request)
        wait_ms = self._handshakes.take(address, self._deps.clock.monotonic_ms())
        if wait_ms:
            await self._delay_refusal()
            raise ClientError("rate_limited", retry_after=max(1, -(-wait_ms // 1000)))
        return await self._serve(request, address)

    async def _delay_refusal(self) -> None:
        """Slow down those who connect again at once. A waiting request costs less than the next one."""
        limits = self._deps.limits
        if self._delayed_refusals < limits.delayed_refusals:
            self._delayed_refusals += 1
            try:
                await asyncio.sleep(limits.refusal_delay_s)
            finally:
                self._delayed_refusals -= 1

    def _check_origin(self, request: web.Request) -> None:
        """Browsers name the page that opens the socket. Only our own pages and the configured origins may."""
        origin = request.headers.get("Origin")
        if origin is None or _host_of(origin) == request.host:
            return
        if origin not in (self._config.origin(), *self._config.allowed_origins):
            raise ClientError("forbidden", reason="origin")

    async def _serve(self, request: web.Request, address: str) -> web.StreamResponse:
        ws = WebSocket(
            protocols=(SUBPROTOCOL,),
            max_msg_size=MAX_MESSAGE_BYTES + 1,  # aiohttp refuses messages as long as its limit
            compress=False,
            autoping=False,  # and no heartbeat by aiohttp: it takes a timer per connection and a callback per message
            decode_text=False,
            autoclose=False,
        )
        await ws.prepare(request)
        transport = request.transport
        if transport is None:
            return ws
        self._limit_send_buffer(transport)
        connection = Connection(transport, _bearer_token(request), address, self._deps)
        self._deps.hub.sockets.add(connection)
        self._connections.add(connection)
        if not self._deps.places.enter(connection, address):
            connection.close("full")
        connection.expect_hello(self._config.hello_timeout)
        try:
            # A separate task: otherwise each message would pass through all of aiohttp's handlers.
            await asyncio.create_task(self._read_messages(ws, connection))
        finally:
            self._deps.places.leave(connection)
            self._connections.discard(connection)
            if not ws.closed:
                connection.outbox.finish(close_frame(CLOSES["done"].code, ""))
            if connection.closed_as:
                self.closes[connection.closed_as] += 1
            await connection.gone()
            transport.close()
        return ws

    def _limit_send_buffer(self, transport: asyncio.Transport) -> None:
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (sockets.AF_INET, sockets.AF_INET6):
            raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, self._deps.limits.send_buffer_bytes)

    async def _read_messages(self, ws: WebSocket, connection: Connection) -> None:
        rate, now_ms = FrameRate(self._deps), self._deps.clock.monotonic_ms
        for number in count(1):
            connection.silent_beats = 0
            message = await ws.receive()
            connection.silent_beats = ANSWERING
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                if connection.closed:
                    rate.check_control(now_ms(), connection)
                elif rate.check(now_ms(), connection, message):
                    await self._answer(connection, message)
            elif message.type in (WSMsgType.PING, WSMsgType.PONG):
                if rate.check_control(now_ms(), connection) and message.type is WSMsgType.PING:
                    connection.outbox.put(pong_frame(message.data))
            else:
                if message.type is WSMsgType.ERROR and ws.close_code == WSCloseCode.MESSAGE_TOO_BIG:
                    connection.close("too_large")
                    await connection.wait_closed()
                return
            if rate.is_spent:
                # Not even to discard it: reading what comes too fast is what costs the other players.
                connection.stop_reading()
                self._handshakes.charge(connection.address, self._deps.limits.cut_off_costs, now_ms())
                await connection.wait_closed()
                return
            if number % self._deps.limits.frames_per_turn == 0:
                # receive() does not wait while frames are buffered.
                await asyncio.sleep(0)

    async def _answer(self, connection: Connection, message: WSMessage) -> None:
        if message.type is WSMsgType.BINARY:
            connection.refuse(None, ClientError("bad_json", reason="binary"))
            return
        raw: bytes = message.data
        try:
            request = decode_request(raw)
        except DECODE_ERRORS as error:
            connection.refuse(_request_id(raw), _decode_error(raw, error))
            return
        try:
            if not connection.greeted and type(request) is not messages.Hello:
                raise ClientError("hello_required")
            await COMMANDS[type(request)](connection, request, raw)
        except ClientError as problem:
            connection.refuse(request.id, problem)
        except DatabaseUnavailableError:
            connection.refuse(request.id, ClientError("unavailable"))
        except Exception:
            command = type(request).__name__
            log.exception(
                "%s of user %s failed; the reply is internal_error",
                command,
                connection.user_id,
                extra={"user_id": connection.user_id},
            )
            connection.refuse(request.id, ClientError("internal_error"))


def _handshakes(config: Config) -> Rate:
    """The rate of handshakes from one address: all of its connections at once, then each of them every 20 s."""
    most = config.max_connections_per_address
    return Rate("handshake", most / 20, most).scaled(config.rate_scale)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # for "http://[", for example
        return None


def _bearer_token(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None


def _request_id(raw: bytes) -> messages.RequestId | None:
    """The id of a refused message, if it has one."""
    try:
        return _ENVELOPE.decode(raw).id
    except DECODE_ERRORS:
        return None


def _decode_error(raw: bytes, error: Exception) -> ClientError:
    """bad_json, unknown_verb or bad_request."""
    if not isinstance(error, msgspec.ValidationError):
        return ClientError("bad_json")
    try:
        fields = msgspec.json.decode(raw)
    except DECODE_ERRORS:
        return ClientError("bad_json")
    if not isinstance(fields, dict):
        return ClientError("bad_json")
    problem = bad_request(error)
    if problem.extra.get("field") == "do" and isinstance(fields.get("do"), str):
        return ClientError("unknown_verb", field="do")
    return problem

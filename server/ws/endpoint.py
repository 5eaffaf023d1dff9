"""A socket's life, from the handshake to its end."""

import asyncio
import logging
import socket as sockets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from server import messages
from server.address import rate_key
from server.backends.rate import Bucket
from server.errors import CLOSES, ClientError
from server.fanout.framing import close_frame, pong_frame
from server.messages import DECODE_ERRORS, MAX_MESSAGE_BYTES, SUBPROTOCOL, bad_request, decode_request
from server.node.node import Node
from server.tasks import Tasks
from server.ws.commands import COMMANDS
from server.ws.commands.watching import review
from server.ws.connection import NOT_LISTENING, SILENT_BEATS, Connection, Doors
from server.ws.registry import Context
from storage.errors import DatabaseUnavailableError

log = logging.getLogger(__name__)


class Envelope(msgspec.Struct):
    """What is read of a message that can't be decoded."""

    id: messages.RequestId


class Socket(web.WebSocketResponse):
    """Left to itself, aiohttp closes at a message that is too large before anybody can say goodbye."""

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        return code != WSCloseCode.MESSAGE_TOO_BIG and await super().close(code=code, message=message, drain=drain)


_ENVELOPE = msgspec.json.Decoder(Envelope)
SEND_BUFFER = 128 * 1024
BEATS_IN_A_TURN = 100
"""Connections whose clients may be pinged before anything else has its turn."""
TOLERATED_REFUSALS = 200
"""Messages over the rate that are answered before the connection is closed; one more a second."""


class Endpoint:
    """What answers ``GET /ws``."""

    def __init__(self, node: Node, context: Context, address_of: Callable[[web.Request], str]) -> None:
        self._context = context
        self._config = context.config
        self._address_of = address_of
        self._open = 0
        self._connections: set[Connection] = set()
        self._by_address: Counter[str] = Counter()
        self.closes: Counter[str] = Counter()
        """Connections that the server closed, by the close's name."""
        deadline_ms = int(self._config.send_deadline * 1000)
        self._doors = Doors(
            node.rooms_api,
            node.players,
            node.hub,
            self._config.outbox_bytes,
            deadline_ms,
            review,
            Tasks("the endpoint"),
        )

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/ws", self.handle)
        app.cleanup_ctx.append(self._beating)

    async def _beating(self, _app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._beat_for_ever())
        yield
        task.cancel()

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._config.heartbeat / SILENT_BEATS)
            for place, connection in enumerate(tuple(self._connections), start=1):
                connection.beat()
                if place % BEATS_IN_A_TURN == 0:
                    await asyncio.sleep(0)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self._check_origin(request)
        address = rate_key(self._address_of(request))
        self._open += 1
        self._by_address[address] += 1
        try:
            return await self._serve(request, self._is_full(address))
        finally:
            self._open -= 1
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    def _check_origin(self, request: web.Request) -> None:
        """A browser names the page that opens the socket; only our own and the allowed ones may."""
        origin = request.headers.get("Origin")
        if origin is None or _host_of(origin) == request.host:
            return
        if origin not in (self._config.origin(), *self._config.allowed_origins):
            raise ClientError("forbidden", "This origin may not open a socket here.")

    def _is_full(self, address: str) -> bool:
        config = self._config
        return self._open > config.max_connections or self._by_address[address] > config.max_connections_per_address

    async def _serve(self, request: web.Request, full: bool) -> web.StreamResponse:
        ws = Socket(
            protocols=(SUBPROTOCOL,),
            max_msg_size=MAX_MESSAGE_BYTES + 1,  # aiohttp refuses what is as long as its limit
            compress=False,
            autoping=False,  # and no heartbeat, which takes a timer for each connection, a callback for each message
            decode_text=False,
            autoclose=False,
        )
        await ws.prepare(request)
        transport = request.transport
        if transport is None:
            return ws
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (sockets.AF_INET, sockets.AF_INET6):
            raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, SEND_BUFFER)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        bearer = token if scheme.lower() == "bearer" and token else None
        connection = Connection(transport, bearer, self._doors)
        self._doors.hub.sockets.add(connection)
        self._connections.add(connection)
        if full:
            connection.close("full")
        connection.expect_hello(self._config.hello_timeout)
        try:
            # In a task of its own: else every message would be handed down through all of aiohttp's handlers.
            await asyncio.create_task(self._converse(ws, connection))
        finally:
            self._connections.discard(connection)
            if not ws.closed:
                connection.outbox.finish(close_frame(CLOSES["done"].code, ""))
            if connection.closed_as:
                self.closes[connection.closed_as] += 1
            await connection.gone()
            transport.close()
        return ws

    async def _converse(self, ws: Socket, connection: Connection) -> None:
        rate = self._config.messages_per_second * self._config.rate_scale
        bucket, patience = Bucket(rate, 2 * rate), Bucket(1, TOLERATED_REFUSALS)
        while True:
            connection.silent_beats = 0
            message = await ws.receive()
            connection.silent_beats = NOT_LISTENING
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                if message.type is WSMsgType.PING:
                    connection.outbox.put(pong_frame(message.data))
                if message.type in (WSMsgType.PING, WSMsgType.PONG):
                    continue
                if message.type is WSMsgType.ERROR and ws.close_code == WSCloseCode.MESSAGE_TOO_BIG:
                    connection.close("too_large")
                    await connection.read_to_its_end()
                return
            if connection.closed:
                continue
            now = self._context.clock.now_ms()
            wait_ms = bucket.take(now)
            if wait_ms:
                if patience.take(now):
                    connection.close("too_many_messages")
                problem = ClientError("rate_limited", retry_after_ms=wait_ms)
                connection.refuse(_request_id(message.data), problem)
                continue
            if message.type is WSMsgType.BINARY:
                connection.refuse(None, ClientError("bad_json", "Messages are text frames."))
                continue
            await self._answer(connection, message.data)

    async def _answer(self, connection: Connection, raw: bytes) -> None:
        try:
            request = decode_request(raw)
        except DECODE_ERRORS as error:
            connection.refuse(_request_id(raw), _what_is_wrong(raw, error))
            return
        try:
            if not connection.greeted and type(request) is not messages.Hello:
                raise ClientError("hello_required")
            await COMMANDS[type(request)](connection, request, raw, self._context)
        except ClientError as problem:
            connection.refuse(request.id, problem)
        except DatabaseUnavailableError:
            connection.refuse(request.id, ClientError("unavailable"))
        except Exception:
            log.exception("%s of user %s failed", type(request).__name__, connection.user_id)
            connection.refuse(request.id, ClientError("internal_error"))


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # as of "http://["
        return None


def _request_id(raw: bytes) -> messages.RequestId | None:
    """The id of a message that can't be decoded, if one can be read."""
    try:
        return _ENVELOPE.decode(raw).id
    except DECODE_ERRORS:
        return None


def _what_is_wrong(raw: bytes, error: Exception) -> ClientError:
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

"""Calls to rooms on other nodes: the methods of ``RoomCalls`` over the bus.

How a method travels follows from its annotations, so a new one is written in ``RoomCalls`` and ``LocalRoomCalls`` only.
Arguments and results travel as JSON, which holds everything that a client may send. An account travels as the player's
row; the other node enters it for the time of the call.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, cast, get_type_hints

import msgspec
from msgspec import Raw, Struct

from server.backends.holds import CachedAccount, Hold, Holds, KeyUsedError
from server.errors import ClientError, UnreachableError
from server.messages import encode
from server.node.room_calls import NotOwnerError, RoomCalls
from server.node.rpc import Rpc
from storage.errors import DatabaseUnavailableError
from storage.store import PlayerRow

log = logging.getLogger(__name__)


class BadCallError(Exception):
    """The other node does not understand the call: it runs another version of the server."""


class RoomCall(Struct, frozen=True, array_like=True):
    """``arguments`` is a JSON array, in the order of the method's parameters."""

    method: str
    arguments: Raw


class Failure(Struct, frozen=True):
    """An exception. ``kind`` says which, the other members are its arguments."""

    kind: str
    message: str = ""
    code: str = ""
    extra: dict[str, Any] = {}
    hold: Hold | None = None


class RoomReply(Struct, frozen=True):
    """The result of a call, as JSON, or the exception that it raised."""

    result: Raw = Raw(b"null")
    failure: Failure | None = None


class Method:
    """The codec of one method of ``RoomCalls``. ``account`` names the parameter that is an account, if any."""

    def __init__(self, function: Callable[..., Any]) -> None:
        hints = get_type_hints(function)
        self.name = function.__name__
        self.decode_result = msgspec.json.Decoder(hints.pop("return")).decode
        self.account = next((name for name, kind in hints.items() if kind is CachedAccount), None)
        self._signature = inspect.signature(function)
        fields = [(name, PlayerRow if kind is CachedAccount else kind) for name, kind in hints.items()]
        self._arguments = msgspec.json.Decoder(msgspec.defstruct(self.name, fields, array_like=True))

    def encode_call(self, *positional: Any, **named: Any) -> bytes:
        bound = self._signature.bind(None, *positional, **named)
        bound.apply_defaults()
        values = (value.row() if isinstance(value, CachedAccount) else value for value in bound.args[1:])
        return encode(RoomCall(self.name, Raw(encode([*values, *bound.kwargs.values()]))))

    def decode_arguments(self, arguments: Raw) -> dict[str, Any]:
        """The arguments by name. Raises msgspec.ValidationError."""
        return msgspec.structs.asdict(self._arguments.decode(arguments))


METHODS = {name: Method(function) for name, function in inspect.getmembers(RoomCalls, inspect.iscoroutinefunction)}


def forwarding(forward: Callable[..., Awaitable[Any]]) -> RoomCalls:
    """A ``RoomCalls`` every call of which becomes ``forward(method, *arguments)``, with the method's name."""
    return cast(RoomCalls, SimpleNamespace(**{name: partial(forward, name) for name in METHODS}))


def remote_room_calls(rpc: Rpc, node: str) -> RoomCalls:
    """The rooms of another node. Each method raises what the other node raises, BadCallError, or UnreachableError when
    the node does not answer."""

    async def call(name: str, *positional: Any, **named: Any) -> Any:
        method = METHODS[name]
        reply = msgspec.json.decode(await rpc.call(node, method.encode_call(*positional, **named)), type=RoomReply)
        if reply.failure is not None:
            raise _exception(reply.failure)
        return method.decode_result(reply.result)

    return forwarding(call)


class RoomServer:
    """Executes the calls of other nodes on the rooms of this one."""

    def __init__(self, calls: RoomCalls, holds: Holds) -> None:
        self._calls = calls
        self._holds = holds

    async def serve(self, body: bytes) -> bytes:
        """The encoded reply to an encoded call."""
        try:
            method, arguments = _decode_call(body)
        except BadCallError as error:
            return encode(RoomReply(failure=_failure(error)))
        try:
            reply = RoomReply(Raw(encode(await self._execute(method, arguments))))
        except Exception as error:
            failure = _failure(error)
            if failure is None:
                room = next(iter(arguments.values()))
                log.exception(
                    "%s in %s failed for another node, which gets internal_error",
                    method.name,
                    room,
                    extra={"room": room},
                )
                failure = _failure(ClientError("internal_error"))
            reply = RoomReply(failure=failure)
        return encode(reply)

    async def _execute(self, method: Method, arguments: dict[str, Any]) -> Any:
        function = getattr(self._calls, method.name)
        if method.account is None:
            return await function(**arguments)
        account = await self._holds.enter(arguments[method.account])
        try:
            return await function(**(arguments | {method.account: account}))
        finally:
            self._holds.exit(account.user_id)


def _decode_call(body: bytes) -> tuple[Method, dict[str, Any]]:
    """The method and its arguments by name. Raises BadCallError."""
    try:
        call = msgspec.json.decode(body, type=RoomCall)
        method = METHODS[call.method]
        return method, method.decode_arguments(call.arguments)
    except (KeyError, msgspec.MsgspecError) as error:
        raise BadCallError(f"not a call of this version: {error!r}") from None


def _failure(error: Exception) -> Failure | None:
    """The failure to send. None: no caller expects this error."""
    match error:
        case NotOwnerError():
            return Failure("not_owner", str(error))
        case BadCallError():
            return Failure("bad_call", str(error))
        case KeyUsedError():
            return Failure("key_used", hold=error.hold)
        case DatabaseUnavailableError():
            return Failure("database", str(error))
        case UnreachableError():
            return Failure("unreachable", error.what)
        case ClientError():
            return Failure("refused", error.message, code=error.error.code, extra=error.extra)
    return None


def _exception(failure: Failure) -> Exception:
    match failure.kind:
        case "not_owner":
            return NotOwnerError(failure.message)
        case "bad_call":
            return BadCallError(failure.message)
        case "key_used":
            assert failure.hold is not None
            return KeyUsedError(failure.hold)
        case "database":
            return DatabaseUnavailableError(failure.message)
        case "unreachable":
            return UnreachableError(failure.message)
    return ClientError(failure.code, failure.message, **failure.extra)

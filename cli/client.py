"""A client of the WebSocket protocol, with resume after a lost connection."""

import asyncio
import itertools
import json
import time
from typing import Any

import aiohttp

from server.messages import SUBPROTOCOL, Position

REPLY_TIMEOUT_S = 15.0


class RequestRefusedError(Exception):
    """The server replied with an error. ``retry``: the same request may succeed later."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: str = error["code"]
        self.retry: bool = error["retry"]
        self.error = error


class DisconnectedError(Exception):
    """The connection ended. Code 1006: without a close code. From 4100 on, the client must not reconnect."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code

    @property
    def for_good(self) -> bool:
        return self.code >= 4100


class Listener:
    """Gets the messages of a client. The base class ignores all of them."""

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        """The whole state of a room: after a join, a watch, or a resume that came too late."""

    def event(self, room: str, event: dict[str, Any]) -> None:
        """An event in a room. Events arrive in order, each once."""

    def private(self, room: str, event: dict[str, Any]) -> None:
        """An event that only this player may see."""

    def notice(self, notice: dict[str, Any]) -> None:
        """A notice about the account or the connection, such as ``wallet`` or ``goodbye``."""


class Client:
    """A player or spectator at the server, for one connection after the other.

    ``await connect()`` connects and resumes every room that was open before; call it again after
    :class:`DisconnectedError`. ``gaps`` counts missing frames, of which there must be none.
    """

    def __init__(
        self, http: aiohttp.ClientSession, url: str, token: str | None = None, listener: Listener | None = None
    ) -> None:
        self.positions: dict[str, Position] = {}
        self.gaps = 0
        self.round_trips: list[float] = []
        """Seconds from request to reply, for every request. The caller may clear the list."""
        self._http = http
        self._url = url
        self._token = token
        self._listener = listener or Listener()
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def connect(self) -> dict[str, Any]:
        """Connect and send hello; returns the reply. Raises DisconnectedError, RequestRefusedError, TimeoutError."""
        try:
            self._ws = await self._http.ws_connect(self._url, protocols=(SUBPROTOCOL,), max_msg_size=0)
        except (aiohttp.ClientError, OSError) as error:
            raise DisconnectedError(1006, str(error)) from error
        self._reader = asyncio.create_task(self._read(self._ws))
        hello: dict[str, Any] = {"token": self._token} if self._token else {}
        if self.positions:
            hello["resume"] = {room: {"epoch": p.epoch, "seq": p.seq} for room, p in self.positions.items()}
        ok = await self.request("hello", **hello)
        self.positions = {room: position for room, position in self.positions.items() if room in ok["resumed"]}
        return ok

    async def request(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send a request; returns its ``ok``. Raises RequestRefusedError, DisconnectedError, TimeoutError."""
        if self._ws is None or self._ws.closed:
            raise DisconnectedError(1006, "not connected")
        number = next(self._ids)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        try:
            await self._ws.send_str(json.dumps({"id": number, "do": do, **arguments}))
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                reply = await self._waiting[number]
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise DisconnectedError(1006, str(error)) from error
        finally:
            del self._waiting[number]
        self.round_trips.append(time.perf_counter() - started)
        if "error" in reply:
            raise RequestRefusedError(reply["error"])
        ok: dict[str, Any] = reply["ok"]
        return ok

    async def wait_closed(self) -> DisconnectedError:
        """Wait until the connection ends; returns the error that says how."""
        assert self._reader is not None
        await asyncio.wait([self._reader])
        assert self._ws is not None
        return DisconnectedError(self._ws.close_code or 1006)

    async def close(self) -> None:
        """Close the connection. The server keeps the seats for a while, as after a lost connection."""
        if self._ws is not None:
            await self._ws.close()
        if self._reader is not None:
            await asyncio.wait([self._reader])

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in ws:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._receive(message.data)
        except aiohttp.ClientError:  # the connection broke while a ping was being answered
            pass
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(DisconnectedError(ws.close_code or 1006))
                    waiting.exception()  # mark as retrieved: the caller may have been cancelled

    def _receive(self, text: str) -> None:
        self._dispatch(json.loads(text))

    def _dispatch(self, message: dict[str, Any]) -> None:
        if "re" in message:
            self._reply(message)
        elif "events" in message:
            self._frame(message)
        elif "snapshot" in message:
            self._snapshot(message)
        elif "private" in message:
            for event in message["private"]:
                self._listener.private(message["room"], event)
        elif "notice" in message:
            self._listener.notice(message)

    def _reply(self, message: dict[str, Any]) -> None:
        if "snapshot" in message.get("ok", ()):
            self._snapshot(message["ok"])
        waiting = self._waiting.get(message["re"])
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    def _snapshot(self, message: dict[str, Any]) -> None:
        self.positions[message["room"]] = Position(message["epoch"], message["seq"])
        self._listener.snapshot(message["room"], message["snapshot"])

    def _frame(self, frame: dict[str, Any]) -> None:
        position = self.positions.get(frame["room"])
        if position is None:  # the client has left the room
            return
        if frame["seq"] != position.seq + 1:
            self.gaps += 1
        self.positions[frame["room"]] = Position(position.epoch, frame["seq"])
        for event in frame["events"]:
            if event["type"] == "room_closed":
                self.positions.pop(frame["room"], None)
            self._listener.event(frame["room"], event)

    def forget(self, room: str) -> None:
        """Don't resume ``room`` any more; call this after a leave or an unwatch."""
        self.positions.pop(room, None)

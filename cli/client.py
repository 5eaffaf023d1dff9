"""A client of the WebSocket protocol: connect, say hello, ask, listen, and take up again after a lost connection."""

import asyncio
import itertools
import json
import time
from typing import Any

import aiohttp
from msgspec import Struct

from server.messages import SUBPROTOCOL

REPLY_SECONDS = 15.0


class RequestRefusedError(Exception):
    """The server's error reply to a request. ``retry``: the same request may work later."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: str = error["code"]
        self.retry: bool = error["retry"]
        self.error = error


class DisconnectedError(Exception):
    """The connection is gone; from close code 4100 on it must not be made again. 1006: no close code came."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code

    @property
    def for_good(self) -> bool:
        return self.code >= 4100


class Position(Struct):
    """Where this client stands in a room: the numbering and the last frame seen."""

    epoch: str
    seq: int


class Listener:
    """What is told to a client. The base class listens to nothing."""

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        """All of a room anew: after a join, a watch, or a resume that came too late."""

    def event(self, room: str, event: dict[str, Any]) -> None:
        """Something happened in a room; events come in order, each once."""

    def private(self, room: str, event: dict[str, Any]) -> None:
        """Something that only this player may know."""

    def notice(self, notice: dict[str, Any]) -> None:
        """About the account or the connection: ``wallet``, ``goodbye``."""


class Client:
    """One player's or spectator's line to the server; it survives its connections.

    ``await connect()`` opens one and resumes every room that was open before; it may be called again after
    :class:`Disconnected`. ``gaps`` counts frames that did not follow the one before them, which must never happen.
    """

    def __init__(
        self, http: aiohttp.ClientSession, url: str, token: str | None = None, listener: Listener | None = None
    ) -> None:
        self.positions: dict[str, Position] = {}
        self.gaps = 0
        self.round_trips: list[float] = []
        """Seconds from request to reply, of every request; clear it when it gets long."""
        self._http = http
        self._url = url
        self._token = token
        self._listener = listener or Listener()
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def connect(self) -> dict[str, Any]:
        """Connect and say hello; answers the reply to it. Raises DisconnectedError, RequestRefusedError."""
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
        """Ask and await the reply's ``ok``. Raises RequestRefusedError, DisconnectedError, TimeoutError."""
        if self._ws is None or self._ws.closed:
            raise DisconnectedError(1006, "not connected")
        number = next(self._ids)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        try:
            await self._ws.send_str(json.dumps({"id": number, "do": do, **arguments}))
            async with asyncio.timeout(REPLY_SECONDS):
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
        """Wait until the connection ends; answers how."""
        assert self._reader is not None
        await asyncio.wait([self._reader])
        assert self._ws is not None
        return DisconnectedError(self._ws.close_code or 1006)

    async def close(self) -> None:
        """Say goodbye. The seats are kept for a while, as after a lost connection."""
        if self._ws is not None:
            await self._ws.close()
        if self._reader is not None:
            await asyncio.wait([self._reader])

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in ws:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._hear(message.data)
        except aiohttp.ClientError:  # the line was cut while a ping was answered
            pass
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(DisconnectedError(ws.close_code or 1006))
                    waiting.exception()  # whoever asked may be gone

    def _hear(self, text: str) -> None:
        self._take(json.loads(text))

    def _take(self, message: dict[str, Any]) -> None:
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
        if position is None:  # left meanwhile
            return
        if frame["seq"] != position.seq + 1:
            self.gaps += 1
        position.seq = frame["seq"]
        for event in frame["events"]:
            if event["type"] == "room_closed":
                self.positions.pop(frame["room"], None)
            self._listener.event(frame["room"], event)

    def forget(self, room: str) -> None:
        """Resume ``room`` no more: after a leave or an unwatch."""
        self.positions.pop(room, None)

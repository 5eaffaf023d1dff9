"""Clients of a live node that remember what they received: a player with the real client, and a bare socket."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import aiohttp

from cli.client import Client, Listener, RequestRefusedError
from tests.waiting import WAIT_S

T = TypeVar("T")


class WebSocketAddress(Protocol):
    """Where a client connects."""

    http: aiohttp.ClientSession

    @property
    def url(self) -> str: ...


class Player(Listener):
    """A client of a player or a spectator that keeps what it receives.

    ``seen`` has (room, seq, event), and ``arrivals`` the time of each on the performance counter.
    """

    def __init__(self, address: WebSocketAddress, username: str, user_id: int, token: str | None) -> None:
        self.username = username
        self.user_id = user_id
        self.token = token
        self.client = Client(address.http, address.url, token, self)
        self.seen: list[tuple[str, int, dict[str, Any]]] = []
        self.snapshots: list[tuple[str, dict[str, Any]]] = []
        self.notices: list[dict[str, Any]] = []
        self.arrivals: list[float] = []
        self._received = asyncio.Event()

    # -- requests --

    async def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        return await self.client.request(do, **arguments)

    async def refused(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Make a request that the server must refuse; returns the error."""
        try:
            ok = await self.ask(do, **arguments)
        except RequestRefusedError as refused:
            return refused.error
        raise AssertionError(f"{do} {arguments} was not refused: {ok}")

    async def join(self, room: str) -> dict[str, Any]:
        """Join a room; ``room`` may also be a single-player game, whose room the server then opens."""
        return await self.ask("join", **({"room": room} if room == "crash" or "-" in room else {"game": room}))

    async def bet(self, amount: int = 100, room: str = "crash", **more: Any) -> dict[str, Any]:
        """Bet in the open round. If the bets of crash have just closed, as they may on a slow machine, bet in the next
        round, of which only those hear who watch the room."""
        more.setdefault("key", secrets.token_hex(8))
        opened = len(self.events("round_opened", room))
        try:
            return await self.ask("bet", room=room, amount=amount, **more)
        except RequestRefusedError as refused:
            watched = room in self.client.positions
            if room != "crash" or not watched or refused.error["code"] != "betting_closed":
                raise
        await self.event_of("round_opened", after=opened, room=room)
        return await self.ask("bet", room=room, amount=amount, **more)

    async def roll(self, room: str, amount: int = 100, **more: Any) -> dict[str, Any]:
        return await self.bet(amount, room, selection={"target": 50.0, "over": True}, **more)

    async def cut(self) -> None:
        """Cut the connection without a close frame."""
        ws = self.client._ws
        assert ws is not None
        ws._writer.transport.abort()
        await self.client.wait_closed()

    # -- messages --

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        self.snapshots.append((room, snapshot))
        self._received.set()

    def event(self, room: str, event: dict[str, Any]) -> None:
        position = self.client.positions.get(room)
        self.seen.append((room, position.seq if position else -1, event))
        self.arrivals.append(time.perf_counter())
        self._received.set()

    def private(self, room: str, event: dict[str, Any]) -> None:
        self.event(room, event)

    def notice(self, notice: dict[str, Any]) -> None:
        self.notices.append(notice)
        self._received.set()

    def events(self, kind: str | None = None, room: str | None = None, **members: Any) -> list[dict[str, Any]]:
        """The events so far that have this type, room and these members."""
        return [
            event
            for where, _, event in self.seen
            if kind in (None, event["type"]) and room in (None, where) and members.items() <= event.items()
        ]

    def spectators(self) -> list[int]:
        """The numbers of spectators so far."""
        return [event["count"] for event in self.events("spectators")]

    async def event_of(self, kind: str, *, after: int = 0, room: str | None = None, **members: Any) -> dict[str, Any]:
        """Wait for an event with this type, room and these members; skips the first ``after`` of them."""
        return await self.until(
            lambda: next(iter(self.events(kind, room, **members)[after:]), None), f"{kind} {members}"
        )

    async def ended(self, round_: str) -> dict[str, Any]:
        return await self.event_of("round_ended", round=round_)

    async def started(self, round_: str) -> None:
        """Wait until the round starts. The client must have seen its opening."""

        def find() -> bool | None:
            kinds = [event["type"] if event.get("round") != round_ else round_ for event in self.events()]
            return True if round_ in kinds and "round_started" in kinds[kinds.index(round_) :] else None

        await self.until(find, f"the start of {round_}")

    async def betting(self, room: str = "crash") -> str:
        """Wait until the next round opens, so that most of its betting time is left; returns the round's name."""
        opened = await self.event_of("round_opened", after=len(self.events("round_opened", room)), room=room)
        name: str = opened["round"]
        return name

    async def notice_of(self, kind: str, **members: Any) -> dict[str, Any]:
        def find() -> dict[str, Any] | None:
            matching = (n for n in self.notices if n["notice"] == kind and members.items() <= n.items())
            return next(matching, None)

        return await self.until(find, f"the notice {kind} {members}")

    async def until(self, find: Callable[[], T | None], what: str = "the expected message") -> T:
        """Call ``find`` after every message until it returns something; returns that."""
        deadline = time.monotonic() + WAIT_S
        while (found := find()) is None:
            self._received.clear()
            try:
                async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
                    await self._received.wait()
            except TimeoutError:
                tail = [event["type"] for _, _, event in self.seen[-12:]]
                raise AssertionError(
                    f"{self.username or 'a spectator'} did not see {what}; last seen: {tail}"
                ) from None
        return found


class RawSocket:
    """A bare WebSocket, for messages that the client would not send. ``received`` has every message so far."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.received: list[dict[str, Any]] = []

    async def send(self, message: Any) -> None:
        """Send bytes or text as they are, anything else as JSON."""
        if not isinstance(message, bytes | str):
            message = json.dumps(message)
        text_ = message.encode() if isinstance(message, str) else message
        await self.ws.send_frame(text_, aiohttp.WSMsgType.TEXT)

    async def receive(self) -> dict[str, Any] | None:
        """The next message, or None if the server has closed the connection."""
        frame = await self.ws.receive(WAIT_S)
        if frame.type is not aiohttp.WSMsgType.TEXT:
            return None
        message: dict[str, Any] = json.loads(frame.data)
        self.received.append(message)
        return message

    async def reply(self) -> dict[str, Any]:
        """The next reply; skips frames and notices."""
        while True:
            message = await self.receive()
            assert message is not None, f"closed with {self.ws.close_code}; before that {self.received[-3:]}"
            if "re" in message:
                return message

    async def ask(self, message: Any) -> dict[str, Any]:
        """Send a message; returns its reply. Fails if the server replies twice."""
        await self.send(message)
        reply = await self.reply()
        await self.send({"id": "still there?", "do": "ping"})
        assert (await self.reply())["re"] == "still there?"
        return reply

    async def closed(self) -> tuple[int, dict[str, Any] | None]:
        """Wait until the server closes; returns the close code, and the goodbye notice if there was one."""
        goodbye = None
        while (message := await self.receive()) is not None:
            goodbye = message if message.get("notice") == "goodbye" else goodbye
        return self.ws.close_code or 1006, goodbye

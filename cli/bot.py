"""One bot: comes, sits down, plays, and comes back when its connection is lost."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
from msgspec import Struct

from cli import choices
from cli.client import Client, DisconnectedError, Listener, RequestRefusedError

Refill = Callable[[int], Awaitable[None]]

KEPT_ROUND_TRIPS = 10_000
PHRASES = (
    *("good luck everyone", "so close!", "nice one", "I should have waited", "one more round", "gg", "wow"),
    *("steady does it", "who needs sleep anyway", "that curve likes me today", "see you in the next one"),
)
# What may happen to a bot whatever the server does right; anything else counts as an anomaly.
EXPECTED = {
    *("betting_closed", "insufficient_funds", "illegal_action", "not_your_turn", "room_full"),
    *("rate_limited", "paused", "unavailable"),
}
TRIES = 20
"""How many selections a bot makes up for one bet."""
QUIET = 8.0
"""Seconds after which a bot looks again at a room in which nothing happens."""
KEENNESS = 0.85
"""How often a bot bets in a round of a room with others."""
IDLENESS = 0.05
"""How often a bot at a table does, when it looks, what is not for its turn: sits out, or comes back."""


class Seat(Struct, frozen=True):
    """Who a bot is."""

    username: str
    user_id: int
    token: str


class Tally:
    """What all bots have seen so far; amounts are cents, times seconds."""

    def __init__(self) -> None:
        self.connected = 0
        self.bets = 0
        self.settled = 0
        self.staked = 0
        self.paid = 0
        self.rounds: set[str] = set()
        self.reconnects = 0
        self.gaps = 0
        self.errors: Counter[str] = Counter()
        self.round_trips: deque[float] = deque(maxlen=KEPT_ROUND_TRIPS)

    @property
    def net(self) -> int:
        """What the bots have won, over all settled bets."""
        return self.paid - self.staked

    def anomalies(self) -> int:
        """What must never happen: frames missed, or refusals that no bot has asked for."""
        return self.gaps + sum(times for code, times in self.errors.items() if code not in EXPECTED)

    def percentile(self, share: float) -> float:
        """A round trip that ``share`` of the latest ones did not take longer than; 0 when there were none."""
        ordered = sorted(self.round_trips)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Bot(Listener, ABC):
    """Lives from one connection to the next. ``pace`` divides its pauses."""

    game: str

    def __init__(self, http: aiohttp.ClientSession, url: str, seat: Seat, dice: random.Random, tally: Tally) -> None:
        self.pace = 1.0
        self.seat = seat
        self.dice = dice
        self.tally = tally
        self.client = Client(http, f"{url}/ws", seat.token, self)
        self._http = http
        self._url = url
        self.room = ""
        self.available = 0
        self.staked = False
        """It has a bet in the round that is open or under way."""
        self._wallet_version = -1
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._bets_made = 0
        self._run = dice.getrandbits(32)
        self._failures = 0

    # -- its life --

    async def live(self, refill: Refill) -> None:
        """Play until cancelled, or until the server wants this account no more."""
        await self._pause(0.0, 2.0)
        while True:
            try:
                await self._stay(refill)
            except DisconnectedError as gone:
                if gone.for_good:
                    self.tally.errors[f"closed {gone.code}"] += 1
                    return
                self.tally.reconnects += 1
            except (RequestRefusedError, TimeoutError) as error:
                self._count(error)
                with suppress(DisconnectedError):
                    await self.client.close()
            await self._pause(0.2, min(0.5 * 2 ** min(self._failures, 5), 10.0))
            self._failures += 1

    async def _stay(self, refill: Refill) -> None:
        """One connection, from hello to its end. Raises DisconnectedError, RequestRefusedError, TimeoutError."""
        await self.client.connect()
        self.tally.connected += 1
        try:
            if self.room not in self.client.positions:
                self.room = await self._sit_down()
            self._failures = 0
            playing = asyncio.create_task(self._play_on(refill))
            closed = asyncio.create_task(self.client.wait_closed())
            try:
                await asyncio.wait((playing, closed), return_when=asyncio.FIRST_COMPLETED)
                if playing.done():
                    playing.result()
                raise closed.result()
            finally:
                playing.cancel()
                closed.cancel()
                await asyncio.gather(playing, closed, return_exceptions=True)
        finally:
            self.tally.connected -= 1

    async def _sit_down(self) -> str:
        """The room in which there is a seat for it now."""
        ok = await self._ask("join", game=self.game)
        room: str = ok["room"]
        return room

    async def _play_on(self, refill: Refill) -> None:
        while True:
            try:
                await self.play()
            except RequestRefusedError as refused:
                self._count(refused)
                if refused.code == "insufficient_funds":
                    await refill(self.seat.user_id)
                elif refused.code in ("not_seated", "no_such_room"):
                    self.client.forget(self.room)
                    raise
                await self._pause(0.2, 1.0)

    @abstractmethod
    async def play(self) -> None:
        """One step: a bet, a move, a wait. Raises RequestRefusedError, DisconnectedError, TimeoutError."""

    # -- what it does --

    async def bet(self, selection: dict[str, Any], amount: int | None = None) -> dict[str, Any]:
        """Stake a little, or this much."""
        self._bets_made += 1
        amount = amount or min(self.dice.choice((100, 200, 500, 500, 1000, 2500)), max(self.available // 4, 100))
        key = f"{self._run:08x}-{self._bets_made}"
        ok = await self._ask("bet", room=self.room, amount=amount, selection=selection, key=key)
        self.tally.bets += 1
        return ok

    async def act(self, action: str, **fields: Any) -> dict[str, Any]:
        return await self._ask("act", room=self.room, action=action, **fields)

    async def chat(self) -> None:
        """Say something, now and then."""
        if self.dice.random() < 0.03:
            await self._ask("chat", room=self.room, text=self.dice.choice(PHRASES))

    async def next_event(self) -> dict[str, Any]:
        return await self._events.get()

    async def _ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        try:
            return await self.client.request(do, **arguments)
        finally:
            self.tally.round_trips.extend(self.client.round_trips)
            self.client.round_trips.clear()

    async def _pause(self, low: float, high: float) -> None:
        await asyncio.sleep(self.dice.uniform(low, high) / self.pace)

    def _count(self, error: Exception) -> None:
        self.tally.errors[error.code if isinstance(error, RequestRefusedError) else "no reply"] += 1

    # -- what it sees --

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        while not self._events.empty():
            self._events.get_nowait()
        self._events.put_nowait({"type": "snapshot", **snapshot})

    def event(self, room: str, event: dict[str, Any]) -> None:
        self.tally.gaps += self.client.gaps
        self.client.gaps = 0
        if event["type"] == "bet_placed" and event["player"] == self.seat.username:
            self.staked = True
        if event["type"] in ("round_ended", "round_void"):
            self.staked = False
        if event["type"] == "round_ended":
            self._see_results(event)
        if event["type"] != "tick":
            self._events.put_nowait(event)

    def notice(self, notice: dict[str, Any]) -> None:
        if notice["notice"] == "wallet" and notice["version"] >= self._wallet_version:
            self._wallet_version = notice["version"]
            self.available = notice["balance"] - notice["held"]

    def _see_results(self, event: dict[str, Any]) -> None:
        self.tally.rounds.add(event["round"])
        for result in event["results"]:
            if result["player"] == self.seat.username:
                self.tally.settled += 1
                self.tally.staked += result["amount"]
                self.tally.paid += result["payout"]


class SchemaBot(Bot):
    """Plays any game, knowing nothing of it but what the server publishes: its schemas, and what a view offers."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._info: dict[str, Any] = {}

    async def play(self) -> None:
        if self.staked:
            await self._move()
        elif not self._info["shared"] or self.dice.random() < KEENNESS:
            await self._stake()
        await self._news(QUIET / self.pace)
        await self.chat()

    async def _sit_down(self) -> str:
        self._info = self._info or await self._learn()
        if self._info["public"] or not self._info["shared"]:
            return await super()._sit_down()
        rooms = (await self._ask("rooms", game=self.game))["rooms"]
        free = [room["room"] for room in rooms if room["players"] < self._info["seats"]]
        room: str = self.dice.choice(free) if free else await self._open_room()
        await self._ask("join", room=room)
        return room

    async def _open_room(self) -> str:
        headers = {"Authorization": f"Bearer {self.seat.token}"}
        async with self._http.post(f"{self._url}/api/v1/rooms", json={"game": self.game}, headers=headers) as answer:
            if answer.status != 201:
                raise RequestRefusedError(await answer.json() | {"message": "", "retry": True})
            opened: dict[str, str] = await answer.json()
            return opened["room"]

    async def _learn(self) -> dict[str, Any]:
        async with self._http.get(f"{self._url}/api/v1/games/{self.game}") as answer:
            answer.raise_for_status()
            info: dict[str, Any] = await answer.json()
            return info

    async def _stake(self) -> None:
        await self._pause(0.3, 4.0)
        view = await self._look()
        if self.staked or view["phase"] != "betting":
            return
        bounds = view.get("stake")
        amount = self.dice.randint(bounds["minimum"], bounds["maximum"]) if bounds else None
        for _ in range(TRIES):
            try:
                await self.bet(choices.choice(self._info["selection"], self.dice), amount)
                return
            except RequestRefusedError as refused:
                # A schema does not say all that the rules do, and another's bet may set the amount of this one.
                field = str(refused.error.get("field"))
                if refused.code == "bad_request" and field == "amount":
                    return
                if not field.startswith("selection"):
                    raise

    async def _move(self) -> None:
        """Do what is offered, one move after the other, until nothing is."""
        while self.staked and (offered := offered_to(await self._look(), idle=self.dice.random() < IDLENESS)):
            await self._pause(0.2, 5.0)
            name = self.dice.choice(sorted(offered))
            await self.act(name, **choices.action(self._info["action"], name, self.dice, offered[name]))

    async def _look(self) -> dict[str, Any]:
        shown = await self._ask("watch", room=self.room)
        view: dict[str, Any] = shown["snapshot"]["view"]
        self.staked = any(bet["player"] == self.seat.username for bet in shown["snapshot"]["bets"])
        return view

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        """What it has looked at itself is no news: or it would look again at once."""
        while not self._events.empty():
            self._events.get_nowait()

    async def _news(self, seconds: float) -> None:
        """Wait until something happens, but not for ever; then forget what has."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.next_event()
        while not self._events.empty():
            self._events.get_nowait()


def offered_to(view: dict[str, Any], *, idle: bool) -> dict[str, Any]:
    """What a player may do now, with its bounds. Where players have turns, that is what is for a turn, unless ``idle``:
    or those who may sit out at any time would do nothing else."""
    offered: dict[str, Any] = view.get("actions") or {}
    turn = view.get("turn")
    if idle or "turn" not in view or (turn is None and view["phase"] != "betting"):
        return offered
    return {name: bounds for name, bounds in offered.items() if turn and name in turn["actions"]}

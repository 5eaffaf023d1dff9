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

from cli.client import Client, Disconnected, Listener, Refused

Refill = Callable[[int], Awaitable[None]]

KEPT_ROUND_TRIPS = 10_000
PHRASES = (
    *("good luck everyone", "so close!", "nice one", "I should have waited", "one more round", "gg", "wow"),
    *("steady does it", "who needs sleep anyway", "that curve likes me today", "see you in the next one"),
)
# What may happen to a bot whatever the server does right; anything else counts as an anomaly.
EXPECTED = {"betting_closed", "insufficient_funds", "illegal_action", "rate_limited", "paused", "unavailable"}


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
        self.room = ""
        self.available = 0
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
            except Disconnected as gone:
                if gone.for_good:
                    self.tally.errors[f"closed {gone.code}"] += 1
                    return
                self.tally.reconnects += 1
            except (Refused, TimeoutError) as error:
                self._count(error)
                with suppress(Disconnected):
                    await self.client.close()
            await self._pause(0.2, min(0.5 * 2 ** min(self._failures, 5), 10.0))
            self._failures += 1

    async def _stay(self, refill: Refill) -> None:
        """One connection, from hello to its end. Raises Disconnected, Refused, TimeoutError."""
        await self.client.connect()
        self.tally.connected += 1
        try:
            if self.room not in self.client.positions:
                ok = await self._ask("join", game=self.game)
                self.room = ok["room"]
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

    async def _play_on(self, refill: Refill) -> None:
        while True:
            try:
                await self.play()
            except Refused as refused:
                self._count(refused)
                if refused.code == "insufficient_funds":
                    await refill(self.seat.user_id)
                elif refused.code in ("not_seated", "no_such_room"):
                    self.client.forget(self.room)
                    raise
                await self._pause(0.2, 1.0)

    @abstractmethod
    async def play(self) -> None:
        """One step: a bet, a move, a wait. Raises Refused, Disconnected, TimeoutError."""

    # -- what it does --

    async def bet(self, selection: dict[str, Any]) -> dict[str, Any]:
        """Stake a little."""
        self._bets_made += 1
        amount = min(self.dice.choice((100, 200, 500, 500, 1000, 2500)), max(self.available // 4, 100))
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
        self.tally.errors[error.code if isinstance(error, Refused) else "no reply"] += 1

    # -- what it sees --

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        while not self._events.empty():
            self._events.get_nowait()
        self._events.put_nowait({"type": "snapshot", **snapshot})

    def event(self, room: str, event: dict[str, Any]) -> None:
        self.tally.gaps += self.client.gaps
        self.client.gaps = 0
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


class CrashBot(Bot):
    """Bets while bets are open; some trust the auto cash-out, others their nerves."""

    game = "crash"

    async def play(self) -> None:
        event = await self.next_event()
        opened = event["type"] == "round_opened"
        if opened or (event["type"] == "snapshot" and event["view"].get("phase") == "betting"):
            await self._enter()
        elif event["type"] == "round_ended":
            await self.chat()

    async def _enter(self) -> None:
        if self.dice.random() < 0.15:
            return
        await self._pause(0.1, 4.0)
        if self.dice.random() < 0.6:
            await self.bet({"auto_cashout": round(self.dice.uniform(1.05, 4.0), 2)})
            return
        await self.bet({})
        while (await self.next_event())["type"] != "round_started":
            pass
        await self._pause(0.5, 12.0)
        await self.act("cashout")


class DiceBot(Bot):
    """Rolls, looks, rolls again."""

    game = "dice"

    async def play(self) -> None:
        await self.bet({"target": round(self.dice.uniform(5, 95), 2), "over": self.dice.random() < 0.5})
        async with asyncio.timeout(15):
            while (await self.next_event())["type"] not in ("round_ended", "round_void"):
                pass
        await self.chat()
        await self._pause(0.5, 3.0)

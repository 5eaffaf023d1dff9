"""A crowd of clients for a cluster: players who keep betting and spectators who keep watching, whatever happens."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import redis
from msgspec import Struct

from cli.client import DisconnectedError, RequestRefusedError
from storage.errors import DatabaseUnavailableError
from tests.simulation.cluster import Cluster, Guest, Node

EXPECTED = {"betting_closed", "paused", "unavailable", "not_seated", "no_such_room", "rate_limited"}
"""The error codes that may occur while nodes start and die. Any other is a defect."""
BACK_S = (0.05, 0.3)
BETWEEN_BETS_S = {"crash": (0.4, 0.9), "dice": (0.05, 0.15)}
"""A round of crash takes four bets in 1.5 s, so its pauses are longer."""
SMALLEST_STAKE = 20
"""In cents; less would win nothing at 1.05."""
SELECTIONS: dict[str, dict[str, Any]] = {"crash": {"auto_cashout": 1.05}, "dice": {"target": 50.0, "over": True}}
REPEATED = 0.1
"""The share of acknowledged bets that are sent again."""


class Acked(Struct, frozen=True):
    """An acknowledged bet. ``snapshots`` and ``visits`` are how many its player had had before."""

    key: str
    bet: str
    amount: int
    snapshots: int
    visits: int

    @property
    def round(self) -> str:
        return self.bet.rpartition(".")[0]


class Visitor:
    """A guest who reconnects to any node that runs, or only to ``home`` if that is given."""

    def __init__(self, cluster: Cluster, guest: Guest, dice: random.Random, home: Node | None = None) -> None:
        self.guest = guest
        self.visits = 0
        self.flaws: list[str] = []
        self._cluster = cluster
        self._dice = dice
        self._home = home

    async def live(self) -> None:
        """Connect again and again, until cancelled."""
        while True:
            try:
                await self._visit()
            except (DisconnectedError, RequestRefusedError, TimeoutError) as end:
                self._expect(end)
            if self.guest.client.is_open:
                await self.guest.cut()
            await self.pause(*BACK_S)

    async def _visit(self) -> None:
        running = [node for node in self._cluster.nodes if node.runs]
        await self.guest.come(self._home or self._dice.choice(running))
        self.visits += 1
        await self.stay()

    async def stay(self) -> None:
        """One connection, from its hello to its end."""
        if "crash" not in self.guest.client.positions:
            await self.guest.ask("watch", room="crash")
        raise await self.guest.client.wait_closed()

    def forget(self) -> None:
        """Forget the checked messages, except the last notice, which is still valid."""
        self.guest.seen.clear()
        self.guest.snapshots.clear()
        self.guest.arrivals.clear()
        self.guest.notices[:] = [notice for notice in self.guest.notices if notice["notice"] == "wallet"][-1:]

    def __str__(self) -> str:
        return f"{self.guest.username or 'the spectator'} at {self.guest.node.url}"

    async def pause(self, low: float, high: float) -> None:
        await asyncio.sleep(self._dice.uniform(low, high))

    def _expect(self, end: Exception) -> None:
        if isinstance(end, RequestRefusedError) and end.code not in EXPECTED:
            self.flaws.append(str(end))
        if isinstance(end, DisconnectedError) and end.for_good:
            self.flaws.append(f"closed with {end.code}")


class Bettor(Visitor):
    """A player of one game who remembers every acknowledged bet. Makes new bets only while ``open`` is set."""

    def __init__(self, cluster: Cluster, guest: Guest, dice: random.Random, game: str, open_: asyncio.Event) -> None:
        super().__init__(cluster, guest, dice)
        self.game = game
        self.room = ""
        self.acked: list[Acked] = []
        self.keys: set[str] = set()
        self.busy = False
        self._open = open_
        self._unanswered: tuple[str, int] | None = None

    async def stay(self) -> None:
        leaving = asyncio.create_task(self.guest.client.wait_closed())
        playing = asyncio.create_task(self._play_on())
        try:
            await asyncio.wait((leaving, playing), return_when=asyncio.FIRST_COMPLETED)
            if playing.done():
                playing.result()
            raise leaving.result()
        finally:
            playing.cancel()
            leaving.cancel()
            await asyncio.gather(playing, leaving, return_exceptions=True)
            self.busy = False

    async def _play_on(self) -> None:
        while True:
            if self.room not in self.guest.client.positions:
                self.room = (await self.guest.join(self.game))["room"]
            await self._open.wait()
            self.busy = True
            try:
                await self._bet()
            except RequestRefusedError as refused:
                self._expect(refused)
                if refused.code in ("not_seated", "no_such_room"):
                    self.guest.client.forget(self.room)
            finally:
                self.busy = False
            await self.pause(*BETWEEN_BETS_S[self.game])

    async def _bet(self) -> None:
        """Make a new bet, or repeat the one without an answer. Some bets are sent twice."""
        key, amount = self._unanswered or (secrets.token_hex(8), self._dice.randint(SMALLEST_STAKE, 500))
        self._unanswered = key, amount
        self.keys.add(key)
        try:
            await self._ask(key, amount)
        except RequestRefusedError as refused:
            if refused.code not in ("unavailable", "paused") or self._dice.random() < 0.3:
                self._unanswered = None
            raise
        self._unanswered = None
        if self._dice.random() < REPEATED:
            await self._ask(key, amount)

    async def _ask(self, key: str, amount: int) -> None:
        snapshots = self._snapshots(self.room)
        ok = await self.guest.bet(amount, self.room, key=key, selection=SELECTIONS[self.game])
        self.acked.append(Acked(key=key, bet=ok["bet"], amount=amount, snapshots=snapshots, visits=self.visits))

    def _snapshots(self, room: str) -> int:
        return sum(where == room for where, _ in self.guest.snapshots)

    def unheard(self) -> list[Acked]:
        """Bets whose result the player does not know."""
        return [acked for acked in self.acked if not self._has_heard(acked)]

    def _has_heard(self, acked: Acked) -> bool:
        """Whether the player got the bet's result, the news that its round is void, or a new snapshot."""
        room = acked.round.rpartition(".")[0]
        if self._snapshots(room) > acked.snapshots:
            return True
        if self.visits > acked.visits and room not in self.guest.client.positions:
            return True
        ended = self.guest.events("round_ended", round=acked.round)
        if any(result["bet"] == acked.bet for event in ended for result in event["results"]):
            return True
        return bool(self.guest.events("round_void", round=acked.round))

    def wallet(self) -> tuple[int, int]:
        """Balance and held cents in the newest notice."""
        wallets = [notice for notice in self.guest.notices if notice["notice"] == "wallet"]
        return (wallets[-1]["balance"], wallets[-1]["held"]) if wallets else (-1, -1)

    def forget(self) -> None:
        self.acked.clear()
        super().forget()


async def by(seconds: float, find: Callable[[], Any], what: str | Callable[[], str]) -> Any:
    """Call ``find``, and await its result if need be, until it is true; returns it. Fails after so many ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(OSError, redis.ConnectionError, DatabaseUnavailableError):  # a service is still starting
            answer = find()
            if isinstance(answer, Awaitable):
                answer = await answer
            if answer:
                return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what if isinstance(what, str) else what()}")
        await asyncio.sleep(0.02)

"""One bot: connects, joins a room, plays, and reconnects when it loses its connection."""

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
from cli.strategies import Strategy

Refill = Callable[[int], Awaitable[None]]

KEPT_ROUND_TRIPS = 10_000
PHRASES = (
    "good luck everyone",
    "so close!",
    "nice one",
    "I should have waited",
    "one more round",
    "gg",
    "wow",
    "steady does it",
    "see you in the next one",
)
# Error codes that a bot gets from a correct server too; every other code counts as an anomaly.
EXPECTED = {
    "betting_closed",
    "insufficient_funds",
    "illegal_action",
    "not_your_turn",
    "room_full",
    "rate_limited",
    "paused",
    "unavailable",
}
MAX_TRIES = 20
"""How many selections a bot tries for one bet."""
QUIET_S = 8.0
"""How long a bot waits for an event before it looks at its room again."""
BET_CHANCE = 0.85
"""How often a bot bets on a round in a shared room."""
OFF_TURN_CHANCE = 0.05
"""How often a bot considers actions that need no turn, such as sitting out and coming back."""


class Seat(Struct, frozen=True):
    """The account of a bot, and the token with which it signs in."""

    username: str
    user_id: int
    token: str


class Tally:
    """The counts of all bots together; amounts in cents, times in seconds."""

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
        """The bots' winnings over all settled bets; negative if they lost."""
        return self.paid - self.staked

    def anomalies(self) -> int:
        """The number of missed frames and unexpected errors. A correct server causes none."""
        return self.gaps + sum(times for code, times in self.errors.items() if code not in EXPECTED)

    def percentile(self, share: float) -> float:
        """The percentile of the latest round trips; ``share`` is from 0 to 1. 0 if there were none."""
        ordered = sorted(self.round_trips)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Bot(Listener, ABC):
    """Plays until it is cancelled, over as many connections as that takes. ``pace`` divides its pauses."""

    game: str

    def __init__(self, http: aiohttp.ClientSession, url: str, seat: Seat, dice: random.Random, tally: Tally) -> None:
        self.pace = 1.0
        self.chat_chance = 0.03
        self.seat = seat
        self.dice = dice
        self.tally = tally
        self.client = Client(http, f"{url}/ws", seat.token, self)
        self._http = http
        self._url = url
        self.room = ""
        self.available = 0
        self.staked = False
        """Whether the bot has a bet in the current round."""
        self._wallet_version = -1
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._keys = 0
        self._unanswered: tuple[str, dict[str, Any]] | None = None
        """The bet or move that has no answer yet."""
        self._run = dice.getrandbits(32)
        self._failures = 0

    # -- connections --

    async def live(self, refill: Refill) -> None:
        """Play until cancelled, or until the server closes the connection for good."""
        await self._pause(0.0, 2.0)  # so that the bots don't all connect at the same moment
        while True:
            try:
                await self._play_on_one_connection(refill)
            except DisconnectedError as closed:
                if closed.for_good:
                    self.tally.errors[f"closed {closed.code}"] += 1
                    return
                self.tally.reconnects += 1
            except (RequestRefusedError, TimeoutError) as error:
                self._count(error)
                with suppress(DisconnectedError):
                    await self.client.close()
            await self._pause(0.2, min(0.5 * 2 ** min(self._failures, 5), 10.0))
            self._failures += 1

    async def _play_on_one_connection(self, refill: Refill) -> None:
        """Connect and play until the connection ends. Raises DisconnectedError, RequestRefusedError, TimeoutError."""
        await self.client.connect()
        self.tally.connected += 1
        try:
            if self.room not in self.client.positions:
                self.room = await self._join()
            self._failures = 0
            await self._send_again()
            playing = asyncio.create_task(self._keep_playing(refill))
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

    async def _join(self) -> str:
        """Join a room and return its key."""
        ok = await self._ask("join", game=self.game)
        room: str = ok["room"]
        return room

    async def _keep_playing(self, refill: Refill) -> None:
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
        """Make one step: a bet, a move or a pause. Raises RequestRefusedError, DisconnectedError, TimeoutError."""

    # -- requests --

    async def bet(self, selection: dict[str, Any], amount: int | None = None) -> dict[str, Any]:
        """Bet ``amount``, or a small amount that the bot can afford."""
        amount = amount or min(self.dice.choice((100, 200, 500, 500, 1000, 2500)), max(self.available // 4, 100))
        seed = f"{self.dice.getrandbits(64):016x}"
        return await self._send("bet", amount=amount, selection=selection, client_seed=seed)

    async def act(self, round_: str, action: str, **fields: Any) -> dict[str, Any]:
        """Make a move in this round, and in no other."""
        return await self._send("act", round=round_, action=action, **fields)

    async def _send(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send a bet or a move under a new key. If its answer is lost, the next connection sends it again."""
        self._keys += 1
        self._unanswered = (do, {"room": self.room, "key": f"{self._run:08x}-{self._keys}", **arguments})
        return await self._answer()

    async def _send_again(self) -> None:
        """Ask for the answer that was lost with the last connection, if any, unless the room was left since."""
        if self._unanswered is not None and self._unanswered[1]["room"] == self.room:
            try:
                await self._answer()
            except RequestRefusedError as refused:
                self._count(refused)

    async def _answer(self) -> dict[str, Any]:
        assert self._unanswered is not None
        do, arguments = self._unanswered
        try:
            ok = await self._ask(do, **arguments)
        except RequestRefusedError:
            self._unanswered = None
            raise
        self._unanswered = None
        self.tally.bets += do == "bet"
        return ok

    async def chat(self) -> None:
        """Send a chat line now and then."""
        if self.dice.random() < self.chat_chance:
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

    # -- messages from the server --

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
    """Plays any game from what the server publishes: the schemas of the game, and the actions in its views."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.strategy: Strategy | None = None
        """How the bot plays; None: at random."""
        self._info: dict[str, Any] = {}
        self._seat = -1
        self._round = ""
        """The round at which the bot looked last."""

    async def play(self) -> None:
        if self.staked:
            await self._move()
        elif not self._info["shared"] or self.dice.random() < BET_CHANCE:
            await self._stake()
        await self._await_event(QUIET_S / self.pace)
        await self.chat()

    async def _join(self) -> str:
        self._info = self._info or await self._load_info()
        if self._info["public"] or not self._info["shared"]:
            return await super()._join()
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

    async def _load_info(self) -> dict[str, Any]:
        async with self._http.get(f"{self._url}/api/v1/games/{self.game}") as answer:
            answer.raise_for_status()
            info: dict[str, Any] = await answer.json()
            return info

    async def _stake(self) -> None:
        await self._pause(0.3, 4.0)
        view = await self._look()
        if self.staked or view["phase"] != "betting":
            return
        if self.strategy is not None:
            amount, selection = self.strategy.stake(view, self.dice)
            await self.bet(selection, amount)
            return
        bounds = view.get("stake")
        random_amount = self.dice.randint(bounds["minimum"], bounds["maximum"]) if bounds else None
        for _ in range(MAX_TRIES):
            try:
                await self.bet(choices.choice(self._info["selection"], self.dice), random_amount)
                return
            except RequestRefusedError as refused:
                # Rules can be stricter than the schema. The amount may be that of another player, or too small to win.
                field = str(refused.error.get("field"))
                if refused.code == "bad_request" and field == "amount":
                    return
                if not field.startswith("selection"):
                    raise

    async def _move(self) -> None:
        """Make moves until none is offered, or the strategy waits."""
        if self.strategy is not None:
            await self._move_by(self.strategy)
            return
        while self.staked and (
            offered := offered_actions(await self._look(), off_turn=self.dice.random() < OFF_TURN_CHANCE)
        ):
            await self._pause(0.2, 5.0)
            name = self.dice.choice(sorted(offered))
            await self.act(self._round, name, **choices.action(self._info["action"], name, self.dice, offered[name]))

    async def _move_by(self, strategy: Strategy) -> None:
        while (view := await self._look()) and self.staked:
            move = strategy.move(view, self._seat, self.dice)
            if move is None:
                return
            await self._pause(0.8, 3.5)
            await self.act(self._round, move[0], **move[1])

    async def _look(self) -> dict[str, Any]:
        shown = await self._ask("watch", room=self.room)
        view: dict[str, Any] = shown["snapshot"]["view"]
        self.staked = any(bet["player"] == self.seat.username for bet in shown["snapshot"]["bets"])
        self._seat = (shown["snapshot"].get("you") or {"seat": -1})["seat"]
        self._round = (shown["snapshot"]["round"] or {"round": ""})["round"]
        return view

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        """The bot asked for this snapshot itself. Not an event, or the bot would look again at once."""
        while not self._events.empty():
            self._events.get_nowait()

    async def _await_event(self, seconds: float) -> None:
        """Wait for an event, at most ``seconds``; then discard all waiting events."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.next_event()
        while not self._events.empty():
            self._events.get_nowait()


def offered_actions(view: dict[str, Any], *, off_turn: bool) -> dict[str, Any]:
    """The actions that a player may take now, with their bounds.

    In a game with turns, only actions of the player's turn, unless ``off_turn``: otherwise bots that may sit out at any
    time would do nothing else.
    """
    offered: dict[str, Any] = view.get("actions") or {}
    turn = view.get("turn")
    if off_turn:
        return offered
    # A turn, or another part of the view such as hold'em's showdown, that lists what it waits for.
    for part in view.values():
        if isinstance(part, dict) and isinstance(part.get("actions"), dict):
            return {name: bounds for name, bounds in offered.items() if name in part["actions"]}
    if "turn" not in view or (turn is None and view["phase"] != "betting"):
        return offered
    # A turn that does not list its actions: those in the view are the player's own, if it is their turn.
    return {} if turn is None else offered

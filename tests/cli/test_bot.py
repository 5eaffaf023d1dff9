"""A bot plays its game, reconnects, and stops when the server closes its connection for good."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from cli.bot import Bot, SchemaBot, Seat, Tally, offered_actions
from cli.client import Client, DisconnectedError
from server.messages import Position
from tests.cli.conftest import Site
from tests.waiting import eventually


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def no_refill(user_id: int) -> None:
    raise AssertionError(f"{user_id} is not broke")


def bot_of(
    http: aiohttp.ClientSession, site: Site, seat: Seat, tally: Tally, game: str = "dice", kind: type[Bot] = SchemaBot
) -> Bot:
    bot = kind(http, site.url, seat, random.Random(7), tally)
    bot.game, bot.pace = game, 20.0
    return bot


async def end(living: asyncio.Task[None]) -> None:
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)


@pytest.mark.parametrize(("game", "rounds"), [("dice", 5), ("mines", 3)])
async def test_a_bot_plays_and_counts(game: str, rounds: int, site: Site, http: aiohttp.ClientSession) -> None:
    [seat] = await site.seats(1)
    tally = Tally()
    living = asyncio.create_task(bot_of(http, site, seat, tally, game).live(no_refill))
    await eventually(lambda: tally.settled >= rounds, f"{rounds} rounds", within_s=60)
    assert tally.connected == 1
    await end(living)
    assert tally.connected == 0
    assert tally.anomalies() == 0
    assert tally.bets >= tally.settled
    assert tally.staked > 0
    assert len(tally.rounds) >= rounds


FOLD = {"fold": {}, "raise": {"amount": {"minimum": 200}}}
SHOW: dict[str, Any] = {"show": {}, "muck": {}}
MINE = {**FOLD, "sit_out": {}}


@pytest.mark.parametrize(
    ("view", "off_turn", "offered"),
    [
        ({"phase": "running", "actions": MINE}, False, MINE),
        ({"phase": "flop", "turn": {"actions": FOLD}, "actions": MINE}, False, FOLD),
        ({"phase": "flop", "turn": {"actions": FOLD}, "actions": {"sit_out": {}}}, False, {}),
        ({"phase": "flop", "turn": {"actions": FOLD}, "actions": {"sit_out": {}}}, True, {"sit_out": {}}),
        ({"phase": "betting", "turn": None, "actions": {"sit_in": {}}}, False, {}),
        ({"phase": "insurance", "turn": None, "actions": {"decline": {}}}, False, {"decline": {}}),
        ({"phase": "playing", "turn": {"seat": 1, "ends_at": 5}, "actions": FOLD}, False, FOLD),
        ({"phase": "playing", "turn": 1, "actions": FOLD}, False, FOLD),
        ({"phase": "betting"}, True, {}),
        ({"phase": "showdown", "turn": None, "showdown": {"actions": SHOW}, "actions": {"sit_out": {}}}, False, {}),
        (
            {"phase": "showdown", "turn": None, "showdown": {"actions": SHOW}, "actions": {"sit_out": {}, **SHOW}},
            False,
            SHOW,
        ),
    ],
)
def test_in_a_game_with_turns_it_acts_in_its_turn(
    view: dict[str, Any], off_turn: bool, offered: dict[str, Any]
) -> None:
    assert offered_actions(view, off_turn=off_turn) == offered


async def test_it_reconnects_less_and_less_often(http: aiohttp.ClientSession, unused_tcp_port: int) -> None:
    """Even if it had a seat before the server went away, and after a thousand attempts."""
    bot = Knocking(http, f"http://127.0.0.1:{unused_tcp_port}", Seat("bot", 1, "t"), random.Random(7), Tally())
    bot.client.positions["crash"] = Position("e", 1)
    with pytest.raises(asyncio.CancelledError):
        await bot.live(no_refill)
    assert bot.pauses[1:6] == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert set(bot.pauses[6:]) == {10.0}


class Knocking(SchemaBot):
    """Records how long the bot would have waited, and does not wait."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.pauses: list[float] = []

    async def _pause(self, least: float, most: float) -> None:
        self.pauses.append(most)
        if len(self.pauses) == 1_100:
            raise asyncio.CancelledError


@pytest.mark.parametrize("game", ["dice", "mines"])
async def test_a_bot_whose_answer_is_lost_asks_again_with_the_same_key(
    game: str, site: Site, http: aiohttp.ClientSession
) -> None:
    [seat] = await site.seats(1)
    tally = Tally()
    bot = bot_of(http, site, seat, tally, game)
    bot.client = cutting = Cutting(http, f"{site.url}/ws", seat.token, bot)
    living = asyncio.create_task(bot.live(no_refill))
    await eventually(lambda: tally.settled >= 5 and tally.reconnects >= 2, "5 rounds and 2 lost answers", within_s=60)
    await end(living)
    assert tally.anomalies() == 0
    twice = [first for first, again in pairwise(cutting.commands) if first == again]
    assert len(twice) >= 2
    assert {request["do"] for request in twice} == {"bet"} | ({"act"} if game == "mines" else set())
    assert len(cutting.commands) - len(twice) == len({request["key"] for request in cutting.commands})
    assert sum(request["do"] == "bet" for request in cutting.commands if request not in twice) <= tally.bets


class Cutting(Client):
    """Cuts the connection after the second and fifth bet and move, before it has read the answer."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.commands: list[dict[str, Any]] = []
        """Those that the server accepted."""

    async def request(self, do: str, **arguments: Any) -> dict[str, Any]:
        if do not in ("bet", "act"):
            return await super().request(do, **arguments)
        ok = await super().request(do, **arguments)
        number = sum(command["do"] == do for command in self.commands)
        self.commands.append({"do": do, **arguments})
        if number in (1, 4):
            await self.close()
            raise DisconnectedError(1006)
        return ok


async def test_a_broke_bot_is_refilled(site: Site, http: aiohttp.ClientSession) -> None:
    [seat] = await site.seats(1)
    tally, asked = Tally(), asyncio.Event()

    async def refill(user_id: int) -> None:
        assert user_id == seat.user_id
        asked.set()

    living = asyncio.create_task(bot_of(http, site, seat, tally, kind=Gambler).live(refill))
    async with asyncio.timeout(20):
        await asked.wait()
    await end(living)
    assert tally.errors["insufficient_funds"] >= 1
    assert tally.anomalies() == 0


class Gambler(SchemaBot):
    """Bets until it runs out of chips. If it wins, which it seldom does, that takes it longer."""

    async def play(self) -> None:
        selection = {"target": 98.0, "over": True}
        while True:
            await self._ask("bet", room=self.room, amount=60_000, selection=selection, key=secrets.token_hex(8))


async def test_a_disconnected_bot_reconnects(site: Site, http: aiohttp.ClientSession) -> None:
    [seat] = await site.seats(1)
    tally = Tally()
    bot = bot_of(http, site, seat, tally)
    living = asyncio.create_task(bot.live(no_refill))
    await eventually(lambda: tally.settled >= 1)
    room, settled = bot.room, tally.settled
    await bot.client.close()
    await eventually(lambda: tally.settled >= settled + 2)
    assert (tally.reconnects, tally.gaps, bot.room) == (1, 0, room)
    await end(living)


async def test_a_bot_that_is_signed_out_stops(site: Site, http: aiohttp.ClientSession) -> None:
    [seat] = await site.seats(1)
    tally = Tally()
    living = asyncio.create_task(bot_of(http, site, seat, tally).live(no_refill))
    await eventually(lambda: tally.connected == 1)
    await http.post(f"{site.url}/api/v1/auth/logout", headers={"Authorization": f"Bearer {seat.token}"})
    async with asyncio.timeout(20):
        await living
    assert tally.errors["closed 4100"] == 1


def test_percentiles_and_anomalies() -> None:
    tally = Tally()
    assert tally.percentile(0.5) == 0.0
    tally.round_trips.extend([3.0, 1.0, 2.0])
    assert [tally.percentile(share) for share in (0.0, 0.5, 0.99)] == [1.0, 2.0, 3.0]
    tally.errors.update(betting_closed=3, bad_request=1)
    tally.gaps = 2
    assert tally.anomalies() == 3

"""`bots` creates its accounts once, and a crowd of bots plays without errors."""

import asyncio
import random

import aiohttp
import pytest

from cli.bot import SchemaBot, Tally
from cli.bots import Plan, bot_accounts, live_apart, run_bots
from cli.terminal import CommandError
from storage.accounts import list_accounts, load
from storage.store import Store
from tests.cli.conftest import Home, Site
from tests.waiting import eventually


async def test_a_crowd_plays(site: Site) -> None:
    tally, reports = Tally(), asyncio.Event()
    plan = Plan(count=6, url=site.url, games="dice", seed=1, pace=10.0)
    playing = asyncio.create_task(run_bots(site.config, site.db, plan, tally, reports.set))
    await eventually(lambda: tally.connected == 6 and tally.settled >= 30, "30 settled rounds", within_s=60)
    await eventually(reports.is_set)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    assert tally.anomalies() == 0
    assert tally.connected == 0


class Broken(SchemaBot):
    """Can't read what its game shows."""

    async def play(self) -> None:
        raise KeyError("actions")


async def test_a_bot_that_cannot_play_its_game_stops_alone(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    broken_tally, tally = Tally(), Tally()
    async with aiohttp.ClientSession() as http:
        seats = await site.seats(2)
        bots = [
            Broken(http, site.url, seats[0], random.Random(1), broken_tally),
            SchemaBot(http, site.url, seats[1], random.Random(2), tally),
        ]
        for bot in bots:
            bot.game, bot.pace = "dice", 10.0
        async with asyncio.TaskGroup() as group:
            living = [group.create_task(live_apart(bot, no_refill)) for bot in bots]
            await living[0]
            await eventually(lambda: tally.settled >= 2, "2 settled rounds", within_s=60)
            living[1].cancel()
    assert broken_tally.errors["stopped"] == broken_tally.anomalies() == 1
    assert f"{seats[0].username} can't play dice and stops; the other bots go on" in caplog.text


async def no_refill(user_id: int) -> None:
    raise AssertionError(user_id)


async def test_a_second_run_uses_the_same_accounts(site: Site) -> None:
    plan = Plan(count=3, url=site.url)
    first = await bot_accounts(site.config, site.db, plan)
    again = await bot_accounts(site.config, site.db, plan)
    assert [seat.username for seat in first] == ["bot_01", "bot_02", "bot_03"]
    assert [seat.user_id for seat in first] == [seat.user_id for seat in again]
    assert not {seat.token for seat in first} & {seat.token for seat in again}
    account = await load(site.db, first[0].user_id)
    assert account is not None
    assert (account.balance, account.email_verified) == (site.config.sign_up_credit, True)


async def test_every_bot_has_its_own_name(site: Site) -> None:
    await bot_accounts(site.config, site.db, Plan(count=12, url=site.url, name="demobot"))
    names = [account.username async for account in list_accounts(site.db)]
    assert names == [f"demobot_{number:02}" for number in range(1, 13)]


def test_the_name_of_a_player_is_not_used_for_a_bot(home: Home) -> None:
    home.add_player("bot_01")

    async def ask(db: Store) -> None:
        with pytest.raises(CommandError, match="bot_01"):
            await bot_accounts(home.config, db, Plan(count=1, url="http://x"))

    home.with_database(ask)

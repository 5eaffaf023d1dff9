"""The clock of the machine is set while the server runs: forward when NTP answers at last, and back again."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from cli.client import Client, Listener
from server.config import Config
from storage.audit import audit
from storage.database import open_store
from tests.browser.site import Site
from tests.waiting import eventually

THREE_HOURS_S = 10_800
BETTING_MS = 1000
WAIT_S = 60.0


class Watcher(Listener):
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def event(self, room: str, event: dict[str, Any]) -> None:
        self.events.append(event)

    def last_opened(self) -> dict[str, Any] | None:
        return next((event for event in reversed(self.events) if event["type"] == "round_opened"), None)

    def opened_after(self, known: dict[str, Any] | None) -> dict[str, Any] | None:
        last = self.last_opened()
        return None if last is known else last

    def has_ended(self, round_: str) -> bool:
        return any(event["type"] == "round_ended" and event["round"] == round_ for event in self.events)


def log_has(site: Site, line: str) -> bool:
    return line in site.log()


def set_clock(folder: Path, seconds: int) -> None:
    """The wall clock of the server differs by so many seconds from that of the machine."""
    (folder / "clock.new").write_text(str(seconds))
    os.replace(folder / "clock.new", folder / "clock")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    settings = {"CRASH_BETTING_MS": str(BETTING_MS)}
    site = Site(tmp_path, settings=settings, program="tests.simulation.set_clock")
    site.set_points(110, 130)
    set_clock(tmp_path, -THREE_HOURS_S)
    await asyncio.to_thread(site.start)
    yield site
    await asyncio.to_thread(site.stop)


@pytest.mark.timeout(300)
async def test_a_server_follows_a_clock_that_is_set(site: Site) -> None:
    token = await asyncio.to_thread(lambda: site.sign_in(site.add_player("ann")))
    watcher = Watcher()
    async with aiohttp.ClientSession() as http:
        client = Client(http, f"{site.url}/ws", token, watcher)
        hello = await client.connect()
        assert abs(hello["server_time"] / 1000 + THREE_HOURS_S - time.time()) < 60
        await client.request("join", room="crash")
        for added, said in ((0, "was set forward by 10800.0 s"), (-THREE_HOURS_S, "was set back by 10800.0 s")):
            known = watcher.last_opened()
            opened = await eventually(partial(watcher.opened_after, known), "a round", WAIT_S)
            bet = await client.request(
                "bet", room="crash", amount=100, selection={"auto_cashout": 1.01}, key=f"at {added}"
            )
            assert bet["round"] == opened["round"]
            set_clock(site.folder, added)
            # The live round goes on as if nothing had happened.
            await eventually(partial(watcher.has_ended, bet["round"]), "the end of the round", WAIT_S)
            following = await eventually(partial(watcher.opened_after, opened), "a round", WAIT_S)
            ahead_s = following["closes_at"] / 1000 - added - time.time()
            assert -60 < ahead_s <= BETTING_MS / 1000
            answer = await client.request("ping")
            assert abs(answer["server_time"] / 1000 - added - time.time()) < 60
            await eventually(partial(log_has, site, said), "a line in the log", WAIT_S)
        await client.close()
    assert site.log().count("the system's clock was set") == 2
    db = await open_store(Config(var=str(site.folder / "var")).database(), is_server=False)
    assert await audit(db) == []
    await db.close()

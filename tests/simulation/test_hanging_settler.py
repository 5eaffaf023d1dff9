"""The process that settles on SQLite hangs: rooms pause, the server says why, starts another one, and pays."""

import asyncio
import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from cli.client import Client, Listener
from server.config import Config
from storage.audit import audit
from storage.database import open_store
from tests.browser.site import Site
from tests.processes import settling_process_of
from tests.waiting import eventually

NOTICED_S = 60.0
"""The server notices after 5 seconds, and starts another process after 20. A busy machine takes longer."""


class Watcher(Listener):
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def event(self, room: str, event: dict[str, Any]) -> None:
        if room == "crash":
            self.events.append(event)

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events if event["type"] != "tick"]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(tmp_path, settings={"CRASH_BETTING_MS": "2000"}, points=(100, 130))
    await asyncio.to_thread(site.start)
    yield site
    await asyncio.to_thread(site.stop)


def settler_of(site: Site) -> int | None:
    """The id of the process that settles for the server."""
    assert site.process is not None
    found = settling_process_of(site.process.pid)
    return None if found is None else found.pid


def readiness(site: Site) -> tuple[int, list[str]]:
    try:
        with urllib.request.urlopen(f"{site.url}/readyz", timeout=10) as answer:
            return answer.status, json.load(answer).get("reasons", [])
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)["reasons"]


@pytest.mark.timeout(180)
async def test_a_settling_process_that_hangs_is_replaced(site: Site) -> None:
    token = await asyncio.to_thread(lambda: site.sign_in(site.add_player("ann")))
    watcher = Watcher()
    async with aiohttp.ClientSession() as http:
        client = Client(http, f"{site.url}/ws", token, watcher)
        await client.connect()
        await client.request("join", room="crash")
        await eventually(lambda: "round_ended" in watcher.kinds(), "a settled round", within_s=NOTICED_S)
        await eventually(lambda: watcher.kinds()[-1:] == ["round_opened"], "an open round", within_s=NOTICED_S)
        hanging = settler_of(site)
        assert hanging is not None
        os.kill(hanging, signal.SIGSTOP)
        try:
            before = len(watcher.events)
            bet = await client.request("bet", room="crash", amount=500, selection={"auto_cashout": 1.01}, key="k")

            async def is_unready() -> bool:
                status, reasons = await asyncio.to_thread(readiness, site)
                return status == 503 and any("a commit of" in reason for reason in reasons) and "database" in reasons

            await eventually(is_unready, "/readyz with the reason", within_s=NOTICED_S)
            await eventually(lambda: "room_paused" in watcher.kinds(), "a pause", within_s=NOTICED_S)

            def has_ended() -> bool:
                return any(event.get("round") == bet["round"] for event in watcher.events[before:]
                           if event["type"] == "round_ended")  # fmt: skip

            await eventually(has_ended, "the settlement", within_s=NOTICED_S)
        finally:
            with suppress(ProcessLookupError):
                os.kill(hanging, signal.SIGCONT)
        await eventually(lambda: "room_resumed" in watcher.kinds(), "the end of the pause", within_s=NOTICED_S)
        replacement = settler_of(site)
        assert replacement not in (None, hanging)

        async def is_ready() -> bool:
            return await asyncio.to_thread(readiness, site) == (200, [])

        await eventually(is_ready, "readiness", within_s=NOTICED_S)
        log = site.log()
        assert f"the settling process (pid {hanging}) has not answered" in log
        assert "rooms pause until it is done or given up" in log
        assert "the database works again; rooms take bets" in log
        await client.close()
    db = await open_store(Config(var=str(site.folder / "var")).database(), is_server=False)
    assert await audit(db) == []
    await db.close()

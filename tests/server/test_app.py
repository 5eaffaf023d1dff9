"""Tests of the server as a whole: both doors open together, and it ends in order."""

import asyncio
import re
from typing import Any

import aiohttp

from cli.client import Client, Listener
from game_engine.chance import commitment
from server import app
from server.backends.choose import local_backends, new_node_name
from server.clock import SystemClock
from server.config import load
from server.mail import mailer_of
from server.node.node import draw_seed
from tests.server.shaky_store import ShakyStore


class Ears(Listener):
    def __init__(self) -> None:
        self.heard: list[str] = []

    def event(self, room: str, event: dict[str, Any]) -> None:
        self.heard.append(event["type"])

    def notice(self, notice: dict[str, Any]) -> None:
        self.heard.append(notice["notice"])


async def test_from_the_first_request_to_a_stop(db: ShakyStore) -> None:
    config = load({}, port=0, shutdown_timeout=0.5)
    clock = SystemClock()
    mailer = mailer_of(config, clock)
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    built = app.build(config, clock, db, mailer, local_backends(clock, new_node_name()))
    running = asyncio.create_task(app.run(built, config, stop, port.set_result))
    base = f"http://127.0.0.1:{await port}"
    ears = Ears()
    async with aiohttp.ClientSession(base) as http:
        for path, told in (
            ("/readyz", '"ready"'),
            ("/api/v1/rooms", '"crash"'),
            ("/asyncapi.json", '"asyncapi"'),
            ("/openapi.json", '"openapi"'),
        ):
            answer = await http.get(path)
            assert answer.status == 200, path
            assert told in await answer.text()
        watcher = Client(http, f"{base}/ws", listener=ears)
        node = (await watcher.connect())["node"]
        assert re.fullmatch(r".+-\d+-[0-9a-f]{8}", node)
        await watcher.request("watch", room="crash")
        figures = await (await http.get("/metrics")).text()
        assert "croupier_connections 1.0" in figures
        assert 'croupier_rooms{game="crash"} 1.0' in figures
        assert "croupier_audit_findings 0.0" in figures
        stop.set()
        assert (await watcher.wait_closed()).code == 1001
    await running
    assert ears.heard[-1] == "goodbye"
    assert "round_void" in ears.heard
    async with db.read() as session:
        left = await session.connection()
        rounds = (await left.exec_driver_sql("SELECT status FROM rounds")).scalars().all()
    assert set(rounds) == {"void"}


def test_seeds_are_fresh_and_of_the_published_form() -> None:
    seeds = {draw_seed() for _ in range(1000)}
    assert len(seeds) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{64}", seed) for seed in seeds)
    assert len({commitment(seed) for seed in seeds}) == 1000

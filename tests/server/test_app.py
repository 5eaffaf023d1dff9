"""Tests of the server as a whole: both doors open together, and it ends in order."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from cli.client import Client, Listener
from game_engine.chance import commitment
from server import app
from server.backends.choose import local_backends, new_node_name
from server.clock import SystemClock
from server.config import load
from server.mail import mailer_of
from server.node.node import draw_seed
from tests.server.shaky_store import ShakyStore
from tests.waiting import WAIT_S, eventually


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


@pytest.fixture
async def port(db: ShakyStore) -> AsyncIterator[int]:
    """Where a whole server listens."""
    config = load({}, port=0, shutdown_timeout=0.1, bcrypt_cost=4)
    clock = SystemClock()
    stop, started = asyncio.Event(), asyncio.get_running_loop().create_future()
    built = app.build(config, clock, db, mailer_of(config, clock), local_backends(clock, new_node_name()))
    running = asyncio.create_task(app.run(built, config, stop, started.set_result))
    yield await started
    stop.set()
    await running


async def answer_to(port: int, request: bytes) -> bytes:
    """What the server answers before it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), WAIT_S)
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("path", "status"), [("/nonexistent", 404), ("/healthz", 405), ("/api/v1/auth/login", 415), ("/ws", 405)]
)
async def test_a_compressed_body_is_never_inflated(
    port: int, path: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """60 KB of gzip can become 60 MB. What is not even gzip shows that nobody tries."""
    body = b"this is not gzip"
    request = f"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: "
    answer = await answer_to(port, request.encode() + str(len(body)).encode() + b"\r\n\r\n" + body)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert caplog.text == ""


@pytest.mark.parametrize(
    "junk",
    [
        b"\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nX y: z\r\n\r\n",
        b"GET /" + b"a" * 16_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"\x80\x01" * 4_000 + b": z\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    ],
    ids=["byte", "header", "path", "binary", "chunk"],
)
async def test_what_is_not_http_writes_no_traceback(port: int, junk: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    assert (await answer_to(port, junk)).startswith(b"HTTP/1.")
    assert "Traceback" not in caplog.text
    assert len(caplog.text) < 500
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_a_client_that_breaks_off_within_its_body_writes_no_traceback(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"
    writer.write(head.encode())
    assert b" 100 " in await asyncio.wait_for(reader.readline(), WAIT_S)
    writer.write(b'{"identifier": "ann')
    writer.close()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:

        async def is_answered() -> bool:
            counted = 'croupier_http_requests_total{method="POST",path="/api/v1/auth/login",status="400"} 1.0'
            return counted in await (await http.get("/metrics")).text()

        await eventually(is_answered, "the end of the request")
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


def test_seeds_are_fresh_and_of_the_published_form() -> None:
    seeds = {draw_seed() for _ in range(1000)}
    assert len(seeds) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{64}", seed) for seed in seeds)
    assert len({commitment(seed) for seed in seeds}) == 1000

"""deploy/: HAProxy runs with its file in front of two small nodes, and the other programs accept their files."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import aiohttp
import pytest
import redis
from aiohttp import WSMsgType, web

from devtools.services import die_with_parent, free_port, postgres_binaries, redis_binary
from server.config import Config, load
from tests.proxy import proxy_command

DEPLOY = Path(__file__).parents[1] / "deploy"
SETTLED_S = 10.0
OUT_S = 4.0
"""The proxy drops a hanging node after two seconds; the rest is for a busy machine."""


@dataclass
class Node:
    """A fake node that replies with its name, and whose readiness a test controls."""

    name: str
    port: int = field(default_factory=free_port)
    ready: bool = True
    hangs: bool = False
    asked: int = 0
    runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/healthz", self._answer)
        app.router.add_get("/metrics", self._answer)
        app.router.add_get("/ws", self._ws)
        app.router.add_get("/", self._answer)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()

    async def _readyz(self, _request: web.Request) -> web.Response:
        self.asked += 1
        if self.hangs:
            await asyncio.sleep(60)
        return web.Response(status=200 if self.ready else 503)

    async def _answer(self, request: web.Request) -> web.Response:
        forwarded = request.headers.getall("X-Forwarded-For", [])
        return web.json_response({"node": self.name, "forwarded": forwarded})

    async def _ws(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await ws.send_json({"node": self.name, "forwarded": request.headers.getall("X-Forwarded-For", [])})
        async for message in ws:
            if message.type == WSMsgType.TEXT:
                await ws.send_str(message.data)
        return ws


@dataclass
class Site:
    """The proxy with two nodes behind it."""

    url: str
    http: aiohttp.ClientSession
    nodes: dict[str, Node]

    async def node(self) -> str:
        """Send a request; returns the name of the node that replied."""
        async with self.http.get(f"{self.url}/") as answer:
            assert answer.status == 200
            name: str = (await answer.json())["node"]
            return name

    async def await_left(self, name: str, seconds: float) -> None:
        """Return once six requests in a row have not reached the node ``name``."""
        deadline = monotonic() + seconds
        while name in {await self.node() for _ in range(6)}:
            assert monotonic() < deadline, f"{name} still gets requests"


async def start_proxy(port: int, nodes: list[Node]) -> asyncio.subprocess.Process:
    """Start HAProxy with the unchanged file. The caller stops it."""
    command, environment = proxy_command(port, [node.port for node in nodes])
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    deadline = monotonic() + SETTLED_S
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            assert process.returncode is None
            assert monotonic() < deadline
            await asyncio.sleep(0.01)
            continue
        writer.close()
        return process


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    nodes = {name: Node(name) for name in ("one", "two")}
    for node in nodes.values():
        await node.start()
    port = free_port()
    proxy = await start_proxy(port, list(nodes.values()))
    # One connection per request, as from many players.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http:
        yield Site(f"http://127.0.0.1:{port}", http, nodes)
    proxy.terminate()
    await proxy.wait()
    for node in nodes.values():
        await node.stop()


async def test_websockets_pass_and_are_distributed(site: Site) -> None:
    sockets = [await site.http.ws_connect(f"{site.url}/ws") for _ in range(6)]
    assert {(await ws.receive_json())["node"] for ws in sockets} == {"one", "two"}
    for ws in sockets:
        await ws.send_str("a bet")
        assert await ws.receive_str() == "a bet"
        await ws.close()


async def test_the_address_of_the_client_is_the_last_one_forwarded(site: Site) -> None:
    headers = {"X-Forwarded-For": "192.0.2.1"}
    async with site.http.get(f"{site.url}/", headers=headers) as answer:
        assert (await answer.json())["forwarded"] == ["192.0.2.1", "127.0.0.1"]
    async with site.http.ws_connect(f"{site.url}/ws", headers=headers) as ws:
        assert (await ws.receive_json())["forwarded"] == ["192.0.2.1", "127.0.0.1"]


async def test_no_request_fails_when_a_node_dies(site: Site) -> None:
    await site.nodes["one"].stop()
    assert {await site.node() for _ in range(10)} == {"two"}
    await site.nodes["one"].start()
    deadline = monotonic() + SETTLED_S
    while "one" not in {await site.node() for _ in range(4)}:
        assert monotonic() < deadline, "the restarted node gets no requests"


async def test_a_node_that_is_not_ready_keeps_its_sockets_and_gets_no_new_ones(site: Site) -> None:
    async with site.http.ws_connect(f"{site.url}/ws") as ws:
        name = (await ws.receive_json())["node"]
        site.nodes[name].ready = False
        await site.await_left(name, OUT_S)
        await ws.send_str("still here")
        assert await ws.receive_str() == "still here"


async def test_a_hanging_node_gets_no_requests(site: Site) -> None:
    site.nodes["two"].hangs = True
    await site.await_left("two", OUT_S)


async def test_players_can_connect_when_no_node_is_ready(site: Site) -> None:
    """The database is down: a node tells the player so, instead of the proxy refusing the connection."""
    for node in site.nodes.values():
        node.ready, node.asked = False, 0
    async with asyncio.timeout(SETTLED_S):
        while min(node.asked for node in site.nodes.values()) < 4:
            await asyncio.sleep(0.01)
    assert {await site.node() for _ in range(6)} <= {"one", "two"}


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/%6detrics", "/readyz?x=1"])
async def test_paths_that_need_no_token_are_not_public(site: Site, path: str) -> None:
    async with site.http.get(f"{site.url}{path}") as answer:
        assert answer.status == 403


def test_the_example_settings_can_be_loaded() -> None:
    config = load({}, str(DEPLOY / "croupier.env.example"))
    assert config.database_url
    assert config.redis_url
    assert config.trusted_proxies


def test_the_unit_waits_longer_than_a_node_needs_to_stop() -> None:
    unit = (DEPLOY / "croupier@.service").read_text()
    found = re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert found is not None
    assert int(found[1]) >= 2 * Config().shutdown_timeout
    files = re.search(r"^LimitNOFILE=(\d+)$", unit, re.MULTILINE)
    assert files is not None
    assert int(files[1]) > Config().max_connections


def test_redis_accepts_its_file(tmp_path: Path) -> None:
    port = free_port()
    command = die_with_parent([redis_binary(), str(DEPLOY / "redis.conf"), "--port", str(port), "--dir", str(tmp_path)])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said: list[str] = []
            while not any("Ready to accept connections" in line for line in said):
                said.append(server.stdout.readline())
                assert said[-1], "".join(said)
            with redis.Redis(port=port, password="change-me-too", decode_responses=True) as client:
                for name, value in {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}.items():
                    assert client.config_get(name) == {name: value}
        finally:
            server.terminate()


def test_postgresql_accepts_its_file(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "postgresql.conf", tmp_path)
    program = str(postgres_binaries(tmp_path) / "postgres")
    for name, value in {"synchronous_commit": "on", "fsync": "on", "max_connections": "100"}.items():
        command = [program, "-C", name, "-D", str(tmp_path)]
        assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == value

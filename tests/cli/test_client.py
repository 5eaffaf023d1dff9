"""The Python client speaks the protocol with a real server: requests, events in order, resume."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pytest_aiohttp import AiohttpServer

from cli.client import Client, DisconnectedError, Listener, RequestRefusedError
from tests.cli.conftest import Site
from tests.waiting import eventually


class Notebook(Listener):
    """Records every message."""

    def __init__(self) -> None:
        self.snapshots: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.private_events: list[dict[str, Any]] = []
        self.notices: list[dict[str, Any]] = []

    def snapshot(self, room: str, snapshot: dict[str, Any]) -> None:
        self.snapshots.append(snapshot)

    def event(self, room: str, event: dict[str, Any]) -> None:
        self.events.append(event)

    def private(self, room: str, event: dict[str, Any]) -> None:
        self.private_events.append(event)

    def notice(self, notice: dict[str, Any]) -> None:
        self.notices.append(notice)

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_round_of_dice(site: Site, http: aiohttp.ClientSession) -> None:
    [seat] = await site.seats(1)
    book = Notebook()
    client = Client(http, f"{site.url}/ws", seat.token, book)
    assert (await client.connect())["user"]["username"] == seat.username
    room = (await client.request("join", game="dice"))["room"]
    assert book.snapshots[0]["game"] == "dice"
    arguments = {"room": room, "amount": 100, "selection": {"target": 50, "over": True}, "key": "k1"}
    ok = await client.request("bet", **arguments)
    await eventually(lambda: "round_ended" in book.types())
    ended = next(event for event in book.events if event["type"] == "round_ended")
    assert [result["bet"] for result in ended["results"]] == [ok["bet"]]
    assert (await client.request("bet", **arguments))["bet"] == ok["bet"]
    assert (client.gaps, len(client.round_trips)) == (0, 4)
    await eventually(lambda: any(notice["notice"] == "wallet" for notice in book.notices))
    await client.close()


async def test_an_error_reply_is_raised(site: Site, http: aiohttp.ClientSession) -> None:
    client = Client(http, f"{site.url}/ws")
    assert (await client.connect())["user"] is None
    with pytest.raises(RequestRefusedError) as refused:
        await client.request("join", game="dice")
    assert (refused.value.code, refused.value.retry) == ("not_signed_in", False)
    await client.close()


async def test_rooms_are_resumed_after_a_lost_connection(site: Site, http: aiohttp.ClientSession) -> None:
    one, two = await site.seats(2)
    book = Notebook()
    client = Client(http, f"{site.url}/ws", one.token, book)
    other = Client(http, f"{site.url}/ws", two.token)
    await client.connect()
    await other.connect()
    await client.request("join", room="crash")
    await other.request("join", room="crash")
    await client.close()
    for text in ("one", "two"):
        await other.request("chat", room="crash", text=text)
    assert (await client.connect())["resumed"] == {"crash": "frames"}
    await other.request("chat", room="crash", text="three")
    said = ["one", "two", "three"]
    await eventually(lambda: [event["text"] for event in book.events if event["type"] == "chat"] == said)
    assert client.gaps == 0
    await client.close()
    await other.close()


async def test_a_closed_room_is_not_resumed(site: Site, http: aiohttp.ClientSession) -> None:
    client = Client(http, f"{site.url}/ws")
    await client.connect()
    await client.request("watch", room="crash")
    client.positions["dice-gone"] = client.positions["crash"]
    await client.close()
    assert (await client.connect())["resumed"] == {"crash": "frames"}
    assert list(client.positions) == ["crash"]
    client.forget("crash")
    assert client.positions == {}
    await client.close()


async def test_a_sign_out_closes_the_connection(site: Site, http: aiohttp.ClientSession) -> None:
    [seat] = await site.seats(1)
    book = Notebook()
    client = Client(http, f"{site.url}/ws", seat.token, book)
    await client.connect()
    await http.post(f"{site.url}/api/v1/auth/logout", headers={"Authorization": f"Bearer {seat.token}"})
    gone = await client.wait_closed()
    assert (gone.code, gone.for_good) == (4100, True)
    assert book.notices[-1]["notice"] == "goodbye"
    with pytest.raises(DisconnectedError):
        await client.request("ping")


async def test_a_server_that_does_not_answer(http: aiohttp.ClientSession) -> None:
    with pytest.raises(DisconnectedError) as gone:
        await Client(http, "http://127.0.0.1:9/ws").connect()
    assert not gone.value.for_good


async def scripted(aiohttp_server: AiohttpServer, script: list[str]) -> TestServer:
    """A server that replies to hello, sends the messages of a script, and closes."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        hello = json.loads((await ws.receive()).data)
        ok: dict[str, Any] = {"user": None, "node": "n", "server_time": 0, "heartbeat_ms": 1, "resumed": {}}
        await ws.send_str(json.dumps({"re": hello["id"], "ok": ok}))
        for line in script:
            await ws.send_str(line)
        await ws.receive()
        return ws

    application = web.Application()
    application.router.add_get("/ws", handle)
    return await aiohttp_server(application)


async def test_frames_out_of_order_are_counted(http: aiohttp.ClientSession, aiohttp_server: AiohttpServer) -> None:
    frames = [{"room": "r", "epoch": "e", "seq": 4, "snapshot": {"game": "g"}}]
    frames += [{"room": "r", "seq": seq, "events": [{"type": f"e{seq}"}]} for seq in (5, 6, 8, 8, 9)]
    frames += [
        {"room": "elsewhere", "seq": 1, "events": [{"type": "never"}]},
        {"room": "r", "private": [{"type": "p"}]},
    ]
    server = await scripted(aiohttp_server, [json.dumps(frame) for frame in frames])
    book = Notebook()
    client = Client(http, str(server.make_url("/ws")), None, book)
    await client.connect()
    await eventually(lambda: len(book.private_events) == 1)
    assert client.gaps == 2
    assert book.types() == ["e5", "e6", "e8", "e8", "e9"]
    await client.close()


async def test_a_request_without_a_reply_ends_with_the_connection(
    http: aiohttp.ClientSession, aiohttp_server: AiohttpServer
) -> None:
    server = await scripted(aiohttp_server, [])
    client = Client(http, str(server.make_url("/ws")))
    await client.connect()
    with pytest.raises(DisconnectedError):
        await client.request("ping")
    await asyncio.gather(client.close(), server.close())

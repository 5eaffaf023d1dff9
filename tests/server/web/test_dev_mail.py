"""The outbox page: only in demo mode, and only from the same machine."""

import asyncio

import pytest

from server.clock import SystemClock
from server.config import Config
from server.mail import Mail, OutboxMailer, outbox_folder
from tests.server.web.world import Opener, World, answer, problem


async def send(config: Config, subject: str) -> None:
    mailer = OutboxMailer(outbox_folder(config), "croupier@localhost", SystemClock())
    mailer.send(
        Mail(
            to="ann@campus.example",
            subject=subject,
            text=f"{subject}: http://x.example/verify?token=T&a=<b>\n",
            html="x",
        )
    )
    await mailer.close()


async def test_the_outbox_is_shown(open_world: Opener) -> None:
    world = await open_world(demo=True)
    assert "No mail yet" in await (await world.call("GET", "/dev/mail")).text()
    await send(world.deps.config, "One <b>")
    page = await (await world.call("GET", "/dev/mail")).text()
    assert '<a href="http://x.example/verify?token=T&amp;a=&lt;b&gt;">' in page
    assert "<b>" not in page
    [mail] = (await answer(await world.call("GET", "/dev/mail.json")))["mails"]
    assert (mail["to"], mail["subject"]) == ("ann@campus.example", "One <b>")
    assert mail["links"] == ["http://x.example/verify?token=T&a=<b>"]


async def test_the_outbox_is_hidden_without_demo_mode(world: World) -> None:
    for path in ("/dev/mail", "/dev/mail.json"):
        await problem(await world.call("GET", path), "not_found")


async def test_the_outbox_is_hidden_from_other_machines(open_world: Opener) -> None:
    world = await open_world(demo=True, trusted_proxies=("127.0.0.0/8",))
    for headers in (
        {"X-Forwarded-For": "198.51.100.1"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=198.51.100.1"},
        {"Host": "rebound.example"},
        {"Host": "["},
    ):
        response = await world.call("GET", "/dev/mail", headers=headers)
        assert response.status in (400, 403), headers
        assert "token" not in await response.text()


@pytest.mark.parametrize(
    "header",
    [
        "Via",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Forwarded-Server",
        "X-Real-IP",
        "CF-Connecting-IP",
        "True-Client-IP",
        "X-Client-IP",
        "X-Original-URL",
        "X-Envoy-External-Address",
        "CDN-Loop",
        "Max-Forwards",
    ],
)
async def test_the_outbox_is_hidden_from_whoever_comes_through_a_proxy(open_world: Opener, header: str) -> None:
    world = await open_world(demo=True)
    for path in ("/dev/mail", "/dev/mail.json"):
        await problem(await world.call("GET", path, headers={header: "127.0.0.1"}), "forbidden")


async def test_the_outbox_is_hidden_from_proxies_that_add_no_header(open_world: Opener) -> None:
    """nginx speaks HTTP/1.0 to the server behind it unless told otherwise; a forwarder of ports keeps its own port."""
    world = await open_world(demo=True)
    port = world.client.port
    for request in (
        f"GET /dev/mail HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        f"GET /dev/mail HTTP/1.1\r\nHost: localhost:{(port or 0) - 1}\r\nConnection: close\r\n\r\n",
        "GET /dev/mail HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /dev/mail HTTP/1.1\r\nHost: localhost:99999\r\nConnection: close\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request.encode())
        assert b" 403 " in (await reader.read()).partition(b"\r\n")[0], request
        writer.close()

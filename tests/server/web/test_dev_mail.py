"""The outbox page: only in demo mode, and only from the same machine."""

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

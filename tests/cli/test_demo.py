"""Demo mode has an account with a known password, and bots that play."""

import asyncio
from typing import Any

import bcrypt
import pytest
from sqlalchemy import select

from cli import demo
from cli.terminal import CommandError
from server.config import Config
from storage.accounts import list_accounts
from storage.models import User
from storage.operator_accounts import find_account
from tests.cli.conftest import Home, Site
from tests.waiting import eventually


async def test_the_demo_creates_the_account_and_the_bots(site: Site) -> None:
    running = asyncio.create_task(demo.run(site.config, site.db, site.url))

    async def all_names() -> list[str]:
        names = [account.username async for account in list_accounts(site.db)]
        return names if len(names) >= 1 + demo.BOTS else []

    names = await eventually(all_names, "the accounts of the demo")
    assert names[0] == demo.USERNAME
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await eventually(running.done)


async def test_the_password_works_after_every_start(site: Site) -> None:
    for _ in range(2):
        await demo.open_account(site.config, site.db)
        async with site.db.read() as session:
            stored = await session.scalar(select(User.password_hash).where(User.username == demo.USERNAME))
        assert bcrypt.checkpw(demo.PASSWORD.encode(), (stored or "").encode())
    account = await find_account(site.db, demo.USERNAME)
    assert account is not None
    assert account.balance == site.config.sign_up_credit


def test_the_bots_are_distributed_over_the_nodes() -> None:
    plans = demo.plans(["http://a", "http://b"])
    assert [plan.url for plan in plans] == ["http://a", "http://b"]
    assert sum(plan.count for plan in plans) == demo.BOTS
    assert abs(plans[0].count - plans[1].count) <= 1
    assert sorted(name for plan in demo.plans(["http://a"] * 5) for name in plan.names) == sorted(demo.BOT_NAMES)
    assert len(demo.plans(["http://a"] * 2 * demo.BOTS)) == demo.BOTS


def test_a_player_called_demo_is_left_alone(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    home.add_player("demo")
    home.with_database(lambda db: demo.open_account(home.config, db))
    assert "no demo account" in caplog.text


def test_the_greeting_explains_how_to_sign_in() -> None:
    text = demo.greeting("http://127.0.0.1:8080")
    for part in (demo.USERNAME, demo.PASSWORD, "http://127.0.0.1:8080/dev/mail"):
        assert part in text


@pytest.mark.parametrize(
    ("settings", "starts"),
    [
        ({"demo": True}, True),
        ({"demo": True, "public_url": "http://localhost:8090"}, True),
        ({"demo": True, "public_url": "http://127.0.0.1:8090"}, True),
        ({"demo": True, "public_url": "http://[::1]:8090"}, True),
        ({"demo": True, "public_url": "https://play.campus.example"}, False),
        ({"demo": True, "public_url": "http://10.0.0.5:8080"}, False),
        ({"demo": True, "public_url": "https://play.campus.example", "demo_in_public": True}, True),
        ({"demo": False, "public_url": "https://play.campus.example"}, True),
    ],
)
def test_a_demo_at_a_public_address_must_be_wanted_twice(settings: dict[str, Any], starts: bool) -> None:
    config = Config(**settings)
    if starts:
        demo.require_private(config)
    else:
        with pytest.raises(CommandError, match="CROUPIER_DEMO_IN_PUBLIC"):
            demo.require_private(config)


def test_serve_refuses_such_a_demo(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROUPIER_PUBLIC_URL", "https://play.campus.example")
    said = home.run("serve", "--demo")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "public address" in said.err

"""Everything that happens to an account is on record, with its id and the client's address, and without a secret."""

import logging

import pytest

from storage.tokens import token_hash
from tests.server.web.world import PASSWORD, Opener, World, answer, token_in

HERE = "127.0.0.1"
NEW = "tram lamp moss river"


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == "server.security_log"]


async def test_the_life_of_an_account(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    new = {"roll_number": "R1", "email": "ann@campus.example", "username": "annabel", "full_name": "Ann Archer"}
    await answer(await world.post("auth/register", **new, password=PASSWORD))
    link = token_in((await world.mails(1))[0])
    await answer(await world.post("auth/verify-email", token=link, password=PASSWORD))
    wrong = "wrong horse battery"
    assert (await world.post("auth/login", identifier="annabel", password=wrong)).status == 401
    assert (await world.post("auth/login", identifier="nobody-at-all", password=wrong)).status == 401
    token = (await answer(await world.post("auth/login", identifier="annabel", password=PASSWORD)))["token"]
    mine = {"Authorization": f"Bearer {token}"}
    assert (await world.call("PATCH", "me", json={"username": "anna"}, headers=mine)).status == 200
    assert (await world.post("auth/password/forgot", email="ann@campus.example")).status == 202
    reset = token_in((await world.mails(2))[1])
    assert (await world.post("auth/password/reset", token=reset, password=NEW)).status == 204
    token = (await answer(await world.post("auth/login", identifier="anna", password=NEW)))["token"]
    mine = {"Authorization": f"Bearer {token}"}
    assert (await world.call("DELETE", "me", json={"password": NEW}, headers=mine)).status == 204
    assert [line.partition(" of ")[0] + ":" + line.rpartition(":")[2] for line in events(caplog)] == [
        "sign-up: done",
        "verification: done",
        "sign-in: invalid_credentials",
        "sign-in: invalid_credentials",
        "sign-in: done",
        "account change: done",
        "request for a reset link: done",
        "reset link: sent",
        "password reset: done",
        "sign-in: done",
        "account deletion: done",
    ]
    ids = [line for line in events(caplog) if "of user 1 " in line]
    assert len(ids) == 8
    assert all(f"from {HERE}: " in line for line in events(caplog))
    for secret in (PASSWORD, NEW, wrong, link, reset, token, token_hash(token), "annabel", "ann@campus", "nobody-at"):
        assert secret not in caplog.text


async def test_a_lock_and_a_password_change(open_world: Opener, caplog: pytest.LogCaptureFixture) -> None:
    world = await open_world(login_attempts=1)
    caplog.set_level(logging.INFO)
    ann = await world.player("ann")
    changed = {"current_password": PASSWORD, "password": NEW}
    assert (await ann.call("POST", "auth/password/change", json=changed)).status < 300
    assert events(caplog) == [f"password change of user {ann.user_id} from {HERE}: done"]
    await world.post("auth/login", identifier="ann", password="wrong horse battery")
    await world.post("auth/login", identifier="ann", password="wrong horse battery")
    assert events(caplog)[-1].endswith(": account_locked")


async def test_other_calls_are_not_security_events(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ann = await world.player("ann")
    await ann.ok("GET", "me")
    await world.call("GET", "rooms")
    assert events(caplog) == []


async def test_a_failure_inside_the_server_is_on_record_too(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    world.db.away = True
    assert (await world.post("auth/login", identifier="ann", password=PASSWORD)).status == 503
    assert events(caplog)[-1].endswith(": internal_error")


async def test_refused_calls_are_on_record(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    stolen = "no-such-token"
    response = await world.call("GET", "me/wallet", headers={"Authorization": f"Bearer {stolen}"})
    assert response.status == 401
    assert events(caplog) == [f"GET /api/v1/me/wallet of an unknown user from {HERE}: token_invalid"]
    assert stolen not in caplog.text

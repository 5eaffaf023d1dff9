"""Resetting and changing passwords."""

import asyncio
from datetime import timedelta

from aiohttp import ClientResponse

from tests.server.web.world import PASSWORD, Player, World, answer, problem, token_in

NEW = "another strong phrase"


async def test_a_forgotten_password_can_be_reset(world: World) -> None:
    ann = await world.player("ann")
    for email in ("Ann@campus.example", "nobody@campus.example"):
        response = await world.post("auth/password/forgot", email=email)
        assert (response.status, await response.text()) == (202, "")
    token = token_in((await world.mails(1))[0])
    response = await world.post("auth/password/reset", token=token, password=NEW)
    assert (response.status, await response.text()) == (204, "")
    assert world.players.signed_out == [(ann.user_id, "password_changed")]
    await problem(await ann.call("GET", "me"), "token_invalid")
    await problem(await world.post("auth/login", identifier="ann", password=PASSWORD), "invalid_credentials")
    await answer(await world.post("auth/login", identifier="ann", password=NEW))
    mails = await world.mails(2)
    assert [mail["Subject"] for mail in mails] == ["Set a new password", "Your password was changed"]
    assert {mail["To"] for mail in mails} == {"ann@campus.example"}


async def test_a_reset_ends_a_lock(world: World) -> None:
    await world.player("ann")
    for _ in range(5):
        await world.post("auth/login", identifier="ann", password="wrong")
    await world.post("auth/password/forgot", email="ann@campus.example")
    token = token_in((await world.mails(1))[0])
    assert (await world.post("auth/password/reset", token=token, password=NEW)).status == 204
    await answer(await world.post("auth/login", identifier="ann", password=NEW))


async def test_using_a_link_invalidates_the_others(world: World) -> None:
    await world.player("ann")
    for _ in range(2):
        await world.post("auth/password/forgot", email="ann@campus.example")
    first, second = map(token_in, await world.mails(2))
    passwords = [f"{NEW} {n}" for n in range(5)]
    race = await asyncio.gather(*(world.post("auth/password/reset", token=first, password=p) for p in passwords))
    assert sorted(response.status for response in race) == [204] + [401] * 4
    await problem(await world.post("auth/password/reset", token=second, password=NEW), "token_invalid")
    winner = passwords[[response.status for response in race].index(204)]
    await answer(await world.post("auth/login", identifier="ann", password=winner))


async def test_invalid_tokens_are_refused(world: World) -> None:
    await world.player("ann")
    await world.post("auth/password/forgot", email="ann@campus.example")
    token = token_in((await world.mails(1))[0])
    await problem(await world.post("auth/password/reset", token="nonsense", password=NEW), "token_invalid")
    await problem(await world.post("auth/verify-email", token=token, password=PASSWORD), "token_invalid")
    body = await problem(await world.post("auth/password/reset", token=token, password="12345678"), "validation_failed")
    assert body["errors"][0]["field"] == "password"
    world.clock.jump(timedelta(hours=1))
    await problem(await world.post("auth/password/reset", token=token, password=NEW), "token_expired")


async def test_accounts_that_can_not_sign_in_get_no_link(world: World) -> None:
    bob = await world.player("bob")
    await world.set_user(bob.user_id, is_active=False)
    ann = {
        "roll_number": "A1",
        "email": "ann@campus.example",
        "username": "ann",
        "full_name": "A",
        "password": PASSWORD,
    }
    await answer(await world.post("auth/register", **ann))
    await world.mails(1)
    for name in ("ann", "bob"):
        await world.post("auth/password/forgot", email=f"{name}@campus.example")
    await world.post("auth/verify-email/resend", email="ann@campus.example")
    assert [mail["Subject"] for mail in await world.mails(2)] == ["Confirm your e-mail address"] * 2


async def test_a_password_can_be_changed(world: World) -> None:
    ann = await world.player("ann")
    await problem(await change(ann, "wrong", NEW), "invalid_credentials")
    await problem(await change(ann, PASSWORD, "ann@campus"), "validation_failed")
    changed = await answer(await change(ann, PASSWORD, NEW))
    assert world.players.signed_out == [(ann.user_id, "password_changed")]
    await problem(await ann.call("GET", "me"), "token_invalid")
    ann.token = changed["token"]
    assert (await ann.ok("GET", "me"))["username"] == changed["user"]["username"] == "ann"
    await problem(await world.post("auth/login", identifier="ann", password=PASSWORD), "invalid_credentials")
    await answer(await world.post("auth/login", identifier="ann", password=NEW))


async def test_a_stolen_token_can_not_guess_the_password(world: World) -> None:
    ann = await world.player("ann")
    for _ in range(5):
        await problem(await change(ann, "wrong", NEW), "invalid_credentials")
    await problem(await change(ann, PASSWORD, NEW), "account_locked")


async def change(player: Player, current_password: str, password: str) -> ClientResponse:
    body = {"current_password": current_password, "password": password}
    return await player.call("POST", "auth/password/change", json=body)


async def test_mails_are_in_the_language_of_the_request(world: World) -> None:
    await world.player("ann")
    hindi = {"Accept-Language": "hi-IN,hi;q=0.9,en;q=0.8"}
    await world.call("POST", "auth/password/forgot", json={"email": "ann@campus.example"}, headers=hindi)
    token = token_in((await world.mails(1))[0])
    reset = {"token": token, "password": NEW}
    assert (
        await world.call("POST", "auth/password/reset", json=reset, headers={"Accept-Language": "fr"})
    ).status == 204
    first, second = await world.mails(2)
    assert first["Subject"] == "नया पासवर्ड चुनें"
    assert second["Subject"] == "Your password was changed"

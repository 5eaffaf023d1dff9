"""Sign-in and sign-out: any identifier, and a lock after wrong passwords."""

import asyncio
import unicodedata
from datetime import timedelta
from typing import Literal

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from storage.models import User
from tests.server.web.world import PASSWORD, Opener, World, answer, cheap_hash, problem


async def test_sign_in_with_any_identifier(world: World) -> None:
    ann = await world.player("ann")
    for identifier in ("ann", "ANN", "ann@campus.example", " Ann@CAMPUS.example"):
        signed_in = await answer(await world.post("auth/login", identifier=identifier, password=PASSWORD))
        assert signed_in["token_type"] == "Bearer"
        assert signed_in["user"]["username"] == "ann"
    assert signed_in["expires_at"] == "2026-12-02T11:06:40Z"
    assert (await ann.ok("GET", "me"))["username"] == "ann"
    assert world.players.signed_out == []


async def test_nobody_can_take_a_name_by_which_another_player_signs_in(world: World) -> None:
    """A roll number that is another player's username would catch that player's sign-ins, and the reverse."""
    ann, bob = await world.player("ann"), await world.player("bob")
    await ann.ok("PATCH", "me", json={"username": "anna"})
    await problem(await bob.call("PATCH", "me", json={"username": "ann"}), "username_taken")
    mallory = {"email": "m@campus.example", "full_name": "M", "password": "another good password"}
    refused = await world.post("auth/register", username="mallory", roll_number="anna", **mallory)
    body = await problem(refused, "validation_failed")
    assert [(error["field"], error["code"]) for error in body["errors"]] == [("roll_number", "not_allowed")]
    await problem(await world.post("auth/register", username="BOB", roll_number="M1", **mallory), "username_taken")
    for identifier, username in (("anna", "anna"), ("ANN", "anna"), ("bob", "bob"), ("BOB", "bob")):
        signed_in = await answer(await world.post("auth/login", identifier=identifier, password=PASSWORD))
        assert signed_in["user"]["username"] == username


@pytest.mark.parametrize("spelling", ["NFC", "NFD"])
async def test_a_password_may_be_typed_in_any_spelling(world: World, spelling: Literal["NFC", "NFD"]) -> None:
    """A hash from before passwords were normalised still works, and is replaced."""
    ann = await world.player("ann")
    typed = {form: unicodedata.normalize(form, "grüne Äpfel ﬁnden") for form in ("NFC", "NFD")}
    await world.set_user(ann.user_id, password_hash=cheap_hash(typed[spelling]))
    await answer(await world.post("auth/login", identifier="ann", password=typed[spelling]))
    for password in (*typed.values(), "grüne Äpfel finden"):
        await answer(await world.post("auth/login", identifier="ann", password=password))


async def test_sign_out_invalidates_the_token(world: World) -> None:
    ann = await world.player()
    assert (await ann.call("POST", "auth/logout")).status == 204
    assert world.players.signed_out == [(ann.user_id, "signed_out")]
    await problem(await ann.call("POST", "auth/logout"), "token_invalid")


async def test_invalid_tokens_are_refused(world: World) -> None:
    ann = await world.player()
    await problem(await world.call("GET", "me"), "token_missing")
    for value, code in (
        ("Basic abc", "token_missing"),
        ("Bearer ", "token_missing"),
        ("Bearer nonsense", "token_invalid"),
        ("Bearer \xff\xfe", "token_invalid"),
    ):
        response = await world.call("GET", "me", headers={"Authorization": value})
        await problem(response, code)
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (await world.call("GET", "me", headers={"Authorization": f"bearer  {ann.token}"})).status == 200
    world.clock.jump(timedelta(seconds=world.deps.config.token_ttl))
    await problem(await ann.call("GET", "me"), "token_expired")


async def test_a_token_lives_on_while_it_is_used(world: World) -> None:
    ann = await world.player()
    half = timedelta(seconds=world.deps.config.token_ttl / 2)
    for _ in range(4):
        world.clock.jump(half)
        await ann.ok("GET", "me")
    world.clock.jump(2 * half)
    await problem(await ann.call("GET", "me"), "token_expired")


async def test_a_disabled_account_can_not_sign_in(world: World) -> None:
    ann = await world.player()
    await world.set_user(ann.user_id, is_active=False)
    await problem(await ann.call("GET", "me"), "account_inactive")
    await problem(await world.post("auth/login", identifier="ann", password=PASSWORD), "account_inactive")
    await problem(await world.post("auth/login", identifier="ann", password="wrong"), "invalid_credentials")


@pytest.mark.parametrize("identifier", ["ann", "nobody", "nobody@campus.example"])
async def test_wrong_passwords_lock_for_longer_each_time(world: World, identifier: str) -> None:
    """The answers are the same whether the account exists or not."""
    await world.player("ann")
    for lock_s in (60, 120, 240):
        for _ in range(5):
            await problem(
                await world.post("auth/login", identifier=identifier, password="wrong"), "invalid_credentials"
            )
        response = await world.post("auth/login", identifier=identifier, password=PASSWORD)
        body = await problem(response, "account_locked")
        assert (response.headers["Retry-After"], body["retry_after"]) == (str(lock_s), lock_s)
        world.clock.jump(timedelta(seconds=lock_s))


async def test_a_lock_does_not_affect_tokens(world: World) -> None:
    ann = await world.player("ann")
    for _ in range(5):
        await world.post("auth/login", identifier="ann", password="wrong")
    await problem(await world.post("auth/login", identifier="ann", password=PASSWORD), "account_locked")
    assert (await ann.ok("GET", "me"))["username"] == "ann"


async def login_from(
    world: World, address: str, identifier: str, password: str, device: str | None = None
) -> ClientResponse:
    body = {"identifier": identifier, "password": password} | ({} if device is None else {"device": device})
    return await world.call("POST", "auth/login", json=body, headers={"X-Forwarded-For": address})


async def test_a_stranger_can_not_lock_a_player_out(open_world: Opener) -> None:
    """Neither from one address, nor from many on a device that the player has signed in on, nor of a live sign-in."""
    world = await open_world(trusted_proxies=("127.0.0.1",))
    ann = await world.player("ann")
    signed_in = await answer(await login_from(world, "192.0.2.1", "ann", PASSWORD))
    ann.token, device = signed_in["token"], signed_in["device"]
    for n in range(100):
        await problem(await login_from(world, f"198.51.100.{n // 5}", "ann", "wrong"), "invalid_credentials")
        if n == 4:
            ann.token = (await answer(await login_from(world, "192.0.2.2", "ann", PASSWORD)))["token"]
        if n == 5:
            # The right password has ended the count of all sources together, but not that of the stranger.
            await problem(await login_from(world, "198.51.100.0", "ann", PASSWORD), "account_locked")
    for n in range(5):
        await problem(await login_from(world, f"203.0.113.{n}", "ann", "wrong"), "invalid_credentials")
    await problem(await login_from(world, "192.0.2.2", "ann", PASSWORD), "account_locked")
    change = {"current_password": PASSWORD, "password": "another strong phrase"}
    ann.token = (await ann.ok("POST", "auth/password/change", json=change))["token"]
    for _ in range(2):
        await answer(await login_from(world, "192.0.2.2", "ann", "another strong phrase", device))


async def test_a_device_is_known_only_for_its_player_and_has_a_count_of_its_own(open_world: Opener) -> None:
    world = await open_world(trusted_proxies=("127.0.0.1",))
    await world.player("ann")
    bob = await world.player("bob")
    device = (await answer(await login_from(world, "192.0.2.1", "bob", PASSWORD)))["device"]
    for identifier, its in (("ann", device), ("bob", device.replace(f"{bob.user_id}.", "0.", 1)), ("bob", "x")):
        for _ in range(5):
            await problem(await login_from(world, "192.0.2.9", identifier, "wrong", its), "invalid_credentials")
        await problem(await login_from(world, "192.0.2.9", identifier, PASSWORD, its), "account_locked")
        world.clock.jump(timedelta(days=1))
    for n in range(5):
        await problem(await login_from(world, f"192.0.2.{n}", "bob", "wrong", device), "invalid_credentials")
    await problem(await login_from(world, "192.0.2.1", "bob", PASSWORD, device), "account_locked")
    await answer(await login_from(world, "192.0.2.1", "bob", PASSWORD))


async def test_a_lock_does_not_tell_which_names_belong_together(world: World) -> None:
    await world.player("ann")
    for _ in range(5):
        await world.post("auth/login", identifier="ann@campus.example", password="wrong")
    await problem(await world.post("auth/login", identifier="ann", password="wrong"), "invalid_credentials")


async def test_a_correct_password_resets_the_count(world: World) -> None:
    await world.player("ann")
    for _ in range(3):
        for _ in range(4):
            await problem(await world.post("auth/login", identifier="ann", password="wrong"), "invalid_credentials")
        await answer(await world.post("auth/login", identifier="ann", password=PASSWORD))


async def test_an_unknown_account_costs_as_much_as_a_wrong_password(world: World) -> None:
    await world.player("ann")
    unknown = await problem(await world.post("auth/login", identifier="nobody", password="x"), "invalid_credentials")
    wrong = await problem(await world.post("auth/login", identifier="ann", password="x"), "invalid_credentials")
    assert unknown == wrong
    assert [hashed is None for hashed in world.passwords.checked] == [True, True, False, True]


async def test_sign_in_rehashes_the_password_when_the_cost_has_changed(open_world: Opener) -> None:
    world = await open_world(bcrypt_cost=5)
    ann = await world.player("ann")
    for _ in range(2):
        await answer(await world.post("auth/login", identifier="ann", password=PASSWORD))
    async with world.db.read() as session:
        hashed = await session.scalar(select(User.password_hash).where(User.id == ann.user_id))
    assert str(hashed).startswith("$2b$05$")
    await problem(await world.post("auth/login", identifier="ann", password="wrong"), "invalid_credentials")


async def test_parallel_guesses_can_not_outrun_the_lock(world: World) -> None:
    await world.player("ann")
    guesses = [world.post("auth/login", identifier="ann", password=f"guess {n}") for n in range(60)]
    guesses += [world.post("auth/login", identifier="ann@campus.example", password=f"guess {n}") for n in range(40)]
    statuses = [response.status for response in await asyncio.gather(*guesses)]
    assert set(statuses) <= {401, 423, 503}
    assert statuses.count(401) == 10
    assert len(world.passwords.checked) == 20


async def test_guesses_are_limited_by_address(open_world: Opener) -> None:
    world = await open_world(rate_scale=1.0)
    statuses = [(await world.post("auth/login", identifier=f"u{n}", password="x")).status for n in range(31)]
    assert statuses == [401] * 30 + [429]
    response = await world.post("auth/login", identifier="ann", password="x")
    assert (await problem(response, "rate_limited"))["retry_after"] == 1
    world.clock.jump(timedelta(seconds=1))
    await problem(await world.post("auth/login", identifier="ann", password="x"), "invalid_credentials")

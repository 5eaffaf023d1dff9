"""Signing up: one mail, one link, one credit; and nothing that tells who has an account."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.server.web.world import PASSWORD, Opener, World, answer, problem, token_in

ANN = {
    "roll_number": "B21CS001",
    "email": "Ann@Campus.example",
    "username": "ann",
    "full_name": "Ann Archer",
    "password": PASSWORD,
}
BOB = ANN | {"roll_number": "B21CS002", "email": "bob@campus.example", "username": "bob"}


async def register(world: World, **changes: Any) -> Any:
    return await answer(await world.post("auth/register", **(ANN | changes)))


async def test_register_verify_and_sign_in(world: World) -> None:
    answered = await register(world)
    assert answered["user"]["email"] == "ann@campus.example"
    assert answered["user"]["email_verified"] is False
    [mail] = await world.mails(1)
    assert mail["To"] == "ann@campus.example"
    token = token_in(mail)
    await problem(await world.post("auth/login", identifier="ann", password=PASSWORD), "email_not_verified")
    verified = await answer(await world.post("auth/verify-email", token=token))
    assert verified["user"]["email_verified"] is True
    [change] = world.players.changes
    assert (change.balance, change.version) == (world.parts.config.sign_up_credit, 1)
    signed_in = await answer(await world.post("auth/login", identifier="ANN@campus.example", password=PASSWORD))
    assert signed_in["user"]["wallet"]["balance"] == 100_000


async def test_a_link_works_once(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    answers = await asyncio.gather(*(world.post("auth/verify-email", token=token) for _ in range(10)))
    assert sorted(response.status for response in answers) == [200] + [401] * 9
    assert len(world.players.changes) == 1
    assert (await problem(await world.post("auth/verify-email", token=token), "token_invalid"))["detail"]


async def test_looking_at_a_link_spends_nothing(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    for _ in range(3):
        assert (await world.call("GET", f"/verify?token={token}")).status == 200
    await answer(await world.post("auth/verify-email", token=token))


async def test_a_link_comes_too_late(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    world.clock.jump(timedelta(hours=48))
    await problem(await world.post("auth/verify-email", token=token), "token_expired")


async def test_a_taken_username_is_told(world: World) -> None:
    await register(world)
    await problem(await world.post("auth/register", **(BOB | {"username": "ANN"})), "username_taken")


@pytest.mark.parametrize("field", ["email", "roll_number"])
async def test_what_is_taken_gets_the_same_answer_and_no_account(world: World, field: str) -> None:
    ann = await world.player("ann")
    taken = {"email": "ANN@campus.example", "roll_number": "ANN"}[field]
    answered = await register(world, **(BOB | {field: taken}))
    assert (
        answered["user"].keys()
        == (await register(world, **(BOB | {"username": "cat", "roll_number": "C"})))["user"].keys()
    )
    mails = await world.mails(2)
    told = next(mail for mail in mails if mail["Subject"] == "You already have an account")
    assert told["To"] == "ann@campus.example"
    assert "token=" not in str(told)
    assert (await world.call("GET", "users/bob")).status == 404
    await problem(await world.post("auth/login", identifier="bob", password=PASSWORD), "invalid_credentials")
    assert (await ann.ok("GET", "me"))["username"] == "ann"


async def test_a_second_registration_does_not_tell_what_the_first_one_hid(world: World) -> None:
    """Whether an address was free shows neither in the username nor in the roll number that came with it."""
    await world.player("ann")
    await register(world, **(BOB | {"email": "ann@campus.example"}))
    await problem(
        await world.post("auth/register", **(BOB | {"roll_number": "X", "email": "x@campus.example"})), "username_taken"
    )
    await register(world, username="cat", email="cat@campus.example", roll_number="B21CS002")
    mails = await world.mails(2)
    assert {mail["To"] for mail in mails} == {"ann@campus.example"}
    world.clock.jump(timedelta(hours=49))
    await register(world, **BOB)
    assert (await world.mails(3))[2]["To"] == "bob@campus.example"


async def test_an_address_that_waits_for_its_link_gets_it_again(world: World) -> None:
    await register(world)
    await register(world, username="ann2", roll_number="X")
    mails = await world.mails(2)
    assert "ann2" not in str(mails[1])
    await answer(await world.post("auth/verify-email", token=token_in(mails[1])))


async def test_a_registration_that_was_never_verified_gives_way(world: World) -> None:
    await register(world)
    await problem(await world.post("auth/register", **(BOB | {"username": "ann"})), "username_taken")
    world.clock.jump(timedelta(hours=48, seconds=1))
    await register(world, roll_number="B21CS001", email="ann@campus.example")
    token = token_in((await world.mails(2))[1])
    await answer(await world.post("auth/verify-email", token=token))


async def test_a_race_for_one_name_has_one_winner(world: World) -> None:
    answers = await asyncio.gather(
        *(
            world.post("auth/register", **(ANN | {"email": f"a{n}@campus.example", "roll_number": f"R{n}"}))
            for n in range(8)
        )
    )
    assert sorted(response.status for response in answers) == [201] + [409] * 7


async def test_resend(world: World) -> None:
    await register(world)
    await world.mails(1)
    for email in ("ann@campus.example", "nobody@campus.example"):
        response = await world.post("auth/verify-email/resend", email=email)
        assert (response.status, await response.text()) == (202, "")
    again = (await world.mails(2))[1]
    await answer(await world.post("auth/verify-email", token=token_in(again)))
    await world.post("auth/verify-email/resend", email="ann@campus.example")
    await world.parts.mailer.drain()
    assert len(world.mailer.sent) == 2


async def test_one_address_gets_a_few_mails_an_hour(open_world: Opener) -> None:
    world = await open_world(mails_per_hour=2)
    await register(world)
    for _ in range(5):
        await world.post("auth/verify-email/resend", email="ann@campus.example")
    await register(world, **BOB)
    mails = await world.mails(3)
    assert sorted(str(mail["To"]) for mail in mails) == ["ann@campus.example"] * 2 + ["bob@campus.example"]
    world.clock.jump(timedelta(hours=1))
    await world.post("auth/verify-email/resend", email="ann@campus.example")
    await world.mails(4)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"email": "no address"}, "email", "malformed"),
        ({"email": "ann@elsewhere.example"}, "email", "not_allowed"),
        ({"username": "an"}, "username", "malformed"),
        ({"username": "ann smith"}, "username", "malformed"),
        ({"username": "ann\n"}, "username", "malformed"),
        ({"roll_number": "A-1"}, "roll_number", "malformed"),
        ({"roll_number": "A" * 11}, "roll_number", "out_of_range"),
        ({"full_name": " "}, "full_name", "malformed"),
        ({"full_name": "Ann\x00"}, "full_name", "malformed"),
        ({"password": "short"}, "password", "too_weak"),
        ({"password": "password123"}, "password", "too_weak"),
        ({"password": "b21cs001"}, "password", "too_weak"),
        ({"password": "ä" * 37}, "password", "too_weak"),
        ({"password": "x" * 73}, "password", "out_of_range"),
        ({"password": 12345678}, "password", "wrong_type"),
        ({"age": 7}, "age", "unknown"),
    ],
)
async def test_what_is_wrong_is_named(open_world: Opener, changes: dict[str, Any], field: str, code: str) -> None:
    world = await open_world(email_domains=("campus.example",), roll_number_pattern="[A-Z0-9]+")
    body = await problem(await world.post("auth/register", **(ANN | changes)), "validation_failed")
    assert [(error["field"], error["code"]) for error in body["errors"]] == [(field, code)]


async def test_all_that_is_wrong_is_named_at_once(world: World) -> None:
    body = await problem(
        await world.post("auth/register", username="a", email="e@e.example", nonsense=1), "validation_failed"
    )
    wrong = {error["field"] for error in body["errors"]}
    assert wrong == {"username", "nonsense", "roll_number", "full_name", "password"}

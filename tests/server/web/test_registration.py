"""Sign-up: one mail, one link, one credit; no answer reveals whether an address has an account."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from server.errors import ClientError
from server.web.background import Background
from server.web.registration import Register
from server.web.registration import register as sign_up
from storage.accounts import NewAccount
from storage.operator_accounts import ensure_players
from tests.server.web.world import PASSWORD, Opener, World, answer, call_in, cheap_hash, problem, token_in

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
    assert (change.balance, change.version) == (world.deps.config.sign_up_credit, 1)
    signed_in = await answer(await world.post("auth/login", identifier="ANN@campus.example", password=PASSWORD))
    assert signed_in["user"]["wallet"]["balance"] == 100_000


async def test_a_link_works_once(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    answers = await asyncio.gather(*(world.post("auth/verify-email", token=token) for _ in range(10)))
    assert sorted(response.status for response in answers) == [200] + [401] * 9
    assert len(world.players.changes) == 1
    assert (await problem(await world.post("auth/verify-email", token=token), "token_invalid"))["detail"]


async def test_opening_the_page_of_a_link_does_not_use_it(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    for _ in range(3):
        assert (await world.call("GET", f"/verify?token={token}")).status == 200
    await answer(await world.post("auth/verify-email", token=token))


async def test_a_link_expires(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    world.clock.jump(timedelta(hours=48))
    await problem(await world.post("auth/verify-email", token=token), "token_expired")


async def test_a_taken_username_is_refused(world: World) -> None:
    await register(world)
    await problem(await world.post("auth/register", **(BOB | {"username": "ANN"})), "username_taken")


@pytest.mark.parametrize("field", ["email", "roll_number"])
async def test_a_taken_address_or_roll_number_gets_the_same_answer_but_no_account(world: World, field: str) -> None:
    ann = await world.player("ann")
    taken = {"email": "ANN@campus.example", "roll_number": "ANN"}[field]
    answered = await register(world, **(BOB | {field: taken}))
    cat = await register(world, username="cat", roll_number="C", email="cat@campus.example")
    assert answered["user"].keys() == cat["user"].keys()
    mails = await world.mails(2)
    told = next(mail for mail in mails if mail["Subject"] == "You already have an account")
    assert told["To"] == "ann@campus.example"
    assert "token=" not in str(told)
    assert (await world.call("GET", "users/bob")).status == 404
    await problem(await world.post("auth/login", identifier="bob", password=PASSWORD), "email_not_verified")
    assert (await ann.ok("GET", "me"))["username"] == "ann"


async def test_a_second_registration_does_not_reveal_what_was_taken(world: World) -> None:
    """Neither the username nor the roll number of a registration reveals whether its address was free."""
    await world.player("ann")
    await register(world, **(BOB | {"email": "ann@campus.example"}))
    await problem(
        await world.post("auth/register", **(BOB | {"roll_number": "X", "email": "x@campus.example"})), "username_taken"
    )
    await register(world, username="cat", email="cat@campus.example", roll_number="B21CS002")
    [mail] = await world.mails(1)
    assert mail["To"] == "ann@campus.example"
    world.clock.jump(timedelta(hours=49))
    await register(world, **BOB)
    assert (await world.mails(2))[1]["To"] == "bob@campus.example"


async def test_the_owner_of_an_address_can_replace_another_persons_registration(world: World) -> None:
    """The earlier registration's link and password no longer work."""
    await register(world, username="mallory", password="mallory knows this")
    await world.mails(1)
    await register(world)
    mails = await world.mails(2)
    await problem(await world.post("auth/verify-email", token=token_in(mails[0])), "token_invalid")
    verified = await answer(await world.post("auth/verify-email", token=token_in(mails[1])))
    assert verified["user"]["username"] == "ann"
    for identifier in ("mallory", "ann@campus.example", "B21CS001"):
        wrong = await world.post("auth/login", identifier=identifier, password="mallory knows this")
        await problem(wrong, "invalid_credentials")
    assert (await answer(await world.post("auth/login", identifier="ann", password=PASSWORD)))["token"]


async def test_no_mail_is_sent_for_a_replaced_registration(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for n in range(10):
        await register(world, username=f"ann{n}")
    await world.mailer.drain()
    assert not caplog.records


async def test_a_sign_up_refused_for_lack_of_capacity_reserves_no_name(world: World) -> None:
    body = msgspec.convert(ANN, Register)
    with pytest.raises(ClientError) as refused:
        await sign_up(call_in(world, body, background=Background(limit=0)))
    assert refused.value.error.code == "unavailable"
    await register(world)
    [mail] = await world.mails(1)
    await answer(await world.post("auth/verify-email", token=token_in(mail)))


class Answers:
    """The answers to someone without access to the mails, and how many passwords the server checked for each."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers: list[tuple[str, int, str, str | None, int]] = []

    async def ask(self, path: str, **body: str) -> None:
        self.world.passwords.checked.clear()
        response = await self.world.post(path, **body)
        told = await response.json() if await response.text() else {}
        wait = response.headers.get("Retry-After")
        self.answers.append(
            (f"{path} {body}", response.status, told.get("code", ""), wait, len(self.world.passwords.checked))
        )


async def spy(told: Answers) -> None:
    """Try everything that may reveal whether an address or a roll number is taken."""

    async def claim(email: str, username: str, roll_number: str, password: str) -> None:
        await told.ask(
            "auth/register",
            email=email,
            username=username,
            roll_number=roll_number,
            full_name="M",
            password=password,
        )

    async def sign_in(*passwords: str) -> None:
        for identifier in ("eve@campus.example", "R7", "mallory", "mallory2", "other", "other@campus.example", "R8"):
            for password in passwords:
                await told.ask("auth/login", identifier=identifier, password=password)

    await claim("eve@campus.example", "mallory", "R7", "the first password")
    await sign_in("the first password", "wrong")
    await claim("other@campus.example", "mallory", "R8", "the second password")
    await claim("other@campus.example", "other", "R7", "the second password")
    await sign_in("the second password")
    await claim("eve@campus.example", "mallory2", "R9", "the third password")
    await sign_in("the first password")
    await sign_in("the third password")
    await claim("other@campus.example", "mallory", "R7", "the fourth password")
    await claim("third@campus.example", "mallory2", "R8", "the fourth password")
    await sign_in("the fourth password")
    for path in ("auth/verify-email/resend", "auth/password/forgot"):
        await told.ask(path, email="eve@campus.example")


@pytest.mark.parametrize(
    ("email", "roll_number", "attempts"),
    # An account's address and roll number are locked together, which only reveals that they belong together.
    [("eve@campus.example", "X", 4), ("x@y.example", "R7", 4), ("eve@campus.example", "R7", 100)],
)
async def test_no_answer_reveals_whether_an_address_or_a_roll_number_is_taken(
    open_world: Opener, email: str, roll_number: str, attempts: int
) -> None:
    told = []
    for owner_roll_number, owner_email in (("FREE", "free@y.example"), (roll_number, email)):
        world = await open_world(login_attempts=attempts)
        owners = NewAccount(
            roll_number=owner_roll_number,
            email=owner_email,
            username="owner",
            full_name="Owner",
            password_hash=cheap_hash("of the owner"),
        )
        await ensure_players(world.db, [owners], 0, world.clock.now())
        told.append(Answers(world))
        await spy(told[-1])
    assert told[0].answers == told[1].answers
    codes = {answered[2] for answered in told[0].answers}
    expected = {"", "username_taken", "email_not_verified", "invalid_credentials"}
    assert codes - {"account_locked"} == expected
    assert ("account_locked" in codes) == (attempts == 4)


async def test_an_unverified_registration_expires(world: World) -> None:
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


async def test_the_verification_mail_can_be_sent_again(world: World) -> None:
    await register(world)
    await world.mails(1)
    for email in ("ann@campus.example", "nobody@campus.example"):
        response = await world.post("auth/verify-email/resend", email=email)
        assert (response.status, await response.text()) == (202, "")
    again = (await world.mails(2))[1]
    await answer(await world.post("auth/verify-email", token=token_in(again)))
    await world.post("auth/verify-email/resend", email="ann@campus.example")
    await world.mailer.drain()
    assert len(world.mailer.sent) == 2


async def test_mails_to_an_address_are_limited_by_hour(open_world: Opener) -> None:
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
        ({"username": "4dmin"}, "username", "not_allowed"),
        ({"roll_number": "A-1"}, "roll_number", "malformed"),
        ({"roll_number": "A" * 11}, "roll_number", "out_of_range"),
        ({"full_name": " "}, "full_name", "malformed"),
        ({"full_name": "Ann\x00"}, "full_name", "malformed"),
        ({"full_name": "\u3164"}, "full_name", "malformed"),
        ({"password": "short"}, "password", "too_weak"),
        ({"password": "password123"}, "password", "too_weak"),
        ({"password": "b21cs001"}, "password", "too_weak"),
        ({"password": "ä" * 37}, "password", "too_weak"),
        ({"password": "x" * 73}, "password", "out_of_range"),
        ({"password": 12345678}, "password", "wrong_type"),
        ({"age": 7}, "age", "unknown"),
    ],
)
async def test_errors_name_the_invalid_field(
    open_world: Opener, changes: dict[str, Any], field: str, code: str
) -> None:
    world = await open_world(email_domains=("campus.example",), roll_number_pattern="[A-Z0-9]+")
    body = await problem(await world.post("auth/register", **(ANN | changes)), "validation_failed")
    assert [(error["field"], error["code"]) for error in body["errors"]] == [(field, code)]


async def test_errors_name_all_invalid_fields_at_once(world: World) -> None:
    body = await problem(
        await world.post("auth/register", username="a", email="e@e.example", nonsense=1), "validation_failed"
    )
    wrong = {error["field"] for error in body["errors"]}
    assert wrong == {"username", "nonsense", "roll_number", "full_name", "password"}

"""Sign-up: one mail, one link, one credit; no answer reveals whether an address has an account, and no stranger can
occupy, destroy or open what is another's."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import ClientResponse

from server.errors import ClientError
from server.web.background import Background
from server.web.registration import Register
from server.web.registration import register as sign_up
from storage.accounts import NO_PASSWORD, NewAccount
from storage.operator_accounts import ensure_players
from tests.server.web.world import PASSWORD, Opener, World, answer, call_in, cheap_hash, problem, text_of, token_in
from tests.waiting import eventually

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


async def confirm(world: World, token: str, password: str = PASSWORD, **more: str) -> ClientResponse:
    return await world.post("auth/verify-email", token=token, password=password, **more)


async def test_register_verify_and_sign_in(world: World) -> None:
    answered = await register(world)
    assert answered["user"]["email"] == "ann@campus.example"
    assert answered["user"]["email_verified"] is False
    [mail] = await world.mails(1)
    assert mail["To"] == "ann@campus.example"
    token = token_in(mail)
    await problem(await world.post("auth/login", identifier="ann", password=PASSWORD), "email_not_verified")
    verified = await answer(await world.post("auth/verify-email", token=token, password=PASSWORD))
    assert verified["user"]["email_verified"] is True
    [change] = world.players.changes
    assert (change.balance, change.version) == (world.deps.config.sign_up_credit, 1)
    signed_in = await answer(await world.post("auth/login", identifier="ANN@campus.example", password=PASSWORD))
    assert signed_in["user"]["wallet"]["balance"] == 100_000


async def test_a_player_without_a_password_chooses_one_with_the_link(world: World) -> None:
    """Until then no password signs in, not even an empty one, and no password confirms the sign-up."""
    bare = {name: ANN[name] for name in ("roll_number", "email", "username")}
    answered = await answer(await world.post("auth/register", **bare))
    assert answered["user"]["full_name"] == "ann"
    mail = (await world.mails(1))[0]
    assert "&password=none\n" in text_of(mail)
    token = token_in(mail)
    await problem(await world.post("auth/login", identifier="ann", password=PASSWORD), "invalid_credentials")
    await problem(await world.post("auth/login", identifier="ann", password=NO_PASSWORD), "validation_failed")
    await problem(await confirm(world, token), "invalid_credentials")
    await problem(await confirm(world, token, NO_PASSWORD), "validation_failed")
    answered = await world.post("auth/verify-email", token=token, new_password="ann12345")
    weak = await problem(answered, "validation_failed")
    assert [each["field"] for each in weak["errors"]] == ["new_password"]
    await answer(await world.post("auth/verify-email", token=token, new_password=PASSWORD))
    await answer(await world.post("auth/login", identifier="ann", password=PASSWORD))


async def test_a_link_works_once(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    answers = await asyncio.gather(*(world.post("auth/verify-email", token=token, password=PASSWORD) for _ in range(5)))
    assert sorted(response.status for response in answers) == [200] + [401] * 4
    assert len(world.players.changes) == 1
    assert (await problem(await world.post("auth/verify-email", token=token, password=PASSWORD), "token_invalid"))[
        "detail"
    ]


async def test_the_page_that_the_player_was_going_to_travels_in_the_mails(world: World) -> None:
    """Also when the mail is sent again, or resets a password; other sites are refused."""
    room = "/rooms/coinduel-7?invite=a_b"
    await register(world, next=room)
    await world.mails(1)
    await world.post("auth/verify-email/resend", email="ann@campus.example", next="/rooms/crash")
    first, again = (text_of(mail) for mail in await world.mails(2))
    assert "&account=ann&next=%2Frooms%2Fcoinduel-7%3Finvite%3Da_b\n" in first
    assert "&next=%2Frooms%2Fcrash\n" in again
    await world.player("bob")
    await world.post("auth/password/forgot", email="bob@campus.example", next=room)
    assert "&next=%2Frooms%2Fcoinduel-7" in text_of((await world.mails(3))[2])
    others = ["https://evil.example", "//evil.example", "/\\evil.example", "rooms/crash", "/a b", f"/{'x' * 300}"]
    others += ["/..//evil.example", "/./\\evil.example", "/.//["]
    for other in others:
        refused = await problem(await world.post("auth/register", **ANN, next=other), "validation_failed")
        assert [each["field"] for each in refused["errors"]] == ["next"]


async def test_opening_the_page_of_a_link_does_not_use_it(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    for _ in range(3):
        assert (await world.call("GET", f"/verify?token={token}")).status == 200
    await answer(await world.post("auth/verify-email", token=token, password=PASSWORD))


async def test_a_link_expires(world: World) -> None:
    await register(world)
    token = token_in((await world.mails(1))[0])
    world.clock.jump(timedelta(hours=48))
    await problem(await world.post("auth/verify-email", token=token, password=PASSWORD), "token_expired")


async def test_a_taken_username_is_refused(world: World) -> None:
    await world.player("ann")
    await problem(await world.post("auth/register", **(BOB | {"username": "ANN"})), "username_taken")


@pytest.mark.parametrize("field", ["email", "roll_number"])
async def test_a_taken_address_or_roll_number_gets_the_same_answer_but_no_account(world: World, field: str) -> None:
    ann = await world.player("ann")
    await world.set_user(ann.user_id, roll_number="A1")
    taken = {"email": "ANN@campus.example", "roll_number": "a1"}[field]
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


async def from_(world: World, address: str, path: str, **body: str) -> ClientResponse:
    """A call from another network; the world must trust 127.0.0.1 as a proxy."""
    return await world.call("POST", path, json=body, headers={"X-Forwarded-For": address})


async def link_of(world: World, username: str) -> str:
    """The token of the first mail that names the account."""

    def links() -> list[str]:
        return [token_in(mail) for mail in world.mailer.sent if f"&account={username}\n" in text_of(mail)]

    await eventually(lambda: bool(links()), f"a mail for {username}")
    return links()[0]


async def test_a_waiting_sign_up_occupies_nothing(world: World) -> None:
    """Whoever confirms first has address, roll number and username; the others get a clear answer."""
    for n in range(3):
        await register(world, email=f"m{n}@campus.example", password=f"mallory knows {n}")
    await register(world)
    mails = {str(mail["To"]): token_in(mail) for mail in await world.mails(4)}
    opened = await answer(await confirm(world, mails["ann@campus.example"]))
    assert opened["user"]["username"] == "ann"
    for n in range(3):
        late = await confirm(world, mails[f"m{n}@campus.example"], password=f"mallory knows {n}")
        await problem(late, "already_registered")
    await problem(await world.post("auth/register", **(BOB | {"username": "ANN"})), "username_taken")


async def test_only_the_first_of_two_sign_ups_gets_the_username(world: World) -> None:
    await register(world)
    await world.mails(1)
    await register(world, **(BOB | {"username": "Ann"}))
    ann, bob = map(token_in, await world.mails(2))
    await answer(await confirm(world, bob))
    await problem(await confirm(world, ann), "username_taken")
    await register(world, username="annabel")
    await answer(await confirm(world, token_in((await world.mails(3))[2])))


async def test_a_sign_up_destroys_no_other_of_its_address(world: World) -> None:
    await register(world)
    await world.mails(1)
    await register(world, username="mallory", password="mallory knows this", roll_number="M1")
    [first, _] = await world.mails(2)
    await answer(await confirm(world, token_in(first)))
    assert (await answer(await world.post("auth/login", identifier="ann", password=PASSWORD)))["token"]
    # The stranger's sign-up goes on waiting, but the mailbox is its owner's, who has an account now.
    await problem(await confirm(world, await link_of(world, "mallory")), "invalid_credentials")
    link = await link_of(world, "mallory")
    taken = await world.post("auth/verify-email", token=link, new_password="tram lamp moss river")
    await problem(taken, "already_registered")


async def test_no_account_opens_with_a_password_that_a_stranger_chose(world: World) -> None:
    await register(world, username="mallory", password="mallory knows this")
    link = await link_of(world, "mallory")
    missing = await problem(await world.post("auth/verify-email", token=link), "validation_failed")
    assert [(error["field"], error["code"]) for error in missing["errors"]] == [("password", "missing")]
    both = await confirm(world, link, password="mallory knows this", new_password=PASSWORD)
    await problem(both, "validation_failed")
    await problem(await confirm(world, link), "invalid_credentials")
    weak = await problem(
        await world.post("auth/verify-email", token=link, new_password="mallory1"), "validation_failed"
    )
    assert [(error["field"], error["code"]) for error in weak["errors"]] == [("new_password", "too_weak")]
    await answer(await world.post("auth/verify-email", token=link, new_password=PASSWORD))
    for identifier in ("mallory", "ann@campus.example", "B21CS001"):
        wrong = await world.post("auth/login", identifier=identifier, password="mallory knows this")
        await problem(wrong, "invalid_credentials")
        await answer(await world.post("auth/login", identifier=identifier, password=PASSWORD))


async def test_the_owner_of_a_mailbox_can_not_guess_the_password_of_a_mistyped_sign_up(world: World) -> None:
    await register(world)
    link = await link_of(world, "ann")
    for n in range(5):
        await problem(await confirm(world, link, password=f"guess {n}"), "invalid_credentials")
    await problem(await confirm(world, link), "account_locked")
    await answer(await world.post("auth/verify-email", token=link, new_password=PASSWORD))


async def answers_to_a_stranger(world: World, *, owner_comes: bool) -> list[tuple[int, str]]:
    """Status and code of what a stranger tries with Ann's address and roll number, while she signs up or does not."""
    answers = []

    async def ask(path: str, body: dict[str, str]) -> None:
        response = await from_(world, "198.51.100.1", path, **body)
        text = await response.text()
        answers.append((response.status, (await response.json()).get("code", "") if text else ""))

    mallory = ANN | {"username": "mallory", "password": "mallory knows this"}
    await ask("auth/register", mallory)
    for step in ("sign up", "confirm", "nothing more"):
        if owner_comes and step == "sign up":
            await answer(await from_(world, "192.0.2.1", "auth/register", **ANN))
            hint = await from_(world, "192.0.2.1", "auth/login", identifier=ANN["email"], password=PASSWORD)
            await problem(hint, "email_not_verified")
        if owner_comes and step == "confirm":
            body = {"token": await link_of(world, "ann"), "password": PASSWORD}
            await answer(await from_(world, "192.0.2.1", "auth/verify-email", **body))
        for identifier in (ANN["email"], ANN["roll_number"], "mallory"):
            await ask("auth/login", {"identifier": identifier, "password": "mallory knows this"})
        await ask("auth/verify-email/resend", {"email": ANN["email"]})
        await ask("auth/register", mallory | {"roll_number": f"M{len(answers)}"})
    return answers


async def test_a_stranger_neither_learns_nor_hides_that_the_owner_signs_up(open_world: Opener) -> None:
    worlds = [await open_world(trusted_proxies=("127.0.0.1",)) for _ in range(2)]
    alone, beside = [await answers_to_a_stranger(world, owner_comes=n == 1) for n, world in enumerate(worlds)]
    assert alone == beside
    assert {code for _, code in alone} == {"", "email_not_verified"}


async def test_a_sign_up_refused_for_lack_of_capacity_reserves_no_name(world: World) -> None:
    body = msgspec.convert(ANN, Register)
    with pytest.raises(ClientError) as refused:
        await sign_up(call_in(world, body, background=Background(limit=0)))
    assert refused.value.error.code == "unavailable"
    await register(world)
    [mail] = await world.mails(1)
    await answer(await world.post("auth/verify-email", token=token_in(mail), password=PASSWORD))


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
    await claim("fifth@campus.example", "owner", "R10", "the fifth password")
    for path in ("auth/verify-email/resend", "auth/password/forgot"):
        await told.ask(path, email="eve@campus.example")
    for n in range(6):
        await claim("eve@campus.example", f"mal{n}", "R7", f"tram lamp moss {n}")
        await told.ask("auth/login", identifier=f"mal{n}", password=f"tram lamp moss {n}")


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


async def test_a_race_for_one_name_has_one_winner(world: World) -> None:
    for n in range(6):
        await register(world, email=f"a{n}@campus.example", roll_number=f"R{n}")
    links = [token_in(mail) for mail in await world.mails(6)]
    answers = await asyncio.gather(*(confirm(world, link) for link in links))
    assert sorted(response.status for response in answers) == [200] + [409] * 5


async def test_the_verification_mail_can_be_sent_again(world: World) -> None:
    await register(world)
    await world.mails(1)
    for email in ("ann@campus.example", "nobody@campus.example"):
        response = await world.post("auth/verify-email/resend", email=email)
        assert (response.status, await response.text()) == (202, "")
    again = (await world.mails(2))[1]
    await answer(await world.post("auth/verify-email", token=token_in(again), password=PASSWORD))
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
    assert wrong == {"username", "nonsense", "roll_number"}

"""A stranger and the owner of an address sign up, confirm and reset in turn: only the owner ever gets in."""

import random
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from storage import accounts
from tests.server.web.world import Opener, World, answer, problem, text_of, token_in

ADDRESS = "ann@campus.example"
OWNERS, STRANGERS, NEW = "correct horse battery", "mallory knows this", "tram lamp moss river"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


class Play:
    """What two people do at one server. The stranger knows everything about the owner but mails and passwords."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.password = OWNERS
        """What the owner last chose."""
        self.owners_name = ""
        """The username of the owner's account; empty before there is one."""
        self.names = 0
        self.roll_number = "R1"

    async def call(self, source: str, path: str, **body: str) -> ClientResponse:
        return await self.world.call("POST", path, json=body, headers={"X-Forwarded-For": source})

    async def sign_up(self, source: str, email: str, username: str, password: str) -> None:
        body = {"email": email, "username": username, "full_name": "A", "roll_number": self.roll_number}
        response = await self.call(source, "auth/register", **body, password=password)
        assert response.status in (201, 409, 422), await response.text()
        await self.world.deps.background.drain()

    def new_name(self) -> str:
        self.names += 1
        return f"player{self.names}"

    async def owner_signs_up(self) -> None:
        await self.sign_up(HOME, ADDRESS, self.new_name(), self.password)

    async def stranger_signs_up(self) -> None:
        """With the owner's address, or with an own one and the owner's roll number and next username."""
        email = self.random.choice([ADDRESS, ADDRESS, "mallory@campus.example"])
        name = self.random.choice([self.new_name(), f"player{self.names + 1}", "player1"])
        await self.sign_up(ELSEWHERE, email, name, STRANGERS)

    async def links(self, page: str, to: str) -> list[str]:
        await self.world.mailer.drain()
        return [token_in(m) for m in self.world.mailer.sent if m["To"] == to and f"/{page}#token=" in text_of(m)]

    async def owner_opens_a_link(self) -> None:
        """Any link in the mailbox, with the own password or a new one."""
        links = await self.links("verify", ADDRESS)
        if links:
            await self.owner_confirms(self.random.choice(links), self.random.random() < 0.3)

    async def owner_confirms(self, link: str, sets_new: bool) -> None:
        chosen = {"new_password": NEW} if sets_new else {"password": self.password}
        response = await self.call(HOME, "auth/verify-email", token=link, **chosen)
        if response.status == 200:
            self.owners_name = (await response.json())["user"]["username"]
            self.password = NEW if sets_new else self.password

    async def stranger_confirms(self) -> None:
        """A link to the stranger's own mailbox, or what a guess at a token may be."""
        links = [*await self.links("verify", "mallory@campus.example"), "x" * 43]
        await self.call(ELSEWHERE, "auth/verify-email", token=self.random.choice(links), password=STRANGERS)

    async def stranger_asks_for_mails(self) -> None:
        for path in ("auth/verify-email/resend", "auth/password/forgot"):
            await self.call(ELSEWHERE, path, email=ADDRESS)
        await self.world.deps.background.drain()

    async def stranger_guesses(self) -> None:
        await self.call(ELSEWHERE, "auth/login", identifier=ADDRESS, password=STRANGERS)

    async def owner_resets(self) -> None:
        await self.call(HOME, "auth/password/forgot", email=ADDRESS)
        await self.world.deps.background.drain()
        links = await self.links("reset", ADDRESS)
        if links:
            response = await self.call(HOME, "auth/password/reset", token=links[-1], password=OWNERS)
            self.password = OWNERS if response.status == 204 else self.password

    async def owner_leaves(self) -> None:
        account = await accounts.find_by_email(self.world.db, ADDRESS)
        if account is not None:
            await accounts.remove(self.world.db, account.user_id, self.world.clock.now())
            self.owners_name = ""

    async def time_passes(self) -> None:
        self.world.clock.jump(timedelta(hours=self.random.choice([1, 1, 30])))

    async def check_that_the_stranger_is_out(self) -> None:
        """From a fresh source, so that no lock hides the answer."""
        names = [ADDRESS, *([self.owners_name] if self.owners_name else [])]
        for identifier in names:
            response = await self.call("203.0.113.7", "auth/login", identifier=identifier, password=STRANGERS)
            assert (await response.json())["code"] in ("invalid_credentials", "email_not_verified", "account_locked")

    async def check_that_the_owner_gets_in(self) -> None:
        """At once, with one mail, whatever happened before; only the roll number may be the stranger's, who confirmed
        first."""
        self.world.clock.jump(timedelta(hours=1))
        if not self.owners_name:
            self.roll_number = "R2"
            await self.owner_signs_up()
            await self.owner_confirms((await self.links("verify", ADDRESS))[-1], sets_new=False)
        signed_in = await answer(await self.call(HOME, "auth/login", identifier=ADDRESS, password=self.password))
        assert signed_in["user"]["username"] == self.owners_name
        assert signed_in["user"]["email"] == ADDRESS


@pytest.mark.parametrize("seed", range(24))
async def test_the_owner_always_gets_in_and_the_stranger_never(open_world: Opener, seed: int) -> None:
    play = Play(await open_world(trusted_proxies=("127.0.0.1",), login_attempts=100), seed)
    steps = [play.stranger_signs_up] * 3 + [play.owner_signs_up, play.owner_opens_a_link] * 2
    steps += [play.stranger_confirms, play.stranger_asks_for_mails, play.stranger_guesses, play.owner_resets]
    steps += [play.owner_leaves, play.owner_opens_a_link]
    for _ in range(20):
        await play.random.choice([*steps, play.time_passes])()
        await play.check_that_the_stranger_is_out()
    await play.check_that_the_owner_gets_in()
    await play.check_that_the_stranger_is_out()


async def test_a_stranger_can_not_use_up_the_mails_of_a_player(open_world: Opener) -> None:
    """Neither sign-ups, nor requests for either kind of link, nor all of them from many networks."""
    world = await open_world(trusted_proxies=("127.0.0.1",), mails_per_hour=2)
    play = Play(world, 0)
    await play.owner_signs_up()
    await play.owner_confirms((await play.links("verify", ADDRESS))[-1], sets_new=False)
    device = (await answer(await play.call(HOME, "auth/login", identifier=ADDRESS, password=OWNERS)))["device"]
    for n in range(30):
        source = f"198.51.100.{n}"
        await play.sign_up(source, ADDRESS, f"mallory{n}", STRANGERS)
        for path in ("auth/verify-email/resend", "auth/password/forgot"):
            assert (await play.call(source, path, email=ADDRESS)).status == 202
    await world.deps.background.drain()
    sent = len(await play.links("reset", ADDRESS))
    assert sent == 20  # all networks together
    await play.call("192.0.2.2", "auth/password/forgot", email=ADDRESS, device=device)
    await world.deps.background.drain()
    links = await play.links("reset", ADDRESS)
    assert len(links) == sent + 1
    assert (await play.call("192.0.2.2", "auth/password/reset", token=links[-1], password=NEW)).status == 204
    await problem(await play.call(HOME, "auth/login", identifier=ADDRESS, password=OWNERS), "invalid_credentials")
    await answer(await play.call(HOME, "auth/login", identifier=ADDRESS, password=NEW))

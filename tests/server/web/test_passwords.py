"""Password hashing with a bounded queue, and password strength."""

import asyncio

import bcrypt
import pytest
from zxcvbn.matching import L33T_TABLE, enumerate_l33t_subs, relevant_l33t_subtable

from server.errors import ClientError
from server.web.passwords import MAX_BYTES, SCORED_CHARACTERS, Passwords, scored_parts
from server.web.problems import InvalidField

HERE = "192.0.2.1"
SUBSTITUTES = "4@8({[<3691!|70$5+7%2" * 3
"""Characters that may each stand for several letters, so that zxcvbn finds hundreds of readings of the password."""


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(cost=4, threads=1, max_waiting=2)


async def test_hash_and_check(passwords: Passwords) -> None:
    hashed = await passwords.hash("grüne Äpfel", HERE)
    assert hashed.startswith("$2b$04$")
    assert await passwords.check("grüne Äpfel", hashed)
    assert not await passwords.check("grüne Apfel", hashed)
    assert not await passwords.check("", hashed)
    assert not await passwords.check("\x00", hashed)
    passwords.close()


async def test_equivalent_characters_are_the_same_password(passwords: Passwords) -> None:
    hashed = await passwords.hash("gru\u0308ne A\u0308pfel", HERE)
    assert await passwords.check("gr\u00fcne \u00c4pfel", hashed)
    before_normalising = bcrypt.hashpw("gru\u0308ne".encode(), bcrypt.gensalt(4)).decode()
    assert await passwords.check("gru\u0308ne", before_normalising)
    assert not await passwords.check("grune", before_normalising)


async def test_without_an_account_every_password_is_wrong(passwords: Passwords) -> None:
    assert not await passwords.check("", None)
    assert not await passwords.check("", "")
    assert not await passwords.check("." * 31, None)


async def test_passwords_longer_than_bcrypt_reads_are_wrong(passwords: Passwords) -> None:
    hashed = await passwords.hash("x" * MAX_BYTES, HERE)
    assert await passwords.check("x" * MAX_BYTES, hashed)
    assert not await passwords.check("x" * (MAX_BYTES + 1), hashed)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("1234567", "password_short"),
        ("ä" * 37, "password_long"),
        ("password", "easy_common"),
        ("qwertyuiop", "easy_common"),
        ("ann.archer", "easy"),
        ("ANN@campus.example", "easy"),
        ("croupier", "easy"),
        ("a" * 72, "easy_repeat"),
        ("aann@campus.examplea", "easy_repeat"),
        ("passwordpasswordpasswordpassword", "easy_repeat"),
    ],
)
async def test_weak_passwords_are_refused(passwords: Passwords, password: str, reason: str) -> None:
    weakness = await passwords.weakness(password, ["ann.archer", "ann@campus.example"], HERE)
    assert weakness is not None
    assert weakness.reason == reason
    assert InvalidField.of("password", "too_weak", weakness.reason, **weakness.values).message.endswith(".")


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "a" * 20 + "xK9!wq7)pT", "ü" * 3 + "xK9!wq", "tram lamp moss " * 4, "Größe Äpfel Öl"],
)
async def test_strong_passwords_are_accepted(passwords: Passwords, password: str) -> None:
    assert await passwords.weakness(password, ["ann"], HERE) is None


@pytest.mark.parametrize("password", [SUBSTITUTES, "a" + SUBSTITUTES, SUBSTITUTES[:20], SUBSTITUTES[::-1]])
def test_scored_parts_are_short_and_have_few_readings(password: str) -> None:
    parts = scored_parts(password, ["ann"])
    assert len(parts) == 2
    for part in parts:
        assert len(part) <= SCORED_CHARACTERS
        assert len(enumerate_l33t_subs(relevant_l33t_subtable(part, L33T_TABLE))) < 400


def test_personal_texts_count_as_one_letter() -> None:
    known = ["ann.archer@campus.example", "Ann Archer", "ann"]
    assert scored_parts("xxAnn.Archer@campus.example!", known) == ["xxA!"]
    assert scored_parts("ARCHER+ann", known) == ["A+ann"]


async def test_scoring_does_not_take_a_slot_for_sign_ins(passwords: Passwords) -> None:
    async with passwords.slot(HERE):
        assert await passwords.weakness("correct horse battery", ["ann"], HERE) is None


async def test_the_queue_is_bounded(passwords: Passwords) -> None:
    async def wait() -> None:
        async with passwords.slot(HERE):
            await asyncio.sleep(0)

    async with passwords.slot(HERE):
        waiting = [asyncio.create_task(wait()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ClientError) as refused:
            await wait()
        assert refused.value.error.code == "unavailable"
    await asyncio.gather(*waiting)
    await wait()


class Order:
    """Callers of slots, and the order in which they got them."""

    def __init__(self, passwords: Passwords) -> None:
        self.got: list[str] = []
        self.refused: list[str] = []
        self._passwords = passwords

    def call(self, source: str) -> asyncio.Task[None]:
        return asyncio.create_task(self._wait(source))

    async def _wait(self, source: str) -> None:
        try:
            async with self._passwords.slot(source):
                self.got.append(source)
                await asyncio.sleep(0)
        except ClientError:
            self.refused.append(source)


async def test_sources_take_turns() -> None:
    """Somebody who sends many calls waits for their own; a player from elsewhere is next."""
    passwords = Passwords(cost=4, threads=1, max_waiting=100)
    order = Order(passwords)
    async with passwords.slot(HERE):
        calls = [order.call(source) for source in ["flood"] * 20 + ["flood2"] * 20 + ["player"]]
        await asyncio.sleep(0)
    await asyncio.gather(*calls)
    assert order.got.index("player") == 2
    assert len(order.got) == 41
    assert order.refused == []


async def test_a_full_queue_makes_room_for_a_source_with_fewer_callers() -> None:
    passwords = Passwords(cost=4, threads=1, max_waiting=5)
    order = Order(passwords)
    async with passwords.slot(HERE):
        calls = [order.call(source) for source in ["flood"] * 8 + ["player", "player"]]
        await asyncio.sleep(0)
    await asyncio.gather(*calls)
    assert order.refused == ["flood"] * 5
    assert sorted(order.got) == ["flood"] * 3 + ["player"] * 2


async def test_callers_who_give_up_leave_no_trace() -> None:
    passwords = Passwords(cost=4, threads=1, max_waiting=2)
    order = Order(passwords)
    async with passwords.slot(HERE):
        calls = [order.call("a"), order.call("b")]
        await asyncio.sleep(0)
        calls[0].cancel()
        await asyncio.sleep(0)
        calls += [order.call("c")]
        await asyncio.sleep(0)
    # This one is given up after it has got its turn.
    calls[1].cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    assert (order.got, order.refused) == (["c"], [])
    async with passwords.slot(HERE):
        pass


async def test_hashing_does_not_block_the_event_loop() -> None:
    passwords = Passwords(cost=10, threads=1)
    iterations = 0
    hashing = asyncio.create_task(passwords.hash("x", HERE))
    while not hashing.done():
        iterations += 1
        await asyncio.sleep(0.001)
    assert iterations > 3

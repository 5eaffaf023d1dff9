"""Hashing in a bounded pool, and what is too easy to guess."""

import asyncio

import pytest
from zxcvbn.matching import L33T_TABLE, enumerate_l33t_subs, relevant_l33t_subtable

from server.errors import ClientError
from server.web.passwords import MAX_BYTES, SCORED_CHARACTERS, Passwords, scored_parts

EVERY_GUISE = "4@8({[<3691!|70$5+7%2" * 3
"""Characters that may each stand for several letters: hundreds of readings of one password."""


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(cost=4, threads=1, max_waiting=2)


async def test_hash_and_check(passwords: Passwords) -> None:
    hashed = await passwords.hash("grüne Äpfel")
    assert hashed.startswith("$2b$04$")
    assert await passwords.check("grüne Äpfel", hashed)
    assert not await passwords.check("grüne Apfel", hashed)
    assert not await passwords.check("", hashed)
    assert not await passwords.check("\x00", hashed)
    passwords.close()


async def test_nobodys_password_is_wrong(passwords: Passwords) -> None:
    assert not await passwords.check("", None)
    assert not await passwords.check("." * 31, None)


async def test_what_is_longer_than_bcrypt_reads_is_wrong(passwords: Passwords) -> None:
    hashed = await passwords.hash("x" * MAX_BYTES)
    assert await passwords.check("x" * MAX_BYTES, hashed)
    assert not await passwords.check("x" * (MAX_BYTES + 1), hashed)


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("1234567", "at least"),
        ("ä" * 37, "at most"),
        ("password", "easy"),
        ("qwertyuiop", "easy"),
        ("ann.archer", "easy"),
        ("ANN@campus.example", "easy"),
        ("croupier", "easy"),
        ("a" * 72, "easy"),
        ("aann@campus.examplea", "easy"),
        ("passwordpasswordpasswordpassword", "easy"),
    ],
)
async def test_weak(passwords: Passwords, password: str, word: str) -> None:
    told = await passwords.weakness(password, ["ann.archer", "ann@campus.example"])
    assert told is not None
    assert word in told
    assert told.endswith(".")


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "a" * 20 + "xK9!wq7)pT", "ü" * 3 + "xK9!wq", "tram lamp moss " * 4, "Größe Äpfel Öl"],
)
async def test_good_enough(passwords: Passwords, password: str) -> None:
    assert await passwords.weakness(password, ["ann"]) is None


@pytest.mark.parametrize("password", [EVERY_GUISE, "a" + EVERY_GUISE, EVERY_GUISE[:20], EVERY_GUISE[::-1]])
def test_the_meter_is_given_little_to_do(password: str) -> None:
    parts = scored_parts(password, ["ann"])
    assert len(parts) == 2
    for part in parts:
        assert len(part) <= SCORED_CHARACTERS
        assert len(enumerate_l33t_subs(relevant_l33t_subtable(part, L33T_TABLE))) < 400


def test_what_is_known_of_somebody_counts_for_a_letter_wherever_it_stands() -> None:
    known = ["ann.archer@campus.example", "Ann Archer", "ann"]
    assert scored_parts("xxAnn.Archer@campus.example!", known) == ["xxA!"]
    assert scored_parts("ARCHER+ann", known) == ["A+ann"]


async def test_weighing_takes_no_place_of_those_who_sign_in(passwords: Passwords) -> None:
    async with passwords.slot():
        assert await passwords.weakness("correct horse battery", ["ann"]) is None


async def test_the_queue_is_bounded(passwords: Passwords) -> None:
    async def wait() -> None:
        async with passwords.slot():
            await asyncio.sleep(0)

    async with passwords.slot():
        waiting = [asyncio.create_task(wait()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(ClientError) as refused:
            await wait()
        assert refused.value.error.code == "unavailable"
    await asyncio.gather(*waiting)
    await wait()


async def test_hashing_does_not_stop_the_loop() -> None:
    passwords = Passwords(cost=10, threads=1)
    turns = 0
    hashing = asyncio.create_task(passwords.hash("x"))
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert turns > 3

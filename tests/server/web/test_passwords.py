"""Hashing in a bounded pool, and what is too easy to guess."""

import asyncio

import pytest

from server.errors import Problem
from server.web.passwords import MAX_BYTES, Passwords


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
    ],
)
async def test_weak(passwords: Passwords, password: str, word: str) -> None:
    told = await passwords.weakness(password, ["ann.archer", "ann@campus.example"])
    assert told is not None
    assert word in told
    assert told.endswith(".")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "ü" * 3 + "xK9!wq", "tram lamp moss " * 4, "Größe Äpfel Öl"]
)
async def test_good_enough(passwords: Passwords, password: str) -> None:
    assert await passwords.weakness(password, ["ann"]) is None


async def test_the_queue_is_bounded(passwords: Passwords) -> None:
    async def wait() -> None:
        async with passwords.turn():
            await asyncio.sleep(0)

    async with passwords.turn():
        waiting = [asyncio.create_task(wait()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as refused:
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

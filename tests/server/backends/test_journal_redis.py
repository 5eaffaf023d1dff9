"""What only journals in Redis have: lost answers, late writes, takeovers, and a Redis that loses data."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from redis.exceptions import ResponseError

from game_engine.game import Command
from game_engine.replay import journal_to_json
from server.backends.bus import Claim
from server.backends.journal import Record
from server.backends.journal_redis import OPEN, WRITE
from server.backends.lease import LeaseLostError
from server.errors import UnreachableError
from tests.server.backends.holds_world import answered, claim
from tests.server.backends.journal_world import Writer, bet, opening, writer_of

THERE = Claim("crash", "there 2")


@pytest.fixture
async def here(redis_url: str) -> AsyncIterator[Writer]:
    async with writer_of(redis_url) as writer:
        yield writer


@pytest.fixture
async def there(redis_url: str, here: Writer) -> AsyncIterator[Writer]:
    async with writer_of(redis_url) as writer:
        yield writer


async def on_record(writer: Writer, *entries: tuple[int, Command], number: int = 7) -> None:
    assert await writer.journal.read("crash") == Record(opening(number), journal_to_json(entries))


# -- owners --


async def test_a_former_owner_writes_nothing(here: Writer, there: Writer) -> None:
    await here.journal.open(claim(), opening(7))
    await here.journal.append(claim(), *bet(1))
    await there.own(THERE)
    for work in (
        here.journal.open(claim(), opening(8)),
        here.journal.append(claim(), *bet(2)),
        here.journal.clear(claim()),
    ):
        with pytest.raises(LeaseLostError):
            await work
    here.journal.append_nowait(claim(), *bet(2))
    await answered(here.link)
    await on_record(there, bet(1))


async def test_the_next_owner_continues_where_the_record_ends(here: Writer, there: Writer) -> None:
    await here.journal.open(claim(), opening(7))
    for n in range(1, 4):
        await here.journal.append(claim(), *bet(n))
    await there.own(THERE)
    await on_record(there, bet(1), bet(2), bet(3))
    there.journal.append_nowait(THERE, *bet(4))
    await there.journal.append(THERE, *bet(5))
    await on_record(here, *map(bet, range(1, 6)))
    again = Claim("crash", "here 3")
    await here.own(again)
    await here.journal.append(again, *bet(6))
    await on_record(there, *map(bet, range(1, 7)))


async def test_reading_does_not_disturb_the_writer(here: Writer) -> None:
    await here.journal.open(claim(), opening(7))
    for n in range(1, 4):
        here.journal.append_nowait(claim(), *bet(n))
        await here.journal.read("crash")
    await here.journal.append(claim(), *bet(4))
    await on_record(here, *map(bet, range(1, 5)))


# -- lost answers --


async def test_repeating_a_write_writes_once(here: Writer) -> None:
    works: list[Callable[[], Awaitable[None]]] = [
        lambda: here.journal.open(claim(), opening(7)),
        lambda: here.journal.append(claim(), *bet(1)),
        lambda: here.journal.append(claim(), *bet(2)),
        # Another command, although it looks the same.
        lambda: here.journal.append(claim(), *bet(2)),
    ]
    for work in works:
        here.link.loses = "answers"
        with pytest.raises(UnreachableError):
            await work()
        here.link.loses = "nothing"
        await work()
    await on_record(here, bet(1), bet(2), bet(2))


@pytest.mark.parametrize("lost", ["questions", "answers"])
async def test_a_refused_command_is_not_recorded(here: Writer, lost: Any) -> None:
    """The write was done and its answer lost, so the player was refused, and bets again."""
    await here.journal.open(claim(), opening(7))
    await here.journal.append(claim(), *bet(1))
    here.link.loses = lost
    with pytest.raises(UnreachableError):
        await here.journal.append(claim(), *bet(2))
    here.link.loses = "nothing"
    await here.journal.append(claim(), *bet(3))
    await on_record(here, bet(1), bet(3))
    await here.journal.append(claim(), *bet(4))
    await on_record(here, bet(1), bet(3), bet(4))


@pytest.mark.parametrize("lost", ["questions", "answers"])
async def test_a_lost_entry_is_written_with_the_next_one(here: Writer, lost: Any) -> None:
    await here.journal.open(claim(), opening(7))
    here.link.loses = lost
    here.journal.append_nowait(claim(), *bet(1))
    here.journal.append_nowait(claim(), *bet(2))
    await answered(here.link)
    here.link.loses = "nothing"
    here.journal.append_nowait(claim(), *bet(3))
    await here.journal.append(claim(), *bet(4))
    await on_record(here, *map(bet, range(1, 5)))


async def test_many_writes_at_once_keep_their_order(here: Writer) -> None:
    await here.journal.open(claim(), opening(7))
    appended = []
    for n in range(1, 100, 2):
        here.journal.append_nowait(claim(), *bet(n))
        appended.append(asyncio.create_task(here.journal.append(claim(), *bet(n + 1))))
        if n % 7 == 0:
            await asyncio.sleep(0)
    # Entries that were appended without waiting come before later ones, although their tasks start later.
    await asyncio.gather(*appended)
    record = await here.journal.read("crash")
    assert record is not None
    assert record.journal.count(b'"do":"bet"') == 100


async def test_a_late_write_is_refused(here: Writer) -> None:
    """Redis reads a pipeline after a newer one; its contents are outdated."""
    keys = here.link.key("owners"), here.link.key("journal:crash")
    owner = (claim().room, claim().token)
    await here.journal.open(claim(), opening(7))
    for n in range(1, 4):
        await here.journal.append(claim(), *bet(n))
    with pytest.raises(ResponseError):
        await here.link.run(WRITE, keys, [*owner, 3, 2, b"[0, late]"])
    await here.link.run(OPEN, keys, [*owner, 1, await first_entry(here)])
    await on_record(here, bet(1), bet(2), bet(3))
    await here.journal.open(claim(), opening(8))
    with pytest.raises(ResponseError):
        await here.link.run(WRITE, keys, [*owner, 3, 1, b"[0, late]"])
    await on_record(here, number=8)


async def first_entry(writer: Writer) -> bytes:
    [[_, [_, entry]]] = await writer.link.call("XRANGE", writer.link.key("journal:crash"), "-", "+", "COUNT", 1)
    return bytes(entry)


async def test_confirmed_entries_are_not_sent_again(here: Writer) -> None:
    await here.journal.open(claim(), opening(7))
    for n in range(1, 51):
        await here.journal.append(claim(), *bet(n))
    before = await bytes_read(here)
    await here.journal.append(claim(), *bet(51))
    assert await bytes_read(here) - before < 1000


async def bytes_read(writer: Writer) -> int:
    info: bytes = await writer.link.call("INFO", "stats")
    return int(info.split(b"total_net_input_bytes:")[1].split()[0])


async def test_a_lost_entry_is_in_the_next_write(here: Writer) -> None:
    await here.journal.open(claim(), opening(7))
    here.link.loses = "questions"
    here.journal.append_nowait(claim(), *bet(1))
    await answered(here.link)
    here.link.loses = "nothing"
    asked = here.link.asked
    await here.journal.append(claim(), *bet(2))
    assert here.link.asked == asked + 1
    await on_record(here, bet(1), bet(2))


# -- Redis loses data --


async def test_nothing_is_recorded_after_the_opening_was_lost(here: Writer) -> None:
    await here.journal.open(claim(), opening(7))
    await here.journal.append(claim(), *bet(1))
    await here.link.call("FLUSHALL")
    with pytest.raises(LeaseLostError):
        await here.journal.append(claim(), *bet(2))
    await here.own(claim())
    with pytest.raises(UnreachableError):
        await here.journal.append(claim(), *bet(2))
    here.journal.append_nowait(claim(), *bet(3))
    await answered(here.link)
    assert await here.journal.read("crash") is None


async def test_a_lost_round_is_written_again(here: Writer, there: Writer) -> None:
    await here.journal.open(claim(), opening(7))
    for n in range(1, 4):
        await here.journal.append(claim(), *bet(n))
    await here.link.call("FLUSHALL")
    await here.own(claim())
    await here.journal.open(claim(), opening(7))
    for n in range(1, 4):
        here.journal.append_nowait(claim(), *bet(n))
    await here.journal.append(claim(), *bet(4))
    await on_record(there, *map(bet, range(1, 5)))


async def test_a_round_stays_readable_while_it_is_written_again(here: Writer) -> None:
    """Another node may take the room over at any moment."""
    await here.journal.open(claim(), opening(7))
    for n in range(1, 4):
        await here.journal.append(claim(), *bet(n))
    await here.journal.open(claim(), opening(7))
    await on_record(here, bet(1), bet(2), bet(3))
    for n in range(1, 4):
        here.journal.append_nowait(claim(), *bet(n))
    await on_record(here, bet(1), bet(2), bet(3))
    await answered(here.link)
    await on_record(here, bet(1), bet(2), bet(3))

"""What every journal guarantees, tested with the local one and the one in Redis."""

from collections.abc import AsyncIterator

import pytest

from game_engine.game import Act, Bet, Command, Leave, Seat, Wake
from game_engine.replay import journal_to_json
from server.backends.journal import Journal, LocalJournal, Record
from tests.server.backends.holds_world import claim
from tests.server.backends.journal_world import opening, writer_of

FOUR: list[tuple[int, Command]] = [
    (1_795_000_000_001, Bet(seat=Seat(0), number=1, amount=100, client_seed="heads", selection={"auto_cashout": 2.0})),
    (1_795_000_000_002, Wake()),
    (1_795_000_000_002, Act(Seat(0), {"action": "cashout", "bet": 1})),
    (1_795_000_000_009, Leave(Seat(0))),
]


@pytest.fixture(params=["local", "redis"])
async def journal(request: pytest.FixtureRequest) -> AsyncIterator[Journal]:
    if request.param == "local":
        yield LocalJournal()
        return
    async with writer_of(request.getfixturevalue("redis_url")) as writer:
        yield writer.journal


async def test_a_room_without_a_round_has_no_record(journal: Journal) -> None:
    assert await journal.read("crash") is None


async def test_commands_are_read_in_order(journal: Journal) -> None:
    await journal.open(claim(), opening(7))
    assert await journal.read("crash") == Record(opening(7), b"[]")
    await journal.append(claim(), *FOUR[0])
    journal.append_nowait(claim(), *FOUR[1])
    await journal.append(claim(), *FOUR[2])
    journal.append_nowait(claim(), *FOUR[3])
    await journal.append(claim(), *FOUR[1])
    assert await journal.read("crash") == Record(opening(7), journal_to_json([*FOUR, FOUR[1]]))


async def test_the_next_round_starts_empty(journal: Journal) -> None:
    await journal.open(claim(), opening(7))
    await journal.append(claim(), *FOUR[0])
    await journal.open(claim(), opening(8))
    assert await journal.read("crash") == Record(opening(8), b"[]")
    await journal.append(claim(), *FOUR[1])
    assert await journal.read("crash") == Record(opening(8), journal_to_json(FOUR[1:2]))


async def test_each_room_has_its_own_journal(journal: Journal) -> None:
    await journal.open(claim("crash"), opening(7))
    await journal.open(claim("dice-1"), opening(1, "dice-1"))
    await journal.append(claim("dice-1"), *FOUR[0])
    assert await journal.read("crash") == Record(opening(7), b"[]")
    await journal.clear(claim("crash"))
    assert await journal.read("dice-1") == Record(opening(1, "dice-1"), journal_to_json(FOUR[:1]))


async def test_a_cleared_journal_is_gone(journal: Journal) -> None:
    await journal.open(claim(), opening(7))
    await journal.append(claim(), *FOUR[0])
    await journal.clear(claim())
    await journal.clear(claim())
    assert await journal.read("crash") is None
    await journal.open(claim(), opening(8))
    assert await journal.read("crash") == Record(opening(8), b"[]")


async def test_writing_a_round_again_changes_nothing(journal: Journal) -> None:
    """An owner does this when Redis may have lost entries."""
    await journal.open(claim(), opening(7))
    for each in FOUR:
        await journal.append(claim(), *each)
    await journal.open(claim(), opening(7))
    for each in FOUR:
        journal.append_nowait(claim(), *each)
    await journal.append(claim(), *FOUR[1])
    assert await journal.read("crash") == Record(opening(7), journal_to_json([*FOUR, FOUR[1]]))

"""Announcements: in order, the last few only, and never two with the same number."""

import asyncio
from datetime import UTC, datetime

from storage.announcements import KEPT, announce, recent
from storage.models.announcement import MAX_CHARACTERS
from storage.store import Store

NOW = datetime(2026, 12, 3, 18, 0, tzinfo=UTC)


async def test_announcements_are_on_record_in_their_order(database: Store) -> None:
    assert await recent(database) == []
    long = "ब" * MAX_CHARACTERS
    numbers = [await announce(database, text, NOW) for text in ("one", long)]
    assert [(each.number, each.text, each.created_at) for each in await recent(database)] == [
        (numbers[0], "one", NOW),
        (numbers[1], long, NOW),
    ]


async def test_only_the_last_ones_stay_and_no_number_comes_back(database: Store) -> None:
    numbers = [await announce(database, str(n), NOW) for n in range(KEPT + 2)]
    assert [each.number for each in await recent(database)] == numbers[2:]
    assert len(set(numbers)) == len(numbers)


async def test_announcements_at_the_same_time_are_all_on_record(database: Store) -> None:
    numbers = await asyncio.gather(*(announce(database, str(n), NOW) for n in range(5)))
    assert sorted(numbers) == [each.number for each in await recent(database)]

"""Cursors and pages."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from server.errors import ClientError
from server.web.paging import CSV_BATCH, all_rows, decode_cursor, encode_cursor, page
from storage.history import SessionRow, Window
from tests.server.web.world import StillClock


@given(st.integers(1, 10**18 - 1))
def test_a_cursor_comes_back(place: int) -> None:
    assert decode_cursor(encode_cursor(place)) == place


def test_no_cursor() -> None:
    assert decode_cursor(UNSET) is None


@given(st.text(max_size=64))
def test_what_no_list_gave_out(text: str) -> None:
    with suppress(ClientError):
        place = decode_cursor(text)
        assert place is not None
        assert 0 < place < 2**63


async def fetch(limit: int) -> list[int]:
    return list(range(10, 0, -1))[:limit]


@pytest.mark.parametrize(("limit", "shown", "more"), [(3, [10, 9, 8], True), (10, list(range(10, 0, -1)), False)])
async def test_a_page(limit: int, shown: list[int], more: bool) -> None:
    first = await page(fetch, limit, int, str)
    assert first.items == list(map(str, shown))
    assert first.next_cursor == (encode_cursor(shown[-1]) if more else None)


@pytest.mark.parametrize("count", [0, 1, CSV_BATCH, CSV_BATCH + 1])
async def test_every_row_once(count: int) -> None:
    now = StillClock().now()
    rows = [SessionRow(number, "dice", "dice-a", now, None) for number in range(count, 0, -1)]

    async def some(window: Window) -> list[SessionRow]:
        return [row for row in rows if row.id < (window.before or count + 1)][: window.limit]

    found = [cells async for cells in all_rows(some, Window(1), lambda row: [row.id])]
    assert found == [[row.id] for row in rows]

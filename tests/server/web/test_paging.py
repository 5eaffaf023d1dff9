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
def test_a_cursor_round_trips(position: int) -> None:
    assert decode_cursor(encode_cursor(position)) == position


def test_no_cursor_means_the_first_page() -> None:
    assert decode_cursor(UNSET) is None


@given(st.text(max_size=64))
def test_any_text_gives_a_valid_position_or_an_error(text: str) -> None:
    with suppress(ClientError):
        position = decode_cursor(text)
        assert position is not None
        assert 0 < position < 2**63


async def fetch(limit: int) -> list[int]:
    return list(range(10, 0, -1))[:limit]


@pytest.mark.parametrize(("limit", "shown", "more"), [(3, [10, 9, 8], True), (10, list(range(10, 0, -1)), False)])
async def test_a_page_has_a_cursor_if_there_are_more_rows(limit: int, shown: list[int], more: bool) -> None:
    first = await page(fetch, limit, int, str)
    assert first.items == list(map(str, shown))
    assert first.next_cursor == (encode_cursor(shown[-1]) if more else None)


@pytest.mark.parametrize("count", [0, 1, CSV_BATCH, CSV_BATCH + 1])
async def test_all_rows_are_fetched_once(count: int) -> None:
    now = StillClock().now()
    rows = [
        SessionRow(id=number, game="dice", room="dice-a", started_at=now, ended_at=None)
        for number in range(count, 0, -1)
    ]

    async def fetch_window(window: Window) -> list[SessionRow]:
        return [row for row in rows if row.id < (window.before or count + 1)][: window.limit]

    found = [cells async for cells in all_rows(fetch_window, Window(1), lambda row: [row.id])]
    assert found == [[row.id] for row in rows]

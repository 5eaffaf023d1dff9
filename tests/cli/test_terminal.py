"""Tables line up, progress is silent where nobody watches."""

import io
from collections.abc import AsyncIterator

from cli.terminal import Progress, collect, one_line, table


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_line_up() -> None:
    text = table(("name", "chips"), [("ann", "5.00"), ("bartholomew", "1,000.00")], right=[1])
    assert text.splitlines() == ["name            chips", "ann              5.00", "bartholomew  1,000.00"]


def test_a_table_without_rows_is_its_head() -> None:
    assert table(("a", "b"), []) == "a  b"


def test_players_texts_cannot_break_a_table() -> None:
    assert one_line("Ann\n\x1b[31mred\x07") == "Ann  [31mred "


def test_progress_is_silent_without_a_terminal() -> None:
    stream = io.StringIO()
    progress = Progress("Reading", stream)
    progress.step(100)
    progress.end()
    assert stream.getvalue() == ""


def test_progress_counts_and_wipes_itself_away() -> None:
    screen = Screen()
    progress = Progress("Reading", screen)
    progress.step(100)
    progress.end()
    assert "Reading… 100" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


async def test_everything_is_collected() -> None:
    async def numbers() -> AsyncIterator[int]:
        for number in range(120):
            yield number

    assert await collect("Reading", numbers()) == list(range(120))

"""Tables are aligned, and progress is shown only on a terminal."""

import io
from collections.abc import AsyncIterator

import pytest

from cli.terminal import Progress, collect, one_line, program, table


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_are_aligned() -> None:
    text = table(("name", "chips"), [("ann", "5.00"), ("bartholomew", "1,000.00")], right=[1])
    assert text.splitlines() == ["name            chips", "ann              5.00", "bartholomew  1,000.00"]


def test_a_table_without_rows_is_its_header() -> None:
    assert table(("a", "b"), []) == "a  b"


def test_a_players_text_can_not_break_a_table() -> None:
    assert one_line("Ann\n\x1b[31mred\x07") == "Ann  [31mred "


def test_progress_is_silent_without_a_terminal() -> None:
    stream = io.StringIO()
    progress = Progress("Reading", stream)
    progress.step(100)
    progress.end()
    assert stream.getvalue() == ""


def test_progress_counts_and_clears_its_line() -> None:
    screen = Screen()
    progress = Progress("Reading", screen)
    progress.step(100)
    progress.end()
    assert "Reading… 100" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


async def test_collect_returns_every_item() -> None:
    async def numbers() -> AsyncIterator[int]:
        for number in range(120):
            yield number

    assert await collect("Reading", numbers()) == list(range(120))


@pytest.mark.parametrize(
    ("path", "name"), [("/usr/local/bin/croupier", "croupier"), ("run.py", "run.py"), ("pytest", "run.py")]
)
def test_the_program_has_the_name_that_the_user_typed(monkeypatch: pytest.MonkeyPatch, path: str, name: str) -> None:
    monkeypatch.setattr("sys.argv", [path])
    assert program() == name

"""What the commands print: tables, progress, and the error that ends a command with one line."""

import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import TextIO, TypeVar

T = TypeVar("T")


class CommandError(Exception):
    """The command can't do what the user asked. The message is one clear line for them."""


def program() -> str:
    """The name to type for this command line: ``croupier`` where it is installed, ``run.py`` in a checkout."""
    return "croupier" if Path(sys.argv[0]).stem == "croupier" else "run.py"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Rows as aligned columns. ``right`` has the indexes of the columns to align to the right."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    flush = set(right)

    def line_of(cells: list[str]) -> str:
        pairs = enumerate(zip(cells, widths, strict=True))
        return "  ".join(c.rjust(w) if n in flush else c.ljust(w) for n, (c, w) in pairs).rstrip()

    return "\n".join(map(line_of, lines))


def one_line(text: str) -> str:
    """A player's text on one line, with spaces for characters that can't be printed."""
    return "".join(c if c.isprintable() else " " for c in text)


class Progress:
    """A counter on a terminal. Prints nothing if the stream is not a terminal."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self._what = what
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()
        self.done = 0
        self._draw()

    def step(self, by: int = 1) -> None:
        self.done += by
        if self.done % 50 == 0 or by > 1:
            self._draw()

    def end(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _draw(self) -> None:
        if self._shown:
            self._stream.write(f"\r\x1b[K{self._what}… {self.done or ''}")
            self._stream.flush()


async def collect(what: str, items: AsyncIterator[T]) -> list[T]:
    """All items as a list; shows the progress."""
    progress = Progress(what)
    found = []
    async for item in items:
        found.append(item)
        progress.step()
    progress.end()
    return found

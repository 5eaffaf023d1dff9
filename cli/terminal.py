"""What commands say: tables, progress, and the one line that ends a command with wrong input."""

import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TextIO, TypeVar

T = TypeVar("T")


class CommandError(Exception):
    """The command can't do what it was asked; the message is one clear line."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Aligned columns; those whose indexes are in ``right`` are flush right."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    flush = set(right)

    def line_of(cells: list[str]) -> str:
        pairs = enumerate(zip(cells, widths, strict=True))
        return "  ".join(c.rjust(w) if n in flush else c.ljust(w) for n, (c, w) in pairs).rstrip()

    return "\n".join(map(line_of, lines))


def one_line(text: str) -> str:
    """Text of a player's as it may stand in a table: printable, on one line."""
    return "".join(c if c.isprintable() else " " for c in text)


class Progress:
    """A counter that redraws itself on a terminal and says nothing elsewhere."""

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
    """All items, with progress."""
    progress = Progress(what)
    found = []
    async for item in items:
        found.append(item)
        progress.step()
    progress.end()
    return found

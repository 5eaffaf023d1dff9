"""Prints figures as a table for people and as one line of JSON for programs."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks import machine


class Spread(Struct, frozen=True):
    """Several measurements of one thing."""

    min: float
    median: float
    max: float
    runs: int

    def __str__(self) -> str:
        return f"{_shown(self.median)} ({_shown(self.min)} – {_shown(self.max)})"


def spread(values: Iterable[float]) -> Spread:
    """Raises ValueError if there are no values."""
    found = sorted(values)
    if not found:
        raise ValueError("nothing was measured")
    return Spread(min=found[0], median=statistics.median(found), max=found[-1], runs=len(found))


class Figure(Struct, frozen=True):
    """``target`` is what the median must reach: ``(">=", n)`` for at least n, ``("<=", n)`` for at most n."""

    what: str
    value: Spread
    unit: str
    target: tuple[str, float] | None = None

    @property
    def reached(self) -> bool | None:
        if self.target is None:
            return None
        sign, wanted = self.target
        return self.value.median >= wanted if sign == ">=" else self.value.median <= wanted


def show(benchmark: str, figures: Sequence[Figure], **also: Any) -> None:
    """Print the table and the line of JSON, to which ``also`` is added."""
    rows = [("", "median (min – max)", "unit", "target", "")]
    for each in figures:
        target = f"{each.target[0]} {_shown(each.target[1])}" if each.target else ""
        verdict = {None: "", True: "reached", False: "MISSED"}[each.reached]
        rows.append((each.what, str(each.value), each.unit, target, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    line = {"benchmark": benchmark, "machine": machine.described(), "figures": figures, **also}
    print(msgspec.json.encode(line).decode(), flush=True)


def _shown(number: float) -> str:
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.2f}" if abs(number) < 10 else f"{number:.1f}"

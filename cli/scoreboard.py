"""Shows what the bots have counted: a table that redraws itself on a terminal, single lines elsewhere."""

import time
from typing import TextIO

from cli.amounts import chips
from cli.bot import Tally

LINE_INTERVAL_S = 10
"""Pause between lines if the output is not a terminal."""


class Scoreboard:
    def __init__(self, tally: Tally, stream: TextIO) -> None:
        self._tally = tally
        self._stream = stream
        self._live = stream.isatty()
        self._started = time.monotonic()
        self._drawn = 0
        self._shown_at = -LINE_INTERVAL_S

    def show(self) -> None:
        """Update the output; call this about once a second."""
        seconds = int(time.monotonic() - self._started)
        if self._live:
            self._redraw(self.lines(seconds))
        elif seconds >= self._shown_at + LINE_INTERVAL_S:
            self._shown_at = seconds
            self._stream.write("  ".join(line.replace("  ", " ") for line in self.lines(seconds)) + "\n")
            self._stream.flush()

    def finish(self) -> None:
        """Print the final counts."""
        seconds = int(time.monotonic() - self._started)
        self._redraw(self.lines(seconds)) if self._live else self._stream.write("\n".join(self.lines(seconds)) + "\n")
        self._stream.flush()

    def lines(self, seconds: int) -> list[str]:
        tally = self._tally
        errors = ", ".join(f"{code} {times}" for code, times in tally.errors.most_common(6)) or "none"
        p99, p50 = tally.percentile(0.99) * 1000, tally.percentile(0.5) * 1000
        return [
            f"players {tally.connected}  rounds {len(tally.rounds)}  after {seconds} s",
            f"bets {tally.bets}  settled {tally.settled}  staked {chips(tally.staked)}  net {chips(tally.net)}",
            f"round trip p50 {p50:.1f} ms  p99 {p99:.1f} ms",
            f"reconnects {tally.reconnects}  missed frames {tally.gaps}  refusals: {errors}",
        ]

    def _redraw(self, lines: list[str]) -> None:
        up = f"\x1b[{self._drawn}F" if self._drawn else ""
        self._stream.write(up + "".join(f"\x1b[K{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)

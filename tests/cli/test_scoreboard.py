"""The scoreboard redraws itself on a terminal and prints plain lines elsewhere."""

import io

from cli.bot import Tally
from cli.scoreboard import Scoreboard


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def tally() -> Tally:
    found = Tally()
    found.bets, found.settled, found.staked, found.paid = 12, 11, 1_100, 850
    found.round_trips.extend([0.001] * 99 + [0.1])
    found.errors["betting_closed"] = 2
    return found


def test_it_shows_what_the_bots_have_counted() -> None:
    text = "\n".join(Scoreboard(tally(), io.StringIO()).lines(30))
    for part in ("bets 12", "settled 11", "net -2.50", "p50 1.0 ms", "p99 100.0 ms", "betting_closed 2", "after 30 s"):
        assert part in text


def test_a_terminal_is_redrawn_in_place() -> None:
    screen = Screen()
    board = Scoreboard(tally(), screen)
    board.show()
    board.show()
    assert screen.getvalue().count("\x1b[4F") == 1


def test_without_a_terminal_a_line_is_printed_every_few_seconds() -> None:
    stream = io.StringIO()
    board = Scoreboard(tally(), stream)
    for _ in range(5):
        board.show()
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()

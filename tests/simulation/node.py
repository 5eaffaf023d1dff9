"""run.py with the games crash, dice and those that a test adds. A file sets the length of the rounds of crash, and
there can be copies of crash.

So no test has to wait for a long round, and nodes have several public rooms to share.
"""

import math
import os
import sys
from pathlib import Path

from cli import main
from game_engine.games import GAMES, crash

RANGE_IN = "POINTS_FILE"
"""The environment variable with the path of the file: two multipliers in hundredths, read when a round starts."""
PLAYED = {"crash", "dice"}
MORE = "MORE_GAMES"
"""The environment variable with the names of further games to play."""
TWINS = "TWIN_GAMES"
"""The environment variable with the names of the copies of crash."""


class Options(crash.Options, frozen=True, forbid_unknown_fields=True):
    betting_ms: int = 800


def short_point_of(draw: float) -> int:
    low, high = map(int, Path(os.environ[RANGE_IN]).read_text().split())
    return low + math.floor(draw * (high + 1 - low))


def twin(name: str) -> crash.Crash:
    game = crash.Crash()
    game.name, game.options = name, Options  # type: ignore[misc]
    return game


if __name__ == "__main__":
    crash.point_of = short_point_of  # type: ignore[attr-defined]
    for name in GAMES.keys() - PLAYED - set(os.environ.get(MORE, "").split()):
        del GAMES[name]
    GAMES.update({name: twin(name) for name in os.environ.get(TWINS, "").split()})
    sys.exit(main.main(sys.argv[1:]))

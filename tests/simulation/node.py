"""run.py with two games, crash and dice; rounds of crash are as long as a file says, and there may be more like it.

So no test waits for a lucky round to end, and nodes have several public rooms to share.
"""

import math
import os
import sys
from pathlib import Path

from cli import main
from game_engine.games import GAMES, crash

RANGE_IN = "POINTS_FILE"
"""The environment's variable with the file's path: two multipliers in hundredths, read when a round starts."""
PLAYED = {"crash", "dice"}
TWINS = "TWIN_GAMES"
"""The environment's variable with the names of games that are crash under another name."""


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
    for name in GAMES.keys() - PLAYED:
        del GAMES[name]
    GAMES.update({name: twin(name) for name in os.environ.get(TWINS, "").split()})
    sys.exit(main.main(sys.argv[1:]))

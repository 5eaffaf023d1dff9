"""run.py, but for crash: points lie in the range that a file says, so that no test waits for a lucky round to end."""

import math
import os
import sys
from pathlib import Path

from cli import main
from game_engine.games import crash

RANGE_IN = "POINTS_FILE"
"""The environment's variable with the file's path: two multipliers in hundredths, read when a round starts."""


def short_point_of(draw: float) -> int:
    low, high = map(int, Path(os.environ[RANGE_IN]).read_text().split())
    return low + math.floor(draw * (high + 1 - low))


if __name__ == "__main__":
    crash.point_of = short_point_of
    sys.exit(main.main(sys.argv[1:]))

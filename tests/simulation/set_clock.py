"""run.py with a wall clock that a test sets: the file ``clock`` in the working directory has the seconds to add.

Every round of crash ends between the two multipliers of ``Site.set_points``.
"""

import sys
import time
from pathlib import Path

from cli import main, serve
from game_engine.games import crash
from server.clock import SystemClock
from tests.simulation.node import short_point_of

ADDED = Path("clock")


def wall_ns() -> int:
    return time.time_ns() + int(ADDED.read_text() or 0) * 10**9


if __name__ == "__main__":
    crash.point_of = short_point_of  # type: ignore[attr-defined]
    serve.SystemClock = lambda: SystemClock(wall_ns=wall_ns)  # type: ignore[attr-defined, assignment, misc]
    sys.exit(main.main(sys.argv[1:]))

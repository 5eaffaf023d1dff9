"""run.py with all games, in which every round of crash ends between the two multipliers that ``Site.points`` gives.

The crash points are not drawn from the seeds, so proofs of these rounds fail.
"""

import sys

from cli import main
from game_engine.games import crash
from tests.simulation.node import short_point_of

if __name__ == "__main__":
    crash.point_of = short_point_of  # type: ignore[attr-defined]
    sys.exit(main.main(sys.argv[1:]))

"""Server seeds with which rounds of crash end at a point that a test chooses."""

import random
from collections.abc import Callable, Sequence

from game_engine.chance import floats
from game_engine.point import point_of

CLIENT_SEED = "heads"
"""The client seed of every player, so that only the server seed decides."""
QUICK = (1.0, 1.05)
"""The points of rounds that last less than a second."""


class RiggedSeeds:
    """Draws server seeds, as a node's ``draw_seed``.

    A round of crash ends between the two ``points`` if the number of players who bet is in ``bettors``, and below 1.05
    if no player bets.
    """

    def __init__(self, points: tuple[float, float], bettors: Sequence[int]) -> None:
        self.points = points
        self.bettors = bettors
        self.nonce: Callable[[], int] = lambda: 1
        self.draw: Callable[[int], str] = self._draw

    def __call__(self) -> str:
        return self.draw(self.nonce())

    def _draw(self, nonce: int) -> str:
        return server_seed({"": QUICK} | {client_seed_of(n): self.points for n in self.bettors}, nonce)


def client_seed_of(bettors: int) -> str:
    """The client seed of a round with this number of bettors."""
    return ",".join([CLIENT_SEED] * bettors)


def server_seed(points: dict[str, tuple[float, float]], nonce: int) -> str:
    """A fresh server seed. ``points`` has the least and the greatest point of the round by client seed."""
    wanted = [(seed, round(low * 100), round(high * 100)) for seed, (low, high) in points.items()]
    while True:
        seed = f"{random.getrandbits(256):064x}"
        if all(low <= point_of(next(floats(seed, each, nonce))) <= high for each, low, high in wanted):
            return seed

"""Tests of what rooms share: the same bank, settler and clock for all, and a fresh seed for every round."""

import re

from server import app
from tests.server.live import Live


async def test_every_room_works_with_the_same_services(live: Live) -> None:
    ann = await live.player()
    await ann.join("dice")
    first, second = (room._services for room in live.floor.rooms.values())
    assert first is second
    assert first.holds is live.floor.players.holds
    assert first.settler is live.floor.settler
    assert first.clock is live.clock


def test_seeds_are_drawn_anew() -> None:
    seeds = {app.draw_seed() for _ in range(1000)}
    assert len(seeds) == 1000
    assert all(re.fullmatch("[0-9a-f]{64}", seed) for seed in seeds)

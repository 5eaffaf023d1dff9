"""The checks of the books after a benchmark."""

import asyncio

from benchmarks import databases
from storage import ledger
from storage.database import open_store
from tests.storage.world import World


async def _play(url: str) -> None:
    db = await open_store(url)
    world = World(db)
    ann = await world.player()
    with_a_bet = world.round("dice-1", [world.bet(ann, 1, 100, 198, "key")])
    await ledger.settle(db, [with_a_bet, world.round("roulette"), world.round("crash")])
    await db.close()


def test_rounds_without_bets_do_not_count(migrated_url: str) -> None:
    asyncio.run(_play(migrated_url))
    assert databases.settled_rounds(migrated_url) == 1
    assert databases.flaws(migrated_url) == []

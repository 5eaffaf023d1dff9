"""A program for the tests: settles round after round, as a server does, and prints a line for each."""

import asyncio
import sys
from itertools import count

from storage.database import open_store
from storage.ledger import settle
from tests.storage.world import World


async def main(url: str) -> None:
    world = World(await open_store(url))
    ann = await world.player()
    for n in count():
        await settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 10, 11, f"k{n}")])])
        sys.stdout.write("settled\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

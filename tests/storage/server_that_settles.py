"""A process of its own for the tests: settles round after round, as a server does, or one and then keeps the lock."""

import asyncio
import sys
from itertools import count

import uvloop

from storage.database import Database
from storage.ledger import settle
from tests.storage.world import World


def say(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


async def main(url: str, what: str) -> None:
    db = await Database.open(url)
    world = World(db)
    ann = await world.player()
    for n in count():
        await settle(db, [world.round("dice-1", [world.bet(ann, 1, 10, 11, f"k{n}")])])
        say("settled")
        if what == "and-lock":
            async with db.writing():
                say("locked")
                await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))

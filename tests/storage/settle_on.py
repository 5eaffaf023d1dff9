"""A program for the tests: settles round after round, as a server does, and prints a line for each.

    python -m tests.storage.settle_on URL [and-lock]

With ``and-lock`` it settles one round, begins to write, prints another line, and waits until it is killed.
"""

import asyncio
import sys
from itertools import count

from storage.ledger import settle
from tests.storage.patient_store import open_patient_store
from tests.storage.world import World


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(url: str, *options: str) -> None:
    world = World(await open_patient_store(url))
    ann = await world.player()
    for n in count():
        await settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 10, 11, f"k{n}")])])
        say("settled")
        if "and-lock" in options:
            async with world.db.write():
                say("locked")
                await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

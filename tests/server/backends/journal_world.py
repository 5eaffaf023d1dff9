"""Nodes that keep their journals in one Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from msgspec import Struct

from game_engine.game import Bet, Command, Seat
from server.backends.bus import Claim
from server.backends.journal_redis import RedisJournal
from storage.settlement import OpenRound
from tests.server.backends.holds_world import claim
from tests.server.shaky_link import ShakyLink


class Writer(Struct):
    link: ShakyLink
    journal: RedisJournal

    async def own(self, claim: Claim) -> None:
        """Own a room, as a lease would write it to Redis."""
        await self.link.call("HSET", self.link.key("owners"), claim.room, claim.token)


@asynccontextmanager
async def writer_of(url: str) -> AsyncIterator[Writer]:
    """A node that owns the rooms ``crash`` and ``dice-1``."""
    link = ShakyLink(url)
    await link.open()
    writer = Writer(link, RedisJournal(link))
    for room in ("crash", "dice-1"):
        await writer.own(claim(room))
    yield writer
    await link.close()


def opening(number: int, room: str = "crash") -> OpenRound:
    options = msgspec.json.encode({"house_edge": "1/100"})
    return OpenRound(
        game_id=3,
        room=room,
        number=number,
        server_seed_hash=f"{number:064x}",
        nonce=number,
        options=options,
        started_at=1_795_000_000_000,
    )


def bet(number: int) -> tuple[int, Command]:
    """A bet, as a journal stores it."""
    return 1_795_000_000_000 + number, Bet(seat=Seat(0), number=number, amount=100 * number, client_seed="heads")

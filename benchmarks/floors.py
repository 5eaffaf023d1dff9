"""Nodes that serve one floor, on one PostgreSQL and one Redis, and which of them owns a room."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

import aiohttp
from msgspec import Struct

from benchmarks.server import Served, croupier
from server.backends.lease_redis import recorded_owners
from server.backends.redis_link import RedisLink

PATIENCE_S = 30.0
LOOK_EVERY_S = 0.05


class NodeRooms(Struct, frozen=True):
    """What its nodes share: a migrated database, a Redis (none, if there is but one node), and ``settings``, which are
    CROUPIER_… variables."""

    folder: Path
    url: str
    redis_url: str
    settings: dict[str, str]

    def node(self, stack: ExitStack, core: int | None) -> Served:
        """One more node, until the end of ``stack``; ``core`` None: on both."""
        redis = {"CROUPIER_REDIS_URL": self.redis_url}
        return stack.enter_context(croupier(self.folder, self.url, core, self.settings | redis))

    async def parted(self, room: str, nodes: tuple[Served, Served]) -> tuple[Served, Served]:
        """The one of the nodes that owns the room, and the one that does not. Raises SystemExit when nobody does."""
        names = [await name_of(node) for node in nodes]
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            owner = await self._owner(room)
            if owner in names:
                return nodes if owner == names[0] else (nodes[1], nodes[0])
            await asyncio.sleep(LOOK_EVERY_S)
        raise SystemExit(f"benchmarks: nobody owns {room}")

    async def _owner(self, room: str) -> str | None:
        link = RedisLink(self.redis_url)
        try:
            return (await recorded_owners(link)).get(room)
        finally:
            await link.close()


async def name_of(node: Served) -> str:
    """What the node is called among the others."""
    async with aiohttp.ClientSession() as http, http.ws_connect(node.websocket) as ws:
        await ws.send_json({"id": 1, "do": "hello"})
        return str((await ws.receive_json())["ok"]["node"])

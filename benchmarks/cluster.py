"""The set-up of a measured cluster: a database, a Redis and settings that its nodes share, and who owns a room."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

import aiohttp
from msgspec import Struct

from benchmarks.server import Served, croupier
from server.backends.lease_redis import recorded_owners
from server.backends.redis_link import RedisLink

OWNER_TIMEOUT_S = 30.0
POLL_INTERVAL_S = 0.05


class ClusterSetup(Struct, frozen=True):
    """What all nodes share: the URL of a migrated database, the URL of a Redis (empty for a single node), and
    ``settings``, further CROUPIER_… variables."""

    folder: Path
    url: str
    redis_url: str
    settings: dict[str, str]

    def node(self, stack: ExitStack, core: int | None) -> Served:
        """Start a node that runs until ``stack`` closes, on ``core``, or on both cores if that is None."""
        redis = {"CROUPIER_REDIS_URL": self.redis_url}
        return stack.enter_context(croupier(self.folder, self.url, core, self.settings | redis))

    async def owner_and_other(self, room: str, nodes: tuple[Served, Served]) -> tuple[Served, Served]:
        """Return the node that owns the room, then the other one. Raises SystemExit if the room gets no owner."""
        names = [await name_of(node) for node in nodes]
        deadline = time.monotonic() + OWNER_TIMEOUT_S
        while time.monotonic() < deadline:
            owner = await self._owner(room)
            if owner in names:
                return nodes if owner == names[0] else (nodes[1], nodes[0])
            await asyncio.sleep(POLL_INTERVAL_S)
        raise SystemExit(f"benchmarks: no node owns {room} after {OWNER_TIMEOUT_S:.0f} s")

    async def _owner(self, room: str) -> str | None:
        link = RedisLink(self.redis_url)
        try:
            return (await recorded_owners(link)).get(room)
        finally:
            await link.close()


async def name_of(node: Served) -> str:
    """Return the node's name in the cluster."""
    async with aiohttp.ClientSession() as http, http.ws_connect(node.websocket) as ws:
        await ws.send_json({"id": 1, "do": "hello"})
        return str((await ws.receive_json())["ok"]["node"])

"""Nodes that share a Redis, with leases short enough to expire in a test, and the calls to their listeners."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, TypeVar

import redis

from devtools.services import RedisServer
from server.backends.bus import Claim
from server.backends.lease_redis import RedisLease
from server.backends.redis_link import RedisLink
from server.errors import UnreachableError
from server.messages import RoomSummary
from tests.redis_server import join_run
from tests.waiting import eventually

LEASE_MS, RENEW_MS = 600, 50
LONG_MS = 30_000
"""A lease that does not expire in a test."""

T = TypeVar("T")

_numbers = count(1)


class Node:
    """A node: its link, its lease, and what its listeners were called with."""

    def __init__(
        self,
        url: str,
        *,
        link: RedisLink | None = None,
        lease_ms: int = LEASE_MS,
        renew_ms: int = RENEW_MS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"node-{os.getpid()}-{next(_numbers)}"
        self.link = link or RedisLink(url)
        self.lease = RedisLease(self.link, self.name, lease_ms=lease_ms, renew_ms=renew_ms, monotonic=monotonic)
        self.lost: list[Claim] = []
        self.troubles: list[str | None] = []
        self.restoring = False

    @property
    def well(self) -> bool:
        return not self.troubles or self.troubles[-1] is None

    async def start(self) -> None:
        await self.lease.start(self.troubles.append, self.lost.append, lambda: self.restoring)

    async def claim(self, room: str) -> Claim:
        """Acquire a room that must be free."""
        claim = await self.lease.acquire(room)
        assert claim is not None
        return claim

    async def taken_over(self, room: str) -> Claim:
        """Acquire the room as soon as its owner is dead."""

        async def take() -> Claim | None:
            try:
                return await self.lease.acquire(room)
            except UnreachableError:
                return None

        claim: Claim = await eventually(take, f"a lease on {room}")
        return claim

    async def die(self) -> None:
        """Stop talking to Redis, like a node that is killed."""
        await self.link.close()

    async def close(self) -> None:
        await self.lease.leave()
        await self.link.close()


OpenNode = Callable[..., Awaitable[Node]]


@asynccontextmanager
async def opener(redis_url: str) -> AsyncIterator[OpenNode]:
    """Opens nodes, with the settings of ``Node``, in a cluster that is not new."""
    join_run(redis_url)
    opened: list[Node] = []

    async def open_(url: str = redis_url, **settings: Any) -> Node:
        node = Node(url, **settings)
        opened.append(node)
        await node.start()
        return node

    yield open_
    for node in opened:
        await node.close()


def elsewhere(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run ``work`` in another event loop while this one is blocked."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


async def takes_over(url: str, room: str, *, keeps: bool = True) -> Claim:
    """Another node takes the room over as soon as it can, and then dies or releases the room."""
    node = Node(url, lease_ms=LONG_MS)
    await node.start()
    claim = await node.taken_over(room)
    if not keeps:
        await node.lease.release(claim)
    await node.close()
    return claim


def tell(server: RedisServer, *command: str | bytes | int) -> None:
    """Run a command while the event loop is blocked, so before any other command."""
    with redis.Redis.from_url(server.url) as client:
        client.execute_command(*command)


def fence(claim: Claim) -> int:
    return int(claim.token.split()[-1])


def summary(room: str, players: int) -> RoomSummary:
    return RoomSummary(
        room=room,
        game="crash",
        title="Crash",
        shared=True,
        private=False,
        owner=None,
        seats=1000,
        watch="everybody",
        invited_only=False,
        delay=0,
        options={},
        players=players,
        spectators=0,
        phase="betting",
        closes_at=None,
        started_at=None,
        paused=None,
        round=None,
        history=[],
    )

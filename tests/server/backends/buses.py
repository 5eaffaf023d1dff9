"""Buses to test: that of a single node, and those of two nodes that share a Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from msgspec import Struct

from server.backends.bus import Bus, BusMessage, LocalBus, RoomGone
from server.backends.bus_redis import BusTimings, RedisBus
from server.backends.redis_link import RedisLink
from tests.waiting import eventually


class Node(Struct):
    link: RedisLink
    bus: RedisBus


@asynccontextmanager
async def node_of(
    url: str, name: str, *, timings: BusTimings | None = None, answer_s: float = 2.0
) -> AsyncIterator[Node]:
    link = RedisLink(url, answer_s=answer_s)
    await link.open()
    bus = RedisBus(link, name, timings)
    await bus.start()
    try:
        yield Node(link, bus)
    finally:
        await bus.stop()
        await link.close()


class Buses(Struct):
    """``here`` publishes and subscribes, ``there`` subscribes on another node. A single node is both."""

    here: Bus
    there: Bus


@asynccontextmanager
async def buses_of(url: str | None) -> AsyncIterator[Buses]:
    """Two nodes on the Redis at ``url``, or a single node."""
    async with AsyncExitStack() as stack:
        if url is None:
            alone = LocalBus()
            yield Buses(alone, alone)
        else:
            here, there = [await stack.enter_async_context(node_of(url, name)) for name in ("here", "there")]
            yield Buses(here.bus, there.bus)


class Received(list[BusMessage]):
    """The messages that one subscriber received."""

    def take(self, message: BusMessage) -> None:
        self.append(message)

    async def all_from(self, bus: Bus, channel: str) -> list[BusMessage]:
        """All messages before this call: publish a mark on the channel, and wait until it arrives."""
        mark = RoomGone(f"mark {id(asyncio.current_task())} {len(self)}")
        bus.publish(channel, mark)
        await eventually(lambda: mark in self)
        return self[: self.index(mark)]

"""In which form a node's ports come: alone, or joined to others by Redis."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from server.backends.backends import Ports
from server.backends.bus import LocalBus
from server.backends.bus_redis import RedisBus
from server.backends.directory import LocalDirectory
from server.backends.directory_redis import RedisDirectory
from server.backends.holds import LocalHolds
from server.backends.holds_redis import RedisHolds
from server.backends.journal import LocalJournal
from server.backends.journal_redis import RedisJournal
from server.backends.lease import LocalLease
from server.backends.lease_redis import RedisLease
from server.backends.presence import LocalPresence
from server.backends.presence_redis import RedisPresence
from server.backends.rate import LocalAllowance
from server.backends.rate_redis import RedisAllowance
from server.backends.redis_link import Link
from server.clock import Clock
from server.config import PREFIX, Config, ConfigError


def node_name() -> str:
    """A name for this process that no other one ever has."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def alone(clock: Clock, node: str) -> Ports:
    """The ports of a node that is alone."""
    lease, directory, presence = LocalLease(node), LocalDirectory(), LocalPresence()
    return Ports(LocalBus(), lease, directory, presence, LocalJournal(), LocalAllowance(clock), LocalHolds)


@asynccontextmanager
async def ports_of(config: Config, clock: Clock) -> AsyncIterator[Ports]:
    """The ports that the settings ask for, closed again at the end. Raises ConfigError, and UnreachableError when Redis
    can't be reached."""
    node = node_name()
    if not config.redis_url:
        yield alone(clock, node)
        return
    link = link_to(config)
    bus = RedisBus(link, node)
    try:
        await link.open()
        await bus.start()
        yield Ports(
            bus=bus,
            lease=RedisLease(link, node),
            directory=RedisDirectory(link, node),
            presence=RedisPresence(link, node),
            journal=RedisJournal(link),
            allowance=RedisAllowance(link, clock),
            make_bank=partial(RedisHolds, link, bus),
        )
    finally:
        await bus.stop()
        await link.close()


def link_to(config: Config) -> Link:
    """The way to Redis that the settings name, not open yet. Raises ConfigError."""
    try:
        return Link(config.redis_url)
    except ValueError as error:
        raise ConfigError(f"{PREFIX}REDIS_URL can't be used: {error}") from None

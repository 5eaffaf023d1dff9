"""Choose the form of each backend: in memory for a single node, in Redis for several."""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

from msgspec import Struct

from server.backends.bus import Bus, LocalBus
from server.backends.bus_redis import RedisBus
from server.backends.directory import Directory, LocalDirectory
from server.backends.directory_redis import RedisDirectory
from server.backends.holds import Holds, LocalHolds, OnWalletChange, PlayerSource
from server.backends.holds_redis import RedisHolds
from server.backends.journal import Journal, LocalJournal
from server.backends.journal_redis import RedisJournal
from server.backends.lease import Lease, LocalLease
from server.backends.lease_redis import RedisLease
from server.backends.presence import LocalPresence, Presence
from server.backends.presence_redis import RedisPresence
from server.backends.rate import LocalRateLimiter, RateLimiter
from server.backends.rate_redis import RedisRateLimiter
from server.backends.redis_link import RedisLink
from server.clock import Clock
from server.config import PREFIX, Config, ConfigError

LIVE_ROUNDS = "live_rounds.jsonl"
"""The file of a single node's journal, in the state folder."""
MakeHolds = Callable[[Clock, PlayerSource, OnWalletChange], Holds]


class Backends(Struct, frozen=True, kw_only=True):
    """The services that nodes share, each in the form that this node uses."""

    bus: Bus
    lease: Lease
    directory: Directory
    presence: Presence
    journal: Journal
    rate_limiter: RateLimiter
    make_holds: MakeHolds


def new_node_name() -> str:
    """A name for this process that no other process has had."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def local_backends(clock: Clock, node: str, journal: LocalJournal | None = None) -> Backends:
    """The backends of a single node, in memory but for the ``journal``."""
    return Backends(
        bus=LocalBus(),
        lease=LocalLease(node),
        directory=LocalDirectory(),
        presence=LocalPresence(),
        journal=journal or LocalJournal(),
        rate_limiter=LocalRateLimiter(clock),
        make_holds=LocalHolds,
    )


@asynccontextmanager
async def open_backends(config: Config, clock: Clock) -> AsyncIterator[Backends]:
    """The backends that the settings ask for, closed again at the end. Raises ConfigError, and UnreachableError if
    Redis can't be reached."""
    node = new_node_name()
    if not config.redis_url:
        with closing(LocalJournal(Path(config.var) / LIVE_ROUNDS)) as journal:
            yield local_backends(clock, node, journal)
        return
    link = make_link(config)
    bus = RedisBus(link, node)
    try:
        await link.open()
        await bus.start()
        yield Backends(
            bus=bus,
            lease=RedisLease(link, node),
            directory=RedisDirectory(link, node),
            presence=RedisPresence(link, node),
            journal=RedisJournal(link),
            rate_limiter=RedisRateLimiter(link, clock),
            make_holds=partial(RedisHolds, link, bus),
        )
    finally:
        await bus.stop()
        await link.close()


def make_link(config: Config) -> RedisLink:
    """A link to the Redis that the settings name, not open yet. Raises ConfigError."""
    try:
        return RedisLink(config.redis_url)
    except ValueError as error:
        raise ConfigError(f"{PREFIX}REDIS_URL can't be used: {error}") from None

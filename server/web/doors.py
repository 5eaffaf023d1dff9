"""The door of the server: how many TCP connections there may be, and how fast new ones may come, by client address.

What is refused here costs no more than its ``accept``: aiohttp never sees it. A connection that is not a WebSocket is
*plain*; browsers open new ones as they need them, so a full server closes the plain connection that is open longest.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import cast

from server.address import Share, is_trusted, networks, shares_of
from server.backends.rate import AddressBuckets, Bucket, Rate
from server.clock import Clock
from server.config import Config

log = logging.getLogger(__name__)

PER_PLAYER = 4
"""TCP connections for each WebSocket that an address may have: a browser loads a page over several."""
MESSAGE_BYTES = 16 * 1024
"""The largest message. A connection may send as many bytes a second as its messages of this size, and twice as many at
once. This bounds bytes that never become a message, such as endless empty fragments."""
NOTED_EVERY_S = 60
HOLD_S = 1.0
"""How long a refused connection stays open, unread: whoever connects again and again has to wait for the end first."""
MOST_HELD = 64
"""How many of them stay open at a time; the others are closed at once."""


class Doors:
    """``most`` connections in all. Those from trusted proxies count only in ``most``, as they carry many clients."""

    def __init__(self, config: Config, clock: Clock, most: int, *, hold_s: float = HOLD_S) -> None:
        self._clock = clock
        self._most = most
        self._trusted = networks(config.trusted_proxies)
        self._most_per_address = PER_PLAYER * config.max_connections_per_address
        rate = Rate("connection", self._most_per_address / 20, 2 * self._most_per_address)
        self._buckets = AddressBuckets(rate.scaled(config.rate_scale))
        self._shares: dict[asyncio.Transport, tuple[Share, ...]] = {}
        self._plain: dict[asyncio.Transport, None] = {}
        self._by_network: Counter[str] = Counter()
        self._refused = 0
        bytes_per_s = config.messages_per_second * MESSAGE_BYTES * config.rate_scale
        self._bytes = Rate("bytes", bytes_per_s, 2 * bytes_per_s)
        self._hold_s = hold_s
        self._held = 0
        self._notes = Bucket(1 / NOTED_EVERY_S, 1)

    def __len__(self) -> int:
        return len(self._shares)

    def enter(self, transport: asyncio.Transport) -> bool:
        """Count a new connection until ``leave``. Returns False if it is refused."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        shares = () if is_trusted(address, self._trusted) else shares_of(address)
        if self._is_over(address, shares):
            self._note(address)
            return False
        if len(self._shares) >= self._most:
            oldest = next(iter(self._plain), None)
            if oldest is None:
                self._note(address)
                return False
            self.leave(oldest)
            oldest.abort()
        self._shares[transport] = shares
        self._plain[transport] = None
        self._by_network.update(share.network for share in shares)
        return True

    def _is_over(self, address: str, shares: tuple[Share, ...]) -> bool:
        if not shares:
            return False
        most = self._most_per_address
        if any(self._by_network[share.network] >= share.factor * most for share in shares):
            return True
        return self._buckets.take(address, self._clock.monotonic_ms()) > 0

    def _note(self, address: str) -> None:
        self._refused += 1
        if not self._notes.take(self._clock.monotonic_ms()):
            log.warning(
                "refused %d connections, the last one from %s; they are over the limits", self._refused, address
            )
            self._refused = 0

    def byte_bucket(self) -> Bucket:
        """The bytes that one connection may send."""
        return Bucket(self._bytes.per_s, self._bytes.burst)

    def charge(self, bucket: Bucket, size: int) -> int:
        """Take ``size`` bytes; returns the ms until the connection may be read again."""
        now_ms = self._clock.monotonic_ms()
        bucket.charge(size, now_ms)
        return bucket.wait(now_ms)

    def turn_away(self, transport: asyncio.Transport) -> None:
        """End a connection that may not enter."""
        if self._held >= MOST_HELD:
            transport.abort()
            return
        self._held += 1
        transport.pause_reading()
        asyncio.get_running_loop().call_later(self._hold_s, self._end, transport)

    def _end(self, transport: asyncio.Transport) -> None:
        self._held -= 1
        transport.abort()

    def upgraded(self, transport: asyncio.Transport) -> None:
        """The connection is a WebSocket now."""
        self._plain.pop(transport, None)

    def leave(self, transport: asyncio.Transport) -> None:
        """The connection is closed."""
        self._plain.pop(transport, None)
        for share in self._shares.pop(transport, ()):
            self._by_network[share.network] -= 1
            if not self._by_network[share.network]:
                del self._by_network[share.network]


class Door(asyncio.Protocol):
    """The protocol of one connection: passes everything on to the one that ``make`` makes, if it may enter."""

    _inner: asyncio.Protocol
    _transport: asyncio.Transport

    def __init__(self, doors: Doors, make: Callable[[], asyncio.Protocol]) -> None:
        self._doors = doors
        self._make = make
        self._bytes = doors.byte_bucket()
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        if not self._doors.enter(self._transport):
            self._doors.turn_away(self._transport)
            return
        self._inner = self._make()
        self._is_open = True
        self._inner.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._is_open:
            self._is_open = False
            self._doors.leave(self._transport)
            self._inner.connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._is_open:
            self._inner.data_received(data)
            wait_ms = self._doors.charge(self._bytes, len(data))
            if wait_ms:
                self._transport.pause_reading()
                asyncio.get_running_loop().call_later(wait_ms / 1000, self._read_on)

    def _read_on(self) -> None:
        if self._is_open:
            self._transport.resume_reading()

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._is_open else None

    def pause_writing(self) -> None:
        if self._is_open:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._is_open:
            self._inner.resume_writing()

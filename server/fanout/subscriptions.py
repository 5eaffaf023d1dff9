"""The channels that a node listens to: each is subscribed once, while at least one user needs it."""

import asyncio
from collections import Counter

from server.backends.bus import Bus, Receive


class ChannelSubscriptions:
    """``receive`` gets every message on the channels that are needed."""

    def __init__(self, bus: Bus, receive: Receive) -> None:
        self._bus = bus
        self._receive = receive
        self._needed: Counter[str] = Counter()
        self._opening: dict[str, asyncio.Task[None]] = {}

    async def need(self, channel: str) -> None:
        """Subscribe to the channel: when this returns, every later message on it is received. ``release`` must follow,
        even if this raises. Raises UnreachableError."""
        self._needed[channel] += 1
        opening = self._opening.get(channel)
        if opening is None or (opening.done() and (opening.cancelled() or opening.exception() is not None)):
            opening = self._opening[channel] = asyncio.create_task(self._bus.subscribe(channel, self._receive))
        if opening.done():
            return
        await asyncio.shield(opening)

    def release(self, channel: str) -> None:
        """Undo one ``need``."""
        self._needed[channel] -= 1
        if self._needed[channel]:
            return
        del self._needed[channel]
        opening = self._opening[channel]
        if opening.done():
            self._close(channel, opening)
        else:
            opening.add_done_callback(lambda done: self._close(channel, done))

    def _close(self, channel: str, opened: asyncio.Task[None]) -> None:
        if channel in self._needed or self._opening.get(channel) is not opened:  # needed again, or closed already
            return
        del self._opening[channel]
        if not opened.cancelled() and opened.exception() is None:
            self._bus.unsubscribe(channel, self._receive)

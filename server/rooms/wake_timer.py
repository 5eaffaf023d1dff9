"""The one moment at which a room is to be woken next."""

import asyncio
from collections.abc import Callable

from server.clock import Clock


class WakeTimer:
    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None

    def set(self, at: int | None) -> None:
        """Ring then, in ms since the epoch, and not when it was set to before; None: not at all."""
        self.stop()
        if at is not None:
            wait_ms = max(0, at - self._clock.now_ms())
            self._timer = asyncio.get_running_loop().call_later(wait_ms / 1000, self._ring)

    @property
    def is_set(self) -> bool:
        return self._timer is not None

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

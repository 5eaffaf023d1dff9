"""When a room's spectators are counted: at once in a quiet room, once in a while where sockets come and go."""

import asyncio
from collections.abc import Callable

PAUSE = 0.25
"""Seconds between two counts of one room: a count looks at every watcher, and a crowd must not cost its square."""


class SpectatorDebounce:
    """``count(room)`` is called soon after ``changed(room)``, and at most once in ``PAUSE`` for each room."""

    def __init__(self, count: Callable[[str], None]) -> None:
        self._count = count
        self._pauses: dict[str, asyncio.TimerHandle] = {}
        self._changed: set[str] = set()
        self._closed = False

    def changed(self, room: str) -> None:
        """Somebody came to watch the room or went, sat down or stood up."""
        if room in self._pauses:
            self._changed.add(room)
        elif not self._closed:
            self._pauses[room] = asyncio.get_running_loop().call_later(PAUSE, self._pause_over, room)
            self._count(room)

    def close(self) -> None:
        """Count no more."""
        self._closed = True
        for pause in self._pauses.values():
            pause.cancel()
        self._pauses.clear()
        self._changed.clear()

    def _pause_over(self, room: str) -> None:
        del self._pauses[room]
        if room in self._changed:
            self._changed.discard(room)
            self.changed(room)

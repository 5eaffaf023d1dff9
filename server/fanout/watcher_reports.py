"""Reports to the owners of rooms about the watchers on this node: immediately for a quiet room, at intervals for a
busy one."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from server.fanout.sockets import Socket


class Watched(Protocol):
    def watchers(self, room: str) -> Iterable[Socket]:
        """The sockets on this node that watch the room, live or delayed."""
        ...


class Owners(Protocol):
    def report_watchers(self, room: str, anonymous: int, users: dict[int, int]) -> None:
        """Report to the room's owner who watches on this node: the number of anonymous sockets, and the number of each
        user's sockets. An owner on this node knows it when this returns."""


class WatcherReports:
    """A report counts every watcher, so a crowd that comes and goes must not cause a report for each change."""

    def __init__(self, watched: Watched, owners: Owners, *, pause_s: float = 0.25) -> None:
        """``pause_s`` is the least time between two reports about a room."""
        self._watched = watched
        self._owners = owners
        self._pause_s = pause_s
        self._pauses: dict[str, asyncio.TimerHandle] = {}
        self._changed: set[str] = set()
        self._closed = False

    def changed(self, room: str) -> None:
        """Report soon: a socket started or stopped watching, a watcher left the seat, or the room has a new owner."""
        if room in self._pauses:
            self._changed.add(room)
        elif not self._closed:
            self._pauses[room] = asyncio.get_running_loop().call_later(self._pause_s, self._pause_over, room)
            self._report(room)

    def _report(self, room: str) -> None:
        users = Counter(socket.user_id for socket in self._watched.watchers(room))
        anonymous = users.pop(None, 0)
        self._owners.report_watchers(room, anonymous, {user: n for user, n in users.items() if user is not None})

    def _pause_over(self, room: str) -> None:
        del self._pauses[room]
        if room in self._changed:
            self._changed.discard(room)
            self.changed(room)

    def close(self) -> None:
        """Stop reporting."""
        self._closed = True
        for pause in self._pauses.values():
            pause.cancel()
        self._pauses.clear()
        self._changed.clear()

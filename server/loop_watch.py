"""Names what keeps the event loop from running, above all a game that computes for too long.

While one call runs, every room and every connection of the server waits. A thread notices it, so even a call that never
returns is named.
"""

import asyncio
import logging
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from game_engine.game import Game

log = logging.getLogger(__name__)


class LoopWatch:
    """Logs an error when the event loop has not run for ``limit_s`` seconds, and a warning when it runs again."""

    def __init__(self, *, limit_s: float = 1.0, look_s: float = 0.25) -> None:
        self._limit_s = limit_s
        self._look_s = look_s
        self._ran_at = 0.0
        self._beat: asyncio.TimerHandle | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Watch the running event loop, which must be that of this thread."""
        self._run_again(asyncio.get_running_loop())
        threading.Thread(
            target=self._watch, args=(threading.get_ident(),), name="event loop watch", daemon=True
        ).start()

    def stop(self) -> None:
        self._stopped.set()
        if self._beat is not None:
            self._beat.cancel()

    def _run_again(self, loop: asyncio.AbstractEventLoop) -> None:
        self._ran_at = time.monotonic()
        self._beat = loop.call_later(self._look_s, self._run_again, loop)

    def _watch(self, thread: int) -> None:
        stuck_since = None
        while not self._stopped.wait(self._look_s):
            ran_at = self._ran_at
            if stuck_since is not None and ran_at > stuck_since:
                log.warning("the event loop runs again after %.1f s", ran_at - stuck_since)
                stuck_since = None
            if stuck_since is None and time.monotonic() - ran_at > self._limit_s:
                running = what_runs(sys._current_frames().get(thread))
                if running is not None:
                    stuck_since = ran_at
                    log.error(
                        "%s has kept the event loop busy for %.1f s; all rooms and connections of this server wait",
                        running,
                        time.monotonic() - ran_at,
                    )


def what_runs(frame: FrameType | None) -> str | None:
    """The game that a call belongs to, or else the function, with its place in the code. None: the loop only waits for
    events, as it does for a moment after the whole process was stopped."""
    if frame is None or frame.f_globals.get("__name__") == "selectors":
        return None
    place = f"{frame.f_code.co_name}, {Path(frame.f_code.co_filename).name} line {frame.f_lineno}"
    caller: FrameType | None = frame
    while caller is not None:
        game = caller.f_locals.get("self")
        if isinstance(game, Game):
            return f"the game {game.name} ({place})"
        caller = caller.f_back
    return f"a call ({place})"

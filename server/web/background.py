"""Work that an answer must not wait for, so that its time tells nothing; bounded, and finished at shutdown."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from server.errors import ClientError
from server.web.problems import later
from storage.credentials import TokenInvalidError
from storage.database import DatabaseUnavailableError

log = logging.getLogger(__name__)

MOST = 200
DRAIN_S = 5.0


class Background:
    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Start it now, wait for nothing. Raises ClientError ``unavailable`` when too much is under way."""
        try:
            self._require_room()
        except ClientError:
            work.close()
            raise
        self._start(work)

    @contextmanager
    def place(self) -> Iterator[Callable[[Coroutine[Any, Any, None]], None]]:
        """Keep a place for work that is known later, and must not be refused then; gives what starts it."""
        self._require_room()
        self._kept += 1
        try:
            yield self._start
        finally:
            self._kept -= 1

    def _require_room(self) -> None:
        if len(self._tasks) + self._kept >= self._most:
            raise later("unavailable", 5)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, timeout_s: float = DRAIN_S) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
            for task in late:
                task.cancel()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except DatabaseUnavailableError as error:
            log.warning("not done, the database is away: %s", error)
        except TokenInvalidError:
            log.info("not done, the account that it was for is gone")
        except Exception:
            log.exception("work in the background failed")

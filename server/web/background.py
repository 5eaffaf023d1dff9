"""Work that continues after the answer was sent, so that response times reveal nothing about accounts."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from server.errors import ClientError
from server.web.problems import retry_later
from storage.credentials import TokenInvalidError
from storage.errors import DatabaseUnavailableError

log = logging.getLogger(__name__)

LIMIT = 200
DRAIN_S = 5.0


class Background:
    """At most ``limit`` pieces of work at a time; ``drain`` finishes them at shutdown."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._reserved = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Start the work and return. Raises ClientError ``unavailable`` at the limit."""
        try:
            self._require_capacity()
        except ClientError:
            work.close()
            raise
        self._start(work)

    @contextmanager
    def reserve(self) -> Iterator[Callable[[Coroutine[Any, Any, None]], None]]:
        """Reserve capacity for work that must not be refused later; yields the function that starts it.

        Raises ClientError ``unavailable`` at the limit.
        """
        self._require_capacity()
        self._reserved += 1
        try:
            yield self._start
        finally:
            self._reserved -= 1

    def _require_capacity(self) -> None:
        if len(self._tasks) + self._reserved >= self._limit:
            raise retry_later("unavailable", 5)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._guard(work, getattr(work, "__qualname__", "")))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, timeout_s: float = DRAIN_S) -> None:
        """Wait for the work to finish; cancel what is left after ``timeout_s``."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
            for task in late:
                task.cancel()

    async def _guard(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except DatabaseUnavailableError as error:
            log.warning("background work %s dropped, the database is unavailable: %s", name, error)
        except TokenInvalidError:
            log.info("background work %s dropped, its account no longer exists", name)
        except Exception:
            log.exception("background work %s failed and will not be retried", name)

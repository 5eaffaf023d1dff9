"""Joins many small jobs into few batches: while one batch runs, the next one gathers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LONGEST_GATHERING_S = 0.005
SMALLEST_HALF = 50


class Batcher(Generic[Item, Result]):
    """``run`` takes up to ``largest`` items and returns their results in the same order.

    A single item does not wait for others; throughput rises with load. If no batch runs and a turn of the event loop
    brings several items, the next batch gathers more until a turn brings none, for at most ``LONGEST_GATHERING_S``. If
    ``run`` raises, every item of its batch gets that exception.

    ``in_halves``: callers that submit their next item as soon as they have an answer alternate in two halves. If one
    batch had all of them, the event loop would be idle while the batch runs, and no batch would run while the loop
    works. It pays only where a batch runs for long.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        largest: int = 1000,
        *,
        in_halves: bool = False,
    ) -> None:
        self._run = run
        self._largest = largest
        self._in_halves = in_halves
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    def submit(self, item: Item) -> asyncio.Future[Result]:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._drain())
        return future

    async def drained(self) -> None:
        """Wait until no item is waiting or being run."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _drain(self) -> None:
        batch: list[tuple[Item, asyncio.Future[Result]]] = []
        try:
            await self._gather()
            while self._waiting:
                size = min(self._half(len(batch)) if self._in_halves else len(self._waiting), self._largest)
                batch, self._waiting = self._waiting[:size], self._waiting[size:]
                await self._run_batch(batch)
        finally:
            # If this task was cancelled, nobody must wait for an answer that never comes.
            for _, future in (*batch, *self._waiting):
                future.cancel()
            self._waiting = []
            self._task = None

    async def _run_batch(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._run([item for item, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        seen, go_at = 1, loop.time() + LONGEST_GATHERING_S
        while seen < len(self._waiting) < self._largest and loop.time() < go_at:
            seen = len(self._waiting)
            await asyncio.sleep(0)

    def _half(self, answered: int) -> int:
        """Half of those who wait now and those who have just been answered, who are about to submit again."""
        return max((answered + len(self._waiting)) // 2, SMALLEST_HALF)

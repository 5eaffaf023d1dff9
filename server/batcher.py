"""Many small jobs as few large ones: while one batch is on its way, the next one gathers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LONGEST_GATHERING = 0.005
SMALLEST_HALF = 50


class Batcher(Generic[Item, Result]):
    """``run`` takes up to ``largest`` items and returns their results in the same order.

    A lone item waits for nobody; throughput rises with load. With nothing on its way, a batch gathers until a turn of
    the loop has brought nothing more, at most ``LONGEST_GATHERING`` seconds. What ``run`` raises, every item of its
    batch gets.

    ``halves``: a crowd takes turns in two halves. That pays where a batch is long on its way.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        largest: int = 1000,
        *,
        halves: bool = True,
    ) -> None:
        self._run = run
        self._largest = largest
        self._halves = halves
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    def submit(self, item: Item) -> asyncio.Future[Result]:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._drain())
        return future

    async def drained(self) -> None:
        """Wait until nothing is waiting or on its way."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _drain(self) -> None:
        await self._gather()
        answered = 0
        while self._waiting:
            size = min(self._half(answered) if self._halves else len(self._waiting), self._largest)
            batch, self._waiting = self._waiting[:size], self._waiting[size:]
            answered = len(batch)
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
        self._task = None

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        known, go_at = 0, loop.time() + LONGEST_GATHERING
        while known < len(self._waiting) < self._largest and loop.time() < go_at:
            known = len(self._waiting)
            await asyncio.sleep(0)

    def _half(self, answered: int) -> int:
        # Who was answered comes back with the next item. With all of them in one batch, the loop has nothing to do
        # while that is on its way, and nothing is on its way while the loop works. So two halves take turns.
        return max((answered + len(self._waiting)) // 2, SMALLEST_HALF)

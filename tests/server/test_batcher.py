"""Batches: order, sizes, failures, and single items, which do not wait."""

import asyncio
from collections.abc import Sequence

import pytest

from server.batcher import Batcher


class Works:
    """Doubles the numbers of each batch while its gate is open."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self, items: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(items))
        await self.gate.wait()
        if -1 in items:
            raise LookupError("minus one")
        return [2 * item for item in items]


async def test_a_single_item_is_a_batch() -> None:
    works = Works()
    assert await Batcher(works.run).submit(4) == 8
    assert works.batches == [[4]]


async def test_the_next_batch_gathers_while_one_runs() -> None:
    works = Works()
    works.gate.clear()
    batcher = Batcher(works.run)
    first = batcher.submit(1)
    while not works.batches:
        await asyncio.sleep(0)
    later = [batcher.submit(n) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    works.gate.set()
    assert [await each for each in (first, *later)] == [2, 4, 6, 8]
    assert works.batches == [[1], [2, 3, 4]]


async def test_a_batch_gathers_the_items_of_several_turns_of_the_loop() -> None:
    works = Works()
    batcher = Batcher(works.run)
    submitted = [batcher.submit(item) for item in (1, 2)]
    for item in (3, 4):
        await asyncio.sleep(0)
        submitted.append(batcher.submit(item))
    assert [await each for each in submitted] == [2, 4, 6, 8]
    assert await batcher.submit(5) == 10
    assert works.batches == [[1, 2, 3, 4], [5]]


async def test_gathering_ends_even_if_items_keep_coming() -> None:
    works = Works()
    batcher = Batcher(works.run, largest=1_000_000)
    first, item = batcher.submit(0), 0
    async with asyncio.timeout(10):
        while not first.done():
            item += 1
            batcher.submit(item)
            await asyncio.sleep(0)
    await batcher.drained()
    assert [number for batch in works.batches for number in batch] == list(range(item + 1))


async def test_batches_have_a_largest_size() -> None:
    works = Works()
    batcher = Batcher(works.run, largest=3)
    assert await asyncio.gather(*(batcher.submit(n) for n in range(7))) == [0, 2, 4, 6, 8, 10, 12]
    assert [len(batch) for batch in works.batches] == [3, 3, 1]


@pytest.mark.parametrize(("callers", "sizes"), [(40, [40] * 5), (90, [50, 40] * 5), (200, [100] * 10)])
async def test_callers_that_come_back_alternate_in_two_halves(callers: int, sizes: list[int]) -> None:
    works = Works()
    batcher = Batcher(works.run, in_halves=True)

    async def call_again_and_again() -> None:
        for n in range(5):
            assert await batcher.submit(n) == 2 * n

    await asyncio.gather(*(call_again_and_again() for _ in range(callers)))
    assert [len(batch) for batch in works.batches] == sizes


async def test_a_batch_takes_all_waiting_items() -> None:
    works = Works()
    batcher = Batcher(works.run)
    assert await asyncio.gather(*(batcher.submit(n) for n in range(200))) == [2 * n for n in range(200)]
    assert [len(batch) for batch in works.batches] == [200]


async def test_a_failure_affects_only_its_batch() -> None:
    works = Works()
    batcher = Batcher(works.run, largest=2)
    futures = [batcher.submit(n) for n in (1, -1, 3)]
    results = await asyncio.gather(*futures, return_exceptions=True)
    assert [type(each) for each in results] == [LookupError, LookupError, int]
    with pytest.raises(LookupError):
        await batcher.submit(-1)
    assert await batcher.submit(5) == 10


async def test_a_cancelled_item_does_not_affect_the_others() -> None:
    works = Works()
    works.gate.clear()
    batcher = Batcher(works.run)
    impatient, patient = batcher.submit(1), batcher.submit(2)
    await asyncio.sleep(0)
    impatient.cancel()
    works.gate.set()
    assert await patient == 4


async def test_drained_waits_for_every_item() -> None:
    works = Works()
    works.gate.clear()
    batcher = Batcher(works.run, largest=1)
    futures = [batcher.submit(1), batcher.submit(2)]
    drained = asyncio.create_task(batcher.drained())
    await asyncio.sleep(0)
    assert not drained.done()
    works.gate.set()
    await drained
    assert [future.done() for future in futures] == [True, True]
    await batcher.drained()


async def test_a_cancelled_batcher_leaves_nobody_waiting() -> None:
    works = Works()
    works.gate.clear()
    batcher = Batcher(works.run, largest=1)
    futures = [batcher.submit(1), batcher.submit(2)]
    await asyncio.sleep(0)
    assert batcher._task is not None
    batcher._task.cancel()
    await asyncio.wait(futures)
    assert [future.cancelled() for future in futures] == [True, True]
    works.gate.set()
    assert await batcher.submit(3) == 6

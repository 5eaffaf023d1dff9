"""Tests of the inbox: one at a time, in order, and not more than its limit."""

import asyncio

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.errors import ClientError
from server.rooms.turns import Turns


async def test_one_at_a_time_in_order_of_arrival() -> None:
    inbox, log = Turns(100), list[str]()

    async def work(name: str) -> None:
        async with inbox.turn():
            log.append(f"{name} in")
            await asyncio.sleep(0)
            log.append(f"{name} out")

    await asyncio.gather(*(work(name) for name in "abc"))
    assert log == ["a in", "a out", "b in", "b out", "c in", "c out"]


async def test_too_many_are_refused_and_own_work_is_not() -> None:
    inbox, done, gate = Turns(2), list[int](), asyncio.Event()

    async def command(number: int) -> None:
        async with inbox.turn():
            await gate.wait()
            done.append(number)

    async def own() -> None:
        async with inbox.own_turn():
            done.append(0)

    busy = [asyncio.create_task(command(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    with pytest.raises(ClientError) as refused:
        await command(4)
    assert (refused.value.error.code, refused.value.error.retry) == ("unavailable", True)
    own_work = asyncio.create_task(own())
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*busy, own_work)
    assert done == [1, 2, 3, 0]
    await command(5)


async def test_who_gives_up_waiting_frees_the_place() -> None:
    inbox, gate = Turns(1), asyncio.Event()

    async def command() -> str:
        async with inbox.turn():
            await gate.wait()
        return "done"

    first = asyncio.create_task(command())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(command())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    other = asyncio.create_task(command())
    gate.set()
    assert [await first, await other] == ["done", "done"]


async def test_a_failed_turn_ends() -> None:
    inbox = Turns(10)
    for turn in (inbox.turn, inbox.own_turn, inbox.turn):
        with pytest.raises(RuntimeError):
            async with turn():
                raise RuntimeError


@given(
    st.lists(st.tuples(st.sampled_from(["come", "end", "give up"]), st.integers(0, 9), st.integers(0, 3)), max_size=40)
)
@example([("come", 0, 1), ("come", 0, 1), ("end", 0, 1), ("give up", 1, 0)])  # as the turn is handed over
async def test_turns_are_taken_in_order_whoever_gives_up_and_whenever(script: list[tuple[str, int, int]]) -> None:
    inbox, log, running, ends = Turns(1000), list[int](), list[int](), list[asyncio.Event]()
    tasks, gave_up = list[asyncio.Task[None]](), set[int]()

    async def command(number: int) -> None:
        async with inbox.turn() if number % 2 else inbox.own_turn():
            assert not running
            log.append(number)
            running.append(number)
            try:
                await ends[number].wait()
            finally:
                running.remove(number)

    for act, number, turns in script:
        if act == "come":
            ends.append(asyncio.Event())
            tasks.append(asyncio.create_task(command(len(tasks))))
        elif act == "end" and running:
            ends[running[0]].set()
        elif act == "give up" and number < len(tasks) and tasks[number].cancel():
            gave_up.add(number)
        for _ in range(turns):
            await asyncio.sleep(0)
    for end in ends:
        end.set()
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, return_exceptions=True)
        async with inbox.turn():
            pass
    assert log == sorted(log)
    assert {number for number, task in enumerate(tasks) if task.cancelled()} <= gave_up
    assert set(range(len(tasks))) - gave_up <= set(log)

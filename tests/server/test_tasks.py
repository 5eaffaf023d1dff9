"""Tests of background tasks."""

import asyncio

import pytest

from server.tasks import Tasks


async def fail() -> None:
    raise ZeroDivisionError


async def test_a_failure_is_logged_and_stops_no_other_task(caplog: pytest.LogCaptureFixture) -> None:
    tasks, done = Tasks("crash"), asyncio.Event()

    async def succeed() -> None:
        done.set()

    tasks.start(fail())
    tasks.start(succeed())
    assert len(tasks) == 2
    await tasks.wait(10)
    assert done.is_set()
    assert len(tasks) == 0
    assert "crash: background task failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_task_goes_on_after_the_wait_times_out() -> None:
    tasks, go, done = Tasks("crash"), asyncio.Event(), asyncio.Event()

    async def last() -> None:
        await go.wait()
        done.set()

    await tasks.wait(0)
    tasks.start(last())
    await tasks.wait(0)
    assert len(tasks) == 1
    go.set()
    await tasks.wait(10)
    assert done.is_set()


async def test_a_cancelled_task_is_not_logged_as_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks("crash")

    async def give_up() -> None:
        raise asyncio.CancelledError

    tasks.start(give_up())
    await tasks.wait(10)
    assert len(tasks) == 0
    assert caplog.text == ""

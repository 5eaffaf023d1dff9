"""Tests of work that nobody waits for."""

import asyncio

import pytest

from server.tasks import Tasks


async def fail() -> None:
    raise ZeroDivisionError


async def test_failures_are_logged_and_hold_nothing_up(caplog: pytest.LogCaptureFixture) -> None:
    tasks, done = Tasks("crash"), asyncio.Event()

    async def succeed() -> None:
        done.set()

    tasks.start(fail())
    tasks.start(succeed())
    assert len(tasks) == 2
    await tasks.wait(10)
    assert done.is_set()
    assert len(tasks) == 0
    assert "crash: work failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_what_is_late_goes_on() -> None:
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


async def test_what_is_cancelled_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks("crash")

    async def give_up() -> None:
        raise asyncio.CancelledError

    tasks.start(give_up())
    await tasks.wait(10)
    assert len(tasks) == 0
    assert caplog.text == ""

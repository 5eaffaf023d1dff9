"""A call that keeps the event loop busy is named, with its game if it is one's."""

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from game_engine.games.dice import Dice
from server.loop_watch import LoopWatch, what_runs
from tests.waiting import WAIT_S, eventually


class SlowDice(Dice):
    """Computes until the test has seen what it waits for."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        super().__init__()
        self._caplog = caplog

    def check(self, selection: Any) -> None:
        deadline = time.monotonic() + WAIT_S
        while "has kept" not in self._caplog.text and time.monotonic() < deadline:
            sum(self._numbers())

    def _numbers(self) -> Iterator[int]:
        yield from range(1000)


async def test_a_game_that_keeps_the_loop_busy_is_named_while_it_does(caplog: pytest.LogCaptureFixture) -> None:
    watch = LoopWatch(limit_s=0.2, look_s=0.01)
    watch.start()
    SlowDice(caplog).check(None)
    assert "the game dice (" in caplog.text
    assert "test_loop_watch.py line" in caplog.text
    await eventually(lambda: "the event loop runs again" in caplog.text)
    watch.stop()
    # Once each time that the loop is kept busy. Only this call is counted, because the machine may stop the loop too.
    assert caplog.text.count("the game dice (") == 1


def test_a_call_without_a_game_is_named_by_its_function() -> None:
    assert "a call (test_a_call_without_a_game_is_named_by_its_function, test_loop_watch.py line" in str(
        what_runs(sys._getframe())
    )


def test_a_loop_that_waits_for_events_is_not_busy() -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    deadline = time.monotonic() + WAIT_S
    while what_runs(sys._current_frames().get(thread.ident or 0)) is not None:
        assert time.monotonic() < deadline
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    assert what_runs(None) is None

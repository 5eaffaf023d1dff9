"""Tests of the one moment at which a room is woken: the one that was set last, and once."""

import asyncio

import pytest

from server.rooms.wake_timer import WakeTimer
from tests.redis_server import until
from tests.server.fanout.fakes import StillClock


class Bell:
    """``rung`` has the loop's time, in ms, of each time that it rang."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.rung: list[float] = []
        self.alarm = WakeTimer(self.clock, lambda: self.rung.append(now_ms()))

    def set_in(self, ms: int | None) -> float:
        """Set it so far from now; the loop's time before that."""
        before = now_ms()
        self.alarm.set(None if ms is None else self.clock.ms + ms)
        return before


def now_ms() -> float:
    return asyncio.get_running_loop().time() * 1000


async def test_it_rings_at_its_time_and_once() -> None:
    bell = Bell()
    set_at = bell.set_in(20)
    await until(lambda: bool(bell.rung))
    assert bell.rung[0] - set_at >= 19.9
    await asyncio.sleep(0.03)
    assert len(bell.rung) == 1


@pytest.mark.parametrize("ms", [0, -1, -10_000])
async def test_what_is_past_rings_at_once(ms: int) -> None:
    bell = Bell()
    bell.set_in(ms)
    assert bell.rung == []
    async with asyncio.timeout(5):
        while not bell.rung:
            await asyncio.sleep(0)


async def test_only_what_was_set_last_counts() -> None:
    bell = Bell()
    bell.set_in(1)
    set_at = bell.set_in(30)
    await until(lambda: bool(bell.rung))
    assert bell.rung[0] - set_at >= 29.9
    assert len(bell.rung) == 1


async def test_it_can_be_set_earlier() -> None:
    bell = Bell()
    bell.set_in(60_000)
    bell.set_in(1)
    await until(lambda: bool(bell.rung))


@pytest.mark.parametrize("how", ["set to nothing", "stopped", "stopped twice"])
async def test_it_can_be_stopped_and_set_again(how: str) -> None:
    bell = Bell()
    bell.set_in(1)
    if how == "set to nothing":
        bell.set_in(None)
    else:
        bell.alarm.stop()
    if how == "stopped twice":
        bell.alarm.stop()
    await asyncio.sleep(0.01)
    assert bell.rung == []
    bell.set_in(1)
    await until(lambda: bool(bell.rung))

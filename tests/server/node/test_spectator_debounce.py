"""Tests of when spectators are counted: a crowd that comes and goes costs a few counts, and the last one is right."""

import asyncio

import pytest

from server.messages import Position
from server.node import spectator_debounce
from server.node.spectator_debounce import SpectatorDebounce
from server.rooms.spectators import Attendance
from tests.server.live import Live, eventually


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectator_debounce, "PAUSE", 0.05)


async def test_a_crowd_is_counted_at_its_first_change_and_after_its_last() -> None:
    counted: list[str] = []
    counting = SpectatorDebounce(counted.append)
    for _ in range(1000):
        counting.changed("crash")
    counting.changed("dice-1")
    assert counted == ["crash", "dice-1"]
    await eventually(lambda: counted == ["crash", "dice-1", "crash"])
    await eventually(lambda: not counting._pauses)
    assert counted == ["crash", "dice-1", "crash"]
    counting.changed("dice-1")
    assert counted[-1] == "dice-1"
    counting.close()


async def test_once_closed_nothing_is_counted_and_no_timer_is_left() -> None:
    counted: list[str] = []
    counting = SpectatorDebounce(counted.append)
    counting.changed("crash")
    counting.changed("crash")
    (timer,) = counting._pauses.values()
    counting.close()
    counting.changed("crash")
    counting.changed("dice-1")
    assert (counted, counting._pauses, timer.cancelled()) == (["crash"], {}, True)


async def test_many_who_come_and_go_are_looked_at_a_few_times(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Watching and going again, 2,000 times among 20 watchers, is not 2,000 looks at all of them."""
    watchers = [await live.spectator() for _ in range(20)]
    room, looks = live.floor.rooms["crash"], 0
    attend = room.audience.attend

    def looked(node: str, attendance: Attendance) -> None:
        nonlocal looks
        looks += 1
        attend(node, attendance)

    monkeypatch.setattr(room.audience, "attend", looked)
    hub, loop = live.floor.hub, asyncio.get_running_loop()
    sockets, began = hub.watchers("crash"), loop.time()
    for _ in range(100):
        for socket in sockets[1:]:
            hub.unwatch(socket, "crash")
            await hub.watch(socket, "crash")
            hub.ready(socket, "crash", Position(room.frames.epoch, room.frames.seq))
        await asyncio.sleep(0)
    assert looks <= 2 + (loop.time() - began) / spectator_debounce.PAUSE
    for watcher in watchers[10:]:
        await watcher.client.close()
    await eventually(lambda: room.audience.spectators == 10)
    await watchers[0].until(lambda: watchers[0].events("spectators")[-1]["count"] == 10 or None)

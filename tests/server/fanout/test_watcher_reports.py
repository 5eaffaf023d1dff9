"""Tests of watcher reports: a crowd that comes and goes causes few reports, and the last one is right."""

import asyncio
from typing import Any, cast

from server.fanout.watcher_reports import WatcherReports
from server.messages import Position
from server.node.node import Times
from tests.server.live_node import Live, OpenLive
from tests.waiting import eventually

PAUSE_S = 0.05


class Watcher:
    def __init__(self, user_id: int | None) -> None:
        self.user_id = user_id


class Node:
    """Watchers by room, and the reports about them."""

    def __init__(self, **rooms: list[int | None]) -> None:
        self.rooms = rooms
        self.told: list[tuple[str, int, dict[int, int]]] = []
        self.reports = WatcherReports(self, self, pause_s=PAUSE_S)

    def watchers(self, room: str) -> Any:
        return [Watcher(user_id) for user_id in self.rooms.get(room, [])]

    def report_watchers(self, room: str, anonymous: int, users: dict[int, int]) -> None:
        self.told.append((room, anonymous, users))


async def test_a_report_counts_anonymous_sockets_and_those_of_each_user() -> None:
    node = Node(crash=[None, 7, None, 8, 7])
    node.reports.changed("crash")
    assert node.told == [("crash", 2, {7: 2, 8: 1})]
    node.reports.close()


async def test_a_crowd_is_reported_at_its_first_change_and_after_its_last() -> None:
    node = Node()
    for _ in range(1000):
        node.reports.changed("crash")
    node.reports.changed("dice-1")
    assert [room for room, *_ in node.told] == ["crash", "dice-1"]
    await eventually(lambda: [room for room, *_ in node.told] == ["crash", "dice-1", "crash"])
    await eventually(lambda: not node.reports._pauses)
    assert len(node.told) == 3
    node.reports.changed("dice-1")
    assert len(node.told) == 4
    node.reports.close()


async def test_after_the_close_there_are_no_reports_and_no_timers() -> None:
    node = Node()
    node.reports.changed("crash")
    node.reports.changed("crash")
    (timer,) = node.reports._pauses.values()
    node.reports.close()
    node.reports.changed("crash")
    node.reports.changed("dice-1")
    assert (len(node.told), node.reports._pauses, timer.cancelled()) == (1, {}, True)


async def test_sockets_that_come_and_go_cause_few_reports(open_live: OpenLive) -> None:
    """Each of 19 sockets stops and starts watching 100 times."""
    live: Live = await open_live(times=Times(watcher_reports=PAUSE_S))
    watchers = [await live.spectator() for _ in range(20)]
    room, loop = live.node.owned_rooms["crash"], asyncio.get_running_loop()
    hub, reports = live.node.hub, 0
    sockets, began = hub.watchers("crash"), loop.time()
    set_watchers = room.set_watchers

    def count(node: str, anonymous: int, users: dict[int, int]) -> None:
        nonlocal reports
        reports += 1
        set_watchers(node, anonymous, users)

    cast(Any, room).set_watchers = count
    for _ in range(100):
        for socket in sockets[1:]:
            hub.unwatch(socket, "crash")
            await hub.watch(socket, "crash")
            hub.ready(socket, "crash", Position(room.frames.epoch, room.frames.seq))
        await asyncio.sleep(0)
    assert reports <= 2 + (loop.time() - began) / PAUSE_S
    for watcher in watchers[10:]:
        await watcher.client.close()
    await eventually(lambda: room.watchers.spectators == 10)
    await watchers[0].until(lambda: watchers[0].spectators()[-1:] == [10] or None)

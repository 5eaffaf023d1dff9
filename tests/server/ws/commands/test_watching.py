"""rooms, watch and unwatch."""

import asyncio
from typing import Any

from server.ws.dependencies import Limits
from tests.server.intercepted_rooms import Call
from tests.server.live_node import Live, OpenLive
from tests.waiting import eventually


async def test_a_snapshot_has_everything_that_a_spectator_may_see(live: Live) -> None:
    ann = await live.player()
    await ann.betting()
    ok = await ann.bet(100, selection={"auto_cashout": 5.0})
    watcher = await live.spectator(None)
    told = await watcher.ask("watch", room="crash")
    snapshot = told["snapshot"]
    assert set(told) == {"room", "epoch", "seq", "snapshot"}
    assert (snapshot["game"], snapshot["round"]["round"], snapshot["paused"]) == ("crash", ok["round"], None)
    assert snapshot["bets"] == [
        {"player": ann.username, "bet": ok["bet"], "amount": 100, "selection": {"auto_cashout": 5.0}}
    ]
    assert [(p["player"], p["away"]) for p in snapshot["players"]] == [(ann.username, False)]
    assert snapshot["view"]["phase"] in ("betting", "running", "settling")
    assert snapshot["you"] is None
    assert snapshot["options"]["betting_ms"] == live.config.crash_betting_ms


async def test_frames_follow_the_snapshot_without_a_gap(open_live: OpenLive) -> None:
    """Whenever a client starts to watch a busy room, or watches it again."""
    live = await open_live(bettors=(), frame_interval_ms=5)
    ann = await live.player()

    async def chatter() -> None:
        while True:
            await ann.ask("chat", room="crash", text="blah")

    talking = asyncio.create_task(chatter())
    watchers = [await live.spectator() for _ in range(10)]
    for _ in range(10):
        for watcher in watchers:
            await watcher.ask("watch", room="crash")
    for watcher in watchers:
        await watcher.event_of("chat", after=len(watcher.events("chat")))
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    assert [watcher.client.gaps for watcher in watchers] == [0] * 10


async def test_a_watcher_that_joins_misses_nothing(live: Live) -> None:
    ann = await live.player(room=None)
    await ann.ask("watch", room="crash")
    name = await ann.betting()
    await ann.join("crash")
    assert (await ann.refused("unwatch", room="crash"))["field"] == "room"
    await ann.ended(name)
    assert ann.client.gaps == 0


async def test_after_unwatch_no_frames_arrive(live: Live) -> None:
    watcher = await live.spectator()
    await watcher.ask("unwatch", room="crash")
    await watcher.ask("unwatch", room="crash")
    heard = len(watcher.seen)
    await (await live.player()).betting()
    await watcher.ask("ping")
    assert len(watcher.seen) == heard
    assert live.node.hub.watchers("crash") != []


async def test_watch_takes_a_room_or_a_session(live: Live) -> None:
    watcher = await live.spectator(None)
    for arguments in ({}, {"room": "crash", "session": 1}):
        error = await watcher.refused("watch", **arguments)
        assert (error["code"], error["field"]) == ("bad_request", "room")


async def test_the_rooms_that_a_connection_watches_are_limited(open_live: OpenLive) -> None:
    live = await open_live(ws_limits=Limits(watched_rooms=3))
    watcher = await live.spectator()
    for _ in range(2):
        ann = await live.player(room="dice")
        await watcher.ask("watch", room=ann.snapshots[0][0])
    extra = (await live.player(room="dice")).snapshots[0][0]
    assert (await watcher.refused("watch", room=extra))["code"] == "limit_exceeded"
    await watcher.ask("watch", room="crash")
    await watcher.ask("unwatch", room="crash")
    await watcher.ask("watch", room=extra)


async def test_a_room_that_closes_while_it_is_being_watched_is_refused(live: Live) -> None:
    """It closes while the watcher waits for the snapshot. The watch fails and leaves nothing behind."""
    ann = await live.player(room="dice")
    room = ann.snapshots[0][0]
    watcher = await live.spectator(None)
    go_on = asyncio.Event()

    async def slow(call: Call) -> Any:
        answer = await call()
        await go_on.wait()
        return answer

    live.rooms.around["snapshot"] = slow
    watching = asyncio.create_task(watcher.refused("watch", room=room))
    await eventually(lambda: len(live.node.hub.watchers(room)) == 2)
    await ann.ask("leave", room=room)
    go_on.set()
    assert (await watching)["code"] == "no_such_room"
    assert live.node.hub.watchers(room) == []
    assert room not in live.node.hub._feeds

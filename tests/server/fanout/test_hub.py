"""The hub: which socket gets which messages, in which order, also while it waits for its snapshot."""

import asyncio

from server.backends.bus import (
    EncodedFrame,
    EncodedPrivateFrame,
    LocalBus,
    PlayerChanged,
    RoomGone,
    SignOut,
    delayed_view,
    room_channel,
    user_channel,
)
from server.fanout.framing import text_frame
from server.fanout.hub import Hub
from server.fanout.outbox import HIGH_WATER
from server.fanout.sockets import LocalSockets
from server.messages import Position
from tests.server.fanout.fakes import FakePlayers, FakeSocket, FakeSource, StillClock
from tests.waiting import eventually

EPOCH = "e1"


def at(seq: int) -> Position:
    return Position(EPOCH, seq)


class Node:
    """A hub and everything that it works with."""

    def __init__(self) -> None:
        self.bus = LocalBus()
        self.clock = StillClock()
        self.sockets = LocalSockets(self.clock)
        self.players = FakePlayers()
        self.source = FakeSource(EPOCH)
        self.hub = Hub(self.bus, self.sockets, self.source, self.players, report_pause_s=0)

    async def socket(self, user_id: int | None = None) -> FakeSocket:
        socket = FakeSocket(self.sockets.flusher, user_id)
        self.sockets.add(socket)
        if user_id is not None:
            await self.hub.sign_in(socket)
        return socket

    async def watcher(self, room: str = "crash") -> FakeSocket:
        socket = await self.socket()
        await self.hub.watch(socket, room)
        self.hub.ready(socket, room, at(0))
        return socket

    def frame(self, seq: int, room: str = "crash", *, without_ticks: bytes | None = None) -> bytes:
        wire = b"%b#%d" % (room.encode(), seq)
        frame = EncodedFrame(room=room, epoch=EPOCH, seq=seq, wire=wire, without_ticks=without_ticks)
        self.bus.publish(room_channel(room), frame)
        return text_frame(wire)


async def turn() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_watchers_get_their_room_s_frames_in_one_write_per_turn() -> None:
    node = Node()
    here, there = await node.watcher("crash"), await node.watcher("dice-1")
    first, second = node.frame(1), node.frame(2)
    await turn()
    assert here.transport.writes == [first + second]
    assert there.transport.writes == []


async def test_frames_are_collected_until_the_snapshot_and_follow_it() -> None:
    node = Node()
    socket = await node.socket()
    await node.hub.watch(socket, "crash")
    node.frame(5)
    node.frame(6)
    after = node.frame(7)
    await turn()
    assert socket.transport.written == b""
    socket.outbox.put(b"snapshot at 6 ")
    node.hub.ready(socket, "crash", at(6))
    later = node.frame(8)
    await turn()
    assert socket.transport.written == b"snapshot at 6 " + after + later


async def test_a_watcher_that_watches_again_misses_nothing_after_its_new_snapshot() -> None:
    node = Node()
    socket = await node.watcher()
    await node.hub.watch(socket, "crash")
    before = node.frame(1)
    after = node.frame(2)
    socket.outbox.put(b"snapshot at 1 ")
    node.hub.ready(socket, "crash", at(1))
    await turn()
    came = socket.transport.written
    assert came.endswith(b"snapshot at 1 " + after)
    assert before not in came.partition(b"snapshot")[2]


async def test_an_unwatched_room_sends_no_more_frames() -> None:
    node = Node()
    socket, other = await node.watcher(), await node.watcher()
    node.hub.unwatch(socket, "crash")
    node.hub.unwatch(socket, "crash")
    frame = node.frame(1)
    await turn()
    assert (socket.transport.written, other.transport.written) == (b"", frame)
    assert node.hub.watchers("crash") == [other]


async def test_ready_after_unwatch_changes_nothing() -> None:
    node = Node()
    socket = await node.socket()
    await node.hub.watch(socket, "dice-1")
    node.hub.unwatch(socket, "dice-1")
    node.hub.ready(socket, "dice-1", at(0))
    assert node.hub.watchers("dice-1") == []
    node.frame(1, "dice-1")
    await turn()
    assert socket.transport.written == b""


async def test_every_change_of_watchers_is_reported() -> None:
    node = Node()
    socket = await node.watcher()
    assert node.source.reported == [("crash", 1)]
    node.hub.unwatch(socket, "crash")
    node.hub.unwatch(socket, "crash")
    await eventually(lambda: node.source.reported == [("crash", 1), ("crash", 0)])


async def test_the_delayed_view_has_its_own_frames() -> None:
    node = Node()
    live, delayed = await node.watcher(), await node.watcher(delayed_view("crash"))
    await eventually(lambda: node.source.reported[-1:] == [("crash", 2)])
    assert set(node.hub.watchers("crash")) == {live, delayed}
    first = node.frame(1)
    await turn()
    assert (live.transport.written, delayed.transport.written) == (first, b"")
    second = node.frame(1, delayed_view("crash"))
    await turn()
    assert (live.transport.written, delayed.transport.written) == (first, second)
    node.bus.publish(room_channel(delayed_view("crash")), RoomGone(delayed_view("crash")))
    assert (live.rooms_closed, delayed.rooms_closed) == ([], ["crash"])


async def test_sockets_of_a_player_who_loses_a_seat_are_reviewed() -> None:
    node = Node()
    ann, twin, bob = await node.socket(1), await node.socket(1), await node.socket(2)
    for socket in (ann, twin, bob, await node.socket()):
        await node.hub.watch(socket, "crash")
        node.hub.ready(socket, "crash", at(0))
    node.frame(1)
    assert (ann.reviews, twin.reviews, bob.reviews) == ([], [], [])
    node.bus.publish(room_channel("crash"), EncodedFrame(room="crash", epoch=EPOCH, seq=2, wire=b"", departed=(1, 3)))
    assert (ann.reviews, twin.reviews, bob.reviews) == (["crash"], ["crash"], [])


async def test_private_messages_reach_all_sockets_of_the_player_only() -> None:
    node = Node()
    one, two, other = await node.socket(7), await node.socket(7), await node.socket(8)
    node.bus.publish(user_channel(7), EncodedPrivateFrame(7, b"psst"))
    await turn()
    assert [s.transport.written for s in (one, two, other)] == [text_frame(b"psst"), text_frame(b"psst"), b""]
    node.hub.disconnect(one)
    node.hub.disconnect(two)
    node.hub.disconnect(two)
    node.bus.publish(user_channel(7), EncodedPrivateFrame(7, b"psst"))
    assert node.sockets.users() == [8]
    assert node.sockets.all() == [other]


async def test_a_sign_out_closes_the_sockets_of_a_sign_in() -> None:
    node = Node()
    old, new = await node.socket(7), await node.socket(7)
    old.token_id, new.token_id = 1, 2
    node.bus.publish(user_channel(7), SignOut(7, "signed_out", only=1))
    assert (old.closes, new.closes) == ([("signed_out", "")], [])
    node.bus.publish(user_channel(7), SignOut(7, "account_disabled"))
    assert new.closes == [("account_disabled", "")]


async def test_watchers_learn_that_their_room_is_closed() -> None:
    node = Node()
    here, there = await node.watcher("dice-1"), await node.watcher("dice-2")
    node.bus.publish(room_channel("dice-1"), RoomGone("dice-1"))
    assert (here.rooms_closed, there.rooms_closed) == (["dice-1"], [])
    await turn()
    assert here.transport.written == b""
    node.bus.publish(room_channel("dice-2"), RoomGone("dice-2", b"the end"))
    await turn()
    assert there.transport.written == text_frame(b"the end")


async def test_only_the_client_that_passed_a_limit_is_closed() -> None:
    node = Node()
    slow, good = await node.watcher(), await node.watcher()
    slow.transport.waiting = HIGH_WATER
    slow.outbox.put(b"x" * 1001)
    frame = node.frame(1)
    await turn()
    assert [name for name, _ in slow.closes] == ["too_slow"]
    assert "1000 bytes" in slow.closes[0][1]
    assert (good.transport.written, good.closes) == (frame, [])


async def test_a_client_that_is_behind_is_retried_although_nothing_new_is_sent() -> None:
    node = Node()
    slow, silent = await node.watcher(), await node.watcher()
    for socket in (slow, silent):
        socket.transport.waiting = HIGH_WATER
    frame = node.frame(1)
    await turn()
    assert slow.outbox.behind
    slow.transport.waiting = 0
    await eventually(lambda: slow.transport.written == frame)
    assert not slow.outbox.behind
    node.clock.ms += 5001
    await eventually(lambda: silent.closes != [])
    assert "5000 ms" in silent.closes[0][1]


async def test_a_disconnected_client_is_not_retried() -> None:
    node = Node()
    slow = await node.watcher()
    slow.transport.waiting = HIGH_WATER
    node.frame(1)
    await turn()
    slow.outbox.closed = True
    node.hub.unwatch(slow, "crash")
    node.hub.disconnect(slow)
    node.clock.ms += 10_000
    other = await node.watcher()
    other.transport.waiting = HIGH_WATER
    frame = node.frame(1)
    await turn()
    other.transport.waiting = 0
    await eventually(lambda: other.transport.written == frame)
    assert slow.closes == []


async def test_only_clients_that_are_behind_get_frames_without_ticks() -> None:
    node = Node()
    slow, good = await node.watcher(), await node.watcher()
    slow.transport.waiting = HIGH_WATER
    first = node.frame(1)
    await turn()
    full = node.frame(2, without_ticks=b"short")
    slow.transport.waiting = 0
    await eventually(lambda: slow.transport.written == first + text_frame(b"short"))
    assert good.transport.written == first + full


async def test_a_change_of_a_player_is_passed_on() -> None:
    node = Node()
    await node.socket(7)
    node.bus.publish(user_channel(7), PlayerChanged(7))
    node.bus.publish(user_channel(8), PlayerChanged(8))
    assert node.players.looked_up == [7]

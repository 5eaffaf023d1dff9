"""Feeds repair gaps: whatever the bus loses, no watcher sees a gap without a snapshot."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.backends.bus import EncodedFrame, LocalBus, NewOwner, room_channel
from server.fanout.framing import text_frame
from server.fanout.hub import Hub
from server.fanout.sockets import LocalSockets
from server.messages import Position
from tests.server.fanout.fakes import FakePlayers, FakeSocket, FakeSource, StillClock, payloads
from tests.waiting import eventually

ROOM = "crash"


class LossyBus(LocalBus):
    def __init__(self) -> None:
        super().__init__()
        self.lost: list[Callable[[], None]] = []

    def on_loss(self, lost: Callable[[], None]) -> None:
        self.lost.append(lost)


class Node:
    """A node that does not own the room: the owner's messages may get lost on the way."""

    def __init__(self, delays: Iterable[int] = (1,), *, give_up_s: float = 15.0) -> None:
        self.bus = LossyBus()
        self.source = FakeSource("e0", delays)
        self.owners = 0
        local = LocalSockets(StillClock())
        self.hub = Hub(
            self.bus,
            local,
            self.source,
            FakePlayers(),
            report_pause_s=0.001,
            feed_retry_s=0.001,
            feed_give_up_s=give_up_s,
        )
        self.sockets: list[FakeSocket] = []

    def publishes(self, *, arrives: bool = True) -> EncodedFrame:
        """The owner publishes its next frame."""
        seq = len(self.source.frames) + 1
        wire = json.dumps({"epoch": self.source.epoch, "seq": seq}).encode()
        frame = EncodedFrame(room=ROOM, epoch=self.source.epoch, seq=seq, wire=wire)
        self.source.frames.append(frame)
        if arrives:
            self.bus.publish(room_channel(ROOM), frame)
        return frame

    def changes_hands(self, *, arrives: bool = True) -> None:
        self.owners += 1
        self.source.epoch, self.source.frames = f"e{self.owners}", []
        if arrives:
            self.bus.publish(room_channel(ROOM), NewOwner(ROOM, self.source.epoch, 0))

    def loses(self) -> None:
        for lost in self.bus.lost:
            lost()

    async def watches(self, user_id: int | None = None, *, seated: bool = False) -> FakeSocket:
        """Watch as a connection does: get a snapshot, then frames."""
        socket, position = await self.asks(user_id, seated=seated)
        self.gets_snapshot(socket, position)
        return socket

    async def asks(self, user_id: int | None = None, *, seated: bool = False) -> tuple[FakeSocket, Position]:
        socket = FakeSocket(self.hub.sockets.flusher, user_id)
        if seated and user_id is not None:
            socket.seated.add(ROOM)
            self.source.seats.add(user_id)
        self.hub.sockets.add(socket)
        self.sockets.append(socket)
        await self.hub.watch(socket, ROOM)
        return socket, (await self.source.snapshot(ROOM, user_id)).at()

    def gets_snapshot(self, socket: FakeSocket, position: Position) -> None:
        socket.outbox.put(snapshot_of(position))
        self.hub.ready(socket, ROOM, position)

    def unwatches(self, socket: FakeSocket) -> None:
        self.hub.unwatch(socket, ROOM)

    async def settled(self) -> None:
        """Wait until every watcher has the room's last frame."""
        await self.settled_but(None)

    async def settled_but(self, late: FakeSocket | None) -> None:
        last = Position(self.source.epoch, len(self.source.frames))

        def all_have_it() -> bool:
            return all(positions(each)[-1:] == [last] for each in self.hub.watchers(ROOM) if each is not late)

        await eventually(all_have_it, "the last frame")


def snapshot_of(at: Position) -> bytes:
    return text_frame(json.dumps({"epoch": at.epoch, "seq": at.seq, "snapshot": {}}).encode())


def positions(socket: Any) -> list[Position]:
    """The client's position after each message. Fails at a gap."""
    found: list[Position] = []
    for payload in payloads(socket.transport.written):
        told = json.loads(payload)
        if "notice" in told:
            continue
        at = Position(told["epoch"], told["seq"])
        if "snapshot" not in told:
            assert found, "a frame before any snapshot"
            assert at == Position(found[-1].epoch, found[-1].seq + 1), f"{at} after {found[-1]}"
        found.append(at)
    return found


async def test_a_lost_frame_is_fetched() -> None:
    node = Node()
    watcher = await node.watches()
    node.publishes()
    node.publishes(arrives=False)
    node.publishes()
    await node.settled()
    assert [at.seq for at in positions(watcher)] == [0, 1, 2, 3]
    assert node.source.asked.count("snapshot") == 1


async def test_a_lost_last_frame_is_fetched_when_the_bus_reports_a_loss() -> None:
    node = Node()
    watcher = await node.watches()
    node.publishes(arrives=False)
    node.loses()
    await node.settled()
    assert [at.seq for at in positions(watcher)] == [0, 1]


async def test_frames_that_are_no_longer_kept_are_replaced_by_a_snapshot() -> None:
    node = Node()
    watcher, other = await node.watches(), await node.watches()
    node.source.kept = 2
    for _ in range(5):
        node.publishes(arrives=False)
    node.publishes()
    await node.settled()
    assert [at.seq for at in positions(watcher)] == [at.seq for at in positions(other)] == [0, 6]
    assert node.source.asked.count("snapshot") == 3, "watchers without a seat share a snapshot"


async def test_under_a_new_owner_all_watchers_get_a_snapshot_and_seats_are_confirmed() -> None:
    node = Node()
    watcher, sitter, gone = await node.watches(), await node.watches(7, seated=True), await node.watches(8, seated=True)
    node.publishes()
    node.source.seats.discard(8)
    node.source.reported.clear()
    node.changes_hands()
    await node.settled()
    node.publishes()
    await node.settled()
    for socket in (watcher, sitter, gone):
        assert positions(socket) == [
            Position("e0", 0),
            Position("e0", 1),
            Position("e1", 0),
            Position("e1", 1),
        ]
    assert (sitter.seated, gone.seated) == ({ROOM}, set())
    await eventually(lambda: node.source.reported[-1:] == [(ROOM, 3)])


async def test_watchers_of_the_previous_owner_see_the_first_frames_of_the_new_one() -> None:
    """They tell what became of the round that was live."""
    node = Node()
    watcher = await node.watches()
    node.changes_hands(arrives=False)
    node.publishes(arrives=False)
    node.publishes()
    await node.settled()
    assert positions(watcher)[1:] == [Position("e1", 0), Position("e1", 1), Position("e1", 2)]


async def test_players_and_watchers_are_reported_again_to_an_owner_that_may_have_forgotten_them() -> None:
    node = Node()
    watcher, sitter = await node.watches(), await node.watches(7, seated=True)
    node.source.reported.clear()
    node.source.away = True
    node.hub.forgotten()
    await eventually(lambda: len(node.source.asked) >= 5)
    node.source.away = False
    await eventually(lambda: "reconnect" in node.source.asked and node.source.reported)
    node.publishes()
    await node.settled()
    assert [at.seq for at in positions(watcher)] == [at.seq for at in positions(sitter)] == [0, 1]


async def test_an_unreachable_owner_is_asked_again() -> None:
    node = Node()
    watcher = await node.watches()
    node.source.away = True
    node.changes_hands()
    asked = len(node.source.asked)
    await eventually(lambda: len(node.source.asked) >= asked + 3)
    assert positions(watcher) == [Position("e0", 0)]
    node.source.away = False
    await node.settled()


async def test_watchers_that_cannot_catch_up_are_closed() -> None:
    node = Node(give_up_s=0.02)
    watcher = await node.watches()
    node.source.away = True
    node.loses()
    await eventually(lambda: watcher.closes)
    assert [name for name, _ in watcher.closes] == ["going_away"]


async def test_a_private_message_that_may_be_lost_is_replaced_by_a_snapshot() -> None:
    node = Node()
    sitter, watcher = await node.watches(7, seated=True), await node.watches()
    node.loses()
    await eventually(lambda: len(positions(sitter)) >= 2)
    await node.settled()
    assert len(positions(watcher)) == 1


async def test_a_snapshot_from_the_previous_owner_is_followed_by_a_new_one() -> None:
    node = Node()
    await node.watches()
    late, position = await node.asks()
    node.changes_hands()
    await node.settled_but(late)
    node.gets_snapshot(late, position)
    await node.settled()
    assert positions(late)[-1] == Position("e1", 0)


async def test_a_snapshot_from_before_frames_that_are_not_kept_is_followed_by_a_new_one() -> None:
    node = Node()
    await node.watches()
    late, position = await node.asks()
    node.publishes()
    node.source.kept = 1
    for arrives in (False, False, True):
        node.publishes(arrives=arrives)
    await node.settled_but(late)
    node.gets_snapshot(late, position)
    await node.settled()


async def test_a_snapshot_that_is_older_than_the_feed_is_followed_by_a_new_one() -> None:
    node = Node()
    late, position = await node.asks()
    node.publishes(arrives=False)
    await node.watches()
    node.gets_snapshot(late, position)
    await node.settled()


async def test_a_snapshot_that_is_newer_than_the_feed_reveals_a_gap() -> None:
    node = Node()
    await node.watches()
    node.publishes(arrives=False)
    await node.watches()
    await node.settled()


async def test_the_first_snapshots_may_come_from_two_owners() -> None:
    node = Node()
    late, position = await node.asks()
    node.changes_hands()
    await node.watches()
    node.gets_snapshot(late, position)
    await node.settled()


async def test_a_loss_at_the_moment_when_catching_up_ends_is_repaired_too() -> None:
    node = Node()
    sitter = await node.watches(7, seated=True)
    node.loses()
    feed = node.hub._feeds[ROOM]
    async with asyncio.timeout(10):
        while feed._catching_up is None or not feed._catching_up.done():
            await asyncio.sleep(0)
    node.loses()
    await eventually(lambda: len(positions(sitter)) == 3)


@pytest.mark.parametrize("delays", [0, 1])
async def test_the_previous_owner_s_last_frame_may_come_after_the_new_owner_s_first(delays: int) -> None:
    node = Node((delays,))
    watcher = await node.watches()
    late = node.publishes(arrives=False)
    node.changes_hands()
    node.publishes()
    await node.settled()
    node.bus.publish(room_channel(ROOM), late)
    feed = node.hub._feeds[ROOM]
    await eventually(lambda: feed._catching_up is None or feed._catching_up.done())
    node.publishes()
    await node.settled()
    assert watcher.closes == []


async def test_an_unsuccessful_catch_up_does_not_block_the_event_loop() -> None:
    node = Node((0,))
    await node.watches()
    node.bus.publish(room_channel(ROOM), EncodedFrame(room=ROOM, epoch="e0", seq=7, wire=b"never published"))
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(0.01)
    assert asyncio.get_running_loop().time() - began < 1


STEPS = (
    "publish",
    "lose",
    "owner",
    "lost owner",
    "loss",
    "watch",
    "sit",
    "unwatch",
    "away",
    "back",
    "forget",
    "publish",
    "turn",
    "turn",
    "turn",
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(STEPS), max_size=40), st.lists(st.integers(0, 6), min_size=1, max_size=5))
async def test_no_watcher_sees_a_gap_despite_losses(steps: list[str], delays: list[int]) -> None:
    node = Node(delays)
    watching: list[asyncio.Task[FakeSocket]] = []
    do: dict[str, Callable[[], Any]] = {
        "publish": node.publishes,
        "lose": lambda: node.publishes(arrives=False),
        "owner": node.changes_hands,
        "lost owner": lambda: node.changes_hands(arrives=False),
        "loss": node.loses,
        "watch": lambda: watching.append(asyncio.create_task(node.watches())),
        "sit": lambda: watching.append(asyncio.create_task(node.watches(7, seated=True))),
        "unwatch": lambda: list(map(node.unwatches, node.sockets[:1])),
        "away": lambda: None if any(not each.done() for each in watching) else setattr(node.source, "away", True),
        "back": lambda: setattr(node.source, "away", False),
        "turn": lambda: None,
        "forget": lambda: setattr(node.source, "kept", 1),
    }
    for step in steps:
        if step in ("watch", "sit"):
            node.source.away = False
        do[step]()
        if step == "turn":
            await asyncio.sleep(0)
    node.source.away = False
    await asyncio.gather(*watching)
    node.loses()
    node.publishes()
    await node.settled()

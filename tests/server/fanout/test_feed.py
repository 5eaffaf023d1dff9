"""Tests of bringing watchers back into line: whatever the bus loses, nobody sees a gap that he is not told of."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.backends.bus import EncodedFrame, LocalBus, NewOwner, room_channel
from server.fanout import feed
from server.fanout.framing import text_frame
from server.fanout.hub import Hub
from server.messages import Position
from tests.server.fanout.fakes import FakeSocket, FakeSource, StillClock, payloads

ROOM = "crash"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "ASK_AGAIN", 0.001)


class LossyBus(LocalBus):
    def __init__(self) -> None:
        super().__init__()
        self.lost: list[Callable[[], None]] = []

    def on_loss(self, lost: Callable[[], None]) -> None:
        self.lost.append(lost)


class Node:
    """A node far from the room's owner: what the owner says may get lost on the way."""

    def __init__(self, ways: Iterable[int] = (1,)) -> None:
        self.bus = LossyBus()
        self.source = FakeSource("e0", ways)
        self.owners = 0
        self.reported: list[str] = []
        self.hub = Hub(self.bus, StillClock(), self.reported.append)
        self.hub.source = self.source
        self.sockets: list[FakeSocket] = []

    def says(self, *, heard: bool = True) -> EncodedFrame:
        """The owner's next frame."""
        seq = len(self.source.frames) + 1
        wire = json.dumps({"epoch": self.source.epoch, "seq": seq}).encode()
        frame = EncodedFrame(ROOM, self.source.epoch, seq, wire)
        self.source.frames.append(frame)
        if heard:
            self.bus.publish(room_channel(ROOM), frame)
        return frame

    def changes_hands(self, *, heard: bool = True) -> None:
        self.owners += 1
        self.source.epoch, self.source.frames = f"e{self.owners}", []
        if heard:
            self.bus.publish(room_channel(ROOM), NewOwner(ROOM, self.source.epoch, 0))

    def loses(self) -> None:
        for lost in self.bus.lost:
            lost()

    async def watches(self, user_id: int | None = None, *, seated: bool = False) -> FakeSocket:
        """As a connection does: what is to be seen, then what comes."""
        socket, standing = await self.asks(user_id, seated=seated)
        self.is_told(socket, standing)
        return socket

    async def asks(self, user_id: int | None = None, *, seated: bool = False) -> tuple[FakeSocket, Position]:
        socket = FakeSocket(self.hub.mark, user_id)
        if seated and user_id is not None:
            socket.seated.add(ROOM)
            self.source.seats.add(user_id)
        self.hub.connect(socket)
        self.sockets.append(socket)
        await self.hub.watch(socket, ROOM)
        return socket, (await self.source.standing(ROOM, user_id)).at()

    def is_told(self, socket: FakeSocket, standing: Position) -> None:
        socket.outbox.put(snapshot_of(standing))
        self.hub.ready(socket, ROOM, standing)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await asyncio.sleep(0.001)

    def unwatches(self, socket: FakeSocket) -> None:
        self.hub.unwatch(socket, ROOM)

    async def settled(self) -> None:
        """Wait until every watcher stands where the room stands."""
        await self.settled_but(None)

    async def settled_but(self, late: FakeSocket | None) -> None:
        last = Position(self.source.epoch, len(self.source.frames))
        async with asyncio.timeout(10):
            while not all(standings(each)[-1:] == [last] for each in self.hub.watchers(ROOM) if each is not late):
                await asyncio.sleep(0.001)


def snapshot_of(at: Position) -> bytes:
    return text_frame(json.dumps({"epoch": at.epoch, "seq": at.seq, "snapshot": {}}).encode())


def standings(socket: Any) -> list[Position]:
    """Where a client stands after each message. Fails at a gap that it was not told of."""
    stood: list[Position] = []
    for payload in payloads(socket.transport.written):
        told = json.loads(payload)
        if "notice" in told:
            continue
        at = Position(told["epoch"], told["seq"])
        if "snapshot" not in told:
            assert stood, "a frame before any snapshot"
            assert at == Position(stood[-1].epoch, stood[-1].seq + 1), f"{at} after {stood[-1]}"
        stood.append(at)
    return stood


async def test_a_lost_frame_is_asked_for() -> None:
    node = Node()
    watcher = await node.watches()
    node.says()
    node.says(heard=False)
    node.says()
    await node.settled()
    assert [at.seq for at in standings(watcher)] == [0, 1, 2, 3]
    assert node.source.asked.count("standing") == 1


async def test_a_lost_last_frame_is_asked_for_when_something_may_be_missing() -> None:
    node = Node()
    watcher = await node.watches()
    node.says(heard=False)
    node.loses()
    await node.settled()
    assert [at.seq for at in standings(watcher)] == [0, 1]


async def test_frames_that_nobody_has_any_more_are_replaced_by_a_snapshot() -> None:
    node = Node()
    watcher, other = await node.watches(), await node.watches()
    node.source.kept = 2
    for _ in range(5):
        node.says(heard=False)
    node.says()
    await node.settled()
    assert [at.seq for at in standings(watcher)] == [at.seq for at in standings(other)] == [0, 6]
    assert node.source.asked.count("standing") == 3, "those without a seat share a snapshot"


async def test_under_a_new_owner_everybody_gets_a_snapshot_and_seats_are_taken_again() -> None:
    node = Node()
    watcher, sitter, gone = await node.watches(), await node.watches(7, seated=True), await node.watches(8, seated=True)
    node.says()
    node.source.seats.discard(8)
    node.reported.clear()
    node.changes_hands()
    await node.settled()
    node.says()
    await node.settled()
    for socket in (watcher, sitter, gone):
        assert standings(socket) == [
            Position("e0", 0),
            Position("e0", 1),
            Position("e1", 0),
            Position("e1", 1),
        ]
    assert (sitter.seated, gone.seated) == ({ROOM}, set())
    assert node.reported == [ROOM]


async def test_who_comes_from_the_last_owner_hears_how_the_next_one_began() -> None:
    """Its first frames say what became of the round that was under way."""
    node = Node()
    watcher = await node.watches()
    node.changes_hands(heard=False)
    node.says(heard=False)
    node.says()
    await node.settled()
    assert standings(watcher)[1:] == [Position("e1", 0), Position("e1", 1), Position("e1", 2)]


async def test_an_owner_that_may_have_forgotten_who_is_here_is_told_again() -> None:
    node = Node()
    watcher, sitter = await node.watches(), await node.watches(7, seated=True)
    node.reported.clear()
    node.source.away = True
    node.hub.forgotten()
    async with asyncio.timeout(10):
        while len(node.source.asked) < 5:
            await asyncio.sleep(0.001)
    node.source.away = False
    async with asyncio.timeout(10):
        while "attached" not in node.source.asked or not node.reported:
            await asyncio.sleep(0.001)
    node.says()
    await node.settled()
    assert [at.seq for at in standings(watcher)] == [at.seq for at in standings(sitter)] == [0, 1]


async def test_while_the_owner_is_away_it_is_asked_again() -> None:
    node = Node()
    watcher = await node.watches()
    node.source.away = True
    node.changes_hands()
    asked = len(node.source.asked)
    async with asyncio.timeout(10):
        while len(node.source.asked) < asked + 3:
            await asyncio.sleep(0.001)
    assert standings(watcher) == [Position("e0", 0)]
    node.source.away = False
    await node.settled()


async def test_who_can_t_be_brought_into_line_is_sent_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "GIVE_UP", 0.02)
    node = Node()
    watcher = await node.watches()
    node.source.away = True
    node.loses()
    async with asyncio.timeout(10):
        while not watcher.closes:
            await asyncio.sleep(0.001)
    assert [name for name, _ in watcher.closes] == ["going_away"]


async def test_a_private_message_that_may_be_lost_is_made_up_for_by_a_snapshot() -> None:
    node = Node()
    sitter, watcher = await node.watches(7, seated=True), await node.watches()
    node.loses()
    async with asyncio.timeout(10):
        while len(standings(sitter)) < 2:
            await asyncio.sleep(0.001)
    await node.settled()
    assert len(standings(watcher)) == 1


async def test_an_answer_from_the_last_owner_is_followed_by_a_snapshot() -> None:
    node = Node()
    await node.watches()
    late, standing = await node.asks()
    node.changes_hands()
    await node.settled_but(late)
    node.is_told(late, standing)
    await node.settled()
    assert standings(late)[-1] == Position("e1", 0)


async def test_an_answer_from_before_frames_that_nobody_has_is_followed_by_a_snapshot() -> None:
    node = Node()
    await node.watches()
    late, standing = await node.asks()
    node.says()
    node.source.kept = 1
    for heard in (False, False, True):
        node.says(heard=heard)
    await node.settled_but(late)
    node.is_told(late, standing)
    await node.settled()


async def test_an_answer_that_is_behind_what_all_others_know_is_followed_by_a_snapshot() -> None:
    node = Node()
    late, standing = await node.asks()
    node.says(heard=False)
    await node.watches()
    node.is_told(late, standing)
    await node.settled()


async def test_an_answer_that_is_ahead_shows_what_the_others_have_missed() -> None:
    node = Node()
    await node.watches()
    node.says(heard=False)
    await node.watches()
    await node.settled()


async def test_the_first_answers_may_come_from_two_owners() -> None:
    node = Node()
    late, standing = await node.asks()
    node.changes_hands()
    await node.watches()
    node.is_told(late, standing)
    await node.settled()


async def test_what_is_missed_in_the_moment_when_all_were_in_line_is_made_up_for_too() -> None:
    node = Node()
    sitter = await node.watches(7, seated=True)
    node.loses()
    feed = node.hub._feeds[ROOM]
    async with asyncio.timeout(10):
        while feed._catching_up is None or not feed._catching_up.done():
            await asyncio.sleep(0)
    node.loses()
    await node.until(lambda: len(standings(sitter)) == 3)


@pytest.mark.parametrize("ways", [0, 1])
async def test_the_last_owner_s_last_frame_may_come_after_the_next_one_s_first(ways: int) -> None:
    node = Node((ways,))
    watcher = await node.watches()
    late = node.says(heard=False)
    node.changes_hands()
    node.says()
    await node.settled()
    node.bus.publish(room_channel(ROOM), late)
    async with asyncio.timeout(5):
        while (catching_up := node.hub._feeds[ROOM]._catching_up) is not None and not catching_up.done():
            await asyncio.sleep(0.001)
    node.says()
    await node.settled()
    assert watcher.closes == []


async def test_who_asks_in_vain_keeps_nobody_from_his_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "GIVE_UP", 2.0)
    node = Node((0,))
    await node.watches()
    node.bus.publish(room_channel(ROOM), EncodedFrame(ROOM, "e0", 7, b"never said"))
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(0.01)
    assert asyncio.get_running_loop().time() - began < 1


STEPS = (
    *("says", "mute", "owner", "mute owner", "loss", "watch", "sit", "unwatch", "away", "back", "forget"),
    *("says", "turn", "turn", "turn"),
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(STEPS), max_size=40), st.lists(st.integers(0, 6), min_size=1, max_size=5))
async def test_whatever_gets_lost_nobody_sees_a_gap(steps: list[str], ways: list[int]) -> None:
    node = Node(ways)
    watching: list[asyncio.Task[FakeSocket]] = []
    do: dict[str, Callable[[], Any]] = {
        "says": node.says,
        "mute": lambda: node.says(heard=False),
        "owner": node.changes_hands,
        "mute owner": lambda: node.changes_hands(heard=False),
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
    node.says()
    await node.settled()

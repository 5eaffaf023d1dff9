"""Tests of which rooms a node takes: its share, those of the dead, and no more; and what is swept away."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable
from math import ceil, inf
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field

from game_engine.games import crash
from server.errors import UnreachableError
from server.node import placement
from server.node.placement import Placement, favourite, shares_of
from storage import game_sessions, open_rounds
from storage.game_sessions import NewSession
from storage.settlement import OpenRound
from tests.server.live import ShakyStore, eventually, usual_games
from tests.server.several import Node, OpenFloor, SharedFloor, twin
from tests.storage.world import World as Books

NAMES = st.text("abcdefgh", min_size=1, max_size=6)
ROOMS, NODES = st.sets(NAMES, max_size=20), st.sets(NAMES, min_size=1, max_size=6)


@given(ROOMS, NODES)
def test_every_room_has_a_node_and_no_node_more_than_its_share(rooms: set[str], nodes: set[str]) -> None:
    shares = shares_of(rooms, nodes)
    assert shares.keys() == rooms
    loads = Counter(shares.values())
    assert loads.keys() <= nodes
    assert max(loads.values(), default=0) <= ceil(len(rooms) / len(nodes))


@given(ROOMS, NODES, st.randoms(use_true_random=False))
def test_all_nodes_come_to_the_same_shares(rooms: set[str], nodes: set[str], random: Any) -> None:
    """Each reckons for itself, and hears of rooms and nodes in an order of its own."""
    shuffled = [sorted(rooms), sorted(nodes)]
    for each in shuffled:
        random.shuffle(each)
    assert shares_of(*shuffled) == shares_of(rooms, nodes)
    for room in rooms:
        assert favourite(room, shuffled[1]) == favourite(room, nodes)


@given(NAMES, NODES, NAMES)
def test_a_room_is_nobody_else_s_favourite_when_another_node_goes(room: str, nodes: set[str], gone: str) -> None:
    first = favourite(room, nodes | {gone})
    if first in nodes:
        assert favourite(room, nodes) == first
    else:
        assert favourite(room, nodes) in nodes


def test_few_rooms_move_when_a_node_comes_or_goes() -> None:
    """Over many floors hardly more than have to; if every room were dealt anew, it would be five of six."""
    moved = needed = 0
    for number in range(100):
        rooms = [f"game{number}-{n}" for n in range(24)]
        nodes = [f"node{number}-{n}" for n in range(6)]
        before, after = shares_of(rooms, nodes[:-1]), shares_of(rooms, nodes)
        moved += sum(before[room] != after[room] for room in rooms)
        needed += Counter(after.values())[nodes[-1]]
    assert moved <= 2 * needed
    assert needed >= 300


# ---- keepers of nodes that are no more than a name ----


class OnRecord(Struct):
    """Who is alive and who owns what, alive or not."""

    alive: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    away: bool = False


class SomeLease:
    """As much of a lease as a keeper asks."""

    def __init__(self, record: OnRecord, node: str) -> None:
        self.record = record
        self.node = node

    async def nodes(self) -> list[str]:
        if self.record.away:
            raise UnreachableError("switched off by the test")
        return list(self.record.alive)

    async def orphans(self) -> list[str]:
        return [room for room, node in self.record.owners.items() if node not in self.record.alive]

    async def unowned(self, rooms: Iterable[str]) -> list[str]:
        return [room for room in rooms if room not in self.record.owners]


class SomeDirectory:
    """As much of a directory as a keeper asks."""

    def __init__(self, record: OnRecord) -> None:
        self.record = record

    async def private_rooms(self) -> dict[str, None]:
        return dict.fromkeys(self.record.private)

    def forget_private(self, room: str) -> None:
        self.record.private.discard(room)


class SomeRoom:
    """A room that hears which nodes are alive."""

    def __init__(self) -> None:
        self.audience = self.stays = self
        self.heard: list[list[str]] = []

    def only_nodes(self, alive: Collection[str]) -> None:
        self.heard.append(list(alive))


class SomeFloor:
    """A node: it takes rooms at once, and hands them over when the test says so."""

    def __init__(self, record: OnRecord, node: str) -> None:
        self.games = {**usual_games(), **{name: twin(name) for name in ("boom", "fizz", "puff")}}
        self.rooms: dict[str, Any] = {}
        self.lease: Any = SomeLease(record, node)
        self.directory: Any = SomeDirectory(record)
        self.fails_at: dict[str, Exception] = {}
        self.leaving: list[str] = []
        self.heard: list[list[str]] = []
        self.round_over = asyncio.Event()

    def only_nodes(self, alive: Collection[str]) -> None:
        self.heard.append(list(alive))

    async def take(self, key: str) -> None:
        await asyncio.sleep(0)
        if key in self.fails_at:
            raise self.fails_at[key]
        record = self.lease.record
        if record.owners.get(key) not in record.alive:
            record.owners[key] = self.lease.node
            self.rooms[key] = SomeRoom()

    async def hand_over(self, key: str) -> None:
        self.leaving.append(key)
        await self.round_over.wait()
        del self.rooms[key], self.lease.record.owners[key]


class Several:
    """Nodes by name, each with its keeper, over one record and one database."""

    def __init__(self, db: ShakyStore) -> None:
        self.db = db
        self.record = OnRecord()
        self.floors: dict[str, SomeFloor] = {}
        self.keepers: dict[str, Placement] = {}

    async def start(self, name: str) -> SomeFloor:
        floor = self.floors[name] = SomeFloor(self.record, name)
        self.record.alive.append(name)
        self.keepers[name] = Placement(cast(Any, floor), self.db)
        await self.keepers[name].open_first()
        return floor

    async def look(self, *names: str) -> None:
        for name in names or tuple(self.record.alive):
            await self.keepers[name].look()

    def rooms(self, name: str) -> set[str]:
        return set(self.floors[name].rooms)


PUBLIC = {"boom", "crash", "fizz", "puff"}


@pytest.fixture
def several(db: ShakyStore) -> Several:
    return Several(db)


async def test_who_is_alone_takes_all_at_its_start(several: Several) -> None:
    several.record.owners = {"dice-abc": "dead", "crash": "dead"}
    await several.start("a")
    assert several.rooms("a") == PUBLIC | {"dice-abc"}


async def test_a_node_that_comes_gets_its_share_once_it_has_been_there_for_a_while(
    several: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = await several.start("a")
    b = await several.start("b")
    await several.look()
    assert (a.leaving, b.rooms) == ([], {})
    monkeypatch.setattr(placement, "SETTLED_IN", -1.0)
    due = {room for room, node in shares_of(PUBLIC, ["a", "b"]).items() if node == "b"}
    for _ in range(3):
        await several.look()
        await asyncio.sleep(0)
    assert sorted(a.leaving) == sorted(due), "each is handed over once, however long its round lasts"
    a.round_over.set()
    await eventually(lambda: not due & several.rooms("a"))
    await several.look()
    assert (several.rooms("a"), several.rooms("b")) == (PUBLIC - due, due)
    await several.look()
    assert len(a.leaving) == len(due) == 2


async def test_rooms_of_a_dead_node_are_shared_among_those_that_are_left(several: Several) -> None:
    several.record.owners = {f"dice-{n}": "c" for n in range(40)} | dict.fromkeys(PUBLIC, "c")
    several.record.alive = ["c"]
    await several.start("a")
    await several.start("b")
    assert several.rooms("a") == several.rooms("b") == set()
    several.record.alive.remove("c")
    await several.look()
    assert several.rooms("a") | several.rooms("b") == several.record.owners.keys()
    assert several.rooms("a") & several.rooms("b") == set()
    for name in ("a", "b"):
        assert len(several.rooms(name) & PUBLIC) == 2
        assert len(several.rooms(name)) > 10
        assert several.floors[name].heard[-1] == ["a", "b"]


async def test_what_the_node_whose_turn_it_is_does_not_take_another_one_does(
    several: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    await several.start("a")
    several.record.alive.append("asleep")
    several.record.owners = {}
    several.floors["a"].rooms.clear()
    await several.look("a")
    shares = shares_of(PUBLIC, ["a", "asleep"])
    assert several.rooms("a") == {room for room, node in shares.items() if node == "a"}
    monkeypatch.setattr(placement, "PATIENCE", -1.0)
    await several.look("a")
    assert several.rooms("a") == PUBLIC


async def test_who_is_not_alive_itself_takes_nothing(several: Several) -> None:
    await several.start("a")
    several.record.alive, several.record.owners = ["b"], {"dice-1": "dead"}
    several.floors["a"].rooms.clear()
    await several.look("a")
    assert several.rooms("a") == set()


async def test_a_room_that_can_t_be_taken_does_not_keep_others_from_it(several: Several) -> None:
    await several.start("a")
    several.floors["a"].fails_at = {"boom": UnreachableError("switched off by the test")}
    several.record.owners = {}
    several.floors["a"].rooms.clear()
    with pytest.raises(UnreachableError):
        await several.look("a")
    assert several.rooms("a") == PUBLIC - {"boom"}
    several.floors["a"].fails_at = {}
    await several.look("a")
    assert several.rooms("a") == PUBLIC


async def test_rooms_hear_who_is_alive(several: Several) -> None:
    await several.start("a")
    several.record.alive.append("b")
    await several.look("a")
    assert several.floors["a"].rooms["crash"].heard[-2:] == [["a", "b"], ["a", "b"]]


@pytest.mark.parametrize("failure", [UnreachableError("away"), ZeroDivisionError("odd")])
async def test_a_look_that_fails_is_not_the_last(
    several: Several, failure: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(placement, "LOOK_EVERY", 0.005)
    monkeypatch.setattr(placement, "SWEEP_EVERY", inf)
    await several.start("a")
    floor = several.floors["a"]
    floor.fails_at["boom"] = failure
    several.record.owners = {}
    floor.rooms.clear()
    looking = asyncio.create_task(several.keepers["a"].keep_for_ever())
    await eventually(lambda: "looking for rooms" in caplog.text or "can't look for rooms" in caplog.text)
    floor.fails_at.clear()
    await eventually(lambda: several.rooms("a") == PUBLIC)
    looking.cancel()
    await asyncio.wait([looking])


# ---- what belongs to nobody any more ----


async def leftovers(several: Several, *rooms: str) -> None:
    """An open round and a player's session in each of the rooms."""
    books = Books(several.db)
    user_id = await books.player()
    await game_sessions.end_sessions(several.db, [books.sessions[user_id]])
    for room in rooms:
        opened = OpenRound(books.games["crash"], room, 1, "h" * 64, 1, b"{}", 1_795_000_000_000)
        await open_rounds.open_round(several.db, opened)
        await game_sessions.start_sessions(several.db, [NewSession(user_id, books.games["crash"], room)])


async def still_open(several: Several) -> set[str]:
    stays = await game_sessions.rooms_with_open_sessions(several.db)
    assert set(await open_rounds.rooms_left_open(several.db)) == stays.keys()
    return set(stays)


async def test_a_start_alone_ends_at_once_what_is_nobody_s(several: Several) -> None:
    await leftovers(several, "dice-1", "dice-2")
    several.record.owners = {"dice-2": "dead"}
    await several.start("a")
    assert await still_open(several) == {"dice-2"}, "its next owner sees to that"


async def test_a_sweep_ends_only_what_was_nobody_s_twice(several: Several, monkeypatch: pytest.MonkeyPatch) -> None:
    """A room may be on its way from one node to the next."""
    monkeypatch.setattr(placement, "SWEEP_EVERY", -1.0)
    await several.start("a")
    await leftovers(several, "dice-1", "dice-2", "dice-3")
    several.record.owners |= {"dice-1": "a"}
    await several.look("a")
    assert await still_open(several) == {"dice-1", "dice-2", "dice-3"}
    several.record.owners |= {"dice-2": "a"}  # it has come
    await several.look("a")
    assert await still_open(several) == {"dice-1", "dice-2"}
    del several.record.owners["dice-2"]
    await several.look("a")
    assert await still_open(several) == {"dice-1", "dice-2"}, "it was nobody's before, but not the last time"
    await several.look("a")
    assert await still_open(several) == {"dice-1"}


async def test_private_rooms_that_are_nobody_s_are_forgotten(several: Several, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "SWEEP_EVERY", -1.0)
    several.record.owners["crash-1"] = "a"
    several.record.private = {"crash-1", "crash-2"}
    await several.start("a")
    assert several.record.private == {"crash-1"}
    several.record.private.add("crash-3")
    await several.look("a")
    assert several.record.private == {"crash-1", "crash-3"}, "it may just be on its way"
    await several.look("a")
    assert several.record.private == {"crash-1"}


# ---- nodes that play ----


def public_of(node: Node) -> int:
    return sum(room.is_public for room in node.floor.rooms.values())


async def test_a_node_that_joins_gets_its_share_when_rounds_end_and_everybody_keeps_the_seat(
    open_floor: OpenFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "SETTLED_IN", 0.3)
    monkeypatch.setattr(crash, "point_of", lambda _draw: 110)  # rounds of chance length may take minutes
    floor: SharedFloor = await open_floor(1, twins=("boom", "fizz", "puff"))
    (first,) = floor.nodes
    ann = await first.player()
    for room in ("boom", "fizz", "puff"):
        await ann.ask("join", room=room)
    assert public_of(first) == 4
    second = await floor.joins()
    await eventually(lambda: public_of(first) == public_of(second) == 2, "an even share")
    moved = sorted(second.floor.rooms)
    for room in moved:
        await ann.event_of("player_back", room=room, player=ann.username)
        ended = {event["round"] for event in ann.events("round_ended", room)}
        opened = {event["round"] for event in ann.events("round_opened", room)}
        assert ann.events("round_void", room) == []
        last = max(opened - ended, default=f"{room}.0", key=lambda name: int(name.split(".")[1]))
        assert opened - ended <= {last}, "every round that was played has come to its end"
        await ann.ask("chat", room=room, text="still here")
    assert ann.client.gaps == 0
    sessions = await first.rows("SELECT room FROM game_sessions WHERE ended_at IS NULL ORDER BY room")
    assert [row.room for row in sessions] == ["boom", "crash", "fizz", "puff"]


async def test_when_a_node_dies_the_others_have_all_rooms_soon(open_floor: OpenFloor) -> None:
    floor = await open_floor(3, twins=("boom", "fizz"), crash_betting_ms=600_000)
    owner, other = await floor.owner_and_other()
    bob = await other.player()
    await owner.player(room="dice")
    dice = next(key for key in owner.floor.rooms if key.startswith("dice-"))
    rooms = {key for node in floor.nodes for key in node.floor.rooms}
    await owner.die()
    await eventually(lambda: {key for node in floor.alive() for key in node.floor.rooms} == rooms)
    assert floor.owner(dice) is not None
    assert (await bob.ask("rooms"))["rooms"] != []


async def test_who_hung_together_with_redis_is_given_time_to_come_back(
    several: Several, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "COME_BACK_IN", 0.2)
    await several.start("a")
    several.record.owners["dice-abc"] = "b"
    several.record.away = True
    with pytest.raises(UnreachableError):
        await several.look("a")
    several.record.away = False
    await several.look("a")
    assert "dice-abc" not in several.rooms("a")
    await asyncio.sleep(0.2)
    await several.look("a")
    assert "dice-abc" in several.rooms("a")

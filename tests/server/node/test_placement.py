"""Tests of placement: a node takes its share of the public rooms and the rooms of dead nodes, and sweeps up."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from math import ceil, inf
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field

from game_engine.games import crash
from server.backends.journal import LocalJournal
from server.errors import UnreachableError
from server.node.node import Times
from server.node.placement import Placement, PlacementTimes, ranking, shares_of
from storage import game_sessions, open_rounds
from storage.game_sessions import NewSession
from storage.settlement import OpenRound
from tests.server.live_cluster import LiveCluster, LiveNode, OpenCluster, twin
from tests.server.live_node import usual_games
from tests.server.shaky_store import ShakyStore
from tests.storage.world import World as Books
from tests.waiting import eventually

NAMES = st.text("abcdefgh", min_size=1, max_size=6)
ROOMS, NODES = st.sets(NAMES, max_size=20), st.sets(NAMES, min_size=1, max_size=6)


@given(ROOMS, NODES)
def test_every_room_has_a_node_and_no_node_has_more_than_its_share(rooms: set[str], nodes: set[str]) -> None:
    shares = shares_of(rooms, nodes)
    assert shares.keys() == rooms
    loads = Counter(shares.values())
    assert loads.keys() <= nodes
    assert max(loads.values(), default=0) <= ceil(len(rooms) / len(nodes))


@given(ROOMS, NODES, st.randoms(use_true_random=False))
def test_all_nodes_compute_the_same_shares(rooms: set[str], nodes: set[str], random: Any) -> None:
    """Each node computes for itself, from rooms and nodes in any order."""
    shuffled = [sorted(rooms), sorted(nodes)]
    for each in shuffled:
        random.shuffle(each)
    assert shares_of(*shuffled) == shares_of(rooms, nodes)
    for room in rooms:
        assert ranking(room, shuffled[1]) == ranking(room, nodes)


@given(NAMES, NODES, NAMES)
def test_the_first_choice_for_a_room_stays_when_another_node_goes(room: str, nodes: set[str], gone: str) -> None:
    first = ranking(room, nodes | {gone})[0]
    if first in nodes:
        assert ranking(room, nodes)[0] == first
    else:
        assert ranking(room, nodes)[0] in nodes


def test_few_rooms_move_when_a_node_comes_or_goes() -> None:
    """Hardly more than necessary, over many clusters. If shares were dealt again, five of six rooms would move."""
    moved = needed = 0
    for number in range(100):
        rooms = [f"game{number}-{n}" for n in range(24)]
        nodes = [f"node{number}-{n}" for n in range(6)]
        before, after = shares_of(rooms, nodes[:-1]), shares_of(rooms, nodes)
        moved += sum(before[room] != after[room] for room in rooms)
        needed += Counter(after.values())[nodes[-1]]
    assert moved <= 2 * needed
    assert needed >= 300


# ---- placements of nodes without rooms or sockets ----


class OnRecord(Struct):
    """The nodes that are alive, and the owners of rooms, alive or not."""

    alive: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    away: bool = False


class SomeLease:
    """The part of a lease that a placement uses."""

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
    """The part of a directory that a placement uses."""

    def __init__(self, record: OnRecord) -> None:
        self.record = record

    async def private_rooms(self) -> dict[str, None]:
        return dict.fromkeys(self.record.private)

    def forget_private(self, room: str) -> None:
        self.record.private.discard(room)


class SomeRoom:
    """A room that keeps the lists of living nodes which it gets."""

    def __init__(self) -> None:
        self.heard: list[list[str]] = []

    def keep_nodes(self, alive: Collection[str]) -> None:
        self.heard.append(list(alive))


class SomeNode:
    """The parts of a node that a placement uses: rooms are taken at once, and handed over when the test says so."""

    def __init__(self, db: ShakyStore, record: OnRecord, node: str) -> None:
        self.db = db
        self.rooms: dict[str, Any] = {}
        self.lease = SomeLease(record, node)
        self.directory = SomeDirectory(record)
        self.journal = LocalJournal()
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

    async def void_rounds(self, key: str) -> None:
        await open_rounds.void_open_rounds(self.db, key, "restart")

    async def hand_over(self, key: str) -> None:
        self.leaving.append(key)
        await self.round_over.wait()
        del self.rooms[key], self.lease.record.owners[key]


class Several:
    """Nodes by name, each with its placement, over one record and one database."""

    def __init__(self, db: ShakyStore) -> None:
        self.db = db
        self.games = {**usual_games(), **{name: twin(name) for name in ("boom", "fizz", "puff")}}
        self.record = OnRecord()
        self.nodes: dict[str, SomeNode] = {}
        self.placements: dict[str, Placement] = {}

    async def start(self, name: str, **times: float) -> SomeNode:
        node = self.nodes[name] = SomeNode(self.db, self.record, name)
        self.record.alive.append(name)
        parts = cast(Any, node)
        self.placements[name] = Placement(
            self.games,
            self.db,
            parts,
            owned_rooms=parts.rooms,
            opener=parts,
            closer=parts,
            router=parts,
            times=PlacementTimes(**times),
        )
        await self.placements[name].open_first()
        return node

    async def look(self, *names: str) -> None:
        for name in names or tuple(self.record.alive):
            await self.placements[name].look()

    def rooms(self, name: str) -> set[str]:
        return set(self.nodes[name].rooms)


PUBLIC = {"boom", "crash", "fizz", "puff"}


@pytest.fixture
def several(db: ShakyStore) -> Several:
    return Several(db)


async def test_a_single_node_takes_all_rooms_when_it_starts(several: Several) -> None:
    several.record.owners = {"dice-abc": "dead", "crash": "dead"}
    await several.start("a")
    assert several.rooms("a") == PUBLIC | {"dice-abc"}


async def test_a_new_node_gets_its_share_once_it_has_been_alive_for_a_while(several: Several) -> None:
    a = await several.start("a", settled_in=0.05)
    b = await several.start("b", settled_in=0.05)
    await several.look()
    assert (a.leaving, b.rooms) == ([], {})
    due = {room for room, node in shares_of(PUBLIC, ["a", "b"]).items() if node == "b"}
    await eventually(lambda: _look_until(several, lambda: bool(a.leaving)))
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


async def test_the_rooms_of_a_dead_node_are_shared_among_the_others(several: Several) -> None:
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
        assert several.nodes[name].heard[-1] == ["a", "b"]


async def _look_until(several: Several, is_true: Callable[[], bool]) -> bool:
    await several.look()
    return is_true()


async def test_a_room_that_its_node_does_not_take_goes_to_another_one(several: Several) -> None:
    await several.start("a", patience=0.05)
    several.record.alive.append("asleep")
    several.record.owners = {}
    several.nodes["a"].rooms.clear()
    await several.look("a")
    shares = shares_of(PUBLIC, ["a", "asleep"])
    assert several.rooms("a") == {room for room, node in shares.items() if node == "a"}

    async def took_all() -> bool:
        await several.look("a")
        return several.rooms("a") == PUBLIC

    await eventually(took_all)


async def test_a_node_without_a_lease_of_its_own_takes_nothing(several: Several) -> None:
    await several.start("a")
    several.record.alive, several.record.owners = ["b"], {"dice-1": "dead"}
    several.nodes["a"].rooms.clear()
    await several.look("a")
    assert several.rooms("a") == set()


async def test_a_room_that_can_t_be_taken_does_not_hold_up_the_others(several: Several) -> None:
    await several.start("a")
    several.nodes["a"].fails_at = {"boom": UnreachableError("switched off by the test")}
    several.record.owners = {}
    several.nodes["a"].rooms.clear()
    with pytest.raises(UnreachableError):
        await several.look("a")
    assert several.rooms("a") == PUBLIC - {"boom"}
    several.nodes["a"].fails_at = {}
    await several.look("a")
    assert several.rooms("a") == PUBLIC


async def test_rooms_learn_which_nodes_are_alive(several: Several) -> None:
    await several.start("a")
    several.record.alive.append("b")
    await several.look("a")
    assert several.nodes["a"].rooms["crash"].heard[-1] == ["a", "b"]


@pytest.mark.parametrize("failure", [UnreachableError("away"), ZeroDivisionError("odd")])
async def test_a_failed_look_is_not_the_last(
    several: Several, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    node = await several.start("a", look_every=0.005, sweep_every=inf)
    node.fails_at["boom"] = failure
    several.record.owners = {}
    node.rooms.clear()
    looking = asyncio.create_task(several.placements["a"].run_forever())
    await eventually(lambda: "rooms without an owner" in caplog.text)
    node.fails_at.clear()
    await eventually(lambda: several.rooms("a") == PUBLIC)
    looking.cancel()
    await asyncio.wait([looking])


# ---- records without an owner ----


async def leftovers(several: Several, *rooms: str) -> None:
    """An open round and a player's session in each of the rooms."""
    books = Books(several.db)
    user_id = await books.player()
    await game_sessions.end_sessions(several.db, [books.sessions[user_id]])
    for room in rooms:
        opened = OpenRound(
            game_id=books.games["crash"],
            room=room,
            number=1,
            server_seed_hash="h" * 64,
            nonce=1,
            options=b"{}",
            started_at=1_795_000_000_000,
        )
        await open_rounds.open_round(several.db, opened)
        await game_sessions.start_sessions(several.db, [NewSession(user_id, books.games["crash"], room)])


async def still_open(several: Several) -> set[str]:
    sessions = await game_sessions.rooms_with_open_sessions(several.db)
    assert set(await open_rounds.rooms_left_open(several.db)) == sessions.keys()
    return set(sessions)


async def test_a_single_node_sweeps_at_once_when_it_starts(several: Several) -> None:
    await leftovers(several, "dice-1", "dice-2")
    several.record.owners = {"dice-2": "dead"}
    await several.start("a")
    assert await still_open(several) == {"dice-2"}, "its next owner cleans that up"


async def test_a_sweep_ends_only_what_had_no_owner_at_two_sweeps(several: Several) -> None:
    """A room may be on its way from one node to the next."""
    await several.start("a", sweep_every=-1.0)
    await leftovers(several, "dice-1", "dice-2", "dice-3")
    several.record.owners |= {"dice-1": "a"}
    await several.look("a")
    assert await still_open(several) == {"dice-1", "dice-2", "dice-3"}
    several.record.owners |= {"dice-2": "a"}  # it has arrived
    await several.look("a")
    assert await still_open(several) == {"dice-1", "dice-2"}
    del several.record.owners["dice-2"]
    await several.look("a")
    assert await still_open(several) == {"dice-1", "dice-2"}, "it had an owner at the last sweep"
    await several.look("a")
    assert await still_open(several) == {"dice-1"}


async def test_private_rooms_without_an_owner_are_forgotten(several: Several) -> None:
    several.record.owners["crash-1"] = "a"
    several.record.private = {"crash-1", "crash-2"}
    await several.start("a", sweep_every=-1.0)
    assert several.record.private == {"crash-1"}
    several.record.private.add("crash-3")
    await several.look("a")
    assert several.record.private == {"crash-1", "crash-3"}, "it may be on its way"
    await several.look("a")
    assert several.record.private == {"crash-1"}


# ---- whole nodes ----


def public_of(node: LiveNode) -> int:
    return sum(room.is_public for room in node.node.owned_rooms.values())


async def test_a_new_node_gets_its_share_between_rounds_and_players_keep_their_seats(
    open_cluster: OpenCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crash, "point_of", lambda _draw: 110)  # random rounds may take minutes
    cluster: LiveCluster = await open_cluster(
        1, twins=("boom", "fizz", "puff"), times=Times(placement=PlacementTimes(settled_in=0.3))
    )
    (first,) = cluster.nodes
    ann = await first.player()
    for room in ("boom", "fizz", "puff"):
        await ann.ask("join", room=room)
    assert public_of(first) == 4
    second = await cluster.start_node()
    await eventually(lambda: public_of(first) == public_of(second) == 2, "an even share")
    moved = sorted(second.node.owned_rooms)
    for room in moved:
        await ann.event_of("player_back", room=room, player=ann.username)
        ended = {event["round"] for event in ann.events("round_ended", room)}
        opened = {event["round"] for event in ann.events("round_opened", room)}
        assert ann.events("round_void", room) == []
        last = max(opened - ended, default=f"{room}.0", key=lambda name: int(name.split(".")[1]))
        assert opened - ended <= {last}, "every round that was played has ended"
        await ann.ask("chat", room=room, text="still here")
    assert ann.client.gaps == 0
    sessions = await first.rows("SELECT room FROM game_sessions WHERE ended_at IS NULL ORDER BY room")
    assert [row.room for row in sessions] == ["boom", "crash", "fizz", "puff"]


async def test_the_rooms_of_a_dead_node_soon_have_new_owners(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(3, twins=("boom", "fizz"), crash_betting_ms=600_000)
    owner, other = await cluster.owner_and_other()
    bob = await other.player()
    await owner.player(room="dice")
    dice = next(key for key in owner.node.owned_rooms if key.startswith("dice-"))
    rooms = {key for node in cluster.nodes for key in node.node.owned_rooms}
    await owner.die()
    await eventually(lambda: {key for node in cluster.alive() for key in node.node.owned_rooms} == rooms)
    assert cluster.owner(dice) is not None
    assert (await bob.ask("rooms"))["rooms"] != []


async def test_after_an_outage_of_redis_other_nodes_get_time_to_come_back(several: Several) -> None:
    await several.start("a", after_outage=0.2)
    several.record.owners["dice-abc"] = "b"
    several.record.away = True
    with pytest.raises(UnreachableError):
        await several.look("a")
    several.record.away = False
    await several.look("a")
    assert "dice-abc" not in several.rooms("a")

    async def taken() -> bool:
        await several.look("a")
        return "dice-abc" in several.rooms("a")

    await eventually(taken)

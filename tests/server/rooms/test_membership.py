"""Tests of the people in a room: seats, grace periods, and spectators, with connections on several nodes."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from game_engine.game import Seat
from server.errors import ClientError
from server.messages import PlayerAway, PlayerBack, PlayerJoined, PlayerLeft, Sitter
from server.rooms.membership import Member, Membership, Seats, SpectatorCount
from tests.server.live_clients import Player
from tests.server.live_cluster import LiveCluster, LiveNode, OpenCluster
from tests.server.live_node import Live, config_of
from tests.server.rooms.parts import Frames, Recorder, deps_of
from tests.waiting import eventually

LONG: dict[str, Any] = {"crash_betting_ms": 600_000}


async def with_connections_on_both(cluster: LiveCluster) -> tuple[Player, Player, Player]:
    """A watcher, and a player's connections to the owner of crash and to another node."""
    owner, other = await cluster.owner_and_other()
    watcher = await owner.spectator()
    near = await owner.player()
    far = other.another_client(near)
    await far.client.connect()
    await far.join("crash")
    return watcher, near, far


def nodes_of(node: LiveNode, player: Player) -> set[str]:
    room = node.room()
    member = room.seats.of(player.user_id) if room is not None else None
    assert member is not None
    return member.nodes


async def test_a_member_of_a_lost_room_leaves_it_once(open_cluster: OpenCluster) -> None:
    """A leave may wait for its turn while the room is lost, and the loss may be reported twice."""
    cluster = await open_cluster(1, **LONG)
    (node,) = cluster.nodes
    ann = await node.player()
    room, account = node.room(), node.node.holds.account(ann.user_id)
    assert room is not None
    assert account is not None
    connected = account.needed - 1
    room.drop()
    room.drop()
    await room.leave(ann.user_id)
    assert account.needed == connected


@pytest.mark.parametrize("first", ["near", "far"])
async def test_a_player_is_away_when_their_last_connection_to_any_node_is_lost(
    open_cluster: OpenCluster, first: str
) -> None:
    cluster = await open_cluster(2, **LONG)
    watcher, near, far = await with_connections_on_both(cluster)
    owner = await cluster.owned()
    going, staying = (near, far) if first == "near" else (far, near)
    await going.cut()
    await eventually(lambda: len(nodes_of(owner, near)) == 1)
    await staying.ask("chat", room="crash", text="still here")
    await watcher.event_of("chat")
    assert watcher.events("player_away") == []
    await staying.cut()
    await watcher.event_of("player_away", player=near.username)
    assert nodes_of(owner, near) == set()


async def test_an_away_player_comes_back_through_any_node_and_resumes(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, **LONG)
    owner, other = await cluster.owner_and_other()
    watcher = await owner.spectator()
    ann = await owner.player()
    await ann.bet(100)
    session = ann.snapshots[-1][1]["you"]["session"]
    await ann.cut()
    await watcher.event_of("player_away", player=ann.username)
    again = await other.reconnect(ann)
    await watcher.event_of("player_back", player=ann.username)
    await again.event_of("player_back", player=ann.username)
    assert again.client.gaps == 0
    assert await again.ask("chat", room="crash", text="there") == {}
    assert (await again.join("crash"))["session"] == session


async def test_a_seat_is_freed_after_the_grace_period_but_not_while_a_connection_is_left(
    open_cluster: OpenCluster,
) -> None:
    cluster = await open_cluster(2, grace=0.2, **LONG)
    watcher, near, far = await with_connections_on_both(cluster)
    owner, other = await cluster.owner_and_other()
    await near.cut()
    await eventually(lambda: nodes_of(owner, near) == {other.name})
    room = owner.room()
    assert room is not None
    member = room.seats.of(near.user_id)
    assert member is not None
    assert member.grace is None
    assert await far.ask("chat", room="crash", text="still here") == {}
    await far.cut()
    await watcher.event_of("player_left", player=near.username)
    assert watcher.events("player_away", player=near.username)
    await eventually(lambda: _no_session(cluster))


async def _no_session(cluster: LiveCluster) -> bool:
    return await cluster.alive()[0].rows("SELECT id FROM game_sessions WHERE ended_at IS NULL") == []


async def test_players_of_a_dead_node_are_away_unless_they_have_another_connection(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, **LONG)
    watcher, near, _ = await with_connections_on_both(cluster)
    owner, other = await cluster.owner_and_other()
    bob = await other.player()
    await other.die()
    await watcher.event_of("player_away", player=bob.username)
    await eventually(lambda: nodes_of(owner, near) == {owner.name})
    assert watcher.events("player_away", player=near.username) == []
    again = await owner.reconnect(bob)
    await watcher.event_of("player_back", player=bob.username)
    assert await again.ask("chat", room="crash", text="back") == {}


async def test_seats_outlive_the_room_s_owner(open_cluster: OpenCluster) -> None:
    """Players with a connection to another node are back at once; the others come back and still have their seats."""
    cluster = await open_cluster(2, grace=20.0, **LONG)
    owner, other = await cluster.owner_and_other()
    ann, bob = await owner.player(), await other.player()
    await bob.bet(100, key="k")
    sessions = {each: each.snapshots[-1][1]["you"]["session"] for each in (ann, bob)}
    await owner.die()
    await bob.event_of("player_back", player=bob.username)
    sitters = {sitter["player"]: sitter["away"] for sitter in bob.snapshots[-1][1]["players"]}
    assert sitters[ann.username] is True
    again = await other.reconnect(ann)
    await bob.event_of("player_back", player=ann.username)
    for each in (again, bob):
        assert (await each.join("crash"))["session"] == sessions[each if each is bob else ann]
        assert each.client.gaps == 0
    assert await other.rows("SELECT count(*) FROM game_sessions") == [(2,)]


async def test_a_player_who_does_not_come_back_after_the_owner_s_death_loses_the_seat(
    open_cluster: OpenCluster,
) -> None:
    cluster = await open_cluster(2, grace=0.5, **LONG)
    owner, other = await cluster.owner_and_other()
    ann, watcher = await owner.player(), await other.spectator()
    await owner.die()
    await watcher.event_of("player_left", player=ann.username)
    await eventually(lambda: _no_session(cluster))


async def test_the_session_of_a_join_ends_if_the_seat_was_taken_meanwhile(live: Live) -> None:
    """Two players want the same seat; the session of the later one ends."""
    ann, bob = [await live.player(room=None) for _ in range(2)]
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        joins = [asyncio.create_task(each.ask("join", room="crash", seat=5)) for each in (ann, bob)]
        await eventually(lambda: live.db.waiting)
    found = await asyncio.gather(*joins, return_exceptions=True)
    assert sorted(str(each).split(":", maxsplit=1)[0] for each in found if isinstance(each, Exception)) == ["room_full"]
    await eventually(lambda: _open_sessions(live, 1))
    assert len(live.node.holds.user_ids()) == 2  # by their connections
    accounts = [live.node.holds.account(each.user_id) for each in (ann, bob)]
    assert sorted(account.needed for account in accounts if account is not None) == [1, 2]


async def _open_sessions(live: Live, number: int) -> bool:
    return len(await live.rows("SELECT id FROM game_sessions WHERE ended_at IS NULL")) == number


async def test_a_closing_room_gives_no_seats_and_starts_no_grace_periods(live: Live) -> None:
    ann, bob = await live.player(), await live.player(room=None)
    room = live.node.owned_rooms["crash"]
    room.members.stop_admitting()
    assert (await bob.refused("join", room="crash"))["code"] == "unavailable"
    room.disconnect(ann.user_id, "here")
    member = room.seats.of(ann.user_id)
    assert member is not None
    assert (member.seat, member.away, member.grace) == (Seat(0), False, None)
    account = live.node.holds.account(bob.user_id)
    assert account is not None
    with pytest.raises(ClientError) as caught:
        await room.join(account, None, None, "here")
    assert caught.value.error.code == "unavailable"


class Club:
    """A room's membership without a room around it, with the grace period of the settings."""

    def __init__(self, grace_s: float) -> None:
        self.listener = Recorder()
        self.seats, self.frames = Seats(SIZE), Frames()
        deps = deps_of(config=config_of(grace=grace_s), holds=Ends(), sessions=Ends())
        self.members = Membership("crash", 1, deps, seats=self.seats, frames=self.frames, listener=self.listener)
        self.member = sit(self.seats, 1)
        self.member.nodes.add("here")


class Ends:
    """Holds and a session log that record their calls."""

    def exit(self, user_id: int) -> None: ...

    def end(self, session_id: int) -> None: ...


async def test_a_seat_is_kept_for_the_grace_period() -> None:
    club = Club(grace_s=0.01)
    club.members.disconnect(1, "here")
    assert club.member.away
    assert club.member.describe().away
    await eventually(lambda: club.listener.grace_over_for == [1])


@pytest.mark.parametrize("end", ["rejoin", "leave", "close"])
async def test_a_grace_period_ends_early_when_it_has_no_use(end: str) -> None:
    club = Club(grace_s=30)
    club.members.disconnect(1, "here")
    timer = club.member.grace
    assert timer is not None
    if end == "rejoin":
        club.members.rejoin(1, "there")
    elif end == "leave":
        club.members.leave(club.member)
    else:
        club.members.close()
    assert timer.cancelled()


async def test_a_player_who_comes_back_stays() -> None:
    club = Club(grace_s=30)
    club.member.leaving = True
    club.members.disconnect(1, "here")
    assert club.members.rejoin(1, "there") is club.member
    assert (club.member.away, club.member.leaving, club.member.grace) == (False, False, None)
    assert club.member.nodes == {"there"}
    assert [type(event) for event in club.frames.events] == [PlayerAway, PlayerBack]


# ---- seats ----

SIZE = 5


def sit(seats: Seats, user_id: int, wanted: int | None = None) -> Member:
    member = Member(seats.choose(wanted), user_id, f"p{user_id}", 100 + user_id)
    seats.take(member)
    return member


def test_requests_of_one_player_share_a_reserved_seat() -> None:
    seats = Seats(2)
    assert [seats.reserve(1, 1), seats.reserve(1, 0), seats.reserve(2, None)] == [1, 1, 0]
    with pytest.raises(ClientError, match="taken"):
        seats.reserve(3, None)
    member = Member(Seat(1), 1, "p1", 101)
    seats.take(member)
    seats.give_up(1)
    seats.vacate(member)
    with pytest.raises(ClientError, match="taken"):
        seats.choose(1)  # the player's other request still waits
    seats.give_up(1)
    assert seats.choose(1) == 1
    seats.give_up(2)
    assert seats.choose(None) == 0


def test_a_seat_that_is_unknown_or_taken_is_replaced_by_the_lowest_free_one() -> None:
    seats = Seats(SIZE)
    assert seats.choose_or_any(3) == 3
    sit(seats, 1, 3)
    assert [seats.choose_or_any(wanted) for wanted in (3, None, SIZE, 4)] == [0, 0, 0, 4]


def test_only_a_new_name_is_announced() -> None:
    member = sit(Seats(SIZE), 1)
    assert member.rename("p1") == []
    assert member.rename("ann") == [PlayerJoined("ann", 101, 0), PlayerLeft("p1")]
    assert member.describe() == Sitter(player="ann", session=101, away=False, seat=0)
    member.away = True
    assert member.rename("anna") == [PlayerJoined("anna", 101, 0), PlayerLeft("ann"), PlayerAway("anna")]


class SeatMachine(RuleBasedStateMachine):
    """Players take and leave seats; ``taken`` is the model."""

    def __init__(self) -> None:
        super().__init__()
        self.seats = Seats(SIZE)
        self.taken: dict[Seat, Member] = {}
        self.users = 0

    @rule()
    def take_any_seat(self) -> None:
        if len(self.taken) == SIZE:
            with pytest.raises(ClientError, match="taken"):
                self.seats.choose(None)
            return
        member = self._sit(None)
        assert member.seat == min(set(range(SIZE)) - (set(self.taken) - {member.seat}))

    @rule(wanted=st.integers(0, SIZE + 2))
    def take_this_seat(self, wanted: int) -> None:
        if wanted >= SIZE or wanted in self.taken:
            with pytest.raises(ClientError) as refused:
                self.seats.choose(wanted)
            told = (refused.value.error.code, refused.value.extra["reason"], refused.value.extra["field"])
            code, reason = ("bad_request", "no_such_seat") if wanted >= SIZE else ("room_full", "seat_taken")
            assert told == (code, reason, "seat")
            return
        assert self._sit(wanted).seat == wanted

    def _sit(self, wanted: int | None) -> Member:
        self.users += 1
        member = sit(self.seats, self.users, wanted)
        assert member.seat not in self.taken
        self.taken[member.seat] = member
        return member

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def leave_a_seat(self, data: st.DataObject) -> None:
        seat = data.draw(st.sampled_from(sorted(self.taken)))
        self.seats.vacate(self.taken.pop(seat))

    @invariant()
    def members_are_found(self) -> None:
        assert len(self.seats) == len(self.taken)
        assert {s.user_id for s in self.seats.all()} == {s.user_id for s in self.taken.values()}
        assert all(self.seats.of(s.user_id) is s for s in self.taken.values())
        assert self.seats.of(None) is None
        assert self.seats.of(self.users + 1) is None


TestSeats = SeatMachine.TestCase
TestSeats.settings = settings(max_examples=30, stateful_step_count=25)


# ---- spectators ----


class Hall:
    """The spectators of a room with seated players; ``counts`` are those that were announced."""

    def __init__(self, *seated: int) -> None:
        self.seats = Seats(100)
        for user_id in seated:
            self.seats.take(Member(Seat(user_id), user_id, f"p{user_id}", user_id))
        self.frames = Frames()
        self.watchers = SpectatorCount(self.seats, self.frames)

    @property
    def counts(self) -> list[int]:
        return [event.count for event in self.frames.events]


def test_no_connection_of_a_seated_player_is_a_spectator() -> None:
    hall = Hall(1)
    hall.watchers.set_watchers("here", 2, {1: 3, 2: 2})
    assert hall.counts == [4]
    hall.watchers.set_watchers("there", 0, {1: 1, 2: 1, 3: 1})
    assert hall.counts == [4, 6]


def test_the_last_report_of_a_node_counts_and_only_changes_are_announced() -> None:
    hall = Hall()
    for anonymous in (1, 1, 5, 2, 2):
        hall.watchers.set_watchers("here", anonymous, {})
    assert hall.counts == [1, 5, 2]


def test_a_player_who_left_counts_at_the_next_report() -> None:
    hall = Hall(1)
    hall.watchers.set_watchers("here", 0, {1: 1})
    member = hall.seats.of(1)
    assert member is not None
    hall.seats.vacate(member)
    hall.watchers.set_watchers("here", 0, {1: 1})
    assert hall.counts == [1]


def test_a_dead_node_has_no_watchers() -> None:
    hall = Hall()
    for node in ("a", "b", "c"):
        hall.watchers.set_watchers(node, 1, {})
    hall.watchers.keep_nodes(["b", "new"])
    assert hall.watchers.spectators == 1
    hall.watchers.keep_nodes([])
    assert hall.counts == [1, 2, 3, 2, 1, 0]


WATCHERS = st.tuples(st.integers(0, 5), st.dictionaries(st.integers(1, 6), st.integers(1, 3)))


@given(st.dictionaries(st.sampled_from("abcd"), WATCHERS), st.sets(st.sampled_from("abcd")), st.sets(st.integers(1, 6)))
def test_connections_without_a_seat_are_counted_as_spectators(
    reports: dict[str, tuple[int, dict[int, int]]], alive: set[str], seated: set[int]
) -> None:
    hall = Hall(*seated)
    for node, watchers in reports.items():
        hall.watchers.set_watchers(node, *watchers)
    hall.watchers.keep_nodes(alive)
    left = [reports[node] for node in reports.keys() & alive]
    expected = sum(anonymous + sum(n for user, n in users.items() if user not in seated) for anonymous, users in left)
    assert hall.watchers.spectators == expected
    assert ([0, *hall.counts])[-1] == expected


# ---- over nodes ----


async def count_is(watcher: Player, count: int) -> None:
    """Wait until the watcher receives this number of spectators."""

    def find() -> bool | None:
        told = watcher.events("spectators")
        return True if told and told[-1]["count"] == count else None

    await watcher.until(find, f"{count} spectators")


async def test_spectators_of_all_nodes_are_counted_together(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, crash_betting_ms=600_000)
    owner, other = await cluster.owner_and_other()
    watcher = await owner.spectator()
    far = [await other.spectator() for _ in range(2)]
    await count_is(watcher, 3)
    ann = await other.player(room=None)
    await ann.ask("watch", room="crash")
    await count_is(far[0], 4)
    await ann.join("crash")
    await count_is(watcher, 3)
    await ann.ask("leave", room="crash")
    await far[1].ask("unwatch", room="crash")
    await count_is(watcher, 2)
    assert (await far[0].ask("watch", room="crash"))["snapshot"]["spectators"] == 2


async def test_spectators_of_a_dead_node_are_gone_and_a_new_owner_counts_the_others(
    open_cluster: OpenCluster,
) -> None:
    cluster = await open_cluster(3, crash_betting_ms=600_000)
    owner = await cluster.owned()
    first, second = [node for node in cluster.nodes if node is not owner]
    near, far = await owner.spectator(), await first.spectator()
    await second.spectator()
    await count_is(near, 3)
    await second.die()
    await count_is(near, 2)
    await owner.die()
    await far.until(lambda: len(far.snapshots) > 1 or None, "a snapshot by the next owner")
    await far.until(lambda: spectators(far) == 1 or None, "itself as the only spectator")


def spectators(player: Player) -> int:
    told = player.events("spectators")
    return int((told[-1] if len(player.snapshots) > 1 and told else {"count": -1})["count"])

"""Tests of who watches a room: counted over all nodes, without those who have a seat, and told when it changes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from game_engine.game import Seat
from server.messages import Spectators
from server.rooms.seating import Seating, Sitting
from server.rooms.spectators import Attendance, SpectatorCount
from tests.server.live import Player
from tests.server.several import OpenFloor

NOBODY = Attendance(0, {})


class Hall:
    """An audience, and what the room was told of it."""

    def __init__(self, *seated: int) -> None:
        self.seating = Seating(100)
        for user_id in seated:
            self.seating.sit(Sitting(Seat(user_id), user_id, f"p{user_id}", "heads", user_id))
        self.told: list[int] = []
        self.audience = SpectatorCount(self.seating, self.say)

    def say(self, event: Any) -> None:
        assert isinstance(event, Spectators)
        self.told.append(event.count)


def test_who_has_a_seat_is_no_spectator_however_many_connections_watch() -> None:
    hall = Hall(1)
    hall.audience.attend("here", Attendance(2, {1: 3, 2: 2}))
    assert hall.told == [4]
    hall.audience.attend("there", Attendance(0, {1: 1, 2: 1, 3: 1}))
    assert hall.told == [4, 6]


def test_a_node_s_last_word_counts_and_only_changes_are_told() -> None:
    hall = Hall()
    for anonymous in (1, 1, 5, 2, 2):
        hall.audience.attend("here", Attendance(anonymous, {}))
    assert hall.told == [1, 5, 2]


def test_who_stands_up_counts_at_the_next_report() -> None:
    hall = Hall(1)
    watching = Attendance(0, {1: 1})
    hall.audience.attend("here", watching)
    sitting = hall.seating.of(1)
    assert sitting is not None
    hall.seating.stand(sitting)
    hall.audience.attend("here", watching)
    assert hall.told == [1]


def test_nobody_watches_on_a_node_that_is_no_more() -> None:
    hall = Hall()
    for node in ("a", "b", "c"):
        hall.audience.attend(node, Attendance(1, {}))
    hall.audience.only_nodes(["b", "new"])
    assert hall.audience.spectators == 1
    hall.audience.only_nodes([])
    assert hall.told == [1, 2, 3, 2, 1, 0]


ATTENDANCES = st.builds(Attendance, st.integers(0, 5), st.dictionaries(st.integers(1, 6), st.integers(1, 3)))


@given(
    st.dictionaries(st.sampled_from("abcd"), ATTENDANCES), st.sets(st.sampled_from("abcd")), st.sets(st.integers(1, 6))
)
def test_the_count_is_that_of_all_who_watch_and_have_no_seat(
    reports: dict[str, Attendance], alive: set[str], seated: set[int]
) -> None:
    hall = Hall(*seated)
    for node, attendance in reports.items():
        hall.audience.attend(node, attendance)
    hall.audience.only_nodes(alive)
    left = [reports[node] for node in reports.keys() & alive]
    expected = sum(each.anonymous + sum(n for user, n in each.users.items() if user not in seated) for each in left)
    assert hall.audience.spectators == expected
    assert ([0, *hall.told])[-1] == expected


# ---- over nodes ----


async def count_is(watcher: Player, count: int) -> None:
    """The watcher comes to know of so many spectators."""

    def find() -> bool | None:
        told = watcher.events("spectators")
        return True if told and told[-1]["count"] == count else None

    await watcher.until(find, f"{count} spectators")


async def test_spectators_of_all_nodes_are_counted_together(open_floor: OpenFloor) -> None:
    floor = await open_floor(2, crash_betting_ms=600_000)
    owner, other = await floor.owner_and_other()
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


async def test_spectators_of_a_node_that_died_are_gone_and_those_of_a_dead_owner_s_others_counted_anew(
    open_floor: OpenFloor,
) -> None:
    floor = await open_floor(3, crash_betting_ms=600_000)
    owner = await floor.owned()
    first, second = [node for node in floor.nodes if node is not owner]
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

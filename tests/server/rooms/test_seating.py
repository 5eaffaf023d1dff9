"""Tests of seats: who gets which, and how long it is kept."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from game_engine.game import Seat
from server.errors import ClientError
from server.messages import PlayerAway, PlayerJoined, PlayerLeft, Sitter
from server.rooms.seating import Seating, Sitting

SIZE = 5


def sit(seating: Seating, user_id: int, wanted: int | None = None) -> Sitting:
    sitting = Sitting(seating.choose(wanted), user_id, f"p{user_id}", "seed", 100 + user_id)
    seating.sit(sitting)
    return sitting


def test_a_new_name_is_told_and_an_old_one_is_not() -> None:
    sitting = sit(Seating(SIZE), 1)
    assert sitting.renewed("p1", "another seed") == []
    assert sitting.client_seed == "another seed"
    assert sitting.renewed("ann", "seed") == [PlayerJoined("ann", 101, 0), PlayerLeft("p1")]
    assert sitting.described() == Sitter("ann", 101, False, 0)
    sitting.away = True
    assert sitting.renewed("anna", "seed") == [PlayerJoined("anna", 101, 0), PlayerLeft("ann"), PlayerAway("anna")]


class Chairs(RuleBasedStateMachine):
    """People sit down and stand up; a set of taken seats says what must come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.seating = Seating(SIZE)
        self.taken: dict[Seat, Sitting] = {}
        self.users = 0

    @rule()
    def sit_anywhere(self) -> None:
        if len(self.taken) == SIZE:
            with pytest.raises(ClientError, match="taken"):
                self.seating.choose(None)
            return
        sitting = self._sit(None)
        assert sitting.seat == min(set(range(SIZE)) - (set(self.taken) - {sitting.seat}))

    @rule(wanted=st.integers(0, SIZE + 2))
    def sit_here(self, wanted: int) -> None:
        if wanted >= SIZE or wanted in self.taken:
            with pytest.raises(ClientError) as refused:
                self.seating.choose(wanted)
            assert refused.value.error.code == ("bad_request" if wanted >= SIZE else "room_full")
            assert refused.value.extra == {"field": "seat"}
            return
        assert self._sit(wanted).seat == wanted

    def _sit(self, wanted: int | None) -> Sitting:
        self.users += 1
        sitting = sit(self.seating, self.users, wanted)
        assert sitting.seat not in self.taken
        self.taken[sitting.seat] = sitting
        return sitting

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def stand_up(self, data: st.DataObject) -> None:
        seat = data.draw(st.sampled_from(sorted(self.taken)))
        self.seating.stand(self.taken.pop(seat))

    @invariant()
    def everybody_is_found(self) -> None:
        assert len(self.seating) == len(self.taken)
        assert {s.user_id for s in self.seating.all()} == {s.user_id for s in self.taken.values()}
        assert all(self.seating.of(s.user_id) is s for s in self.taken.values())
        assert self.seating.of(None) is None
        assert self.seating.of(self.users + 1) is None


TestChairs = Chairs.TestCase
TestChairs.settings = settings(max_examples=30, stateful_step_count=25)


async def test_a_seat_is_kept_for_the_grace_period() -> None:
    seating, gone = Seating(SIZE), asyncio.Event()
    sitting = sit(seating, 1)
    seating.went_away(sitting, 0.01, gone.set)
    assert sitting.away
    assert sitting.described().away
    async with asyncio.timeout(10):
        await gone.wait()


@pytest.mark.parametrize("end", ["came_back", "stand", "close", "went_away"])
async def test_the_grace_period_is_over_when_it_has_no_use(end: str) -> None:
    seating, gone = Seating(SIZE), asyncio.Event()
    sitting = sit(seating, 1)
    seating.went_away(sitting, 30, gone.set)
    timer = sitting.grace
    assert timer is not None
    ends: dict[str, Callable[[], None]] = {
        "came_back": lambda: seating.came_back(sitting),
        "stand": lambda: seating.stand(sitting),
        "close": seating.close,
        "went_away": lambda: seating.went_away(sitting, 30, gone.set),
    }
    ends[end]()
    assert timer.cancelled()
    seating.close()


async def test_who_comes_back_stays() -> None:
    seating = Seating(SIZE)
    sitting = sit(seating, 1)
    sitting.leaving = True
    seating.went_away(sitting, 30, lambda: None)
    seating.came_back(sitting)
    assert (sitting.away, sitting.leaving, sitting.grace) == (False, False, None)

"""Players' own limits: the limits in force now and tomorrow; no limit is loosened within a day."""

import asyncio

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import limits
from storage.accounts import NewAccount
from storage.limits import (
    DAY_MS,
    BreakShortenedError,
    Effective,
    OwnLimits,
    PendingLimit,
    change,
    effective,
    encode,
    in_force,
    kept_after_deletion,
    stricter,
)
from storage.operator_accounts import ensure_players
from storage.store import Store
from tests.storage.test_accounts import NOW as TODAY

NOW = 1_764_000_000_000
AMOUNTS = st.none() | st.integers(1, 5)


def test_there_are_no_limits_by_default() -> None:
    assert effective(None, NOW) == effective(b"{}", NOW) == Effective()


def test_lower_limits_apply_at_once_and_higher_ones_after_a_day() -> None:
    own = change(OwnLimits(), NOW, stake=100, loss_a_day=500)
    assert own == OwnLimits(100, 500)
    own = change(own, NOW, stake=200, loss_a_day=None)
    assert own == OwnLimits(
        stake=100,
        loss_a_day=500,
        break_until=None,
        next_stake=PendingLimit(200, NOW + DAY_MS),
        next_loss_a_day=PendingLimit(None, NOW + DAY_MS),
    )
    assert effective(encode(own), NOW + DAY_MS - 1) == Effective(100, 500)
    assert effective(encode(own), NOW + DAY_MS) == Effective(200, None)


def test_repeating_a_request_does_not_delay_it_and_withdrawing_cancels_it() -> None:
    own = change(change(OwnLimits(), NOW, stake=100), NOW, stake=200)
    assert change(own, NOW + 1000, stake=200) == own
    assert change(own, NOW + 1000, stake=300).next_stake == PendingLimit(300, NOW + 1000 + DAY_MS)
    assert change(own, NOW + 1000, stake=100) == OwnLimits(100)
    assert change(own, NOW + 1000, stake=50) == OwnLimits(50)


def test_a_break_can_only_be_extended_until_it_ends() -> None:
    own = change(OwnLimits(), NOW, break_until=NOW + 1000)
    assert change(own, NOW, break_until=NOW + 2000).break_until == NOW + 2000
    assert change(own, NOW, stake=5).break_until == NOW + 1000
    for shorter in (None, NOW + 999):
        with pytest.raises(BreakShortenedError):
            change(own, NOW, break_until=shorter)
    assert effective(encode(own), NOW + 1000).break_until is None
    assert change(own, NOW + 1000, break_until=None).break_until is None


@given(st.lists(st.tuples(AMOUNTS, st.integers(0, DAY_MS * 2)), max_size=12))
def test_a_limit_is_never_loosened_within_a_day_of_the_request(steps: list[tuple[int | None, int]]) -> None:
    own, now = OwnLimits(), NOW
    wishes: list[tuple[int, int | None]] = []
    for wish, wait in steps:
        before = effective(encode(own), now).stake
        own = change(own, now, stake=wish)
        after = effective(encode(own), now).stake
        assert before is None or (after is not None and after <= before)
        wishes.append((now, wish))
        now += wait
        later = effective(encode(own), now).stake
        if later != after:
            assert (later, wait >= 0) == (wish, True)
            assert any(at <= now - DAY_MS and wished == later for at, wished in wishes)


def test_limits_survive_storage() -> None:
    own = OwnLimits(
        stake=1, loss_a_day=2, break_until=3, next_stake=PendingLimit(4, 5), next_loss_a_day=PendingLimit(None, 6)
    )
    assert msgspec.json.decode(encode(own), type=OwnLimits) == own


async def test_limits_are_stored_in_the_wallet(database: Store) -> None:
    [ann] = await ensure_players(
        database,
        [NewAccount(roll_number="R1", email="ann@campus.example", username="ann", full_name="Ann", password_hash="x")],
        0,
        TODAY,
    )
    assert await limits.load(database, ann) == OwnLimits()
    before = (await database.load_players([ann]))[ann]
    stored = await limits.save(database, ann, lambda own: change(own, NOW, stake=100))
    assert stored == await limits.load(database, ann) == OwnLimits(100)
    assert effective((await database.load_players([ann]))[ann].limits, NOW) == Effective(100)
    await asyncio.gather(
        limits.save(database, ann, lambda own: change(own, NOW, stake=50)),
        limits.save(database, ann, lambda own: change(own, NOW, loss_a_day=9)),
    )
    assert await limits.load(database, ann) == OwnLimits(50, 9)
    after = (await database.load_players([ann]))[ann]
    assert (after.balance, after.version, after.limits_at) == (0, before.version + 3, before.version + 3)


def test_a_deletion_keeps_limits_for_a_day_and_a_break_to_its_end() -> None:
    assert kept_after_deletion(OwnLimits(), 500, NOW) is None
    assert kept_after_deletion(OwnLimits(break_until=NOW), 0, NOW) is None
    assert kept_after_deletion(OwnLimits(stake=5), 500, NOW) == (OwnLimits(stake=5), NOW + DAY_MS)
    long_break = OwnLimits(break_until=NOW + 30 * DAY_MS)
    assert kept_after_deletion(long_break, 0, NOW) == (long_break, NOW + 30 * DAY_MS)


@pytest.mark.parametrize(("lost", "left"), [(-300, 1000), (0, 1000), (400, 600), (5000, 0)])
def test_what_was_lost_today_counts_after_a_deletion(lost: int, left: int) -> None:
    kept = kept_after_deletion(OwnLimits(loss_a_day=1000), lost, NOW)
    assert kept is not None
    assert in_force(kept[0], NOW).loss_a_day == left
    assert in_force(kept[0], NOW + DAY_MS).loss_a_day == 1000


def test_the_stricter_limits_satisfy_both() -> None:
    both = stricter(OwnLimits(stake=5, break_until=NOW), OwnLimits(stake=7, loss_a_day=3))
    assert both == OwnLimits(stake=5, loss_a_day=3, break_until=NOW)

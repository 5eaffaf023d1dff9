"""Crash: the curve is exact, counting draws proves the return, and a round reveals nothing early."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game_engine.game import (
    Act,
    Bet,
    RefusedError,
    Seat,
    Seeds,
)
from game_engine.games.crash import (
    Cashout,
    Options,
    Selection,
    multiplier_at,
    time_of,
)
from game_engine.point import MAX_TARGET, point_of
from tests.game_engine.games.crash_round import CRASH, OPENED_AT, START

DRAWS = 2**32

# ---- the curve ----


def test_the_multiplier_is_the_floor_of_the_exponential() -> None:
    with localcontext(prec=60):
        for elapsed_ms in [*range(0, 20_000, 7), *range(20_000, 310_000, 331)]:
            exact = 100 * (Decimal(6 * elapsed_ms) / 100_000).exp()
            assert multiplier_at(elapsed_ms) == int(exact)


def test_the_multiplier_is_exact_where_a_double_is_not() -> None:
    assert multiplier_at(0) == 100
    # These exponents are 1e-12 from that of a whole number of hundredths: too close for a double.
    hits = [ms for ms in range(280_000, 310_000) if abs(_double(ms) - round(_double(ms))) < _double(ms) * 1e-12]
    assert len(hits) > 100
    with localcontext(prec=60):
        for elapsed_ms in hits:
            assert multiplier_at(elapsed_ms) == int(100 * (Decimal(6 * elapsed_ms) / 100_000).exp())


def _double(elapsed_ms: int) -> float:
    return 100 * math.exp(elapsed_ms * 6 / 100_000)


@given(st.integers(100, 9_900_000_001))
def test_a_multiplier_is_first_reached_at_its_time(multiplier: int) -> None:
    elapsed_ms = time_of(multiplier)
    assert multiplier_at(elapsed_ms) >= multiplier
    assert elapsed_ms == 0 or multiplier_at(elapsed_ms - 1) < multiplier


def test_every_multiplier_up_to_100_is_first_reached_at_its_time() -> None:
    first: dict[int, int] = {}
    for elapsed_ms in range(77_000):
        first.setdefault(multiplier_at(elapsed_ms), elapsed_ms)
    reached = sorted(first)
    for lower, multiplier in pairwise(reached):
        for between in range(lower + 1, multiplier + 1):
            assert time_of(between) == first[multiplier]
    assert reached[-1] > 10_000


# ---- the return ----


def draws_that_reach(multiplier: int) -> int:
    """Return how many of the 2**32 draws have a point of at least ``multiplier``: the smallest ones."""
    low, high = 0, DRAWS
    while low < high:
        middle = (low + high) // 2
        if point_of(middle / DRAWS) >= multiplier:
            low = middle + 1
        else:
            high = middle
    return low


def return_of(multiplier: int) -> Fraction:
    return Fraction(draws_that_reach(multiplier) * multiplier, DRAWS * 100)


@given(st.integers(0, DRAWS - 2), st.integers(1, 2**20))
def test_points_fall_as_draws_rise(draw: int, further: int) -> None:
    assert point_of(draw / DRAWS) >= point_of(min(DRAWS - 1, draw + further) / DRAWS)


def test_every_target_up_to_100_returns_99_percent_to_a_millionth() -> None:
    returns = {multiplier: return_of(multiplier) for multiplier in range(101, 10_001)}
    assert min(returns.values()) == returns[9_990] == Fraction(42_520_134_303, 42_949_672_960)
    assert max(returns.values()) == returns[9_901] == Fraction(53_150_221_467, 53_687_091_200)
    assert all(abs(value - CRASH.return_to_player) < Fraction(1, 900_000) for value in returns.values())


def test_the_extremes_of_the_return_of_all_targets_are_the_stated_ones() -> None:
    # A point belongs to whole steps of 1e-8. So the return is highest at a target that is some step's point and
    # lowest one hundredth above it, which leaves two targets to check for each point.
    last_step = {point_of((step + 0.5) / 1e8): step for step in range(1_000_000)}
    returns = {MAX_TARGET: return_of(MAX_TARGET)}
    for point, next_point in pairwise(last_step):
        draws = -(-(last_step[point] + 1) * DRAWS // 10**8)
        for target in (next_point + 1, point):
            if target <= MAX_TARGET:
                returns[target] = Fraction(draws * target, DRAWS * 100)
    for target in [*returns][::10_000]:
        assert returns[target] == return_of(target)
    assert min(returns) < 10_001
    assert min(returns.values()) == returns[98_019_802] == Fraction(42_099_504_959, 42_949_672_960)
    assert max(returns.values()) == returns[100_000_000] == Fraction(66_453_125, 67_108_864)


def test_the_page_for_players_states_the_counts() -> None:
    page = Path("docs/games/crash.md").read_text(encoding="utf-8")
    for target in (101, 150, 200, 300, 500, 1_000, 10_000, 100_000, 1_000_000, 100_000_000):
        count = draws_that_reach(target)
        assert f"| {target / 100:,.2f} | {count:,} | {float(100 * return_of(target)):.6f} % |" in page
    assert f"{DRAWS - draws_that_reach(101):,} of the 4,294,967,296 draws" in page


def test_the_largest_point_is_the_stated_one() -> None:
    assert point_of(0.0) == 9_900_000_000 == CRASH.largest_multiplier * 100
    assert point_of((DRAWS - 1) / DRAWS) == 100


def test_odds_need_a_valid_target() -> None:
    for odds in CRASH.odds(Options()):
        target = float(odds.largest)
        assert odds.mean == return_of(round(target * 100))
        assert CRASH.odds(Options(), Selection(target)) == (odds,)
    assert CRASH.odds(Options(), Selection()) == CRASH.odds(Options())
    with pytest.raises(RefusedError, match="at most two decimals") as refusal:
        CRASH.odds(Options(), Selection(1.001))
    assert refusal.value.field == "selection.auto_cashout"


# ---- secrets ----


@settings(max_examples=30)
@given(st.lists(st.integers(0, 3_000), max_size=6), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_round_looks_the_same_for_every_seed_until_it_crashes(waits: list[int], one: int, other: int) -> None:
    seen = [list(_seen(Seeds(str(seed), 1), waits)) for seed in (one, other)]
    shorter = min(map(len, seen))
    assert seen[0][:shorter] == seen[1][:shorter]


def _seen(seeds: Seeds, waits: list[int]) -> list[Any]:
    """Return what a spectator sees before the end, when players cash out after ``waits``."""
    step = CRASH.open(Options(), seeds, OPENED_AT)
    for number, auto in enumerate((None, 1.3, None, 2.0), start=1):
        step = CRASH.apply(
            step.state,
            Bet(seat=Seat(number % 2), number=number, amount=100, client_seed="a", selection=Selection(auto)),
            OPENED_AT,
        )
    seen: list[Any] = []
    now = START
    for number, wait in enumerate(waits):
        now += wait
        try:
            step = CRASH.apply(step.state, Act(Seat(number % 2), Cashout()), now)
        except RefusedError as refusal:
            if refusal.message.startswith("Too late"):
                break
            seen.append(refusal.message)
        else:
            seen += [step.events, step.reply, CRASH.view(step.state, None)]
    return seen

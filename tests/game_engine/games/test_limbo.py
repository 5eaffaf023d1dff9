"""Limbo: which targets win, what they pay, and the exact return of each target."""

from bisect import bisect_left
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import DRAWS
from game_engine.game import Bet, NoOptions, Outcome, RefusedError, Seat, Seeds
from game_engine.games.limbo import TYPICAL_TARGETS, Limbo, Selection
from game_engine.instant import State
from game_engine.point import MAX_TARGET, draws_that_reach, point_of
from tests.game_engine.refusals import refused

LIMBO = Limbo()
KNOWN = Seeds("server seed", 1)
"""With the client seed ``client seed``, the point is 1.32."""


def bet(target: float, amount: int = 100, number: int = 1) -> Bet:
    return Bet(seat=Seat(0), number=number, amount=amount, client_seed="client seed", selection=Selection(target))


def opened(seeds: Seeds = KNOWN) -> State:
    step = LIMBO.open(NoOptions(), seeds, 0)
    assert (step.events, step.wake_at, step.outcome) == ((), None, None)
    return step.state


def play(target: float, amount: int = 100, seeds: Seeds = KNOWN) -> Outcome:
    outcome = LIMBO.apply(opened(seeds), bet(target, amount), 5).outcome
    assert outcome
    return outcome


@pytest.mark.parametrize(
    ("target", "result", "payout"),
    [(1.01, "win", 101), (1.31, "win", 131), (1.32, "win", 132), (1.33, "loss", 0), (1_000_000.0, "loss", 0)],
)
def test_a_target_up_to_the_point_wins(target: float, result: str, payout: int) -> None:
    outcome = play(target)
    assert outcome.facts == {"point": 1.32}
    assert outcome.client_seed == "client seed"
    assert [(each.result, each.payout, each.amount) for each in outcome.results] == [(result, payout, 100)]


def test_a_payout_is_rounded_down_once() -> None:
    assert play(1.32, amount=1).results[0].payout == 1
    assert play(1.32, amount=333).results[0].payout == 333 * 132 // 100 == 439


@given(st.integers(0, 2**64), st.integers(101, 1_000) | st.integers(101, MAX_TARGET), st.integers(1, 10**9))
def test_a_bet_is_paid_its_target_or_nothing(seed: int, target: int, amount: int) -> None:
    outcome = play(target / 100, amount, Seeds(f"{seed:064x}", 3))
    point = round(outcome.facts["point"] * 100)
    assert outcome.results[0].payout == (amount * target // 100 if target <= point else 0)


@pytest.mark.parametrize("target", [1.0, 0.0, -2.0, 1.005, 2.999, 1_000_000.01, float("inf"), float("nan")])
def test_invalid_targets(target: float) -> None:
    assert refused(LIMBO, opened(), bet(target)) == [("bad_request", "selection.target")] * 2


@pytest.mark.parametrize("target", [1.01, 1_000_000.0])
def test_the_outermost_targets(target: float) -> None:
    assert LIMBO.stake_of(opened(), bet(target)) == 100


# ---- the return ----


def test_the_odds_follow_from_the_draws() -> None:
    """Counted by the rule that pays bets, independently of the code behind the odds."""
    for odds, target in zip(LIMBO.odds(NoOptions()), TYPICAL_TARGETS, strict=True):
        hundredths = round(target * 100)
        wins = bisect_left(range(DRAWS), True, key=lambda draw, h=hundredths: h > point_of(draw / DRAWS))  # type: ignore[misc]
        assert odds.bet == f"target {target:,.2f}"
        assert odds.mean == Fraction(wins * hundredths, DRAWS * 100)
        assert odds.largest == Fraction(hundredths, 100)
        assert LIMBO.odds(NoOptions(), Selection(target)) == (odds,)


@given(st.integers(101, 10_000))
def test_every_target_up_to_100_returns_99_percent_to_a_millionth(target: int) -> None:
    (odds,) = LIMBO.odds(NoOptions(), Selection(target / 100))
    assert abs(odds.mean - LIMBO.return_to_player) < Fraction(1, 900_000)


@given(st.integers(101, MAX_TARGET))
def test_every_target_returns_99_percent_within_one_percent(target: int) -> None:
    (odds,) = LIMBO.odds(NoOptions(), Selection(target / 100))
    assert abs(odds.mean - LIMBO.return_to_player) < Fraction(1, 100)


def test_odds_of_an_invalid_target_are_refused() -> None:
    with pytest.raises(RefusedError):
        LIMBO.odds(NoOptions(), Selection(1.001))


def test_the_largest_target_pays_the_largest_multiplier() -> None:
    assert LIMBO.largest_multiplier == Fraction(MAX_TARGET, 100) == 1_000_000


def test_the_page_for_players_states_the_counts() -> None:
    page = Path("docs/games/limbo.md").read_text(encoding="utf-8")
    for target in (101, 150, 200, 500, 1_000, 10_000, 100_000, 1_000_000, MAX_TARGET):
        count = draws_that_reach(target)
        percent = float(Fraction(100 * count * target, DRAWS * 100))
        assert f"| {target / 100:,.2f} | {count:,} | {percent:.6f} % |" in page

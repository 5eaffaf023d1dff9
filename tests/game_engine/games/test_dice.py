"""Dice: what wins, what it pays, and the exact return of every possible bet."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.game import Bet, NoOptions, Outcome, RefusedError, Seat, Seeds
from game_engine.games.dice import MAX_WINS, ROLLS, Dice, Selection, multiplier_of, roll_of, winning_rolls
from game_engine.money import TEN_THOUSANDTHS

DICE = Dice()
DRAWS = 2**32
KNOWN = Seeds("server seed", 1)
"""With the client seed ``client seed``, the roll is 74.67."""


def bet(target: float, over: bool, amount: int = 100) -> Bet:
    return Bet(seat=Seat(0), number=1, amount=amount, client_seed="client seed", selection=Selection(target, over))


def play(target: float, over: bool, amount: int = 100) -> Outcome:
    step = DICE.open(NoOptions(), KNOWN, 0)
    assert (step.events, step.wake_at) == ((), None)
    outcome = DICE.apply(step.state, bet(target, over, amount), 5).outcome
    assert outcome
    return outcome


@pytest.mark.parametrize(
    ("target", "over", "result", "payout"),
    [
        (74.66, True, "win", 390),
        (74.67, True, "loss", 0),
        (74.68, True, "loss", 0),
        (74.66, False, "loss", 0),
        (74.67, False, "loss", 0),
        (74.68, False, "win", 132),
        (50.0, True, "win", 198),
    ],
)
def test_a_roll_equal_to_the_target_loses(target: float, over: bool, result: str, payout: int) -> None:
    outcome = play(target, over)
    assert outcome.facts == {"roll": 74.67}
    assert outcome.client_seed == "client seed"
    assert (outcome.results[0].result, outcome.results[0].payout) == (result, payout)


def test_a_payout_is_rounded_down_once() -> None:
    assert play(50.0, True, amount=1).results[0].payout == 1
    assert play(50.0, True, amount=9_999).results[0].payout == 9_999 * 19_801 // 10_000


@pytest.mark.parametrize(
    ("target", "over"),
    [(0.99, True), (100.0, True), (99.01, False), (0.0, False), (50.005, True), (float("nan"), True)],
)
def test_invalid_targets(target: float, over: bool) -> None:
    state = DICE.open(NoOptions(), KNOWN, 0).state
    for attempt in (DICE.stake_of, lambda state, command: DICE.apply(state, command, 0)):
        with pytest.raises(RefusedError) as refused:
            attempt(state, bet(target, over))
        assert (refused.value.code, refused.value.field) == ("bad_request", "selection.target")


@pytest.mark.parametrize(("target", "over"), [(1.0, True), (99.99, True), (99.0, False), (0.01, False)])
def test_the_outermost_targets(target: float, over: bool) -> None:
    assert DICE.stake_of(DICE.open(NoOptions(), KNOWN, 0).state, bet(target, over)) == 100


# ---- the return ----


def draws_below(roll: int) -> int:
    """Return how many of the 2**32 draws roll less than ``roll`` hundredths: those below roll × 2**32 / 10001."""
    return -(-roll * DRAWS // ROLLS)


@given(st.integers(1, ROLLS - 1))
def test_the_count_of_draws_is_exact(roll: int) -> None:
    below = draws_below(roll)
    assert roll_of((below - 1) / DRAWS) == roll - 1
    assert roll_of(below / DRAWS) == roll


def return_of(target: int, over: bool) -> Fraction:
    draws = DRAWS - draws_below(target + 1) if over else draws_below(target)
    return Fraction(draws * multiplier_of(winning_rolls(target, over)), DRAWS * TEN_THOUSANDTHS)


def test_every_bet_returns_99_percent_to_a_hundredth_of_a_percent() -> None:
    bets = [(t, over) for over in (True, False) for t in range(ROLLS) if 1 <= winning_rolls(t, over) <= MAX_WINS]
    returns = {bet: return_of(*bet) for bet in bets}
    assert len(returns) == 19_800
    assert min(returns.values()) == returns[228, True] == Fraction(42_515_981_321_649, 42_949_672_960_000)
    most = max(returns.values())
    assert most == Fraction(212_600_987_973, 214_748_364_800)
    assert [bet for bet, value in returns.items() if value == most] == [(target, False) for target in (1, 2, 3, 4)]
    assert all(abs(value - DICE.return_to_player) < Fraction(1, 10_000) for value in returns.values())


def test_a_win_always_pays_more_than_the_stake() -> None:
    assert multiplier_of(MAX_WINS) > TEN_THOUSANDTHS >= multiplier_of(MAX_WINS + 1)
    assert Fraction(multiplier_of(1), TEN_THOUSANDTHS) == DICE.largest_multiplier


def test_the_page_for_players_states_the_returns() -> None:
    page = Path("docs/games/dice.md").read_text(encoding="utf-8")
    for target, over in (
        (5_000, True),
        (5_000, False),
        (100, True),
        (7_500, True),
        (9_000, True),
        (9_999, True),
        (1, False),
    ):
        wins = winning_rolls(target, over)
        pays = f"{multiplier_of(wins) / TEN_THOUSANDTHS:,.4f}"
        percent = f"{float(100 * return_of(target, over)):.5f} %"
        assert f"| {'over' if over else 'under'} {target / 100:.2f} | {wins:,} | {pays} | {percent} |" in page

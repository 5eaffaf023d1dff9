"""Blackjack: rounds played by basic strategy pay what was computed."""

from collections import Counter
from fractions import Fraction
from math import sqrt

import pytest

from game_engine.basic_strategy import (
    CHANCES,
    Rules,
    added,
    all_hands,
    blackjack_chance,
    expectation,
    stand,
    winnings,
    worth,
)
from game_engine.chance import commitment
from game_engine.game import Seat
from game_engine.games.blackjack import SEATS, State, value_of
from game_engine.odds import Odds
from tests.game_engine.games.blackjack_round import BLACKJACK, Round

STAKE = 100
STANDING = -0.1604
"""The mean winnings of standing on every hand, in stakes."""


def best_move(state: State) -> tuple[Seat, str]:
    """Return the seat whose turn it is, and the offered move that basic strategy chooses."""
    hand = next(hand for hand in state.hands if hand.state == "playing")
    offered = BLACKJACK.view(state, hand.seat)["actions"]
    values = worth(value_of(state.dealer[0]), tuple(map(value_of, hand.cards)), Rules())
    # After three splits a pair is played by its total.
    return hand.seat, max(sorted(values.keys() & offered.keys()), key=lambda move: values[move])


def nets_of(number: int, stands: bool) -> list[float]:
    """Return what each of seven players wins in one round, in stakes, by basic strategy or by always standing."""
    table = Round(server_seed=commitment(f"basic strategy {number}"))
    for seat in range(SEATS):
        table.bet(STAKE, seat)
    table.wake()
    while table.step.outcome is None:
        if stands or table.state.phase == "insurance":
            table.wake()
            continue
        seat, move = best_move(table.state)
        table.act(move, seat=seat)
    return [(paid - staked) / STAKE for _, staked, paid in table.paid()]


def check(rounds: int, expected: float, stands: bool = False) -> Counter[float]:
    """Play ``rounds`` rounds, assert that the mean is within four standard errors, and count the amounts won.

    The seven bets of a round share the dealer's hand, so the error is computed from whole rounds.
    """
    sums: list[float] = []
    counts: Counter[float] = Counter()
    for number in range(rounds):
        nets = nets_of(number, stands)
        sums.append(sum(nets) / SEATS)
        counts.update(nets)
    mean = sum(sums) / rounds
    error = sqrt(sum((each - mean) ** 2 for each in sums) / (rounds - 1) / rounds)
    assert abs(mean - expected) < 4 * error, f"{mean:.5f} ± {error:.5f}, not {expected:.5f}"
    return counts


def check_strategy(rounds: int) -> None:
    counts = check(rounds, float(expectation(Rules())))
    chances = winnings(Rules())
    assert set(counts) <= set(chances)
    for amount, chance in chances.items():
        # Treat the seven bets of a round as one bet, which overestimates the error.
        bound = 4 * sqrt(chance * (1 - chance) / rounds) + 1 / rounds
        assert abs(counts[amount] / (rounds * SEATS) - chance) < bound, amount


def test_the_engine_pays_the_computed_return_of_basic_strategy() -> None:
    check_strategy(600)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_the_engine_pays_the_computed_return_of_basic_strategy_for_long() -> None:
    check_strategy(100_000)


def test_always_standing_loses_the_computed_amount() -> None:
    expected = 0.0
    natural = 2 * CHANCES[1] * CHANCES[10]
    for up, chance in CHANCES.items():
        lost = blackjack_chance(up)
        played = sum(then * _stood(up, one, other) for one, other, then in all_hands())
        expected += float(chance * ((1 - lost) * played - lost * (1 - natural)))
    assert expected == pytest.approx(STANDING, abs=5e-5)
    check(1_000, expected, stands=True)


def _stood(up: int, one: int, other: int) -> Fraction:
    total, _ = added(*added(0, False, one), other)
    return Fraction(3, 2) if total == 21 else stand(up, total)


def test_odds_state_the_return() -> None:
    play, insurance = BLACKJACK.odds(BLACKJACK.options())
    assert isinstance(play, Odds)
    stated = BLACKJACK.return_to_player
    assert 0 <= play.mean - stated < 1e-6
    assert play.largest == BLACKJACK.largest_multiplier == 16
    assert insurance.mean == 3 * CHANCES[10]
    assert float(insurance.mean) == pytest.approx(12 / 13, abs=1e-8)

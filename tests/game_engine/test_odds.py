"""The odds of bets whose payouts are known."""

from fractions import Fraction
from math import floor, isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.games import GAMES
from game_engine.odds import odds_of, odds_of_one_payout

HALF = Fraction(1, 2)


def test_a_fair_coin() -> None:
    odds = odds_of("heads", [(HALF, Fraction(2)), (HALF, Fraction(0))], "closed form")
    assert (odds.bet, float(odds.mean), odds.deviation, float(odds.largest)) == ("heads", 1.0, 1.0, 2.0)
    assert (odds.method, odds.error) == ("closed form", 0.0)


def test_a_single_payout() -> None:
    assert odds_of_one_payout("heads", HALF, Fraction(2), "m") == odds_of(
        "heads", [(HALF, Fraction(2)), (HALF, Fraction(0))], "m"
    )


def test_an_impossible_payout_is_not_the_largest() -> None:
    assert odds_of("sure", [(Fraction(1), Fraction(1)), (Fraction(0), Fraction(9))], "").largest == 1


def test_chances_must_add_up_to_one() -> None:
    with pytest.raises(AssertionError):
        odds_of("half", [(HALF, Fraction(2))], "")


@given(st.integers(1, 500), st.sampled_from([name for name in GAMES if name != "hilo"]))
def test_odds_at_a_stake_are_those_of_whole_cents(stake: int, game: str) -> None:
    for odds in GAMES[game].odds(GAMES[game].options())[:30]:
        rounded = odds.at_stake(stake)
        assert odds.mean - Fraction(1, stake) < rounded.mean <= odds.mean
        assert all((pays * stake).denominator == 1 for _, pays in rounded.chances)
        assert rounded.largest * stake == floor(odds.largest * stake) or not rounded.chances
        assert odds.at_stake(stake * 10_000).mean == odds.mean


def test_a_small_stake_returns_less() -> None:
    """The figures were enumerated by hand: 199 cents at 1.01 pay 200 cents in 98.0198 % of all rounds."""
    limbo, plinko = GAMES["limbo"], GAMES["plinko"]
    (one,) = limbo.odds_at(199, limbo.options(), limbo.selection(1.01))
    assert one.mean == Fraction(200, 199) * limbo.odds(limbo.options(), limbo.selection(1.01))[0].chances[0][0]
    (ball,) = plinko.odds_at(1, plinko.options(), plinko.selection(9, "low"))
    assert ball.mean == Fraction(2 * (6 + 9 * 3 + 36 * 1), 2**9)


@given(st.lists(st.tuples(st.integers(1, 1_000), st.integers(0, 10_000)), min_size=1, max_size=20))
def test_mean_and_deviation_follow_their_definitions(weighted: list[tuple[int, int]]) -> None:
    whole = sum(weight for weight, _ in weighted)
    odds = odds_of("any", [(Fraction(weight, whole), Fraction(paid)) for weight, paid in weighted], "")
    each = [paid for weight, paid in weighted for _ in range(weight)]
    mean = sum(each) / whole
    assert isclose(odds.mean, mean, abs_tol=1e-9)
    assert isclose(odds.deviation, sqrt(sum((paid - mean) ** 2 for paid in each) / whole), rel_tol=1e-6, abs_tol=1e-3)

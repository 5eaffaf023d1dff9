"""Keno: what is drawn, what it pays, and the exact return of each of the 30 paytables."""

from collections import Counter
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.game import Bet, NoOptions, Outcome, RefusedError, Seat, Seeds
from game_engine.games.keno import PAYTABLES, Keno, Risk, Selection, chance_of
from game_engine.money import TEN_THOUSANDTHS

KENO = Keno()
KNOWN = Seeds("server seed", 1)
DRAWN = [30, 26, 10, 37, 22, 35, 25, 24, 39, 4]
"""The numbers drawn with the client seed ``client seed``."""
TABLES = [(risk, picks) for risk in get_args(Risk) for picks in range(1, 11)]


def bet(picks: tuple[int, ...], risk: Any = "low", amount: int = 100) -> Bet:
    return Bet(seat=Seat(0), number=1, amount=amount, client_seed="client seed", selection=Selection(picks, risk))


def play(command: Bet, seeds: Seeds = KNOWN) -> Outcome:
    step = KENO.open(NoOptions(), seeds, 0)
    assert (step.events, step.wake_at) == ((), None)
    assert KENO.stake_of(step.state, command) == command.amount
    outcome = KENO.apply(step.state, command, 5).outcome
    assert outcome
    return outcome


@pytest.mark.parametrize(
    ("picks", "risk", "amount", "result", "payout"),
    [
        ((30,), "high", 100, "win", 396),
        ((31,), "high", 100, "loss", 0),
        ((31,), "low", 100, "win", 70),
        ((31,), "low", 1, "loss", 0),
        ((4, 10, 22, 24, 25, 26, 30, 35, 37, 39), "high", 100, "win", 1_001_082),
        ((4, 10, 22, 24, 25, 26, 30, 35, 37, 1), "high", 100, "win", 240_220),
        ((1, 2, 3, 5, 6, 7, 8, 9, 11, 12), "low", 100, "loss", 0),
        ((4, 10, 1), "medium", 9_999, "win", 20_998),
    ],
)
def test_hits_are_paid_by_the_paytable(
    picks: tuple[int, ...], risk: str, amount: int, result: str, payout: int
) -> None:
    outcome = play(bet(picks, risk, amount))
    assert outcome.facts == {"drawn": DRAWN}
    assert outcome.client_seed == "client seed"
    assert (outcome.results[0].result, outcome.results[0].payout) == (result, payout)


def test_picks_are_kept_sorted() -> None:
    taken = msgspec.json.decode(b'{"picks": [20, 7, 9], "risk": "low"}', type=Selection)
    assert msgspec.json.encode(taken) == b'{"picks":[7,9,20],"risk":"low"}'


@pytest.mark.parametrize(
    "text",
    [
        b'{"picks": [], "risk": "low"}',
        b'{"picks": [1,2,3,4,5,6,7,8,9,10,11], "risk": "low"}',
        b'{"picks": [0], "risk": "low"}',
        b'{"picks": [41], "risk": "low"}',
        b'{"picks": [1], "risk": "extreme"}',
        b'{"picks": [1]}',
        b'{"picks": [1], "risk": "low", "more": 1}',
    ],
)
def test_invalid_selections(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Selection)


def test_a_number_can_be_picked_only_once() -> None:
    twice = Selection((7, 9, 7), "low")
    for attempt in (lambda: play(bet((7, 9, 7))), lambda: KENO.odds(NoOptions(), twice)):
        with pytest.raises(RefusedError, match="Pick each number only once") as refused:
            attempt()
        assert (refused.value.code, refused.value.field) == ("bad_request", "selection.picks")


@given(st.integers(0, 2**64), st.sets(st.integers(1, 40), min_size=1, max_size=10), st.sampled_from(get_args(Risk)))
def test_ten_different_numbers_are_drawn_and_hits_are_paid(seed: int, picks: set[int], risk: str) -> None:
    outcome = play(bet(tuple(picks), risk, 10_000), Seeds(f"{seed}", 1))
    drawn = outcome.facts["drawn"]
    assert len(drawn) == len(set(drawn)) == 10
    assert set(drawn) <= set(range(1, 41))
    assert outcome.results[0].payout == PAYTABLES[risk][len(picks) - 1][len(picks & set(drawn))]


# ---- the return ----


@pytest.mark.parametrize("picks", [1, 2, 3])
def test_chances_match_a_count_of_all_draws(picks: int) -> None:
    # By symmetry, drawing ten numbers for given picks is the same as picking for ten given numbers.
    hits = Counter(sum(number <= 10 for number in pick) for pick in combinations(range(1, 41), picks))
    for count in range(picks + 1):
        assert chance_of(picks, count) == Fraction(hits[count], hits.total())


@pytest.mark.parametrize(("risk", "picks"), TABLES)
def test_a_paytable_returns_99_percent_to_the_last_unit_and_never_more(risk: Any, picks: int) -> None:
    table = PAYTABLES[risk][picks - 1]
    assert len(table) == picks + 1
    assert list(table) == sorted(table), "more hits never pay less"
    chances = [chance_of(picks, hits) for hits in range(picks + 1)]
    mean = sum(c * Fraction(paid, TEN_THOUSANDTHS) for c, paid in zip(chances, table, strict=True))
    (odds,) = KENO.odds(NoOptions(), Selection(tuple(range(1, picks + 1)), risk))
    assert odds.mean == mean <= KENO.return_to_player == Fraction(99, 100)
    least_step = min(c for c, paid in zip(chances, table, strict=True) if paid) / TEN_THOUSANDTHS
    assert mean + least_step > Fraction(99, 100)


def test_the_odds_cover_all_paytables() -> None:
    odds = KENO.odds(NoOptions())
    assert len(odds) == 30
    assert max(each.largest for each in odds) == KENO.largest_multiplier
    deviations = [[odds[10 * risk + picks].deviation for risk in range(3)] for picks in range(10)]
    assert all(low < medium < high for low, medium, high in deviations), "a risk is what its name says"


def test_hits_have_the_right_frequency() -> None:
    # 4,000 rounds with known seeds: the mean number of hits of ten picks is 2.5, its standard error 0.0189.
    rounds = [play(bet(tuple(range(1, 11)), "high"), Seeds(f"{n}", 1)).facts["drawn"] for n in range(4_000)]
    hits = [sum(number <= 10 for number in drawn) for drawn in rounds]
    assert abs(sum(hits) / len(hits) - 2.5) < 4 * 0.0189
    # Every number is drawn about 1,000 times; 115 is 4.2 standard deviations.
    times = Counter(number for drawn in rounds for number in drawn)
    assert all(abs(times[number] - 1_000) < 115 for number in range(1, 41))


def test_the_page_for_players_states_the_payouts_and_returns() -> None:
    page = Path("docs/games/keno.md").read_text(encoding="utf-8")
    for risk, picks in TABLES:
        pays = [f"{paid / TEN_THOUSANDTHS:,.4f}".rstrip("0").rstrip(".") for paid in PAYTABLES[risk][picks - 1]]
        (odds,) = KENO.odds(NoOptions(), Selection(tuple(range(1, picks + 1)), risk))
        row = f"| {picks} | {' | '.join(each if each != '0' else '–' for each in pays)} |{' |' * (10 - picks)}"
        assert f"{row} {float(100 * odds.mean):.6f} % |" in page, (risk, row)

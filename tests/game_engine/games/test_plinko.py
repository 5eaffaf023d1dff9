"""Plinko: the ball's path, what the slots pay, and the exact 99 % return of each of the 27 paytables."""

from collections import Counter
from fractions import Fraction
from itertools import islice, pairwise, product
from math import comb, sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import DRAWS, floats
from game_engine.game import Bet, BetResult, NoOptions, Outcome, RefusedError, Seat, Seeds
from game_engine.games.plinko import RISKS, Plinko, Selection, multipliers_of, path_of
from game_engine.instant import State
from tests.game_engine.refusals import refused

PLINKO = Plinko()
KNOWN = Seeds("server seed", 1)
ROWS = range(8, 17)
TABLES = list(product(ROWS, RISKS))


def bet(rows: int, risk: Any, amount: int = 100, client_seed: str = "client seed") -> Bet:
    return Bet(seat=Seat(0), number=1, amount=amount, client_seed=client_seed, selection=Selection(rows, risk))


def opened(seeds: Seeds = KNOWN) -> State:
    step = PLINKO.open(NoOptions(), seeds, 0)
    assert (step.events, step.wake_at, step.outcome) == ((), None, None)
    return step.state


def play(command: Bet, seeds: Seeds = KNOWN) -> Outcome:
    outcome = PLINKO.apply(opened(seeds), command, 5).outcome
    assert outcome
    return outcome


# ---- the path ----


def test_a_known_round() -> None:
    # The first draw of these seeds is 0.7466…, so the ball goes right at the first row.
    outcome = play(bet(8, "high"))
    assert outcome.facts == {"path": [1, 1, 0, 1, 1, 1, 1, 1], "slot": 7}
    assert outcome.client_seed == "client seed"
    assert outcome.results == (BetResult(seat=Seat(0), number=1, amount=100, result="win", payout=490),)


def test_the_lower_half_of_the_draws_goes_left_the_upper_right() -> None:
    assert path_of([0.0, 0.5 - 1 / DRAWS, 0.5, 1 - 1 / DRAWS]) == (0, 0, 1, 1)


@given(st.integers(0, 2**64), st.sampled_from(TABLES), st.integers(1, 10**9))
def test_each_row_takes_a_draw_and_the_slot_pays(seed: int, table: tuple[int, str], amount: int) -> None:
    rows, risk = table
    seeds = Seeds(f"{seed:064x}", 7)
    outcome = play(bet(rows, risk, amount), seeds)
    draws = list(islice(floats(seeds.server_seed, "client seed", 7), rows))
    assert outcome.facts["path"] == [0 if draw < 0.5 else 1 for draw in draws]
    assert outcome.facts["slot"] == sum(outcome.facts["path"])
    (result,) = outcome.results
    assert result.payout == amount * multipliers_of(rows, risk)[outcome.facts["slot"]] // 100
    assert result.result == ("win" if result.payout > amount else "push" if result.payout == amount else "loss")


def test_fewer_rows_give_the_start_of_the_same_path() -> None:
    paths = [play(bet(rows, "low")).facts["path"] for rows in ROWS]
    for shorter, longer in pairwise(paths):
        assert longer[:-1] == shorter


# ---- refusals ----


@pytest.mark.parametrize("rows", [7, 17, 0, -8])
def test_an_invalid_number_of_rows_is_refused(rows: int) -> None:
    assert refused(PLINKO, opened(), bet(rows, "low")) == [("bad_request", "selection.rows")] * 2
    with pytest.raises(RefusedError, match="from 8 to 16 rows"):
        PLINKO.odds(NoOptions(), Selection(rows, "low"))


# ---- the tables and their return ----


def test_each_of_the_27_tables_returns_exactly_99_percent() -> None:
    assert len(TABLES) == 27
    for rows, risk in TABLES:
        pays = multipliers_of(rows, risk)
        # Enumerate the paths: all 2^rows are equally likely, because each draw splits its range exactly in half.
        slots = Counter(sum(path) for path in product((0, 1), repeat=rows))
        assert {slot: comb(rows, slot) for slot in slots} == slots
        assert sum(slots[slot] * pays[slot] for slot in slots) * 100 == 99 * 100 * 2**rows, (rows, risk)


def test_the_odds_follow_from_the_paytables() -> None:
    found = {odds.bet: odds for odds in PLINKO.odds(NoOptions())}
    assert len(found) == 27
    for rows, risk in TABLES:
        odds = found[f"{rows} rows, {risk} risk"]
        pays = [Fraction(each, 100) for each in multipliers_of(rows, risk)]
        squares = sum(comb(rows, slot) * pays[slot] ** 2 for slot in range(rows + 1)) / 2**rows
        assert (odds.mean, odds.largest) == (PLINKO.return_to_player, max(pays))
        assert odds.deviation == pytest.approx(sqrt(squares - odds.mean**2))
        assert PLINKO.odds(NoOptions(), Selection(rows, risk)) == (odds,)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("risk", RISKS)
def test_a_table_is_symmetric_and_rises_to_the_edges(rows: int, risk: str) -> None:
    pays = multipliers_of(rows, risk)
    assert len(pays) == rows + 1
    assert pays == pays[::-1]
    half = pays[: rows // 2 + 1]
    assert list(half) == sorted(set(half), reverse=True)
    assert half[-1] < 100 < half[1]


def test_more_rows_and_more_risk_mean_a_higher_edge() -> None:
    for risk in RISKS:
        edges = [multipliers_of(rows, risk)[0] for rows in ROWS]
        assert edges == sorted(set(edges))
    for rows in ROWS:
        by_risk = [multipliers_of(rows, risk) for risk in RISKS]
        assert by_risk[0][0] < by_risk[1][0] < by_risk[2][0]
        assert by_risk[0][rows // 2] > by_risk[1][rows // 2] > by_risk[2][rows // 2]
        low, medium, high = (PLINKO.odds(NoOptions(), Selection(rows, risk))[0].deviation for risk in RISKS)
        assert low < medium < high


def test_the_largest_multiplier_is_the_stated_one() -> None:
    assert max(max(multipliers_of(*table)) for table in TABLES) == 100_000
    assert PLINKO.largest_multiplier == 1_000


def test_played_rounds_approach_the_return() -> None:
    """4,000 played rounds of a paytable pay the stated return within four standard errors."""
    rounds = 4_000
    for rows, risk in ((8, "low"), (12, "medium"), (9, "high")):
        (odds,) = PLINKO.odds(NoOptions(), Selection(rows, risk))  # type: ignore[arg-type]
        seeds = (Seeds("of the test", nonce) for nonce in range(1, rounds + 1))
        paid = sum(play(bet(rows, risk, 10_000), each).results[0].payout for each in seeds)
        error = odds.deviation / sqrt(rounds)
        assert abs(paid / (10_000 * rounds) - 0.99) < 4 * error


def test_the_page_for_players_states_the_tables() -> None:
    page = Path("docs/games/plinko.md").read_text(encoding="utf-8")
    for rows, risk in TABLES:
        half = multipliers_of(rows, risk)[: rows // 2 + 1]
        line = " · ".join(f"{each / 100:,.2f}".rstrip("0").rstrip(".") for each in half)
        assert f"| {rows} | {risk} | {line} |" in page
    found = {odds.bet: odds.deviation for odds in PLINKO.odds(NoOptions())}
    for rows in ROWS:
        low, medium, high = (found[f"{rows} rows, {risk} risk"] for risk in RISKS)
        assert f"| {rows} | {low:.2f} | {medium:.2f} | {high:.2f} |" in page

"""Basic strategy: its moves and its return match those published by others for the same rules."""

from fractions import Fraction
from itertools import product
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.basic_strategy import (
    BUST,
    CHANCES,
    Rules,
    added,
    blackjack_chance,
    dealer_finals,
    double,
    expectation,
    first_two,
    hit,
    odds_of_play,
    split,
    stand,
    two_cards,
    winnings,
    worth,
)

UPS = (*range(2, 11), 1)
FOUR_HANDS = Rules()

# Wizard of Odds, "Blackjack Appendix 1": an infinite deck, the dealer stands on soft 17, doubles after splits, up to
# three splits but one of aces, which get one card each. The values there are rounded to four decimals.
PUBLISHED_EDGE = 0.00511734
PUBLISHED_STANDING = """
16 -0.2928 -0.2523 -0.2111 -0.1672 -0.1537 -0.4754 -0.5105 -0.5431 -0.5404 -0.667
17 -0.153 -0.1172 -0.0806 -0.0449 0.0117 -0.1068 -0.382 -0.4232 -0.4197 -0.478
18 0.1217 0.1483 0.1759 0.1996 0.2834 0.3996 0.106 -0.1832 -0.1783 -0.1002
19 0.3863 0.4044 0.4232 0.4395 0.496 0.616 0.5939 0.2876 0.0631 0.2776
20 0.64 0.6503 0.661 0.6704 0.704 0.7732 0.7918 0.7584 0.5545 0.6555
21 0.882 0.8853 0.8888 0.8918 0.9028 0.9259 0.9306 0.9392 0.9626 0.9222
"""
PUBLISHED_EIGHTS_AGAINST_TEN = {"stand": -0.5404, "hit": -0.5398, "double": -1.0797, "split": -0.4807}

# From "Linear approximation to infinite deck blackjack", for rules with "no resplitting"; that its hands are not
# doubled after a split either is our conclusion from the figure.
PUBLISHED_WITHOUT_RESPLITTING = -0.00690223

# Wizard of Odds, "Variance in Blackjack", of six decks: 1.295, and 0.038 more with doubles after splits.
PUBLISHED_VARIANCE = 1.333


def test_the_house_edge_is_the_published_one() -> None:
    assert round(-float(expectation(FOUR_HANDS)), 8) == PUBLISHED_EDGE


def test_values_match_the_published_ones_for_other_rules() -> None:
    # Our value is -0.00690237; the last two published digits differ.
    plain = float(expectation(Rules(max_hands=2, double_after_split=False)))
    assert plain == pytest.approx(PUBLISHED_WITHOUT_RESPLITTING, abs=1.5e-7)


def test_values_match_the_published_ones() -> None:
    for line in PUBLISHED_STANDING.strip().splitlines():
        total, *published = line.split()
        ours = [round(float(stand(up, int(total))), 4) for up in UPS]
        assert ours == [float(value) for value in published], total
    eights = {move: round(float(value), 4) for move, value in worth(10, (8, 8), FOUR_HANDS).items()}
    assert eights == PUBLISHED_EIGHTS_AGAINST_TEN


def test_every_extra_choice_has_a_value() -> None:
    plain, more_hands, doubles = Rules(2, False), Rules(4, False), Rules(2, True)
    assert expectation(plain) < expectation(more_hands) < expectation(FOUR_HANDS)
    assert expectation(plain) < expectation(doubles) < expectation(FOUR_HANDS)


# ---- the parts ----


def test_the_chance_of_a_card_is_its_share_of_draws() -> None:
    assert sum(CHANCES.values()) == 1
    for value, chance in CHANCES.items():
        assert abs(chance - Fraction(4 if value == 10 else 1, 13)) < Fraction(16, 2**32)


@given(st.lists(st.integers(1, 10), min_size=1, max_size=12))
def test_a_total_counts_aces_in_the_best_way(values: list[int]) -> None:
    total, soft = 0, False
    for value in values:
        total, soft = added(total, soft, value) if total < BUST else (BUST, False)
    ways = {sum(way) for way in product(*([1, 11] if value == 1 else [value] for value in values))}
    assert total == max((way for way in ways if way <= 21), default=BUST)
    assert soft == (total < BUST and total > sum(values))


@pytest.mark.parametrize("up", UPS)
def test_the_dealers_final_totals_add_up_to_one(up: int) -> None:
    finals = dealer_finals(up)
    assert set(finals) == {*range(17, 22), BUST}
    assert sum(finals.values()) == 1
    assert all(chance > 0 for chance in finals.values())


def test_the_dealers_totals_match_a_brute_force_count() -> None:
    """Enumerate all hands of the dealer card by card, without combining equal totals."""

    def ends(cards: tuple[int, ...], chance: float) -> None:
        hard = sum(cards)
        total = hard + 10 if 1 in cards and hard <= 11 else hard
        if len(cards) == 2 and total == 21:
            found["blackjack"] = found.get("blackjack", 0.0) + chance
        elif total >= 17:
            found[min(total, BUST)] = found.get(min(total, BUST), 0.0) + chance
        else:
            for value in range(1, 11):
                ends((*cards, value), chance * (4 if value == 10 else 1) / 13)

    for up in (1, 6, 10):
        found: dict[int | str, float] = {}
        ends((up,), 1.0)
        left = 1 - found.pop("blackjack", 0.0)
        assert isclose(1 - left, float(blackjack_chance(up)), abs_tol=1e-8)
        for total, chance in dealer_finals(up).items():
            assert isclose(found[total] / left, float(chance), abs_tol=1e-8)


@pytest.mark.parametrize("up", UPS)
def test_splitting_a_pair_does_not_depend_on_the_splits_left(up: int) -> None:
    """This is why one letter in a chart is enough."""
    for value in range(2, 11):
        total, soft = added(*added(0, False, value), value)
        splits = {split(up, value, Rules(hands)) > two_cards(up, total, soft, True) for hands in (2, 3, 4)}
        assert len(splits) == 1


def test_a_blackjack_wins_one_and_a_half_stakes() -> None:
    assert first_two(6, 10, 1, FOUR_HANDS) == first_two(6, 1, 10, FOUR_HANDS) == Fraction(3, 2)
    assert first_two(6, 10, 9, FOUR_HANDS) == stand(6, 19)


# ---- the return ----


@pytest.mark.parametrize("rules", [FOUR_HANDS, Rules(2, False)])
def test_the_distribution_of_winnings_has_the_computed_mean(rules: Rules) -> None:
    won = winnings(rules)
    assert isclose(sum(won.values()), 1, rel_tol=1e-12)
    mean = sum(amount * chance for amount, chance in won.items())
    assert isclose(mean, float(expectation(rules)), rel_tol=1e-9)
    most = 2 * rules.max_hands if rules.double_after_split else 2
    assert (min(won), max(won)) == (-most, most)


def test_blackjacks_have_the_right_frequency() -> None:
    natural = 2 * CHANCES[1] * CHANCES[10]
    assert isclose(winnings(FOUR_HANDS)[1.5], float(natural * (1 - natural)), rel_tol=1e-12)


def test_the_odds_have_these_means() -> None:
    play, insurance = odds_of_play()
    assert play.mean == 1 + expectation(FOUR_HANDS)
    assert (play.error, insurance.error) == (0, 0)
    assert play.deviation**2 == pytest.approx(PUBLISHED_VARIANCE, abs=0.005)
    assert insurance.mean == 3 * CHANCES[10]


# ---- the chart on the page for players ----


def _cell(up: int, total: int, soft: bool) -> str:
    values = {"S": stand(up, total), "H": hit(up, total, soft)}
    instead = max(values, key=lambda move: values[move])
    return instead if double(up, total, soft) <= values[instead] else f"D{'s' if instead == 'S' else ''}"


def _pair(up: int, value: int) -> str:
    total, soft = added(*added(0, False, value), value)
    return "P" if split(up, value, FOUR_HANDS) > two_cards(up, total, soft, True) else _cell(up, total, soft)


def chart() -> dict[str, list[str]]:
    """Return basic strategy: a row for each hand, with a letter for each card of the dealer from 2 to ace."""
    rows = {f"{total}": [_cell(up, total, False) for up in UPS] for total in range(5, 21)}
    rows |= {f"A {other}": [_cell(up, 11 + other, True) for up in UPS] for other in range(2, 10)}
    pairs = {"A A": 1, **{f"{value} {value}": value for value in range(2, 11)}}
    return rows | {name: [_pair(up, value) for up in UPS] for name, value in pairs.items()}


def test_the_page_for_players_has_the_chart() -> None:
    page = Path("docs/games/blackjack.md").read_text(encoding="utf-8")
    told = {}
    for line in page.splitlines():
        name, *moves = [cell.strip() for cell in line.strip("|").split("|")]
        if len(moves) == len(UPS) and "H" not in name:
            told[name] = moves
    rows = {name: moves for name, moves in told.items() if name in chart()}
    # Equal rows share one line of the page.
    for name, moves in told.items():
        first, dash, last = name.partition("–")
        if dash:
            rows |= {f"{total}": moves for total in range(int(first), int(last) + 1)}
    assert rows == chart()


def test_the_page_for_players_states_the_return() -> None:
    page = Path("docs/games/blackjack.md").read_text(encoding="utf-8")
    play, insurance = odds_of_play()
    assert f"{float(100 * play.mean):.4f} %" in page
    assert f"{float(100 * insurance.mean):.2f} %" in page
    assert f"{play.deviation:.2f} stakes" in page
    won = winnings(FOUR_HANDS)
    good, even, bad = (sum(c for a, c in won.items() if (a > 0) - (a < 0) == sign) for sign in (1, 0, -1))
    assert f"wins {100 * good:.1f} %, ties {100 * even:.1f} % and loses {100 * bad:.1f} %" in page

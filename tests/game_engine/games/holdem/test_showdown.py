"""The deck, the deal, the names of hands, and who shows."""

from collections import Counter
from itertools import combinations, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.cards import CARDS
from game_engine.chance import floats
from game_engine.games.holdem.showdown import best_of, board_of, deck_of, hole_of, kind_of, rank_of, showing


def cards(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def test_the_deck_is_drawn_without_replacement() -> None:
    assert deck_of(iter([0.0] * 52)) == CARDS
    draws = list(islice(floats("server seed", "client seed", 1), 52))
    deck = deck_of(iter(draws))
    assert sorted(deck) == sorted(CARDS)
    left = list(CARDS)
    assert [left.pop(int(draw * len(left))) for draw in draws] == list(deck)
    assert deck[0] == CARDS[int(draws[0] * 52)]


def test_cards_are_dealt_one_at_a_time_and_then_the_board() -> None:
    deck = CARDS
    assert [hole_of(deck, place, 3) for place in range(3)] == [
        (deck[0], deck[3]),
        (deck[1], deck[4]),
        (deck[2], deck[5]),
    ]
    assert board_of(deck, 3, 0) == ()
    assert board_of(deck, 3, 4) == deck[6:10]
    assert board_of(deck, 9, 5) == deck[18:23]


@pytest.mark.parametrize(
    ("hand", "kind", "rank"),
    [
        ("HA HK HQ HJ HT D2 C2", "Royal flush", 1),
        ("S6 H9 H8 H7 H6 H5 D6", "Straight flush", 6),
        ("DA S2 D5 D4 D3 D2 C2", "Straight flush", 10),
        ("DA HA SA CA DK D2 C3", "Four of a kind", 11),
        ("D2 H2 S2 C2 D3 H3 S3", "Four of a kind", 166),
        ("DA HA SA CK DK D2 C3", "Full house", 167),
        ("D2 H2 S2 C3 D3", "Full house", 322),
        ("DA DK DQ DJ D9 H2 C2", "Flush", 323),
        ("D7 D5 D4 D3 D2", "Flush", 1_599),
        ("DA HK SQ CJ DT DA H2", "Straight", 1_600),
        ("DA H2 S3 C4 D5", "Straight", 1_609),
        ("D2 H2 S2 C3 D4", "Three of a kind", 2_467),
        ("D2 H2 S3 C3 D4", "Two pair", 3_325),
        ("D2 H2 S3 C4 D5", "Pair", 6_185),
        ("DA HK SQ CJ D9 H3 S2", "High card", 6_186),
        ("D7 H5 S4 C3 D2", "High card", 7_462),
    ],
)
def test_each_kind_has_its_first_and_last_rank(hand: str, kind: str, rank: int) -> None:
    assert (rank_of(cards(hand)), kind_of(rank)) == (rank, kind)


def test_each_kind_has_the_known_number_of_hands() -> None:
    # Each rank is one hand; the numbers of different hands are well known.
    kinds = Counter(kind_of(rank) for rank in range(1, 7_463))
    assert list(kinds.values()) == [1, 9, 156, 156, 1_277, 10, 858, 858, 2_860, 1_277]


@given(st.permutations(CARDS).map(lambda deck: tuple(deck[:7])))
def test_the_best_five_have_the_rank_of_all_seven(seven: tuple[str, ...]) -> None:
    rank = rank_of(seven)
    assert rank == min(rank_of(five) for five in combinations(seven, 5))
    best = best_of(seven, rank)
    assert rank_of(best) == rank
    assert list(best) == [card for card in seven if card in best], "in the order of the seven"


@given(st.permutations("DHSC"), st.permutations(CARDS).map(lambda deck: tuple(deck[:7])))
def test_no_suit_is_better_than_another(suits: list[str], seven: tuple[str, ...]) -> None:
    other = dict(zip("DHSC", suits, strict=True))
    assert rank_of([other[card[0]] + card[1] for card in seven]) == rank_of(seven)


@pytest.mark.parametrize(
    ("order", "everyone", "shown"),
    [
        ([2, 0, 1], False, [2, 1]),
        ([0, 1, 2], False, [0, 1]),
        ([1, 2, 0], False, [1]),
        ([1, 2, 0], True, [1, 2, 0]),
        ([3, 2, 1], False, [3, 2, 1]),
    ],
)
def test_beaten_hands_are_not_shown(order: list[int], everyone: bool, shown: list[int]) -> None:
    ranks = [5_000, 100, 3_000, 3_000]
    assert showing(order, ranks.__getitem__, everyone=everyone) == shown

"""Who holds what: the cards that a deck deals, what seven of them are worth, and who has to show them.

Hands are ranked by phevaluator: 1 is a royal flush, 7462 the worst high card. It takes cards as numbers, rank × 4 +
suit, which is their place in ``CARDS``; that it counts the suits in another order changes no rank.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from phevaluator import evaluate_cards

from game_engine.cards import CARDS
from game_engine.chance import draw_without_putting_back

HOLE, BOARD, HAND = 2, 5, 5

# The last rank of each kind. There are 10 different straight flushes, 156 fours, 156 full houses, 1277 flushes …
_KINDS = (
    (1, "Royal flush"),
    (10, "Straight flush"),
    (166, "Four of a kind"),
    (322, "Full house"),
    (1_599, "Flush"),
    (1_609, "Straight"),
    (2_467, "Three of a kind"),
    (3_325, "Two pair"),
    (6_185, "Pair"),
    (7_462, "High card"),
)
_PLACES = {card: place for place, card in enumerate(CARDS)}


def deck_of(draws: Iterator[float]) -> tuple[str, ...]:
    """All 52 cards in the order drawn."""
    return tuple(CARDS[place] for place in draw_without_putting_back(draws, len(CARDS), len(CARDS)))


def hole_of(deck: Sequence[str], place: int, players: int) -> tuple[str, ...]:
    """The two cards of the player at ``place`` from the left of the button, of so many players."""
    return (deck[place], deck[players + place])


def board_of(deck: Sequence[str], players: int, cards: int) -> tuple[str, ...]:
    """The first ``cards`` of the board: they follow the hole cards; none is burnt."""
    return tuple(deck[HOLE * players : HOLE * players + cards])


def rank_of(cards: Sequence[str]) -> int:
    """The rank of the best five of five to seven cards, from 1; less is better."""
    return int(evaluate_cards(*(_PLACES[card] for card in cards)))


def kind_of(rank: int) -> str:
    """What players call a hand of this rank."""
    return next(kind for largest, kind in _KINDS if rank <= largest)


def best_of(cards: Sequence[str], rank: int) -> tuple[str, ...]:
    """The first five of ``cards``, in their order, that are worth ``rank``."""
    return next(five for five in combinations(cards, HAND) if rank_of(five) == rank)


def showing(places: Sequence[int], rank_at: Callable[[int], int], everybody: bool) -> list[int]:
    """Of ``places``, in the order in which they have to show, those who do.

    ``everybody``: somebody is all in, so all are turned up. Else a player shows who can still win, and who is beaten
    already throws the hand away.
    """
    shown: list[int] = []
    best: int | None = None
    for place in places:
        rank = rank_at(place)
        if everybody or best is None or rank <= best:
            shown.append(place)
            best = rank if best is None else min(best, rank)
    return shown

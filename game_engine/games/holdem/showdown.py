"""The cards of a hand: how the deck deals them, what seven of them are worth, and who has to show them.

phevaluator ranks the hands: 1 is a royal flush, 7462 the worst high card. It takes cards as numbers, rank × 4 + suit,
which is their index in ``CARDS``. It counts the suits in another order, but that does not affect any rank.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from phevaluator import evaluate_cards

from game_engine.cards import CARDS
from game_engine.chance import draw_without_replacement

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
_INDEX = {card: index for index, card in enumerate(CARDS)}


def deck_of(draws: Iterator[float]) -> tuple[str, ...]:
    """Return all 52 cards in the order drawn."""
    return tuple(CARDS[index] for index in draw_without_replacement(draws, len(CARDS), len(CARDS)))


def hole_of(deck: Sequence[str], position: int, players: int) -> tuple[str, ...]:
    """Return the two cards of the player at ``position``, counted from the left of the button, out of ``players``."""
    return (deck[position], deck[players + position])


def board_of(deck: Sequence[str], players: int, cards: int) -> tuple[str, ...]:
    """Return the first ``cards`` of the board, which follow the hole cards without a burn card."""
    return tuple(deck[HOLE * players : HOLE * players + cards])


def rank_of(cards: Sequence[str]) -> int:
    """Return the rank of the best five out of five to seven cards, from 1; lower is better."""
    return int(evaluate_cards(*(_INDEX[card] for card in cards)))


def kind_of(rank: int) -> str:
    """Return the name of a hand of this rank, such as ``Full house``."""
    return next(kind for largest, kind in _KINDS if rank <= largest)


def best_of(cards: Sequence[str], rank: int) -> tuple[str, ...]:
    """Return the first five of ``cards``, in their order, that have ``rank``."""
    return next(five for five in combinations(cards, HAND) if rank_of(five) == rank)


def showing(positions: Sequence[int], rank_at: Callable[[int], int], everyone: bool) -> list[int]:
    """Return those of ``positions`` who show their cards; ``positions`` are in showing order.

    With ``everyone`` (a player is all in), all show. Otherwise a player who is already beaten mucks.
    """
    shown: list[int] = []
    best: int | None = None
    for position in positions:
        rank = rank_at(position)
        if everyone or best is None or rank <= best:
            shown.append(position)
            best = rank if best is None else min(best, rank)
    return shown

"""Playing cards: their names, their ranks, and what a draw makes of them.

In the order of the published scheme: ♦2 ♥2 ♠2 ♣2 ♦3 … ♣A, written ``D2 H2 S2 C2 D3 … CA``, ten as ``T``.
"""

RANKS = "23456789TJQKA"
SUITS = "DHSC"
CARDS = tuple(suit + rank for rank in RANKS for suit in SUITS)


def card_of(draw: float) -> str:
    """The card that a draw in [0, 1) means, of decks without end: ``floor(draw × 52)``."""
    return CARDS[int(draw * len(CARDS))]


def rank_of(card: str) -> int:
    """2 … 10, jack 11, queen 12, king 13, ace 14."""
    return RANKS.index(card[1]) + 2

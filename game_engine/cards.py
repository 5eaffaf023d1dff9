"""Playing cards: their names and ranks, and how a draw becomes a card.

Cards are listed by rank and then suit: ♦2 ♥2 ♠2 ♣2 ♦3 … ♣A. A card is written as its suit and rank, with T for ten:
``D2 H2 S2 C2 D3 … CA``.
"""

RANKS = "23456789TJQKA"
SUITS = "DHSC"
CARDS = tuple(suit + rank for rank in RANKS for suit in SUITS)


def card_of(draw: float) -> str:
    """Return the card for a draw in [0, 1), from an infinite deck: ``CARDS[floor(draw × 52)]``."""
    return CARDS[int(draw * len(CARDS))]


def rank_of(card: str) -> int:
    """Return 2 … 10, 11 for a jack, 12 for a queen, 13 for a king or 14 for an ace."""
    return RANKS.index(card[1]) + 2

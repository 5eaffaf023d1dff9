"""A hand of hold'em that was shown down, for tests of what is published of it and when."""

from msgspec.json import encode

from storage.settlement import EndedRound
from tests.game_engine.rounds import holdem

HAND = holdem.one("shown down", holdem.shown_down())
"""Its full proof."""
HAND_ENDED_AT: int = HAND["journal"][-1][0]


def settled_hand(game_id: int) -> EndedRound:
    """The hand as the ledger takes it, without its bets."""
    return EndedRound(
        game_id=game_id,
        room="holdem",
        number=HAND["number"],
        server_seed_hash=HAND["server_seed_hash"],
        server_seed=HAND["server_seed"],
        client_seed=HAND["client_seed"],
        nonce=HAND["nonce"],
        status="settled",
        options=encode(HAND["options"]),
        journal=encode(HAND["journal"]),
        outcome=encode(HAND["outcome"]),
        started_at=HAND["opened_at_ms"],
        ended_at=HAND_ENDED_AT,
    )

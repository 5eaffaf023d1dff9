"""Rounds of plinko."""

from typing import Any

from game_engine.chance import commitment
from game_engine.game import Bet, NoOptions, Seat, Seeds
from game_engine.games.plinko import Plinko, Selection
from tests.game_engine.rounds.played import round_of


def one(text: str, rows: int, risk: Any, amount: int = 100) -> dict[str, Any]:
    """Return a proof. The server seed is the hash of ``text``, so that it looks real."""
    bet = Bet(seat=Seat(0), number=1, amount=amount, client_seed="client-seed_1", selection=Selection(rows, risk))
    return round_of(Plinko(), "plinko-a1b2c3d4", NoOptions(), Seeds(commitment(text), 7), [(1_234, bet)])


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    return {
        "plinko, the middle of eight rows": one("plinko 1", 8, "low", 101),
        "plinko, nine rows, a small win": one("plinko 6", 9, "high", 12_345),
        "plinko, twelve rows, a win": one("plinko 2", 12, "medium"),
        "plinko, the stake comes back": one("plinko 3", 14, "low", 999),
        "plinko, sixteen rows, the slot at the edge": one("plinko 4715", 16, "high"),
    }

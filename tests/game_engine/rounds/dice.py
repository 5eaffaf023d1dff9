"""Rounds of dice."""

from typing import Any

from game_engine.chance import commitment
from game_engine.game import Bet, NoOptions, Seat, Seeds
from game_engine.games.dice import Dice, Selection, roll_of
from tests.game_engine.rounds.played import round_of


def drawn(draws: list[float]) -> dict[str, Any]:
    return {"roll": roll_of(draws[0]) / 100}


def one(text: str, target: float, over: bool, amount: int = 100) -> dict[str, Any]:
    """Return a proof. The server seed is the hash of ``text``, so that it looks real."""
    bet = Bet(seat=Seat(0), number=1, amount=amount, client_seed="client-seed_1", selection=Selection(target, over))
    return round_of(Dice(), "dice-a1b2c3d4", NoOptions(), Seeds(commitment(text), 7), [(1_234, bet)])


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    return {
        "dice, over, won": one("dice 1", 20.5, True),
        "dice, over, lost": one("dice 1", 99.99, True),
        "dice, under, won": one("dice 3", 75.25, False, 12_345),
        "dice, under, lost": one("dice 2", 0.01, False),
    }

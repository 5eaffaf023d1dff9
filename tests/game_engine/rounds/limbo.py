"""Rounds of limbo."""

from typing import Any

from game_engine.chance import commitment
from game_engine.game import Bet, NoOptions, Seat, Seeds
from game_engine.games.limbo import Limbo, Selection
from game_engine.point import point_of
from tests.game_engine.rounds.played import round_of


def drawn(draws: list[float]) -> dict[str, Any]:
    return {"point": point_of(draws[0]) / 100}


def one(text: str, target: float, amount: int = 100) -> dict[str, Any]:
    """Return a proof. The server seed is the hash of ``text``, so that it looks real."""
    bet = Bet(seat=Seat(0), number=1, amount=amount, client_seed="client-seed_1", selection=Selection(target))
    return round_of(Limbo(), "limbo-a1b2c3d4", NoOptions(), Seeds(commitment(text), 7), [(1_234, bet)])


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    return {
        "limbo, won at exactly the point": one("limbo 1", 70.07),
        "limbo, lost by a hundredth": one("limbo 1", 70.08),
        "limbo, won, far below the point": one("limbo 9", 1.01, 12_345),
        "limbo, lost at the lowest point": one("limbo 84", 1.01),
        "limbo, won at the largest target": one("limbo 1038", 1_000_000, 333),
    }

"""Rounds of keno."""

from typing import Any

from game_engine.chance import commitment
from game_engine.game import Bet, NoOptions, Seat, Seeds
from game_engine.games.keno import Keno, Risk, Selection
from tests.game_engine.rounds.played import round_of


def one(text: str, picks: tuple[int, ...], risk: Risk, amount: int = 100) -> dict[str, Any]:
    """Return a proof. The server seed is the hash of ``text``, so that it looks real."""
    bet = Bet(seat=Seat(0), number=1, amount=amount, client_seed="client-seed_1", selection=Selection(picks, risk))
    return round_of(Keno(), "keno-a1b2c3d4", NoOptions(), Seeds(commitment(text), 40), [(1_234, bet)])


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    return {
        "keno, ten of ten": one("keno 1", (12, 20, 21, 23, 24, 28, 36, 37, 38, 39), "high", 12_345),
        "keno, low risk, less than the stake": one("keno 2", (7, 40, 3, 33, 16, 22, 1, 10, 5), "low"),
        "keno, one pick that is not drawn, low risk": one("keno 2", (1,), "low", 333),
        "keno, medium risk, lost": one("keno 3", (1, 4, 5, 6, 2), "medium"),
        "keno, a cent doubled and more, rounded down": one("keno 3", (2, 8, 7), "medium", 1),
        "keno, rounded down to nothing": one("keno 2", (1,), "low", 1),
    }

"""Rounds of coinduel."""

from typing import Any

from game_engine.chance import commitment
from game_engine.game import Act, Bet, Leave, Seat, Seeds
from game_engine.games.coinduel import Coinduel, Options, Selection, Side, Withdraw, side_of
from tests.game_engine.rounds.played import Plan, round_of


def drawn(draws: list[float]) -> dict[str, Any]:
    return {"side": side_of(draws[0])}


def one(text: str, plan: Plan, rake: int = 0) -> dict[str, Any]:
    """Return a proof. The server seed is the hash of ``text``, so that it looks real."""
    return round_of(Coinduel(), "coinduel-k7m2p9qa", Options(rake), Seeds(commitment(text), 3), plan)


def challenge(side: Side, amount: int = 2_500) -> Bet:
    """Return the challenge, from the second seat, so that seat and bet numbers differ."""
    return Bet(seat=Seat(1), number=1, amount=amount, client_seed="challenger", selection=Selection(side))


def taken(side: Side | None = None, amount: int = 2_500) -> Bet:
    return Bet(seat=Seat(0), number=2, amount=amount, client_seed="taker_2", selection=Selection(side))


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    return {
        "coinduel, the challenger wins": one("coinduel 3", [(900, challenge("tails")), (61_000, taken())]),
        "coinduel, the taker wins": one("coinduel 5", [(0, challenge("heads")), (4_321, taken("tails"))]),
        "coinduel, the room keeps its rake": one(
            "coinduel 7", [(5, challenge("heads", 333)), (6, taken(amount=333))], rake=250
        ),
        "coinduel, withdrawn": one("coinduel 4", [(10, challenge("heads")), (90_000, Act(Seat(1), Withdraw()))]),
        "coinduel, the challenger left": one(
            "coinduel 6", [(10, challenge("tails")), (20, Leave(Seat(0))), (3_600_000, Leave(Seat(1)))]
        ),
    }

"""Rounds of roulette."""

from typing import Any

from game_engine.chance import commitment
from game_engine.game import Bet, Leave, Seat, Seeds
from game_engine.games.roulette import Options, Roulette, Selection, pocket_of
from tests.game_engine.rounds.played import Plan, round_of

FULL_FELT = [
    ("straight", (17,)),
    ("split", (14, 17)),
    ("street", (16, 17, 18)),
    ("corner", (13, 14, 16, 17)),
    ("line", (16, 17, 18, 19, 20, 21)),
    ("dozen", tuple(range(13, 25))),
    ("column", tuple(range(2, 37, 3))),
    ("red", ()),
    ("black", ()),
    ("odd", ()),
    ("even", ()),
    ("low", ()),
    ("high", ()),
]
AROUND_ZERO = [
    ("straight", (0,)),
    ("split", (0, 2)),
    ("street", (0, 1, 2)),
    ("street", (0, 2, 3)),
    ("corner", (0, 1, 2, 3)),
    ("even", ()),
    ("low", ()),
]


def drawn(draws: list[float]) -> dict[str, Any]:
    return {"pocket": pocket_of(draws[0])}


def one(text: str, plan: Plan, lateness: int = 0) -> dict[str, Any]:
    """Return a proof. The server seed is the hash of ``text``, so that it looks real."""
    return round_of(Roulette(), "roulette", Options(), Seeds(commitment(text), 37), plan, lateness)


def bets(places: list[tuple[Any, tuple[int, ...]]], seats: int = 1) -> Plan:
    """Return a bet on each of ``places``, from ``seats`` seats in turn; the stake identifies seat and bet."""
    return [
        (
            100 * n,
            Bet(
                seat=Seat(n % seats),
                number=n,
                amount=100 * (n % seats + 1) + n,
                client_seed=f"seed-of_{n % seats}",
                selection=Selection(kind, numbers),
            ),
        )
        for n, (kind, numbers) in enumerate(places, start=1)
    ]


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    three = [*bets(FULL_FELT, 3), (9_000, Leave(Seat(1)))]
    return {
        "roulette, every kind of bet, black 17": one("roulette 27", bets(FULL_FELT)),
        "roulette, three players, one leaves, red": one("roulette 13", three),
        "roulette, three players, every wake late": one("roulette 13", three, lateness=777),
        "roulette, zero": one("roulette 31", bets(AROUND_ZERO)),
        "roulette, nobody bet": one("roulette alone", []),
    }

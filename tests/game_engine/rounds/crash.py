"""Rounds of crash."""

from typing import Any

from game_engine.chance import commitment
from game_engine.game import Act, Bet, Seat, Seeds
from game_engine.games.crash import Cashout, Crash, Options, Selection
from game_engine.point import point_of
from tests.game_engine.rounds.played import Plan, round_of


def drawn(draws: list[float]) -> dict[str, Any]:
    return {"point": point_of(draws[0]) / 100}


def one(text: str, plan: Plan, options: Options | None = None, lateness: int = 0) -> dict[str, Any]:
    """Return a proof. The server seed is the hash of ``text``, so that it looks real."""
    seeds = Seeds(commitment(text), 812)
    return round_of(Crash(), "crash", options or Options(tick_ms=1_000), seeds, plan, lateness)


def busy_plan() -> Plan:
    """Return bets of three players that end in every possible way."""

    def bet(seat: int, number: int, amount: int, auto: float | None = None) -> Bet:
        return Bet(
            seat=Seat(seat), number=number, amount=amount, client_seed=f"seed-of_{seat}", selection=Selection(auto)
        )

    return [
        (10, bet(2, 1, 1_000, 1.5)),
        (20, bet(0, 2, 333)),
        (30, bet(2, 3, 250)),
        (2_500, bet(1, 4, 100_000, 100.0)),
        (5_999, bet(1, 5, 1, 1.01)),
        (8_345, Act(Seat(0), Cashout())),
        (9_000, Act(Seat(2), Cashout(3))),
        (9_001, Act(Seat(2), Cashout(3))),
    ]


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    bet = Bet(seat=Seat(0), number=1, amount=100, client_seed="a", selection=Selection())
    capped = Options(betting_ms=1_000, tick_ms=500, max_payout=1_500)
    big = Bet(seat=Seat(0), number=1, amount=999, client_seed="a", selection=Selection(3.0))
    return {
        "crash, three players": one("crash 13", busy_plan()),
        "crash, three players, every wake late": one("crash 13", busy_plan(), lateness=333),
        "crash, three players, it ends early": one("crash 42", busy_plan()),
        "crash, nobody bet": one("crash 3", []),
        "crash, lost at once": one("crash 89", [(0, bet)]),
        "crash, taken out at the largest payout": one("crash 4", [(5, big)], capped),
    }

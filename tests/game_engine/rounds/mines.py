"""Rounds of mines."""

from typing import Any

from game_engine.chance import commitment, draw_without_replacement
from game_engine.game import Act, Bet, Command, Leave, NoOptions, Seat, Seeds
from game_engine.games.mines import Mines, Reveal, Selection
from game_engine.stepped import Cashout
from tests.game_engine.rounds.played import round_of

CASHOUT = Act(Seat(0), Cashout())
LEAVE = Leave(Seat(0))


def drawn(draws: list[float]) -> dict[str, Any]:
    """Return the mines of a board with as many mines as there are draws."""
    return {"mines": draw_without_replacement(iter(draws), len(draws), 25)}


def one(text: str, bet: tuple[int, int], cells: list[int], *last: Command) -> dict[str, Any]:
    """Under the server seed that is ``text`` hashed; a bet of cents on a number of mines, then a move a second."""
    amount, mines = bet
    placed = Bet(seat=Seat(0), number=1, amount=amount, client_seed="client-seed_1", selection=Selection(mines))
    commands = [placed, *(Act(Seat(0), Reveal(cell)) for cell in cells), *last]
    plan = [(1_000 * number, command) for number, command in enumerate(commands, start=1)]
    return round_of(Mines(), "mines-a1b2c3d4", NoOptions(), Seeds(commitment(text), 7), plan)


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    return {
        "mines, cashed out": one("mines 1", (1_234, 3), [0, 24, 12], CASHOUT),
        "mines, lost": one("mines 1", (100, 3), [0, 24, 8]),
        "mines, every safe cell": one("mines 2", (250, 22), [14, 6, 10]),
        "mines, stopped before the first cell": one("mines 3", (777, 1), [], CASHOUT),
        "mines, the player left": one("mines 4", (99, 5), [1, 24, 21], LEAVE),
    }

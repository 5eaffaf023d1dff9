"""Rounds of hi-lo."""

from itertools import islice, pairwise
from typing import Any

from game_engine.cards import card_of
from game_engine.chance import commitment, floats
from game_engine.game import Act, Bet, Command, Leave, NoOptions, NoSelection, Seat, Seeds
from game_engine.games.hilo import MAX_CARDS, Higher, HiLo, Lower, Skip, rank_from_ace, ranks_that_win
from game_engine.stepped import Cashout
from tests.game_engine.rounds.played import round_of

CLIENT_SEED = "client-seed_1"
HIGHER, LOWER, SKIP, CASHOUT = (Act(Seat(0), action) for action in (Higher(), Lower(), Skip(), Cashout()))


def drawn(draws: list[float]) -> dict[str, Any]:
    return {"cards": [card_of(draw) for draw in draws]}


def one(text: str, amount: int, *moves: Command) -> dict[str, Any]:
    """Under the server seed that is ``text`` hashed, so that it looks like a real one; a move a second."""
    commands = [Bet(seat=Seat(0), number=1, amount=amount, client_seed=CLIENT_SEED, selection=NoSelection()), *moves]
    plan = [(1_000 * number, command) for number, command in enumerate(commands, start=1)]
    return round_of(HiLo(), "hilo-a1b2c3d4", NoOptions(), Seeds(commitment(text), 7), plan)


def boldest(text: str) -> list[Command]:
    """Return the right guess for each card, and the better paid one if both are right."""
    cards = map(card_of, islice(floats(commitment(text), CLIENT_SEED, 7), MAX_CARDS))
    ranks = [rank_from_ace(card) for card in cards]
    moves: list[Command] = []
    for before, now in pairwise(ranks):
        rarer = ranks_that_win(before, True) < ranks_that_win(before, False)
        higher = now > before or (now == before and rarer)
        moves.append(HIGHER if higher else LOWER)
    return moves


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    return {
        "hilo, cashed out": one("hilo 1", 1_234, LOWER, HIGHER, SKIP, LOWER, CASHOUT),
        "hilo, lost": one("hilo 3", 100, HIGHER, HIGHER),
        "hilo, the same rank twice": one("hilo 4", 500, *[SKIP] * 4, LOWER, SKIP, HIGHER, CASHOUT),
        "hilo, stopped before the first guess": one("hilo 4", 500, SKIP, CASHOUT),
        "hilo, worth ten thousand stakes": one("hilo 2", 100, *boldest("hilo 2")),
        "hilo, the 52nd card": one("hilo 5", 321, HIGHER, *[SKIP] * 50),
        "hilo, the player left": one("hilo 5", 321, HIGHER, LOWER, Leave(Seat(0))),
    }

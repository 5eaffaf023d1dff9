"""Rounds of blackjack."""

from typing import Any

from game_engine.chance import commitment
from game_engine.game import Act, Bet, Leave, NoSelection, Seat, Seeds, ShortenTurns
from game_engine.games.blackjack import Blackjack, Decline, Double, Hit, Insure, Options, Split, Stand
from tests.game_engine.rounds.played import Plan, round_of


def bet(seat: int, number: int, amount: int, client_seed: str = "a") -> Bet:
    return Bet(seat=Seat(seat), number=number, amount=amount, client_seed=client_seed, selection=NoSelection())


def one(number: int, plan: Plan, lateness: int = 0) -> dict[str, Any]:
    """Return a proof with a server seed that looks real."""
    seeds = Seeds(commitment(f"blackjack {number}"), 7)
    return round_of(Blackjack(), "blackjack", Options(), seeds, plan, lateness)


def alone(number: int, amount: int, *moves: Any) -> dict[str, Any]:
    """One player: betting closes after 16 seconds, then comes one move per second."""
    acts = [(17_000 + 1_000 * place, Act(Seat(0), move)) for place, move in enumerate(moves)]
    return one(number, [(1_000, bet(0, 1, amount)), *acts])


def full_table() -> Plan:
    """Seven players against an ace: two insure, two split, two double, one is too slow and one leaves."""
    order = (3, 0, 6, 1, 5, 2, 4)
    bets = [
        (500 * number, bet(seat, number, 100 * seat + 51, f"seed-of_{seat}"))
        for number, seat in enumerate(order, start=1)
    ]
    moves = [
        (16_000, 2, Insure()),
        (17_000, 0, Decline()),
        (17_500, 3, Insure()),
        # Insurance ended at 23.5 seconds. With late wakes, this command comes before the wake for that.
        (23_600, 0, Hit()),
        (25_000, 1, Split()),
        (26_000, 1, Hit(hand=0)),
        (27_000, 1, Stand(hand=0)),
        (28_000, 1, Stand()),
        (29_000, 3, Double()),
        # Too late: the fourth player's time ran out at 44 seconds.
        (44_000, 4, Hit()),
        (44_400, 6, Split()),
        (46_000, 6, Double()),
        (47_000, 6, Hit()),
        (48_000, 6, Stand()),
    ]
    plan: list[tuple[int, Any]] = [*bets, *((at, Act(Seat(seat), move)) for at, seat, move in moves)]
    return sorted([*plan, (30_000, Leave(Seat(5)))], key=lambda entry: entry[0])


def closing() -> Plan:
    """The full table, whose turns last two seconds at most from the middle of the second player's turn on."""
    return sorted([*full_table(), (25_500, ShortenTurns(2_000))], key=lambda entry: entry[0])


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    pair: Plan = [(1_000, bet(0, 1, 1_001, "a")), (2_000, bet(4, 2, 300, "b"))]
    insured: Plan = [*pair, (17_000, Act(Seat(4), Decline())), (18_000, Act(Seat(0), Insure()))]
    return {
        "blackjack, a blackjack, half a cent rounded down": alone(435, 333),
        "blackjack, a blackjack of the dealer's": alone(42, 500),
        "blackjack, a blackjack insured against the dealer's": one(65, insured),
        "blackjack, insurance lost and the hand won": alone(365, 1_000, Insure(), Stand()),
        "blackjack, doubled and won": alone(2572, 250, Double()),
        "blackjack, doubled and over 21": alone(153, 250, Double()),
        "blackjack, the dealer stands on a soft 17": alone(3387, 100, Stand()),
        "blackjack, tens split into four hands": alone(807, 100, Split(), Split(), Split(), *[Stand()] * 4),
        "blackjack, split hands doubled and split again": alone(
            217164, 100, Split(), Double(), Split(), Stand(), Hit(), Stand()
        ),
        "blackjack, split aces": alone(57514, 100, Split()),
        "blackjack, the player is gone": one(704, [(0, bet(0, 1, 100)), (10, Leave(Seat(0)))]),
        "blackjack, a full table": one(5406, full_table()),
        "blackjack, a full table, every wake late": one(5406, full_table(), lateness=333),
        "blackjack, the room closes while players act": one(5406, closing()),
    }

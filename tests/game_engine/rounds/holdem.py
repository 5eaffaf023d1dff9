"""Rounds of hold'em."""

from typing import Any

from msgspec.structs import replace

from game_engine.chance import commitment
from game_engine.game import Act, Bet, Leave, Seat, Seeds, ShortenTurns
from game_engine.games.holdem import Holdem
from game_engine.games.holdem.moves import Action, Call, Check, Fold, Muck, Raise, Show, SitIn, SitOut
from game_engine.games.holdem.state import Carried, Options, Selection
from tests.game_engine.rounds.played import Plan, round_of

Move = tuple[int, Action]


def one(text: str, plan: Plan, options: Options | None = None, lateness: int = 0, show_ms: int = 0) -> dict[str, Any]:
    """Return a proof. The server seed is the hash of ``text``, so that it looks real."""
    options = replace(options or Options(), show_ms=show_ms)
    return round_of(Holdem(), "holdem", options, Seeds(commitment(text), 4_711), plan, lateness)


def buying(*stacks: tuple[int, int]) -> list[tuple[int, Bet]]:
    """Each seat buys its stack, in this order, at 10, 20 … ms, so the hand is dealt at 5,020."""
    return [
        (
            10 * number,
            Bet(seat=Seat(seat), number=number, amount=chips, client_seed=f"seed-of_{seat}", selection=Selection()),
        )
        for number, (seat, chips) in enumerate(stacks, start=1)
    ]


def leaving() -> list[tuple[int, Bet | Leave]]:
    return [*buying((0, 4_000), (1, 4_000), (2, 10_000)), (3_000, Leave(Seat(1)))]


def moving(*moves: Move) -> list[tuple[int, Act]]:
    """Return the moves of a hand, one per second."""
    return [(6_000 + 1_000 * at, Act(Seat(seat), action)) for at, (seat, action) in enumerate(moves)]


def bluffed(last: Action | None = None) -> Plan:
    """Heads-up: seat 2 has the button and bets until seat 5 folds, then does ``last`` or lets the time run out."""
    moves: list[Move] = [(2, Raise(300)), (5, Call()), (5, Check()), (2, Raise(700)), (5, Fold())]
    return [*buying((5, 8_000), (2, 10_000)), *moving(*moves, *([(2, last)] if last else []))]


def shown_down(*after: Move) -> Plan:
    """Seat 1 has the button, seat 6 bets last."""
    before: list[Move] = [(1, Call()), (4, Call()), (6, Raise(400)), (1, Call()), (4, Call())]
    flop: list[Move] = [(4, Check()), (6, Check()), (1, Check())]
    turn: list[Move] = [(4, Check()), (6, Raise(600)), (1, Call()), (4, Call())]
    river: list[Move] = [(4, Check()), (6, Raise(1_000)), (1, Call()), (4, Call())]
    return [*buying((4, 10_000), (1, 8_000), (6, 5_000)), *moving(*before, *flop, *turn, *river, *after)]


def all_in() -> Plan:
    """Four stacks make three pots; seat 3 gets back what no one can call."""
    stacks = buying((0, 4_000), (1, 6_000), (2, 8_500), (3, 10_000))
    return [*stacks, *moving((3, Raise(10_000)), (0, Call()), (1, Call()), (2, Call()))]


def shared() -> Plan:
    """Seat 1 folds an odd small blind; the others check to the end."""
    checks = [(seat, Check()) for _ in range(3) for seat in (2, 0)]
    moves = moving((0, Call()), (1, Fold()), (2, Check()), *checks)
    return [*buying((0, 5_000), (1, 5_000), (2, 5_000)), *moves]


def standing() -> Plan:
    """Seat 3 has more than the maximum buy-in, seat 8 tops up its stack; both go all in."""
    stacks = buying((3, 12_345), (8, 700), (8, 3_000), (8, 300))
    return [*stacks, *moving((3, Call()), (8, Raise(4_000)), (3, Call()))]


def missed() -> Plan:
    """Seat 7 uses its time bank, seat 5 misses its turn, seat 2 leaves; the hand is played to the end."""
    return [
        *buying((0, 10_000), (2, 9_000), (5, 8_000), (7, 7_000)),
        (6_000, Act(Seat(7), SitOut())),
        (30_000, Act(Seat(7), Call())),
        (31_000, Act(Seat(0), Raise(300))),
        (32_000, Act(Seat(2), Call())),
        (83_000, Act(Seat(7), Call())),
        (84_000, Leave(Seat(2))),
        (85_000, Act(Seat(7), Raise(500))),
        (86_000, Act(Seat(0), Call())),
        (86_100, Act(Seat(5), SitIn())),
        *((87_000 + 1_000 * at, Act(Seat(seat), Check())) for at, seat in enumerate((7, 0, 7, 0))),
    ]


def closing() -> Plan:
    """Seat 7 has used a part of its time bank when the turns are cut to three seconds."""
    return sorted([*missed(), (60_000, ShortenTurns(3_000))], key=lambda entry: entry[0])


def rounds() -> dict[str, dict[str, Any]]:
    """Return the proofs of whole rounds, by a description of each round."""
    carried = (Carried(3, 12_345, 1_500), Carried(8, 700, 30_000))
    stood = Options(rake=500, rake_cap=300, button=7, carried=carried)
    return {
        "holdem, folded on the flop, nothing shown": one("holdem 1", bluffed()),
        "holdem, folded on the flop, raked": one("holdem 1", bluffed(), Options(rake=250)),
        "holdem, shown down, one throws the hand away": one("holdem 4", shown_down()),
        "holdem, all in for three pots": one("holdem 8", all_in()),
        "holdem, a pot shared with an odd cent": one("holdem 7", shared(), Options(small_blind=51)),
        "holdem, stacks that stand, one filled up, raked to the cap": one("holdem 8", standing(), stood),
        "holdem, a turn missed and a player gone": one("holdem 6", missed()),
        "holdem, a turn missed and a player gone, the clock late": one("holdem 6", missed(), lateness=400),
        "holdem, the room closes while a time bank runs": one("holdem 6", closing()),
        "holdem, one leaves before the deal": one("holdem 7", leaving()),
        "holdem, another one leaves before the deal that was put off": one(
            "holdem 7", [*leaving(), *moving((0, Raise(900)), (2, Fold()))], Options(put_off=True)
        ),
        "holdem, a bluff shown after the fold": one("holdem 1", bluffed(Show()), show_ms=4_000),
        "holdem, one card shown after the fold": one("holdem 1", bluffed(Show("first")), show_ms=4_000),
        "holdem, the winner mucks": one("holdem 1", bluffed(Muck()), show_ms=4_000),
        "holdem, the time to show runs out": one("holdem 1", bluffed(), lateness=300, show_ms=4_000),
        "holdem, shown down, a beaten hand shown": one("holdem 4", shown_down((1, Show())), show_ms=4_000),
    }

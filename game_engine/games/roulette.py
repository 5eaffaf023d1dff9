"""Roulette: a ball falls into one of 37 pockets, and every bet that covers the number of the pocket is paid.

The pocket is ``floor(f × 37)``, 0 to 36, as good as equally likely; it is drawn when bets are closed. The wheel is the
European one with a single zero, which loses for all but the bets that cover it. A round goes through three phases::

    betting ──closes_at──▶ running ──spin_ms later──▶ ended
      Bet

On a layout of twelve rows of three with the zero across their head, there are 157 bets: 37 straights, 60 splits (three
with the zero), 14 streets (two with the zero, the trios), 23 corners (one with the zero, the first four), 11 lines,
3 dozens, 3 columns and 6 even chances. One that covers ``n`` numbers pays ``36 / n`` stakes, the stake among them, so
each returns ``n/37 × 36/n = 36/37``.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import force_setattr, replace

from game_engine.chance import floats
from game_engine.game import (
    Act,
    Bet,
    BetResult,
    Command,
    Event,
    Game,
    Outcome,
    RefusedError,
    RoundOpened,
    RoundStarted,
    Seat,
    Seeds,
    Step,
)
from game_engine.odds import Odds, odds_of

POCKETS = 37
NUMBERS = tuple(range(1, POCKETS))
RED = frozenset({1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36})
STAKES_BACK = 36
"""What a bet on a single number pays in stakes, its own among them: 35 to 1."""
BETS_A_SEAT = 50

Kind = Literal[
    "straight", "split", "street", "corner", "line", "dozen", "column", "red", "black", "odd", "even", "low", "high"
]
Place = tuple[str, tuple[int, ...]]
"""Where chips can lie: a kind of bet, and its numbers as a selection has them."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """In milliseconds: for how long bets are taken, and how long the ball runs after that."""

    betting_ms: Annotated[int, Meta(ge=500, le=600_000)] = 20_000
    spin_ms: Annotated[int, Meta(ge=0, le=60_000)] = 4_000


class Selection(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The numbers that the chips cover, in any order; they are kept sorted. The six even chances go without numbers, a
    dozen and a column name their twelve."""

    kind: Kind
    numbers: Annotated[tuple[Annotated[int, Meta(ge=0, le=36)], ...], Meta(max_length=12)] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "numbers", tuple(sorted(self.numbers)))


class Wager(Struct, frozen=True):
    """An accepted bet."""

    seat: Seat
    amount: int
    place: Place


class Bettor(Struct, frozen=True):
    """What a seat has in the round: the client seed of its first bet, and how many bets there are."""

    client_seed: str
    bets: int


class State(Struct, frozen=True):
    """A round. ``bettors`` is in the order of first bets; it is replaced, never changed."""

    options: Options
    seeds: Seeds
    closes_at: int
    wagers: tuple[Wager, ...] = ()
    bettors: dict[Seat, Bettor] = {}
    running: bool = False
    pocket: int | None = None


def _layout() -> dict[Place, frozenset[int]]:
    streets = [(n, n + 1, n + 2) for n in range(1, POCKETS, 3)]
    across = [(n, n + 1) for n in NUMBERS if n % 3]
    along = [(n, n + 3) for n in range(1, POCKETS - 3)]
    squares = [(n, n + 1, n + 3, n + 4) for n in range(1, POCKETS - 3) if n % 3]
    named: dict[str, list[tuple[int, ...]]] = {
        "straight": [(n,) for n in range(POCKETS)],
        "split": [(0, 1), (0, 2), (0, 3), *across, *along],
        "street": [(0, 1, 2), (0, 2, 3), *streets],
        "corner": [(0, 1, 2, 3), *squares],
        "line": [first + second for first, second in pairwise(streets)],
        "dozen": [tuple(range(n, n + 12)) for n in (1, 13, 25)],
        "column": [tuple(range(n, POCKETS, 3)) for n in (1, 2, 3)],
    }
    places = {(kind, numbers): frozenset(numbers) for kind, all_of_it in named.items() for numbers in all_of_it}
    even_chances = {
        "red": RED,
        "black": frozenset(NUMBERS) - RED,
        "odd": frozenset(NUMBERS[0::2]),
        "even": frozenset(NUMBERS[1::2]),
        "low": frozenset(NUMBERS[:18]),
        "high": frozenset(NUMBERS[18:]),
    }
    return places | {(kind, ()): numbers for kind, numbers in even_chances.items()}


LAYOUT = _layout()
"""All the places on the felt, with the numbers that a bet there covers."""


def pocket_of(draw: float) -> int:
    """The pocket that a draw in [0, 1) means."""
    return int(draw * POCKETS)


def stakes_paid(place: Place) -> int:
    """What a winning bet pays in stakes, its own among them. 36 is a multiple of all the counts that there are."""
    return STAKES_BACK // len(LAYOUT[place])


def _checked_place(selection: Any) -> Place:
    """Where a bet lies. Raises RefusedError for what is not on the layout."""
    if not isinstance(selection, Selection):
        raise RefusedError("bad_request", "Choose where to put your chips.", "selection")
    place = (selection.kind, selection.numbers)
    if place in LAYOUT:
        return place
    if (selection.kind, ()) in LAYOUT:
        raise RefusedError("bad_request", f"A bet on {selection.kind} names no numbers.", "selection.numbers")
    raise RefusedError("bad_request", f"No {selection.kind} of the layout has these numbers.", "selection.numbers")


def _checked(state: State, bet: Bet) -> Place:
    """Where ``bet`` lies, if it can be taken. Raises RefusedError."""
    if state.running:
        raise _closed()
    if bet.amount < 1:
        raise RefusedError("bad_request", "The stake has to be at least one cent.", "amount")
    place = _checked_place(bet.selection)
    bettor = state.bettors.get(bet.seat)
    if bettor and bettor.bets == BETS_A_SEAT:
        raise RefusedError("limit_exceeded", f"A player may have {BETS_A_SEAT} bets a round.")
    return place


class Roulette(Game[Options, State]):
    """One wheel, one felt, many players."""

    name = "roulette"
    title = "Roulette"
    summary = "Put chips on numbers and colours; the ball falls into one of 37 pockets."
    rules = (
        "Bets are open for twenty seconds, up to 50 from each player. Then the ball runs, and falls into one of the 37 "
        "pockets, 0 to 36; every bet that covers this number wins.\n\n"
        "A straight (one number) pays 35 to 1, a split (two) 17 to 1, a street (three) 11 to 1, a corner (four) 8 to "
        "1, a line (six) 5 to 1, a dozen or a column (twelve) 2 to 1, red or black, odd or even, low or high 1 to 1. "
        "The zero is neither red nor black, odd nor even, low nor high: with it, all of these lose.\n\n"
        "Chips may lie on any of the 157 places of the layout, also on the edges of the zero: its splits with 1, 2 and "
        "3, the trios 0-1-2 and 0-2-3, and the first four.\n\n"
        "Who loses the connection stays in the round: the bets lie where they lie."
    )
    shared = True
    seats = 200
    return_to_player = Fraction(36, 37)
    largest_multiplier = Fraction(STAKES_BACK)
    options = Options
    selection = Selection
    events = (RoundOpened, RoundStarted)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        closes_at = now + options.betting_ms
        return Step(State(options, seeds, closes_at), (Event(RoundOpened(closes_at)),), closes_at)

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        _checked(state, command)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return _place(state, command, now)
        if state.pocket is not None:
            raise RefusedError("illegal_action", "The round is over.")
        if isinstance(command, Act):
            raise RefusedError("illegal_action", "Roulette has no moves but the bet.")
        # A player who leaves stays in the round, so all that a Leave does is to pass the time.
        return _advance(state, now)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        if state.pocket is not None:
            return {"phase": "ended", "pocket": state.pocket}
        if state.running:
            return {"phase": "running", "started_at": state.closes_at}
        return {"phase": "betting", "closes_at": state.closes_at}

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        places = [_checked_place(selection)] if selection else list(LAYOUT)
        return tuple(_odds(place) for place in places)


def _place(state: State, bet: Bet, now: int) -> Step[State]:
    place = _checked(state, bet)
    if now >= state.closes_at:
        raise _closed()
    wagers = (*state.wagers, Wager(bet.seat, bet.amount, place))
    before = state.bettors.get(bet.seat) or Bettor(bet.client_seed, 0)
    bettors = {**state.bettors, bet.seat: replace(before, bets=before.bets + 1)}
    return Step(replace(state, wagers=wagers, bettors=bettors), wake_at=state.closes_at)


def _advance(state: State, now: int) -> Step[State]:
    """Bring the round up to ``now``: close the bets, let the ball run, and let it fall."""
    if now < state.closes_at:
        return Step(state, wake_at=state.closes_at)
    events = () if state.running else (Event(RoundStarted(state.closes_at)),)
    falls_at = state.closes_at + state.options.spin_ms
    if now < falls_at:
        return Step(replace(state, running=True), events, falls_at)
    client_seed = ",".join(bettor.client_seed for bettor in state.bettors.values())
    pocket = pocket_of(next(floats(state.seeds.server_seed, client_seed, state.seeds.nonce)))
    results = tuple(_result(number, wager, pocket) for number, wager in enumerate(state.wagers, start=1))
    outcome = Outcome({"pocket": pocket}, results, client_seed)
    return Step(replace(state, running=True, pocket=pocket), events, outcome=outcome)


def _result(number: int, wager: Wager, pocket: int) -> BetResult:
    won = pocket in LAYOUT[wager.place]
    paid = wager.amount * stakes_paid(wager.place) if won else 0
    return BetResult(wager.seat, number, wager.amount, "win" if won else "loss", paid)


def _odds(place: Place) -> Odds:
    kind, numbers = place
    wins = Fraction(len(LAYOUT[place]), POCKETS)
    named = numbers if len(numbers) < 12 else (numbers[0], numbers[-1])
    name = " ".join([kind, "-".join(map(str, named))]).strip()
    chances = [(wins, Fraction(stakes_paid(place))), (1 - wins, Fraction(0))]
    return odds_of(name, chances, f"enumeration of {POCKETS} pockets")


def _closed() -> RefusedError:
    return RefusedError("betting_closed", "Bets are closed; the next round takes them.")

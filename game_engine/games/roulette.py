"""Roulette: a ball falls into one of 37 pockets, and every bet that covers its number wins.

The pocket is ``floor(f × 37)``, 0 to 36, for all practical purposes equally likely; it is drawn after betting closes.
The wheel is European, with a single zero, which loses for all bets that don't cover it. A round has three phases::

    betting ──closes_at──▶ running ──spin_ms later──▶ ended
      Bet

The layout has twelve rows of three numbers, with the zero across the top. It has 157 bets: 37 straights, 60 splits
(three with the zero), 14 streets (two with the zero, the trios), 23 corners (one with the zero, the first four),
11 lines, 3 dozens, 3 columns and 6 even chances. A bet that covers ``n`` numbers pays ``36 / n`` stakes, including the
stake itself, so each returns ``n/37 × 36/n = 36/37``.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import force_setattr, replace

from game_engine.chance import floats, joined_seeds
from game_engine.game import (
    BETTING_CLOSED,
    NO_MOVES,
    ROUND_OVER,
    TOO_MANY_BETS,
    Act,
    Bet,
    BetResult,
    BettingOpened,
    Command,
    Event,
    Game,
    Outcome,
    Reason,
    RefusedError,
    RoundStarted,
    Seat,
    Seeds,
    Step,
)
from game_engine.money import check_stake
from game_engine.odds import Odds, odds_of_one_payout

POCKETS = 37
NUMBERS = tuple(range(1, POCKETS))
RED = frozenset({1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36})
STRAIGHT_PAYS = 36
"""What a bet on a single number pays in stakes, including its own: 35 to 1."""
MAX_BETS_PER_SEAT = 50

NO_SPOT = Reason("bad_request", "no_spot", "Choose where to place your chips.")
TAKES_NO_NUMBERS = Reason("bad_request", "takes_no_numbers", "A bet on {spot:word} takes no numbers.")
NO_SUCH_SPOT = Reason("bad_request", "no_such_spot", "These numbers do not form a {spot:word}.")

Kind = Literal[
    "straight", "split", "street", "corner", "line", "dozen", "column", "red", "black", "odd", "even", "low", "high"
]
Spot = tuple[str, tuple[int, ...]]
"""A spot on the layout: a kind of bet, and its numbers as in a selection."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """How long betting is open, and how long the ball then runs, in milliseconds."""

    betting_ms: Annotated[int, Meta(ge=500, le=600_000)] = 20_000
    spin_ms: Annotated[int, Meta(ge=0, le=60_000)] = 4_000


class Selection(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``numbers`` are the numbers that the bet covers, in any order; they are stored sorted.

    The six even chances take no numbers; a dozen or a column takes all twelve.
    """

    kind: Kind
    numbers: Annotated[tuple[Annotated[int, Meta(ge=0, le=36)], ...], Meta(max_length=12)] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "numbers", tuple(sorted(self.numbers)))


class Facts(Struct, frozen=True):
    """The pocket into which the ball fell, 0 to 36."""

    pocket: int


class View(Struct, frozen=True):
    """``closes_at`` is there while betting is open, ``started_at`` while the ball runs (ms since the epoch), and
    ``pocket`` once it has fallen."""

    phase: Literal["betting", "running", "ended"]
    closes_at: int | UnsetType = UNSET
    started_at: int | UnsetType = UNSET
    pocket: int | UnsetType = UNSET


class RouletteBet(Struct, frozen=True):
    """An accepted bet."""

    seat: Seat
    amount: int
    spot: Spot


class RouletteBettor(Struct, frozen=True):
    """What a seat has in the round: the client seed of its first bet, and the number of its bets."""

    client_seed: str
    bets: int


class State(Struct, frozen=True):
    """A round. ``bettors`` is in the order of first bets; the dict is replaced, never changed."""

    options: Options
    seeds: Seeds
    closes_at: int
    wagers: tuple[RouletteBet, ...] = ()
    bettors: dict[Seat, RouletteBettor] = {}
    running: bool = False
    pocket: int | None = None


def _layout() -> dict[Spot, frozenset[int]]:
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
    spots = {(kind, numbers): frozenset(numbers) for kind, groups in named.items() for numbers in groups}
    even_chances = {
        "red": RED,
        "black": frozenset(NUMBERS) - RED,
        "odd": frozenset(NUMBERS[0::2]),
        "even": frozenset(NUMBERS[1::2]),
        "low": frozenset(NUMBERS[:18]),
        "high": frozenset(NUMBERS[18:]),
    }
    return spots | {(kind, ()): numbers for kind, numbers in even_chances.items()}


LAYOUT = _layout()
"""All spots on the layout, with the numbers that a bet there covers."""


def pocket_of(draw: float) -> int:
    """Return the pocket for a draw in [0, 1)."""
    return int(draw * POCKETS)


def stakes_paid(spot: Spot) -> int:
    """Return what a winning bet pays in stakes, including its own. 36 is divisible by every possible count."""
    return STRAIGHT_PAYS // len(LAYOUT[spot])


def _spot_of(selection: Any) -> Spot:
    """Return the spot of a selection. Raises RefusedError if the layout has no such spot."""
    if not isinstance(selection, Selection):
        raise RefusedError(NO_SPOT, field="selection")
    spot = (selection.kind, selection.numbers)
    if spot in LAYOUT:
        return spot
    if (selection.kind, ()) in LAYOUT:
        raise RefusedError(TAKES_NO_NUMBERS, field="selection.numbers", spot=selection.kind)
    raise RefusedError(NO_SUCH_SPOT, field="selection.numbers", spot=selection.kind)


def _checked(state: State, bet: Bet) -> Spot:
    """Return the spot of ``bet`` if the round can accept it. Raises RefusedError."""
    if state.running:
        raise _closed()
    check_stake(bet.amount)
    spot = _spot_of(bet.selection)
    bettor = state.bettors.get(bet.seat)
    if bettor and bettor.bets == MAX_BETS_PER_SEAT:
        raise RefusedError(TOO_MANY_BETS, most=MAX_BETS_PER_SEAT)
    return spot


class Roulette(Game[Options, State]):
    """The rules of roulette."""

    name = "roulette"
    title = "Roulette"
    summary = "Place chips on numbers and colours, and see which of 37 pockets the ball falls into."
    rules = (
        "Betting is open for twenty seconds, with up to 50 bets per player. Then the ball runs and falls into one of "
        "the 37 pockets, 0 to 36. Every bet that covers this number wins.\n\n"
        "A straight (one number) pays 35 to 1, a split (two) 17 to 1, a street (three) 11 to 1, a corner (four) 8 to "
        "1, a line (six) 5 to 1, a dozen or a column (twelve) 2 to 1. Red or black, odd or even, and low or high pay "
        "1 to 1. The zero is neither red nor black, odd nor even, low nor high: all of these lose to it.\n\n"
        "You can place chips on any of the 157 spots of the layout, including those around the zero: its splits with "
        "1, 2 and 3, the trios 0-1-2 and 0-2-3, and the first four.\n\n"
        "If you lose the connection, your bets stay in the round."
    )
    shared = True
    seats = 200
    return_to_player = Fraction(36, 37)
    largest_multiplier = Fraction(STRAIGHT_PAYS)
    options = Options
    selection = Selection
    events = (BettingOpened, RoundStarted)
    view_type = View
    facts_type = Facts
    phases = ("betting", "running", "ended")
    refusals = (NO_SPOT, TAKES_NO_NUMBERS, NO_SUCH_SPOT)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        closes_at = now + options.betting_ms
        return Step(
            state=State(options=options, seeds=seeds, closes_at=closes_at),
            events=(Event(BettingOpened(closes_at)),),
            wake_at=closes_at,
        )

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        _checked(state, command)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return _accept(state, command, now)
        if state.pocket is not None:
            raise RefusedError(ROUND_OVER)
        if isinstance(command, Act):
            raise RefusedError(NO_MOVES)
        # The bets of a player who leaves stay in the round, so a Leave only advances the time.
        return _advance(state, now)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        if state.pocket is not None:
            return {"phase": "ended", "pocket": state.pocket}
        if state.running:
            return {"phase": "running", "started_at": state.closes_at}
        return {"phase": "betting", "closes_at": state.closes_at}

    def known(self, state: State, viewer: Seat | None) -> Any:
        return state.pocket

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        spots = [_spot_of(selection)] if selection else list(LAYOUT)
        return tuple(_odds(spot) for spot in spots)


def _accept(state: State, bet: Bet, now: int) -> Step[State]:
    spot = _checked(state, bet)
    if now >= state.closes_at:
        raise _closed()
    wagers = (*state.wagers, RouletteBet(bet.seat, bet.amount, spot))
    before = state.bettors.get(bet.seat) or RouletteBettor(bet.client_seed, 0)
    bettors = {**state.bettors, bet.seat: replace(before, bets=before.bets + 1)}
    return Step(replace(state, wagers=wagers, bettors=bettors), wake_at=state.closes_at)


def _advance(state: State, now: int) -> Step[State]:
    """Bring the round up to ``now``: close betting, spin the ball, and let it fall."""
    if now < state.closes_at:
        return Step(state, wake_at=state.closes_at)
    events = () if state.running else (Event(RoundStarted(state.closes_at)),)
    falls_at = state.closes_at + state.options.spin_ms
    if now < falls_at:
        return Step(state=replace(state, running=True), events=events, wake_at=falls_at)
    client_seed = joined_seeds(bettor.client_seed for bettor in state.bettors.values())
    pocket = pocket_of(next(floats(state.seeds.server_seed, client_seed, state.seeds.nonce)))
    results = tuple(_result(number, wager, pocket) for number, wager in enumerate(state.wagers, start=1))
    outcome = Outcome(facts={"pocket": pocket}, results=results, client_seed=client_seed)
    return Step(replace(state, running=True, pocket=pocket), events, outcome=outcome)


def _result(number: int, wager: RouletteBet, pocket: int) -> BetResult:
    won = pocket in LAYOUT[wager.spot]
    paid = wager.amount * stakes_paid(wager.spot) if won else 0
    return BetResult(seat=wager.seat, number=number, amount=wager.amount, result="win" if won else "loss", payout=paid)


def _odds(spot: Spot) -> Odds:
    kind, numbers = spot
    chance = Fraction(len(LAYOUT[spot]), POCKETS)
    named = numbers if len(numbers) < 12 else (numbers[0], numbers[-1])
    name = " ".join([kind, "-".join(map(str, named))]).strip()
    return odds_of_one_payout(name, chance, Fraction(stakes_paid(spot)), f"enumeration of {POCKETS} pockets")


def _closed() -> RefusedError:
    return RefusedError(BETTING_CLOSED)

"""Mines: a board of 25 cells, some of them mined; each safe cell that is uncovered raises what the bet is worth.

The mines are drawn without putting back when the bet is placed: from the list of the cells 0 … 24 (row by row, from
the top left) the one at ``floor(f × cells left)`` is taken out, as often as there are mines. After ``k`` safe cells
among ``m`` mines a bet is worth ``0.99 × C(25, k) / C(25 − m, k)`` stakes. That is 99 % of what is fair, whichever
cells are chosen: the chance to get there is ``C(25 − m, k) / C(25, k)``.
"""

from fractions import Fraction
from math import comb
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

from game_engine.chance import draw_without_putting_back, floats
from game_engine.game import Act, Bet, BetResult, Command, Event, Game, Leave, Outcome, RefusedError, Seat, Seeds, Step
from game_engine.money import TEN_THOUSANDTHS, payout
from game_engine.odds import Odds, odds_of

CELLS = 25
MOST_MINES = CELLS - 1
RETURN = 9_900
"""Of a stake, in ten-thousandths."""
USUAL = (1, 3, 5, 10, 24)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Mines has nothing to set."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """How many of the 25 cells are mined."""

    mines: Annotated[int, Meta(ge=1, le=MOST_MINES)]


class Reveal(Struct, frozen=True, forbid_unknown_fields=True, tag="reveal", tag_field="action"):
    """Uncover a cell: 0 … 4 are the first row from the left, 20 … 24 the last."""

    cell: Annotated[int, Meta(ge=0, le=CELLS - 1)]


class Cashout(Struct, frozen=True, forbid_unknown_fields=True, tag="cashout", tag_field="action"):
    """Take what the bet is worth."""


class Laid(Struct, frozen=True, tag="laid", tag_field="type"):
    """The board is mined in ``hidden`` places; the first safe cell will make the bet worth ``next`` stakes."""

    hidden: int
    next: float


class Revealed(Struct, frozen=True, tag="revealed", tag_field="type"):
    """A cell was safe: the bet is worth ``multiplier`` stakes, with one more ``next``; None after the last one."""

    cell: int
    multiplier: float
    next: float | None


class Exploded(Struct, frozen=True, tag="exploded", tag_field="type"):
    """A cell was mined, and the bet is lost."""

    cell: int


class State(Struct, frozen=True):
    """``mines`` is the secret of the round, in drawing order; ``revealed`` are the safe cells in the order chosen."""

    seeds: Seeds
    bet: Bet | None = None
    mines: tuple[int, ...] = ()
    revealed: tuple[int, ...] = ()
    ended: bool = False

    @property
    def running(self) -> bool:
        return self.bet is not None and not self.ended


def mines_of(seeds: Seeds, client_seed: str, mines: int) -> tuple[int, ...]:
    """The mined cells of a round, in drawing order."""
    return tuple(draw_without_putting_back(floats(seeds.server_seed, client_seed, seeds.nonce), mines, CELLS))


def multiplier_after(mines: int, reveals: int) -> int:
    """What a bet is worth after so many safe cells, in ten-thousandths of the stake, rounded down once.

    Before the first one the stake comes back. ``reveals`` is at most 25 − ``mines``.
    """
    return RETURN * comb(CELLS, reveals) // comb(CELLS - mines, reveals) if reveals else TEN_THOUSANDTHS


def _largest() -> Fraction:
    """Of all ways to uncover all safe cells."""
    largest = max(multiplier_after(mines, CELLS - mines) for mines in range(1, MOST_MINES + 1))
    return Fraction(largest, TEN_THOUSANDTHS)


class Mines(Game[Options, State]):
    """A player and a field with something in it."""

    name = "mines"
    title = "Mines"
    summary = "Uncover safe cells of a mined board and stop before you hit a mine."
    rules = (
        "Choose how many of the 25 cells are mined, 1 to 24, and bet. Then uncover cells one by one: every safe one "
        "raises what your bet is worth, a mine ends the round and takes it. The mines do not move: they were laid, in "
        "secret, when you bet.\n\n"
        "Cash out whenever you like. After k safe cells among m mines a bet is worth 0.99 × C(25, k) ÷ C(25 − m, k) "
        "stakes, rounded down to four decimals, and the last safe cell cashes it out by itself. If you stop before the "
        "first cell, your stake comes back.\n\n"
        "If you leave, you are cashed out where you stand."
    )
    shared = False
    seats = 1
    return_to_player = Fraction(99, 100)
    largest_multiplier = _largest()
    options = Options
    selection = Selection
    action = Reveal | Cashout
    events = (Laid, Revealed, Exploded)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(seeds))

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        if state.bet:
            raise RefusedError("betting_closed", "The round has had its bet.")
        if command.amount < 1:
            raise RefusedError("bad_request", "The stake has to be at least one cent.", "amount")
        _checked_mines(command.selection)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            self.stake_of(state, command)
            return _lay(state, command)
        if isinstance(command, Act):
            if not state.running:
                raise RefusedError("illegal_action", "You have no live bet in this round.")
            if isinstance(command.action, Reveal):
                return _reveal(state, command.action.cell)
            return _cash_out(state, state.revealed)
        if isinstance(command, Leave) and state.running:
            return _cash_out(state, state.revealed)
        return Step(state)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown = _shown(state)
        if viewer is None:
            return shown
        return shown | {"actions": {"reveal": {}, "cashout": {}} if state.running else {}}

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        chosen = (_checked_mines(selection),) if selection else USUAL
        return tuple(_odds(mines, reveals) for mines in chosen for reveals in range(1, CELLS - mines + 1))


def _checked_mines(selection: Any) -> int:
    """The number of mines. Raises RefusedError."""
    if not isinstance(selection, Selection):
        raise RefusedError("bad_request", "Choose how many cells are mined.", "selection")
    if not 1 <= selection.mines <= MOST_MINES:
        raise RefusedError("bad_request", f"Choose from 1 to {MOST_MINES} mines.", "selection.mines")
    return selection.mines


def _lay(state: State, bet: Bet) -> Step[State]:
    mines = mines_of(state.seeds, bet.client_seed, bet.selection.mines)
    laid = Laid(len(mines), multiplier_after(len(mines), 1) / TEN_THOUSANDTHS)
    return Step(replace(state, bet=bet, mines=mines), (Event(laid, seat=bet.seat, bet=bet.number),))


def _reveal(state: State, cell: int) -> Step[State]:
    if not 0 <= cell < CELLS:
        raise RefusedError("bad_request", f"The cells are 0 to {CELLS - 1}.", "cell")
    if cell in state.revealed:
        raise RefusedError("illegal_action", "This cell is uncovered already.")
    assert state.bet
    if cell in state.mines:
        return _end(state, "loss", 0, (Event(Exploded(cell), seat=state.bet.seat, bet=state.bet.number),))
    revealed = (*state.revealed, cell)
    event = Event(_revealed(len(state.mines), revealed), seat=state.bet.seat, bet=state.bet.number)
    if len(revealed) + len(state.mines) == CELLS:
        return _cash_out(state, revealed, (event,))
    return Step(replace(state, revealed=revealed), (event,))


def _revealed(mines: int, revealed: tuple[int, ...]) -> Revealed:
    multiplier = multiplier_after(mines, len(revealed)) / TEN_THOUSANDTHS
    return Revealed(revealed[-1], multiplier, _next(mines, len(revealed)))


def _next(mines: int, reveals: int) -> float | None:
    """What one more safe cell would make of the multiplier; None when there is none."""
    return multiplier_after(mines, reveals + 1) / TEN_THOUSANDTHS if reveals + mines < CELLS else None


def _cash_out(state: State, revealed: tuple[int, ...], events: tuple[Event, ...] = ()) -> Step[State]:
    assert state.bet
    paid = payout(state.bet.amount, multiplier_after(len(state.mines), len(revealed)), TEN_THOUSANDTHS)
    return _end(replace(state, revealed=revealed), "cashout" if revealed else "push", paid, events)


def _end(state: State, result: str, paid: int, events: tuple[Event, ...]) -> Step[State]:
    bet = state.bet
    assert bet
    results = (BetResult(bet.seat, bet.number, bet.amount, result, paid),)
    outcome = Outcome({"mines": list(state.mines)}, results, bet.client_seed)
    return Step(replace(state, ended=True), events, outcome=outcome)


def _shown(state: State) -> dict[str, Any]:
    if state.bet is None:
        return {"phase": "betting"}
    if state.ended:
        return {"phase": "ended", "revealed": list(state.revealed), "mines": list(state.mines)}
    hidden, reveals = len(state.mines), len(state.revealed)
    return {
        "phase": "running",
        "hidden": hidden,
        "revealed": list(state.revealed),
        "multiplier": multiplier_after(hidden, reveals) / TEN_THOUSANDTHS,
        "next": _next(hidden, reveals),
    }


def _odds(mines: int, reveals: int) -> Odds:
    """Of a bet that is cashed out after so many safe cells."""
    chance = Fraction(comb(CELLS - mines, reveals), comb(CELLS, reveals))
    pays = Fraction(multiplier_after(mines, reveals), TEN_THOUSANDTHS)
    name = f"{mines} {'mine' if mines == 1 else 'mines'}, stopped after {reveals}"
    return odds_of(name, [(chance, pays), (1 - chance, Fraction(0))], "closed form")

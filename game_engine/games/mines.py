"""Mines: a board of 25 cells, some of them mined. Each safe cell that the player uncovers raises the bet's value.

The mines are drawn without replacement when the bet is placed: from the list of cells 0 … 24 (row by row, from the top
left), each draw removes the cell at ``floor(f × cells left)``. After ``k`` safe cells among ``m`` mines a bet is worth
``0.99 × C(25, k) / C(25 − m, k)`` stakes. That is 99 % of its fair value whichever cells the player chooses, because
the chance to get there is ``C(25 − m, k) / C(25, k)``.
"""

from fractions import Fraction
from math import comb
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from game_engine.chance import draw_without_replacement, floats
from game_engine.game import Actions, BetEvent, NoOptions, NoReply, Reason, RefusedError, Seat, Seeds, Step
from game_engine.money import TEN_THOUSANDTHS
from game_engine.odds import Odds, odds_of_one_payout
from game_engine.stepped import Cashout, Phase, SteppedGame, SteppedState

CELLS = 25
MAX_MINES = CELLS - 1

NO_SUCH_CELL = Reason("bad_request", "no_such_cell", "Cells are numbered {least:number} to {most:number}.")
UNCOVERED = Reason("illegal_action", "uncovered", "This cell is already uncovered.")
NO_MINES = Reason("bad_request", "no_mines", "Choose how many cells are mined.")
WRONG_MINES = Reason("bad_request", "wrong_mines", "Choose from {least:number} to {most:number} mines.")

RETURN = 9_900
"""In ten-thousandths of the stake."""
TYPICAL_MINES = (1, 3, 5, 10, 24)


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """How many of the 25 cells are mined."""

    mines: Annotated[int, Meta(ge=1, le=MAX_MINES)]


class Reveal(Struct, frozen=True, forbid_unknown_fields=True, tag="reveal", tag_field="action"):
    """Uncover a cell: 0 … 4 are the first row from the left, 20 … 24 the last."""

    cell: Annotated[int, Meta(ge=0, le=CELLS - 1)]


class Laid(BetEvent, frozen=True, tag="laid"):
    """The board has ``hidden`` mines; the first safe cell will make the bet worth ``next`` stakes."""

    hidden: int
    next: float


class Revealed(BetEvent, frozen=True, tag="revealed"):
    """A cell was safe. The bet is worth ``multiplier`` stakes, and ``next`` after one more; None after the last one."""

    cell: int
    multiplier: float
    next: float | None


class Exploded(BetEvent, frozen=True, tag="exploded"):
    """A cell was mined, and the bet is lost."""

    cell: int


class Facts(Struct, frozen=True):
    """The mined cells, in the order drawn."""

    mines: tuple[int, ...]


class View(Struct, frozen=True):
    """While the round runs, ``hidden`` is the number of mines, and the bet is worth ``multiplier`` stakes, or ``next``
    after one more safe cell; None after the last one. ``revealed`` are the safe cells that were uncovered. ``mines`` is
    there once the round has ended."""

    phase: Phase
    hidden: int | UnsetType = UNSET
    revealed: tuple[int, ...] | UnsetType = UNSET
    multiplier: float | UnsetType = UNSET
    next: float | UnsetType | None = UNSET
    mines: tuple[int, ...] | UnsetType = UNSET
    actions: Actions | UnsetType = UNSET


class State(SteppedState, frozen=True):
    """``mines`` are secret until the end, in drawing order; ``revealed`` are the safe cells in the order chosen."""

    mines: tuple[int, ...] = ()
    revealed: tuple[int, ...] = ()


def mines_of(seeds: Seeds, client_seed: str, mines: int) -> tuple[int, ...]:
    """Return the mined cells of a round in drawing order."""
    return tuple(draw_without_replacement(floats(seeds.server_seed, client_seed, seeds.nonce), mines, CELLS))


def multiplier_after(mines: int, reveals: int) -> int:
    """Return a bet's value after ``reveals`` safe cells, in ten-thousandths of the stake, rounded down once.

    Before the first safe cell that is the stake. ``reveals`` is at most 25 − ``mines``.
    """
    return RETURN * comb(CELLS, reveals) // comb(CELLS - mines, reveals) if reveals else TEN_THOUSANDTHS


def _largest_multiplier() -> Fraction:
    largest = max(multiplier_after(mines, CELLS - mines) for mines in range(1, MAX_MINES + 1))
    return Fraction(largest, TEN_THOUSANDTHS)


class Mines(SteppedGame[NoOptions, State]):
    """The rules of mines."""

    name = "mines"
    title = "Mines"
    summary = "Uncover safe cells on a mined board, and stop before you hit a mine."
    rules = (
        "Choose how many of the 25 cells are mined, 1 to 24, and bet. Then uncover cells one by one: every safe cell "
        "makes your bet worth more, and a mine ends the round and loses it. The mines are placed in secret when you "
        "bet, and they do not move.\n\n"
        "Cash out whenever you like. After k safe cells among m mines your bet is worth 0.99 × C(25, k) ÷ C(25 − m, k) "
        "stakes, rounded down to four decimals. The last safe cell cashes you out automatically. If you stop before "
        "the first cell, you get your stake back.\n\n"
        "If you leave, you are cashed out at the current value.\n\n"
        "Payouts are rounded down to whole cents, so stakes of a few cents return less."
    )
    return_to_player = Fraction(99, 100)
    largest_multiplier = _largest_multiplier()
    options = NoOptions
    selection = Selection
    action = Reveal | Cashout
    events = (Laid, Revealed, Exploded)
    refusals = (NO_MINES, WRONG_MINES, NO_SUCH_CELL, UNCOVERED)
    view_type = View
    facts_type = Facts
    reply_type = NoReply
    state = State

    def check(self, selection: Any) -> None:
        _checked_mines(selection)

    def start(self, state: State) -> Step[State]:
        bet = state.placed_bet
        mines = mines_of(state.seeds, bet.client_seed, bet.selection.mines)
        laid = Laid(len(mines), multiplier_after(len(mines), 1) / TEN_THOUSANDTHS)
        return Step(replace(state, mines=mines), (self.event(state, laid),))

    def move(self, state: State, action: Reveal) -> Step[State]:
        cell = action.cell
        if not 0 <= cell < CELLS:
            raise RefusedError(NO_SUCH_CELL, field="cell", least=0, most=CELLS - 1)
        if cell in state.revealed:
            raise RefusedError(UNCOVERED)
        if cell in state.mines:
            return self.lose(state, (self.event(state, Exploded(cell)),))
        state = replace(state, revealed=(*state.revealed, cell))
        events = (self.event(state, Revealed(cell, self.multiplier(state) / TEN_THOUSANDTHS, _next(state))),)
        all_safe = len(state.revealed) + len(state.mines) == CELLS
        return self.cash_out(state, events) if all_safe else Step(state, events)

    def moves_made(self, state: State) -> int:
        return len(state.revealed)

    def multiplier(self, state: State) -> int:
        return multiplier_after(len(state.mines), len(state.revealed))

    def facts(self, state: State) -> dict[str, Any]:
        return {"mines": list(state.mines)}

    def show(self, state: State) -> dict[str, Any]:
        if state.ended:
            return {"revealed": list(state.revealed), "mines": list(state.mines)}
        return {
            "hidden": len(state.mines),
            "revealed": list(state.revealed),
            "multiplier": self.multiplier(state) / TEN_THOUSANDTHS,
            "next": _next(state),
        }

    def known(self, state: State, viewer: Seat | None) -> Any:
        """The cells that turned out to be safe, and in the end the mines."""
        return state.revealed, state.mines if state.ended else ()

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        chosen = (_checked_mines(selection),) if selection else TYPICAL_MINES
        return tuple(_odds(mines, reveals) for mines in chosen for reveals in range(1, CELLS - mines + 1))


def _checked_mines(selection: Any) -> int:
    """Return the number of mines. Raises RefusedError."""
    if not isinstance(selection, Selection):
        raise RefusedError(NO_MINES, field="selection")
    if not 1 <= selection.mines <= MAX_MINES:
        raise RefusedError(WRONG_MINES, field="selection.mines", least=1, most=MAX_MINES)
    return selection.mines


def _next(state: State) -> float | None:
    """Return what the bet will be worth after one more safe cell, in stakes; None if there is none left."""
    mines, reveals = len(state.mines), len(state.revealed)
    return multiplier_after(mines, reveals + 1) / TEN_THOUSANDTHS if reveals + mines < CELLS else None


def _odds(mines: int, reveals: int) -> Odds:
    """Return the odds of a bet that is cashed out after ``reveals`` safe cells."""
    chance = Fraction(comb(CELLS - mines, reveals), comb(CELLS, reveals))
    pays = Fraction(multiplier_after(mines, reveals), TEN_THOUSANDTHS)
    name = f"{mines} {'mine' if mines == 1 else 'mines'}, stopped after {reveals}"
    return odds_of_one_payout(name, chance, pays, "closed form")

"""A ladder of six rungs, some of them broken: a small stepped game. Each sound rung adds half of the bet's value.

The rungs are drawn with the bet: rung i is broken if the i-th float is at least 2/3.
"""

from fractions import Fraction
from itertools import islice
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from game_engine.chance import floats
from game_engine.game import BetEvent, NoOptions, NoSelection, Step
from game_engine.money import TEN_THOUSANDTHS
from game_engine.odds import Odds, odds_of_one_payout
from game_engine.stepped import Cashout, SteppedGame, SteppedState

RUNGS = 6


class Climb(Struct, frozen=True, forbid_unknown_fields=True, tag="climb", tag_field="action"):
    """Step on the next rung."""


class Climbed(BetEvent, frozen=True, tag="climbed"):
    """The rung was sound; the bet is worth ``multiplier`` stakes."""

    rung: int
    multiplier: float


class State(SteppedState, frozen=True):
    """``broken`` says of each rung whether it is; a secret until the end."""

    broken: tuple[bool, ...] = ()
    climbed: int = 0


class Ladder(SteppedGame[NoOptions, State]):
    """The rules of the ladder."""

    name = "ladder"
    title = "Ladder"
    summary = "Climb, and stop before a rung breaks."
    rules = "Bet and climb.\n\nEach rung makes your bet worth 1.5 times as much."
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(1127671875, 10**8)
    options = NoOptions
    selection = NoSelection
    action = Climb | Cashout
    events = (Climbed,)
    state = State

    def check(self, selection: Any) -> None:
        """There is nothing to choose."""

    def start(self, state: State) -> Step[State]:
        draws = floats(state.seeds.server_seed, state.placed_bet.client_seed, state.seeds.nonce)
        return Step(replace(state, broken=tuple(draw * 3 >= 2 for draw in islice(draws, RUNGS))))

    def move(self, state: State, action: Climb) -> Step[State]:
        if state.broken[state.climbed]:
            return self.lose(state)
        state = replace(state, climbed=state.climbed + 1)
        event = self.event(state, Climbed(state.climbed, self.multiplier(state) / TEN_THOUSANDTHS))
        return self.cash_out(state, (event,)) if state.climbed == RUNGS else Step(state, (event,))

    def moves_made(self, state: State) -> int:
        return state.climbed

    def multiplier(self, state: State) -> int:
        return int(9_900 * Fraction(3, 2) ** state.climbed) if state.climbed else TEN_THOUSANDTHS

    def facts(self, state: State) -> dict[str, Any]:
        return {"broken": list(state.broken)}

    def show(self, state: State) -> dict[str, Any]:
        return {"climbed": state.climbed}

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        return tuple(
            odds_of_one_payout(
                f"stopped after {climbed}",
                Fraction(2**climbed, 3**climbed),
                Fraction(int(9_900 * Fraction(3, 2) ** climbed), TEN_THOUSANDTHS),
                "closed form",
            )
            for climbed in range(1, RUNGS + 1)
        )

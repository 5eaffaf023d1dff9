"""A game for tests of rooms: it has raises, carried stakes, moves that end rounds, and private events."""

from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from game_engine.game import (
    Act,
    Bet,
    BetResult,
    CarriedStake,
    Command,
    Event,
    Game,
    Leave,
    Outcome,
    RefusedError,
    Seat,
    Seeds,
    Step,
)
from game_engine.odds import Odds


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """``turn`` is handed on from round to round."""

    turn: int = 0


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """A carried stake keeps its mark."""

    mark: str = ""


class Raise(Struct, frozen=True, forbid_unknown_fields=True, tag="raise", tag_field="action"):
    amount: int


class Whisper(Struct, frozen=True, forbid_unknown_fields=True, tag="whisper", tag_field="action"):
    """Get a private event."""


class Finish(Struct, frozen=True, forbid_unknown_fields=True, tag="finish", tag_field="action"):
    """End the round: every stake returns and is carried over."""


class Whispered(Struct, frozen=True, tag="whispered", tag_field="type"):
    seat: int


class State(Struct, frozen=True):
    """``staked`` has the stake of each bet, in order; ``gone`` has seats."""

    options: Options
    bets: tuple[Bet, ...] = ()
    staked: tuple[int, ...] = ()
    gone: frozenset[int] = frozenset()


class Stacks(Game[Options, State]):
    """Players neither win nor lose."""

    name = "stacks"
    title = "Stacks"
    summary = "Stacks that stay."
    rules = "Bet.\n\nFinish."
    shared = True
    private_views = True
    seats = 3
    return_to_player = Fraction(1)
    largest_multiplier = Fraction(2)
    options = Options
    handed_on = ("turn",)
    selection = Selection
    action = Raise | Whisper | Finish
    events = (Whispered,)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(options))

    def stake_of(self, state: State, command: Command) -> int:
        if isinstance(command, Bet):
            return command.amount
        return command.action.amount if isinstance(command, Act) and isinstance(command.action, Raise) else 0

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return Step(replace(state, bets=(*state.bets, command), staked=(*state.staked, command.amount)))
        if isinstance(command, Leave):
            return Step(replace(state, gone=state.gone | {command.seat}))
        if not isinstance(command, Act):
            return Step(state)
        place = next((place for place, bet in enumerate(state.bets) if bet.seat == command.seat), None)
        if place is None:
            raise RefusedError("illegal_action", "You have no stack.")
        if isinstance(command.action, Raise):
            staked = list(state.staked)
            staked[place] += command.action.amount
            return Step(replace(state, staked=tuple(staked)))
        if isinstance(command.action, Whisper):
            return Step(state, (Event(Whispered(command.seat), to=command.seat),))
        return Step(state, outcome=_outcome(state))

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"phase": "betting", "turn": state.options.turn}
        return shown if viewer is None else shown | {"actions": {"raise": {}, "whisper": {}, "finish": {}}}

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        return ()


def _outcome(state: State) -> Outcome:
    each = list(zip(state.bets, state.staked, strict=True))
    results = tuple(
        BetResult(seat=bet.seat, number=bet.number, amount=staked, result="push", payout=staked) for bet, staked in each
    )
    stakes = [CarriedStake(bet.seat, staked, bet.selection) for bet, staked in each if bet.seat not in state.gone]
    client_seed = ",".join({bet.seat: bet.client_seed for bet in reversed(state.bets)}.values())
    return Outcome(
        facts={},
        results=results,
        client_seed=client_seed,
        carried_stakes=tuple(stakes),
        next_options=Options(state.options.turn + 1),
    )

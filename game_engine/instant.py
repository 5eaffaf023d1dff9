"""Instant games: one player, one bet, one draw, and the round is over."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from game_engine.chance import floats
from game_engine.game import (
    ALREADY_BET,
    NO_MOVES,
    NOTHING_CHOSEN,
    Act,
    Bet,
    BetResult,
    Command,
    Game,
    O,
    Outcome,
    RefusedError,
    Seat,
    Seeds,
    Step,
)
from game_engine.money import check_stake


class State(Struct, frozen=True):
    """``facts`` are what was drawn; None before the bet."""

    seeds: Seeds
    facts: dict[str, Any] | None = None


class Drawn(Struct, frozen=True):
    """The result of a bet: the outcome's ``facts``, the bet's ``result``, and its ``payout`` in cents."""

    facts: dict[str, Any]
    result: str
    payout: int


Phase = Literal["betting", "ended"]


class InstantGame(Game[O, State]):
    """A subclass defines its selections, how a bet is drawn, and the odds."""

    shared = False
    seats = 1
    phases = ("betting", "ended")

    @abstractmethod
    def check(self, selection: Any) -> None:
        """Raise RefusedError if the rules do not allow ``selection``, an instance of the game's selection type."""

    @abstractmethod
    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        """Return the result of a checked bet, drawn from the floats of its round."""

    def open(self, options: O, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(seeds))

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        if state.facts is not None:
            raise RefusedError(ALREADY_BET)
        check_stake(command.amount)
        if not isinstance(command.selection, self.selection):
            raise RefusedError(NOTHING_CHOSEN, field="selection")
        self.check(command.selection)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Act):
            raise RefusedError(NO_MOVES)
        if not isinstance(command, Bet):
            return Step(state)
        amount = self.stake_of(state, command)
        drawn = self.draw(command, floats(state.seeds.server_seed, command.client_seed, state.seeds.nonce))
        result = BetResult(
            seat=command.seat, number=command.number, amount=amount, result=drawn.result, payout=drawn.payout
        )
        outcome = Outcome(facts=drawn.facts, results=(result,), client_seed=command.client_seed)
        return Step(State(state.seeds, drawn.facts), outcome=outcome)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        return {"phase": "betting"} if state.facts is None else {"phase": "ended", **state.facts}

    def known(self, state: State, viewer: Seat | None) -> Any:
        return state.facts

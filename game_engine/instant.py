"""Instant games: one player, one bet, one draw, and the round is over."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from game_engine.chance import floats
from game_engine.game import Act, Bet, BetResult, Command, Game, O, Outcome, RefusedError, Seat, Seeds, Step


class State(Struct, frozen=True):
    """``facts`` are what was drawn, None before the bet."""

    seeds: Seeds
    facts: dict[str, Any] | None = None


class Drawn(Struct, frozen=True):
    """``facts`` are those of the outcome; the bet's ``result`` pays ``payout`` cents."""

    facts: dict[str, Any]
    result: str
    payout: int


class InstantGame(Game[O, State]):
    """A subclass says which selections there are, what a bet comes to and what it is worth in the long run."""

    shared = False
    seats = 1

    @abstractmethod
    def check(self, selection: Any) -> None:
        """Raises RefusedError for an instance of the game's ``selection`` that the rules do not allow."""

    @abstractmethod
    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        """What a bet that was checked comes to, by the floats of its round."""

    def open(self, options: O, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(seeds))

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        if state.facts is not None:
            raise RefusedError("betting_closed", "The round has had its bet.")
        if command.amount < 1:
            raise RefusedError("bad_request", "The stake has to be at least one cent.", "amount")
        if not isinstance(command.selection, self.selection):
            raise RefusedError("bad_request", "Say what you bet on.", "selection")
        self.check(command.selection)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Act):
            raise RefusedError("illegal_action", f"{self.title} has no moves but the bet.")
        if not isinstance(command, Bet):
            return Step(state)
        amount = self.stake_of(state, command)
        drawn = self.draw(command, floats(state.seeds.server_seed, command.client_seed, state.seeds.nonce))
        result = BetResult(command.seat, command.number, amount, drawn.result, drawn.payout)
        outcome = Outcome(drawn.facts, (result,), command.client_seed)
        return Step(State(state.seeds, drawn.facts), outcome=outcome)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        return {"phase": "betting"} if state.facts is None else {"phase": "ended", **state.facts}

"""Stepped games: one player, one bet, and moves that raise what it is worth, until a cash-out or a loss.

A round goes through three phases::

    betting ──the bet──▶ running ──a cash-out, a loss, or the player leaves──▶ ended

A player who leaves is cashed out.
"""

from abc import abstractmethod
from typing import Any, Literal, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import replace

from game_engine.game import (
    ALREADY_BET,
    NO_LIVE_BET,
    Act,
    Bet,
    BetEvent,
    BetResult,
    Command,
    Event,
    Game,
    Leave,
    O,
    Outcome,
    RefusedError,
    Seat,
    Seeds,
    Step,
)
from game_engine.money import TEN_THOUSANDTHS, check_stake, payout


class Cashout(Struct, frozen=True, forbid_unknown_fields=True, tag="cashout", tag_field="action"):
    """Take what the bet is worth."""


class SteppedState(Struct, frozen=True):
    """What every stepped game keeps. A game extends it with fields of its own, which all have defaults."""

    seeds: Seeds
    bet: Bet | None = None
    ended: bool = False

    @property
    def running(self) -> bool:
        return self.bet is not None and not self.ended

    @property
    def placed_bet(self) -> Bet:
        """The bet of a round that has one."""
        assert self.bet is not None
        return self.bet


Phase = Literal["betting", "running", "ended"]
T = TypeVar("T", bound=SteppedState)


class SteppedGame(Game[O, T]):
    """A subclass defines its state, its moves, what the bet is worth after them, and the odds.

    ``action`` is a union of the game's own moves and :class:`Cashout`.
    """

    shared = False
    seats = 1
    phases = ("betting", "running", "ended")
    state: type[T]

    @abstractmethod
    def check(self, selection: Any) -> None:
        """Raise RefusedError if the rules do not allow ``selection``."""

    @abstractmethod
    def start(self, state: T) -> Step[T]:
        """Return the first step of a round whose bet has just been placed."""

    @abstractmethod
    def move(self, state: T, action: Any) -> Step[T]:
        """Apply one of the game's own moves to a running round. Raises RefusedError."""

    @abstractmethod
    def moves_made(self, state: T) -> int:
        """Return how many moves have raised the bet. With none, a cash-out returns the stake."""

    @abstractmethod
    def multiplier(self, state: T) -> int:
        """Return what the bet is worth now, in ten-thousandths of its stake."""

    @abstractmethod
    def facts(self, state: T) -> dict[str, Any]:
        """Return the facts of the outcome of a round that ends in ``state``."""

    @abstractmethod
    def show(self, state: T) -> dict[str, Any]:
        """Return what everyone may see of a round that has its bet, apart from ``phase`` and ``actions``."""

    def open(self, options: O, seeds: Seeds, now: int) -> Step[T]:
        return Step(self.state(seeds))

    def stake_of(self, state: T, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        if state.bet:
            raise RefusedError(ALREADY_BET)
        check_stake(command.amount)
        self.check(command.selection)
        return command.amount

    def apply(self, state: T, command: Command, now: int) -> Step[T]:
        if isinstance(command, Bet):
            self.stake_of(state, command)
            return self.start(replace(state, bet=command))
        if isinstance(command, Act):
            if not state.running:
                raise RefusedError(NO_LIVE_BET)
            return self.cash_out(state) if isinstance(command.action, Cashout) else self.move(state, command.action)
        return self.cash_out(state) if isinstance(command, Leave) and state.running else Step(state)

    def view(self, state: T, viewer: Seat | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"phase": "betting"}
        if state.bet:
            shown = {"phase": "ended" if state.ended else "running", **self.show(state)}
        if viewer is None:
            return shown
        names = [kind.__struct_config__.tag for kind in get_args(self.action)] if state.running else []
        return shown | {"actions": {name: {} for name in names}}

    def event(self, state: T, data: BetEvent) -> Event:
        """Return an event about the round's bet; ``data`` is a BetEvent."""
        return Event(data, seat=state.placed_bet.seat, bet=state.placed_bet.number)

    def cash_out(self, state: T, events: tuple[Event, ...] = ()) -> Step[T]:
        """Pay what the bet is worth and end the round."""
        paid = payout(state.placed_bet.amount, self.multiplier(state), TEN_THOUSANDTHS)
        return self._end(state, "cashout" if self.moves_made(state) else "push", paid, events)

    def lose(self, state: T, events: tuple[Event, ...] = ()) -> Step[T]:
        """End the round without a payout."""
        return self._end(state, "loss", 0, events)

    def _end(self, state: T, result: str, paid: int, events: tuple[Event, ...]) -> Step[T]:
        bet = state.placed_bet
        row = BetResult(seat=bet.seat, number=bet.number, amount=bet.amount, result=result, payout=paid)
        outcome = Outcome(facts=self.facts(state), results=(row,), client_seed=bet.client_seed)
        return Step(replace(state, ended=True), events, outcome=outcome)

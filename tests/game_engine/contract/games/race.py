"""A race of four horses: a small timed game against the house that players share.

The winner is the first float of the round: below 0.4 the first horse, below 0.7 the second, below 0.9 the third. It is
drawn when betting closes, and a secret while the horses run::

    betting ──closes_at──▶ running ──RUN_MS later──▶ ended
"""

from fractions import Fraction
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct
from msgspec.structs import replace

from game_engine.chance import floats, joined_seeds
from game_engine.game import (
    Act,
    Bet,
    BetResult,
    BettingOpened,
    Command,
    Event,
    Game,
    Leave,
    NoOptions,
    Outcome,
    RefusedError,
    RoundStarted,
    Seat,
    Seeds,
    Step,
)
from game_engine.money import check_stake
from game_engine.odds import Odds, odds_of_one_payout

CHANCES = (Fraction(40, 100), Fraction(30, 100), Fraction(20, 100), Fraction(10, 100))
RETURN = Fraction(9, 10)
BETTING_MS, RUN_MS = 3_000, 5_000
MOST_BETS = 3


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """The horse that must win."""

    horse: Annotated[int, Meta(ge=0, le=3)]


class Furlong(Struct, frozen=True, tag="furlong", tag_field="type"):
    """Half of the race is over."""

    ends_at: int


class State(Struct, frozen=True):
    """``winner`` is drawn when betting closes."""

    seeds: Seeds
    closes_at: int
    bets: tuple[Bet, ...] = ()
    winner: int | None = None
    halfway: bool = False
    ended: bool = False


class Race(Game[NoOptions, State]):
    """The rules of the race."""

    name = "race"
    title = "Race"
    summary = "Bet on the horse that wins."
    rules = "Choose a horse.\n\nThe faster the horse, the less it pays."
    shared = True
    seats = 20
    return_to_player = RETURN
    largest_multiplier = RETURN / CHANCES[-1]
    options = NoOptions
    selection = Selection
    events: ClassVar[tuple[type[Struct], ...]] = (BettingOpened, RoundStarted, Furlong)
    phases = ("betting", "running", "ended")

    def open(self, options: NoOptions, seeds: Seeds, now: int) -> Step[State]:
        closes_at = now + BETTING_MS
        return Step(State(seeds, closes_at), (Event(BettingOpened(closes_at)),), wake_at=closes_at)

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        self.check_bet(state, command)
        return command.amount

    def check_bet(self, state: State, bet: Bet) -> None:
        if state.winner is not None:
            raise RefusedError("betting_closed", "The horses are running.")
        check_stake(bet.amount)
        if sum(other.seat == bet.seat for other in state.bets) == MOST_BETS:
            raise RefusedError("limit_exceeded", f"You can place {MOST_BETS} bets.")

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            self.check_bet(state, command)
            if now >= state.closes_at:
                raise RefusedError("betting_closed", "The race is about to start.")
            return self.waits(replace(state, bets=(*state.bets, command)))
        if state.ended:
            raise RefusedError("illegal_action", "The race is over.")
        if isinstance(command, Act):
            raise RefusedError("illegal_action", "A race has no moves.")
        return self.left(state, command, now) if isinstance(command, Leave) else self.advance(state, now)

    def left(self, state: State, command: Leave, now: int) -> Step[State]:
        return self.advance(state, now)

    def next_at(self, state: State) -> int:
        if state.winner is None:
            return state.closes_at
        return state.closes_at + (RUN_MS if state.halfway else RUN_MS // 2)

    def waits(self, state: State, events: tuple[Event, ...] = ()) -> Step[State]:
        return Step(state, events, wake_at=self.next_at(state))

    def advance(self, state: State, now: int) -> Step[State]:
        events: list[Event] = []
        while now >= self.next_at(state):
            if state.winner is None:
                state = replace(state, winner=self.winner(state))
                events += self.started(state)
            elif not state.halfway:
                state = replace(state, halfway=True)
                events.append(Event(Furlong(state.closes_at + RUN_MS)))
            else:
                return self.end(replace(state, ended=True), tuple(events))
        return self.waits(state, tuple(events))

    def started(self, state: State) -> list[Event]:
        return [Event(RoundStarted(state.closes_at))]

    def client_seed(self, state: State) -> str:
        return joined_seeds(
            {bet.seat: bet.client_seed for bet in reversed(state.bets)}[seat] for seat in self.bettors(state)
        )

    def bettors(self, state: State) -> list[Seat]:
        return list(dict.fromkeys(bet.seat for bet in state.bets))

    def winner(self, state: State) -> int:
        draw = next(floats(state.seeds.server_seed, self.client_seed(state), state.seeds.nonce))
        return next(horse for horse in range(4) if draw < sum(CHANCES[: horse + 1]))

    def end(self, state: State, events: tuple[Event, ...]) -> Step[State]:
        results = tuple(self.result(state, bet) for bet in state.bets)
        outcome = Outcome(facts={"winner": state.winner}, results=results, client_seed=self.client_seed(state))
        return Step(state, events, outcome=outcome)

    def result(self, state: State, bet: Bet) -> BetResult:
        payout = self.pay(bet) if bet.selection.horse == state.winner else 0
        word = "win" if payout else "loss"
        return BetResult(seat=bet.seat, number=bet.number, amount=bet.amount, result=word, payout=payout)

    def pay(self, bet: Bet) -> int:
        return int(bet.amount * RETURN / CHANCES[bet.selection.horse])

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"phase": "ended" if state.ended else "betting" if state.winner is None else "running"}
        if state.ended:
            return shown | {"winner": state.winner}
        return shown | {"next_at": self.next_at(state), "halfway": state.halfway}

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        horses = range(4) if selection is None else [selection.horse]
        return tuple(
            odds_of_one_payout(f"horse {horse}", CHANCES[horse], RETURN / CHANCES[horse], "by the weights")
            for horse in horses
        )

"""Games that are not pure functions of values, or ignore their seeds. ``breaks`` is what the contract test says."""

import random
import time
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from itertools import count
from typing import Any

from msgspec.structs import force_setattr, replace

from game_engine.cards import CARDS
from game_engine.chance import floats
from game_engine.game import Bet, Command, Seat, Seeds, Step
from game_engine.instant import Drawn, State
from tests.game_engine.contract.games import high, ladder, race
from tests.game_engine.contract.games.high import High
from tests.game_engine.contract.games.ladder import Ladder
from tests.game_engine.contract.games.race import Race
from tests.game_engine.contract.games.wheel import POCKETS, Wheel

AGAIN = "must return the same whenever it is given the same"
OTHER_PROCESS = "A round must come out the same in every process"
COUNTER = count()
REMEMBERED: dict[int, int] = {}


class Counts(High):
    """The deck comes from a counter of the module."""

    breaks = AGAIN

    def deal(self, state: high.State, now: int) -> Step[high.State]:
        step = super().deal(state, now)
        first = CARDS[next(COUNTER) % len(CARDS)]
        cards = {seat: card if place else first for place, (seat, card) in enumerate(step.state.cards.items())}
        return replace(step, state=replace(step.state, cards=cards), events=self.announce(cards))


class ChangesItsState(High):
    """An ante is written into the old state."""

    breaks = "must not change what it is given"

    def accept(self, state: high.State, bet: Bet, now: int) -> Step[high.State]:
        state.paid[bet.seat] = bet.amount
        return super().accept(replace(state, paid={}), bet, now)


class ViewChangesTheState(High):
    """A view counts in the state how often it was asked for."""

    breaks = "must not change what it is given"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        force_setattr(state, "raises", state.raises + 1)
        return super().view(state, viewer)


class ChangesItsOptions(High):
    """The room's options are changed."""

    breaks = "must not change what it is given"

    def open(self, options: high.Options, seeds: Seeds, now: int) -> Step[high.State]:
        step = super().open(options, seeds, now)
        force_setattr(options, "played", options.played + 1)
        return step


class ChangesTheBet(Wheel):
    """A bet is changed on its way."""

    breaks = "must not change what it is given"

    def pay(self, bet: Bet) -> int:
        paid = super().pay(bet)
        force_setattr(bet, "amount", 1)
        return paid


class Clock(High):
    """Turns are timed by the system's clock."""

    breaks = AGAIN

    def go_on(self, state: high.State, now: int) -> Step[high.State]:
        return super().go_on(state, now + time.perf_counter_ns() % 1_000)


class SlowClock(Wheel):
    """The view shows the seconds of the process's clock, which rarely change from one call to the next."""

    breaks = f"{AGAIN}|{OTHER_PROCESS}|Nothing hidden"

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        return super().view(state, viewer) | {"time": int(time.process_time() * 10)}


class Dice(Wheel):
    """The pocket comes from Python's own random numbers."""

    breaks = AGAIN

    def pocket(self, bet: Bet, stream: Iterator[float]) -> int:
        return random.randrange(POCKETS)


class Remembers(Race):
    """A race pays as the last race with that winner did."""

    breaks = f"{AGAIN}|{OTHER_PROCESS}"

    def end(self, state: race.State, events: Any) -> Step[race.State]:
        REMEMBERED[state.winner or 0] = REMEMBERED.get(state.winner or 0, 0) + 1
        step = super().end(state, events)
        return replace(step, reply={"race": REMEMBERED[state.winner or 0]})


class Hash(Wheel):
    """The pocket is moved by the hash of a text, which differs from process to process."""

    breaks = OTHER_PROCESS

    def pocket(self, bet: Bet, stream: Iterator[float]) -> int:
        return (super().pocket(bet, stream) + hash(bet.client_seed)) % POCKETS


class SetOrder(High):
    """The cards are dealt in the order of a set of texts."""

    breaks = OTHER_PROCESS

    def deal(self, state: high.State, now: int) -> Step[high.State]:
        step = super().deal(state, now)
        shuffled = list(set(step.state.cards.values()))
        cards = dict(zip(step.state.cards, shuffled, strict=True))
        return replace(step, state=replace(step.state, cards=cards), events=self.announce(cards))


class IgnoresThePlayers(Wheel):
    """The client seed is not used."""

    breaks = "must depend on the client seed of the first bettor"

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if not isinstance(command, Bet):
            return super().apply(state, command, now)
        step = super().apply(state, replace(command, client_seed="mine"), now)
        assert step.outcome
        return replace(step, outcome=replace(step.outcome, client_seed=command.client_seed))


class OnlyTheFirst(Race):
    """Only the first bettor's client seed is used."""

    breaks = "must depend on the client seed of the last bettor"

    def winner(self, state: race.State) -> int:
        return super().winner(replace(state, bets=state.bets[:1]))


class IgnoresTheNonce(Wheel):
    """The nonce is not used, so that rounds with the same seeds would be the same."""

    breaks = "must depend on the nonce"

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        return super().apply(replace(state, seeds=Seeds(state.seeds.server_seed, 1)), command, now)


class OwnChance(Race):
    """The winner comes from a hash of the seeds instead of the stream of floats."""

    breaks = "must depend on the stream of floats"

    def winner(self, state: race.State) -> int:
        assert next(floats(state.seeds.server_seed, "", 1)) < 1
        text = f"{state.seeds.server_seed}{self.client_seed(state)}{state.seeds.nonce}"
        draw = sha256(text.encode()).digest()[0] % 10
        return next(horse for horse, last in enumerate((4, 7, 9, 10)) if draw < last)


class AlwaysTheSame(Wheel):
    """The pocket is always the same."""

    breaks = "must depend on the server seed"

    def pocket(self, bet: Bet, stream: Iterator[float]) -> int:
        next(stream)
        return 3


class FractionInView(Race):
    """A view has a fraction."""

    breaks = "A view must be JSON-ready"

    def view(self, state: race.State, viewer: Seat | None) -> dict[str, Any]:
        return super().view(state, viewer) | {"return": Fraction(9, 10)}


class SetInView(Race):
    """A view has a set."""

    breaks = "A view must be JSON-ready"

    def view(self, state: race.State, viewer: Seat | None) -> dict[str, Any]:
        return super().view(state, viewer) | {"seats": {bet.seat for bet in state.bets}}


class NumbersAsKeys(High):
    """A view has numbers as keys, which JSON makes texts."""

    breaks = "A view must be JSON-ready"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        return super().view(state, viewer) | {"by_seat": dict(state.paid)}


class NotANumber(Ladder):
    """A view has a float that is no number."""

    breaks = "A view must be JSON-ready"

    def show(self, state: ladder.State) -> dict[str, Any]:
        return super().show(state) | {"height": float("nan")}


class ObjectInFacts(Wheel):
    """The facts have an object."""

    breaks = "must be JSON-ready"

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        drawn = super().draw(bet, stream)
        return replace(drawn, facts={"pocket": object()})


class TupleInFacts(Wheel):
    """The facts have a tuple, which is a list when it is read again."""

    breaks = "must be JSON-ready"

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        drawn = super().draw(bet, stream)
        return replace(drawn, facts={"pocket": (drawn.facts["pocket"],)})


class SetInReply(Ladder):
    """A reply has a set."""

    breaks = "must be JSON-ready"

    def move(self, state: ladder.State, action: Any) -> Step[ladder.State]:
        return replace(super().move(state, action), reply={"rungs": {1, 2}})


class NoReply(Ladder):
    """A reply is a number."""

    breaks = "A reply is a dict"

    def start(self, state: ladder.State) -> Step[ladder.State]:
        step: Any = super().start(state)
        return replace(step, reply=1)


FAULTS = (
    Counts,
    ChangesItsState,
    ViewChangesTheState,
    ChangesItsOptions,
    ChangesTheBet,
    Clock,
    SlowClock,
    Dice,
    Remembers,
    Hash,
    SetOrder,
    IgnoresThePlayers,
    OnlyTheFirst,
    IgnoresTheNonce,
    OwnChance,
    AlwaysTheSame,
    FractionInView,
    SetInView,
    NumbersAsKeys,
    NotANumber,
    ObjectInFacts,
    TupleInFacts,
    SetInReply,
    NoReply,
)

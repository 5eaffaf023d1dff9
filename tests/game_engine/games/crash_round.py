"""A round of crash, driven by hand in the tests."""

from typing import Any

import pytest

from game_engine.chance import floats
from game_engine.game import (
    Act,
    Bet,
    Command,
    Outcome,
    RefusedError,
    Seat,
    Seeds,
    Step,
    Wake,
)
from game_engine.games.crash import (
    Cashout,
    Crash,
    Options,
    Selection,
    State,
)
from game_engine.point import point_of

CRASH = Crash()
OPENED_AT = 1_000_000
START = OPENED_AT + 6_000


def seeds_with(point: int, client_seed: str = "a") -> Seeds:
    """Return seeds with which a round of bettors with ``client_seed`` crashes at ``point``."""
    for number in range(1_000_000):
        seeds = Seeds(f"seed {number}", 1)
        if point_of(next(floats(seeds.server_seed, client_seed, 1))) == point:
            return seeds
    raise AssertionError(f"no seed leads to {point}")


class Round:
    """A round in progress; ``do`` applies a command at a time in ms since the epoch."""

    def __init__(self, point: int | None = None, options: Options | None = None, client_seed: str = "a") -> None:
        seeds = Seeds("any", 1) if point is None else seeds_with(point, client_seed)
        self.step: Step[State] = CRASH.open(options or Options(), seeds, OPENED_AT)
        self.number = 0

    def do(self, command: Command, now: int) -> Step[State]:
        assert CRASH.stake_of(self.step.state, command) == (command.amount if isinstance(command, Bet) else 0)
        self.step = CRASH.apply(self.step.state, command, now)
        return self.step

    def bet(self, amount: int = 100, auto: float | None = None, seat: int = 0, seed: str = "a", at: int = 0) -> None:
        self.number += 1
        self.do(
            Bet(seat=Seat(seat), number=self.number, amount=amount, client_seed=seed, selection=Selection(auto)),
            OPENED_AT + at,
        )

    def cash_out(self, at: int, bet: int | None = None, seat: int = 0) -> Step[State]:
        return self.do(Act(Seat(seat), Cashout(bet)), START + at)

    def ride(self) -> Outcome:
        woken_at = 0
        while self.step.outcome is None:
            assert self.step.wake_at is not None
            assert self.step.wake_at > woken_at
            woken_at = self.step.wake_at
            self.do(Wake(), woken_at)
        return self.step.outcome

    def refused(self, command: Command, now: int) -> RefusedError:
        with pytest.raises(RefusedError) as refused:
            self.do(command, now)
        return refused.value


def paid(outcome: Outcome) -> list[tuple[str, int]]:
    return [(result.result, result.payout) for result in outcome.results]


def data(step: Step[State], kind: type[Any]) -> list[Any]:
    return [event.data for event in step.events if isinstance(event.data, kind)]

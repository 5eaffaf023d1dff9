"""A round of blackjack, driven by hand in the tests."""

from typing import Any

import pytest

from game_engine.chance import commitment
from game_engine.game import (
    Act,
    Bet,
    Command,
    Event,
    Leave,
    NoSelection,
    Outcome,
    RefusedError,
    Seat,
    Seeds,
    Step,
    Wake,
)
from game_engine.games.blackjack import (
    Blackjack,
    Decline,
    Double,
    Hit,
    Insure,
    Options,
    Split,
    Stand,
    State,
    TableChanged,
)

BLACKJACK = Blackjack()
OPENED_AT = 1_000_000
MOVES: dict[str, Any] = {
    "hit": Hit(),
    "stand": Stand(),
    "double": Double(),
    "split": Split(),
    "insure": Insure(),
    "decline": Decline(),
}


class Round:
    """A round in progress; ``number`` selects a server seed whose cards the tests know."""

    def __init__(self, number: int = 0, options: Options | None = None, server_seed: str | None = None) -> None:
        self.now = OPENED_AT
        seeds = Seeds(server_seed or commitment(f"blackjack {number}"), 7)
        self.step: Step[State] = BLACKJACK.open(options or Options(), seeds, self.now)
        self.bets = 0
        self.held = 0
        self.events: list[Event] = list(self.step.events)

    @property
    def state(self) -> State:
        return self.step.state

    @property
    def outcome(self) -> Outcome:
        assert self.step.outcome
        return self.step.outcome

    def do(self, command: Command, after: int = 0) -> Step[State]:
        """Apply a command ``after`` milliseconds later, and add its stake to ``held``."""
        self.now += after
        stake = BLACKJACK.stake_of(self.state, command)
        self.step = BLACKJACK.apply(self.state, command, self.now)
        self.held += stake
        self.events += self.step.events
        return self.step

    def bet(self, amount: int = 100, seat: int = 0, seed: str = "a", after: int = 0) -> "Round":
        self.do(
            Bet(seat=Seat(seat), number=self.bets + 1, amount=amount, client_seed=seed, selection=NoSelection()), after
        )
        self.bets += 1
        return self

    def wake(self, late: int = 0) -> "Round":
        assert self.step.wake_at is not None
        self.now = self.step.wake_at
        self.do(Wake(), late)
        return self

    def act(self, *moves: str, seat: int = 0) -> "Round":
        for move in moves:
            self.do(Act(Seat(seat), MOVES[move]), 1_000)
        return self

    def leave(self, seat: int = 0) -> "Round":
        self.do(Leave(Seat(seat)), 1_000)
        return self

    def refused(self, command: Command, after: int = 0) -> str:
        """Return the code with which a command is refused."""
        before = self.state
        with pytest.raises(RefusedError) as refused:
            BLACKJACK.apply(before, command, self.now + after)
        assert self.state == before
        return refused.value.code

    def offered(self, seat: int = 0) -> list[str]:
        return sorted(BLACKJACK.view(self.state, Seat(seat))["actions"])

    def view(self) -> dict[str, Any]:
        return BLACKJACK.view(self.state, None)

    def hands(self) -> list[tuple[str, str]]:
        """Return each hand's cards and state."""
        return [(" ".join(hand["dealt"]), hand["state"]) for hand in self.view()["hands"]]

    def dealer(self) -> str:
        return " ".join(self.view()["dealer"]["dealt"])

    def paid(self) -> list[tuple[str, int, int]]:
        """Return each bet's result, amount and payout."""
        assert sum(result.amount for result in self.outcome.results) == self.held
        return [(result.result, result.amount, result.payout) for result in self.outcome.results]

    def tables(self) -> list[TableChanged]:
        return [event.data for event in self.events if isinstance(event.data, TableChanged)]

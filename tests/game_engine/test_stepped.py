"""Stepped games: one bet, then moves until a cash-out, a loss, or the player leaves."""

from fractions import Fraction
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from game_engine.game import (
    Act,
    Bet,
    BetEvent,
    BetResult,
    Command,
    Event,
    Leave,
    NoOptions,
    Outcome,
    RefusedError,
    Seat,
    Seeds,
    Step,
    Wake,
)
from game_engine.games import GAMES
from game_engine.odds import Odds, odds_of_one_payout
from game_engine.stepped import Cashout, SteppedGame, SteppedState
from tests.game_engine.refusals import refused


class Selection(Struct, frozen=True):
    height: int


class Climb(Struct, frozen=True, tag="climb", tag_field="action"):
    safe: bool


class Climbed(BetEvent, frozen=True, tag="climbed"):
    rung: int


class State(SteppedState, frozen=True):
    rung: int = 0


class Ladder(SteppedGame[NoOptions, State]):
    """Each rung adds a stake; the player says whether it holds, and the last rung cashes out."""

    name = "ladder"
    title = "Ladder"
    summary = rules = "Climb, and stop before you fall."
    return_to_player = Fraction(1)
    largest_multiplier = Fraction(9)
    options = NoOptions
    selection = Selection
    action = Climb | Cashout
    events = (Climbed,)
    state = State

    def check(self, selection: Any) -> None:
        if not isinstance(selection, Selection):
            raise RefusedError("bad_request", "Choose the height.", "selection")

    def start(self, state: State) -> Step[State]:
        return Step(state, (self.event(state, Climbed(0)),))

    def move(self, state: State, action: Climb) -> Step[State]:
        if not action.safe:
            return self.lose(state, (self.event(state, Climbed(-1)),))
        state = replace(state, rung=state.rung + 1)
        events = (self.event(state, Climbed(state.rung)),)
        at_the_top = state.rung == state.placed_bet.selection.height
        return self.cash_out(state, events) if at_the_top else Step(state, events)

    def moves_made(self, state: State) -> int:
        return state.rung

    def multiplier(self, state: State) -> int:
        return 10_000 * (1 + state.rung)

    def facts(self, state: State) -> dict[str, Any]:
        return {"top": state.rung}

    def show(self, state: State) -> dict[str, Any]:
        return {"rung": state.rung}

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        return (odds_of_one_payout("any", Fraction(1, 2), Fraction(2), "closed form"),)


LADDER = Ladder()
BET = Bet(seat=Seat(0), number=1, amount=150, client_seed="seed", selection=Selection(3))
UP, DOWN, OUT = Act(Seat(0), Climb(True)), Act(Seat(0), Climb(False)), Act(Seat(0), Cashout())


def played(*commands: Command) -> Step[State]:
    step = LADDER.open(NoOptions(), Seeds("server seed", 1), 0)
    for command in commands:
        step = LADDER.apply(step.state, command, 0)
    return step


def ended(result: str, payout: int, rung: int) -> Outcome:
    row = BetResult(seat=Seat(0), number=1, amount=150, result=result, payout=payout)
    return Outcome(facts={"top": rung}, results=(row,), client_seed="seed")


def test_a_bet_starts_the_round() -> None:
    assert LADDER.view(played().state, Seat(0)) == {"phase": "betting", "actions": {}}
    step = played(BET)
    assert step.events == (Event(Climbed(0), seat=Seat(0), bet=1),)
    assert LADDER.view(step.state, None) == {"phase": "running", "rung": 0}
    assert LADDER.view(step.state, Seat(0)) == {"phase": "running", "rung": 0, "actions": {"climb": {}, "cashout": {}}}


@pytest.mark.parametrize(
    ("commands", "outcome"),
    [
        ([UP, UP, OUT], ended("cashout", 450, 2)),
        ([UP, Leave(Seat(0))], ended("cashout", 300, 1)),
        ([UP, UP, UP], ended("cashout", 600, 3)),
        ([OUT], ended("push", 150, 0)),
        ([Leave(Seat(0))], ended("push", 150, 0)),
        ([UP, DOWN], ended("loss", 0, 1)),
    ],
)
def test_a_round_ends(commands: list[Command], outcome: Outcome) -> None:
    step = played(BET, *commands)
    assert step.outcome == outcome
    shown = {"phase": "ended", "rung": outcome.facts["top"]}
    assert LADDER.view(step.state, None) == shown
    assert LADDER.view(step.state, Seat(0)) == {**shown, "actions": {}}


def test_only_a_bet_has_a_stake() -> None:
    state = played().state
    assert LADDER.stake_of(state, BET) == 150
    assert [LADDER.stake_of(state, command) for command in (UP, OUT, Leave(Seat(0)), Wake())] == [0] * 4


@pytest.mark.parametrize(
    ("bet", "field"),
    [(replace(BET, amount=0), "amount"), (replace(BET, selection=None), "selection")],
)
def test_a_wrong_bet_is_refused(bet: Bet, field: str) -> None:
    assert refused(LADDER, played().state, bet) == [("bad_request", field)] * 2


def test_a_round_takes_one_bet() -> None:
    for state in (played(BET).state, played(BET, OUT).state):
        assert refused(LADDER, state, BET) == [("betting_closed", None)] * 2


def test_moves_need_a_running_round() -> None:
    for state in (played().state, played(BET, OUT).state):
        for move in (UP, OUT):
            with pytest.raises(RefusedError) as refusal:
                LADDER.apply(state, move, 0)
            assert refusal.value.code == "illegal_action"


@pytest.mark.parametrize("command", [Wake(), Leave(Seat(0))])
def test_time_and_leaving_change_nothing_outside_a_running_round(command: Command) -> None:
    for state in (played().state, played(BET, OUT).state):
        assert LADDER.apply(state, command, 10**6) == Step(state)
    running = played(BET).state
    assert LADDER.apply(running, Wake(), 10**6) == Step(running)


def test_the_listed_stepped_games() -> None:
    assert {name for name, game in GAMES.items() if isinstance(game, SteppedGame)} >= {"hilo", "mines"}

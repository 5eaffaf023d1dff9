"""Instant games: one bet, one draw, and no other commands."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from msgspec import Struct

from game_engine.chance import floats
from game_engine.game import Act, Bet, BetResult, Command, Leave, Outcome, RefusedError, Seat, Seeds, Step, Wake
from game_engine.games import GAMES
from game_engine.instant import Drawn, InstantGame, State
from game_engine.odds import Odds, odds_of
from tests.game_engine.refusals import refused

SEEDS = Seeds("server seed", 3)


class Options(Struct, frozen=True):
    pass


class Selection(Struct, frozen=True):
    number: int


class Quarter(InstantGame[Options]):
    """Pick one of four numbers; the right one pays four stakes."""

    name = "quarter"
    title = "Quarter"
    summary = rules = "Pick a number from 0 to 3."
    return_to_player = Fraction(1)
    largest_multiplier = Fraction(4)
    options = Options
    selection = Selection

    def check(self, selection: Selection) -> None:
        if not 0 <= selection.number < 4:
            raise RefusedError("bad_request", "Pick a number from 0 to 3.", "selection.number")

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        number = int(next(stream) * 4)
        won = bet.selection.number == number
        return Drawn({"number": number}, "win" if won else "loss", 4 * bet.amount * won)

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        return (odds_of("any", [(Fraction(1, 4), Fraction(4)), (Fraction(3, 4), Fraction(0))], "closed form"),)


QUARTER = Quarter()
NUMBER = int(next(floats("server seed", "client seed", 3)) * 4)


def opened() -> State:
    return QUARTER.open(Options(), SEEDS, 0).state


def bet(number: int = NUMBER, amount: int = 100) -> Bet:
    return Bet(seat=Seat(0), number=1, amount=amount, client_seed="client seed", selection=Selection(number))


@pytest.mark.parametrize(("number", "result", "payout"), [(NUMBER, "win", 400), ((NUMBER + 1) % 4, "loss", 0)])
def test_a_bet_is_drawn_at_once(number: int, result: str, payout: int) -> None:
    assert QUARTER.view(opened(), None) == {"phase": "betting"}
    assert QUARTER.stake_of(opened(), bet(number)) == 100
    step: Step[State] = QUARTER.apply(opened(), bet(number), 5)
    results = (BetResult(seat=Seat(0), number=1, amount=100, result=result, payout=payout),)
    assert step == Step(
        step.state, outcome=Outcome(facts={"number": NUMBER}, results=results, client_seed="client seed")
    )
    shown = {"phase": "ended", "number": NUMBER}
    assert QUARTER.view(step.state, Seat(0)) == QUARTER.view(step.state, None) == shown


def test_a_round_takes_one_bet() -> None:
    step: Step[State] = QUARTER.apply(opened(), bet(), 5)
    assert refused(QUARTER, step.state, bet()) == [("betting_closed", None)] * 2


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (bet(amount=0), "amount"),
        (bet(4), "selection.number"),
        (Bet(seat=Seat(0), number=1, amount=100, client_seed="client seed"), "selection"),
        (Bet(seat=Seat(0), number=1, amount=100, client_seed="client seed", selection=Options()), "selection"),
    ],
)
def test_invalid_bets_are_refused(command: Bet, field: str) -> None:
    assert refused(QUARTER, opened(), command) == [("bad_request", field)] * 2


def test_there_are_no_moves_after_the_bet() -> None:
    with pytest.raises(RefusedError, match="This game has no moves after the bet") as refusal:
        QUARTER.apply(opened(), Act(Seat(0), None), 5)
    assert refusal.value.code == "illegal_action"


@pytest.mark.parametrize("command", [Wake(), Leave(Seat(0))])
def test_time_and_leaving_change_nothing(command: Command) -> None:
    ended: Step[State] = QUARTER.apply(opened(), bet(), 5)
    for state in (opened(), ended.state):
        assert QUARTER.apply(state, command, 10**6) == Step(state)
        assert QUARTER.stake_of(state, command) == 0


def test_the_listed_instant_games() -> None:
    instant = {name for name, game in GAMES.items() if isinstance(game, InstantGame)}
    assert {"dice", "keno", "limbo", "plinko"} <= instant
    assert not any(GAMES[name].shared or GAMES[name].action for name in instant)

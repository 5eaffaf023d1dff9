"""Every listed game keeps the contract, whatever its players do."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from game_engine.game import AnyGame, Bet, Command, NoOptions, Seat, Seeds, Step
from game_engine.games import GAMES
from game_engine.games.dice import Dice, Selection
from game_engine.instant import State
from tests.game_engine.contract import Move, Script, check, scripts


def _drive(game: AnyGame, examples: int) -> None:
    @settings(max_examples=examples)
    @given(scripts(game))
    def run(script: Script) -> None:
        check(game, script)

    run()


@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_a_game_keeps_the_contract(game: AnyGame) -> None:
    _drive(game, 100)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_a_game_keeps_the_contract_for_long(game: AnyGame) -> None:
    _drive(game, 10_000)


@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_a_game_describes_itself(game: AnyGame) -> None:
    assert GAMES[game.name] is game
    assert game.name.isidentifier()
    assert game.title
    assert game.summary.endswith(".")
    assert "\n\n" in game.rules
    assert game.seats >= (2 if game.shared else 1)
    assert set(game.handed_on) <= set(game.options.__struct_fields__)
    assert 0 < game.return_to_player <= 1
    assert game.largest_multiplier > 1


class Rigged(Dice):
    """Dice with a flaw that the runner must find."""


class Leaky(Rigged):
    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        return {"phase": "betting", "roll": 1}


class Generous(Rigged):
    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        step = super().apply(state, command, now)
        return Step(step.state) if isinstance(command, Bet) and command.amount > 50 else step


class Clocked(Rigged):
    def open(self, options: NoOptions, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(seeds), wake_at=now)


class Forgetful(Rigged):
    def stake_of(self, state: State, command: Command) -> int:
        return super().stake_of(state, command) // 2


@pytest.mark.parametrize("flaw", [Leaky, Generous, Clocked, Forgetful])
def test_the_runner_finds_flaws(flaw: type[Rigged]) -> None:
    bet = Bet(seat=Seat(0), number=0, amount=100, client_seed="seed", selection=Selection(50.0, True))
    script = Script(options=NoOptions(), seeds=Seeds("f" * 64, 1), moves=(Move(0, bet),), punctual=True)
    check(Dice(), script)
    with pytest.raises(AssertionError):
        check(flaw(), script)


class Mutable(Struct):
    bets: list[int]


class Careless(Dice):
    """Changes the state that it was given."""

    def open(self, options: NoOptions, seeds: Seeds, now: int) -> Step[Any]:
        return Step(Mutable([]))

    def stake_of(self, state: Any, command: Command) -> int:
        return command.amount if isinstance(command, Bet) else 0

    def apply(self, state: Any, command: Command, now: int) -> Step[Any]:
        state.bets.append(1)
        return Step(state)

    def view(self, state: Any, viewer: Seat | None) -> dict[str, Any]:
        return {"phase": "betting"}


@settings(max_examples=20)
@given(st.data())
def test_the_runner_finds_a_changed_state(data: st.DataObject) -> None:
    script = data.draw(scripts(Dice()))
    with pytest.raises(AssertionError):
        check(Careless(), script)

"""The contract test finds planted faults of every kind: in a card game with hidden hands, an instant, a stepped and a
timed game. Without a fault, the four games keep the contract."""

from collections import Counter
from typing import Any

import pytest

from game_engine.contract import BrokenPromiseError, check_game
from game_engine.contract.check import ROUNDS
from game_engine.game import AnyGame
from tests.game_engine.contract.faults import money, moves, secrets, values
from tests.game_engine.contract.games.high import High
from tests.game_engine.contract.games.ladder import Ladder
from tests.game_engine.contract.games.race import Race
from tests.game_engine.contract.games.wheel import Wheel

GAMES = (High(), Ladder(), Race(), Wheel())
FAULTS: tuple[Any, ...] = (*money.FAULTS, *moves.FAULTS, *secrets.FAULTS, *values.FAULTS)


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name)
def test_a_sound_game_keeps_the_contract(game: AnyGame) -> None:
    check_game(game)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found(fault: Any) -> None:
    with pytest.raises(BrokenPromiseError, match=fault.breaks):
        check_game(fault(), getattr(fault, "rounds", ROUNDS))


def test_there_are_many_faults_of_every_kind_in_every_game() -> None:
    of_games = Counter(
        next(type(game).__name__ for game in GAMES if isinstance(fault(), type(game))) for fault in FAULTS
    )
    assert min(of_games.values()) >= 10
    assert of_games["High"] >= 40
    assert [len(kind.FAULTS) >= 20 for kind in (money, moves, secrets, values)] == [True] * 4
    assert all(fault.__doc__ for fault in FAULTS)

"""A round comes out the same in another process, which finds the game's class by its module or its file."""

import sys
from pathlib import Path

import pytest

from game_engine.contract import BrokenPromiseError, play
from game_engine.contract.other_process import check_in_another_process, load_class
from tests.game_engine.contract.faults.values import Hash
from tests.game_engine.contract.games.high import High
from tests.game_engine.contract.games.wheel import Wheel


def test_sound_rounds_come_out_the_same() -> None:
    check_in_another_process(High(), [round_ for number in range(4) for round_ in play(High(), number)])


def test_a_difference_comes_with_the_script_up_to_it() -> None:
    rounds = [round_ for number in range(10) for round_ in play(Hash(), number)]
    with pytest.raises(BrokenPromiseError, match="must come out the same in every process") as broken:
        check_in_another_process(Hash(), rounds)
    assert "Bet(seat=0" in broken.value.script


def test_a_class_is_found_by_its_module_or_its_file(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.py"
    file.write_text("class Outer:\n    class Inner:\n        size = 3\n")
    assert load_class("tests.game_engine.contract.games.wheel", None, "Wheel") is Wheel
    assert load_class("elsewhere", str(file), "Outer.Inner").size == 3
    assert load_class("__main__", str(file), "Outer").Inner.size == 3
    del sys.modules["elsewhere"], sys.modules["main"]
    with pytest.raises(BrokenPromiseError, match="can't be imported in another process"):
        load_class("no.such.module", None, "Game")


def test_a_class_inside_of_a_function_is_refused() -> None:
    class Local(Wheel):
        """Nobody else can import it."""

    with pytest.raises(BrokenPromiseError, match="at the top level of a module"):
        check_in_another_process(Local(), play(Local(), 0))

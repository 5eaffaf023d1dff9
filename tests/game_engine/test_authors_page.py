"""The example on the page for game authors runs, passes its own test and keeps the contract."""

import re
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from game_engine.contract import check_game
from game_engine.games import GAMES

PAGE = Path("docs/game-authors.md").read_text(encoding="utf-8")
GAME, TEST = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
GAME_NAME = "game_engine.games.streak"


def load(name: str, text: str, folder: Path) -> ModuleType:
    """Load ``text`` as a module from a file, as it would be for an author."""
    file = folder / f"{name.rpartition('.')[2]}.py"
    file.write_text(text, encoding="utf-8")
    spec = spec_from_file_location(name, file)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def streak(tmp_path: Path) -> Iterator[ModuleType]:
    yield load(GAME_NAME, GAME, tmp_path)
    del sys.modules[GAME_NAME]


def test_the_game_keeps_the_contract(streak: ModuleType) -> None:
    game = streak.Streak()
    assert game.name not in GAMES
    report = check_game(game)
    assert min(report.actions["call"], report.actions["cashout"]) > 20


def test_its_own_test_passes(streak: ModuleType, tmp_path: Path) -> None:
    module = load("authors_test_streak", TEST, tmp_path)
    tests = [value for name, value in vars(module).items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()
    del sys.modules["authors_test_streak"]

"""The example on the page for game authors runs, passes its own test and keeps the contract."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from game_engine.contract import check_game
from game_engine.contract.__main__ import main
from game_engine.game import RefusedError
from game_engine.games import GAMES

PAGE = Path("docs/game-authors.md").read_text(encoding="utf-8")
GAME, REFUSAL, TEST, OUTSIDE = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
[COMMAND] = re.findall(r"^\.venv/bin/python -m game_engine\.contract (.*)$", PAGE, re.MULTILINE)
OUTSIDE_CALL = "test_streak_keeps_the_contract()\n"
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


@pytest.mark.usefixtures("streak")
def test_the_command_on_the_page_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(COMMAND.split()) == 0
    assert capsys.readouterr().out.startswith("streak keeps the contract")


def test_a_game_outside_of_the_repository_keeps_the_contract(tmp_path: Path) -> None:
    package = tmp_path / "my_games"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "streak.py").write_text(GAME, encoding="utf-8")
    (tmp_path / "try_streak.py").write_text(f"{OUTSIDE}\n\n{OUTSIDE_CALL}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "try_streak.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_its_own_test_passes(streak: ModuleType, tmp_path: Path) -> None:
    module = load("authors_test_streak", TEST, tmp_path)
    tests = [value for name, value in vars(module).items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()
    del sys.modules["authors_test_streak"]


def test_the_example_of_a_refusal_refuses(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        load("refusal", REFUSAL, tmp_path)
    del sys.modules["refusal"]
    assert (refused.value.code, refused.value.reason, refused.value.field) == ("limit_exceeded", "buy_in", "amount")
    assert refused.value.message == "Buy from 5 to 20 chips."

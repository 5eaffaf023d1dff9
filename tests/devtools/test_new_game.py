"""`run.py new-game` writes a game that passes every check for games, and changes nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.terminal import CommandError
from devtools import new_game

ROOT = Path(__file__).parents[2]
COPIED = (
    "game_engine",
    "storage",
    "server",
    "cli",
    "devtools",
    "tests",
    "docs",
    "run.py",
    "pyproject.toml",
    "requirements.txt",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout without its installed packages."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def passes(checkout: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=checkout, check=False, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(300)
def test_a_new_game_passes_all_checks(checkout: Path) -> None:
    (checkout / "game_engine/games/zebra.py").unlink(missing_ok=True)
    for name in ("aardvark", "zebra"):
        game, test = new_game.write(name, checkout)
        assert ((checkout / game).exists(), (checkout / test).exists()) == (True, True)
    new = [f"{folder}{name}.py" for folder in ("game_engine/games/", "tests/game_engine/games/test_")
           for name in ("aardvark", "zebra")]  # fmt: skip
    passes(checkout, "ruff", "format", "--check", "game_engine/games/__init__.py", *new)
    passes(checkout, "ruff", "check", "game_engine/games/__init__.py", *new)
    passes(checkout, "mypy", "--no-error-summary", "game_engine/games/__init__.py", *new)
    passes(checkout, "pytest", "-q", *new[2:])
    of_games = ("tests/game_engine/test_contract.py", "-m", "not nightly", "-k", "aardvark or zebra")
    passes(checkout, "pytest", "-q", *of_games)
    passes(checkout, "pytest", "-q", "tests/house/test_house.py", "-k", "product or listed or every_module")


def test_the_list_of_games_stays_in_alphabetical_order() -> None:
    module = (
        "from game_engine.game import Game\n"
        "from game_engine.games.bingo import Bingo\n"
        "from game_engine.games.dice import Dice\n\n"
        "LISTED = (\n    Bingo(),\n    Dice(),\n)\n"
    )
    assert new_game.listed(module, "coin") == (
        "from game_engine.game import Game\n"
        "from game_engine.games.bingo import Bingo\n"
        "from game_engine.games.coin import Coin\n"
        "from game_engine.games.dice import Dice\n\n"
        "LISTED = (\n    Bingo(),\n    Coin(),\n    Dice(),\n)\n"
    )
    assert new_game.listed(module, "ace").index("Ace") < new_game.listed(module, "ace").index("Bingo")


@pytest.mark.parametrize("name", ["Coin", "coin-flip", "coin_flip", "1up", "class", "", "a", "é" * 3, "../x"])
def test_an_invalid_name_is_refused(name: str) -> None:
    with pytest.raises(CommandError, match="not a valid name"):
        new_game.write(name, ROOT)


def test_an_existing_game_is_not_overwritten(tmp_path: Path) -> None:
    before = (ROOT / "game_engine/games/dice.py").read_text()
    with pytest.raises(CommandError, match=r"dice\.py already exists"):
        new_game.write("dice", ROOT)
    assert (ROOT / "game_engine/games/dice.py").read_text() == before
    with pytest.raises(CommandError, match="needs a full checkout"):
        new_game.write("coin", tmp_path)

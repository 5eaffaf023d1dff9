"""`run.py new-game`: writes a small working game, its tests and its entry in the list of games, as a starting point."""

import argparse
import keyword
import re
from pathlib import Path
from typing import Any

from cli.terminal import CommandError
from server.config import Config

SKELETON = Path(__file__).with_name("skeleton")
GAMES = Path("game_engine/games")
TESTS = Path("tests/game_engine/games")
NAME = re.compile(r"[a-z][a-z0-9]{1,30}")
"""Room keys begin with the name, and the module is named after it."""
NEXT = """\
{name} is ready to play: start the server and find it in the lobby.
  {game}    the rules: change them to yours
  {test}    the tests
docs/game-authors.md explains what a game can do. When its options, bets or events have changed, update the generated
pages, then check your game:
  make docs
  make lint
  .venv/bin/python -m pytest -m "not nightly" tests/game_engine
"""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "new-game",
        help="write a small working game as a starting point for a new one",
        epilog="example: run.py new-game streak",
    )
    parser.add_argument("name", metavar="NAME", help="lower-case letters and digits, like streak")
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, _config: Config) -> int:
    game, test = write(args.name, Path(__file__).parents[1])
    print(NEXT.format(name=args.name, game=game, test=test), end="")
    return 0


def write(name: str, root: Path) -> tuple[Path, Path]:
    """Write a new game into the checkout ``root``. Returns its module and its test module. Raises CommandError."""
    game, test, games = GAMES / f"{name}.py", TESTS / f"test_{name}.py", root / GAMES / "__init__.py"
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CommandError(f"{name!r} is not a valid name for a game: use lower-case letters and digits, like streak")
    if not games.exists() or not (root / TESTS).exists():
        raise CommandError(f"new-game needs a full checkout of the repository, and {root} is not one")
    existing = next((path for path in (game, test, game.with_suffix("")) if (root / path).exists()), None)
    if existing is not None:
        raise CommandError(f"{existing} already exists")
    title = name.capitalize()
    names = ", ".join(sorted(["Selection", title]))
    words = {"@name@": name, "@Title@": title, "@Class@": title, "@Names@": names}
    for template, path in (("game.txt", game), ("test.txt", test)):
        (root / path).write_text(_filled((SKELETON / template).read_text("utf-8"), words), "utf-8")
    games.write_text(listed(games.read_text("utf-8"), name), "utf-8")
    return game, test


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


def listed(module: str, name: str) -> str:
    """The source of the list of games with ``name`` added in alphabetical order."""
    lines = module.splitlines(keepends=True)
    _insert(lines, "from game_engine.games.", f"from game_engine.games.{name} import {name.capitalize()}\n")
    _insert(lines, "    ", f"    {name.capitalize()}(),\n")
    return "".join(lines)


def _insert(lines: list[str], beginning: str, new: str) -> None:
    """Insert ``new`` in alphabetical order among the lines that start with ``beginning``."""
    among = [place for place, line in enumerate(lines) if line.startswith(beginning)]
    after = [place for place in among if lines[place].lower() < new.lower()]
    lines.insert(after[-1] + 1 if after else among[0], new)

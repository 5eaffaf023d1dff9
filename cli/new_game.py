"""`run.py new-game`: a small game that plays, with its test and its line in the list, to be made into another one."""

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
"""As a room's key begins with it, and a module is called by it."""
NEXT = """\
{name} can be played now: start the server, and it is in the lobby.
  {game}    its rules: make them your own
  {test}    its tests
What a game can be is in docs/game-authors.md. See that all is well with
  make lint
  .venv/bin/python -m pytest -m "not nightly" tests/game_engine
"""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "new-game",
        help="write a small game that plays, for you to make another one of it",
        epilog="example: run.py new-game streak",
    )
    parser.add_argument("name", metavar="NAME", help="lower-case letters and digits, like streak")
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, _config: Config) -> int:
    game, test = write(args.name, Path(__file__).parents[1])
    print(NEXT.format(name=args.name, game=game, test=test), end="")
    return 0


def write(name: str, root: Path) -> tuple[Path, Path]:
    """Write a game of this name into the checkout ``root``; its module and its test module. Raises CommandError."""
    game, test, games = GAMES / f"{name}.py", TESTS / f"test_{name}.py", root / GAMES / "__init__.py"
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CommandError(f"{name!r} can't be a game's name: give lower-case letters and digits, like streak")
    if not games.exists() or not (root / TESTS).exists():
        raise CommandError(f"a new game needs a checkout with its tests, and {root} is none")
    there = next((path for path in (game, test, game.with_suffix("")) if (root / path).exists()), None)
    if there is not None:
        raise CommandError(f"{there} is there already")
    title = name.capitalize()
    names = ", ".join(sorted(["Options", "Selection", title]))
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
    """The list of games with one more, where the alphabet has it."""
    lines = module.splitlines(keepends=True)
    _insert(lines, "from game_engine.games.", f"from game_engine.games.{name} import {name.capitalize()}\n")
    _insert(lines, "    ", f"    {name.capitalize()}(),\n")
    return "".join(lines)


def _insert(lines: list[str], beginning: str, new: str) -> None:
    """Put ``new`` among the lines that begin so."""
    among = [place for place, line in enumerate(lines) if line.startswith(beginning)]
    after = [place for place in among if lines[place].lower() < new.lower()]
    lines.insert(after[-1] + 1 if after else among[0], new)

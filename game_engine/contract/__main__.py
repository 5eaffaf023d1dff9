"""``python -m game_engine.contract MODULE:CLASS``: runs the contract test of one game, and says what it played."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from game_engine.contract.check import LONG_ROUNDS, ROUNDS, check_game, play
from game_engine.contract.promise import BrokenPromiseError
from game_engine.game import AnyGame, Game

NAME = "game_engine.contract"


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns its exit status: 0 if the game keeps the contract, 1 if it breaks a promise."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {NAME}", description="Play a game at random, and check its contract."
    )
    parser.add_argument("game", metavar="MODULE:CLASS", help="the class of the game, like game_engine.games.dice:Dice")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many rounds to play at least (%(default)s)")
    parser.add_argument(
        "--long-rounds", type=int, default=LONG_ROUNDS, help="how many rounds to compare with the odds (%(default)s)"
    )
    parser.add_argument("--script", type=int, help="play only the script with this number")
    given = parser.parse_args(arguments)
    game = _game(parser, given.game)
    try:
        if given.script is not None:
            play(game, given.script)
            print(f"Script {given.script} breaks no promise.")
            return 0
        report = check_game(game, given.rounds, given.long_rounds)
    except BrokenPromiseError as broken:
        print(f"{game.name} breaks a promise. {broken}", file=sys.stderr)
        return 1
    print(f"{report.game} keeps the contract: {report.rounds} rounds with {report.bets} bets.")
    for title, counts in (("phases", report.phases), ("actions", report.actions), ("events", report.events)):
        print(f"  {title}: {_listed(counts)}")
    return 0


def _game(parser: argparse.ArgumentParser, name: str) -> AnyGame:
    module, _, kind = name.partition(":")
    try:
        found = getattr(import_module(module), kind)
    except (ImportError, AttributeError, ValueError) as error:
        parser.error(f"{name}: {error}")
    if not (isinstance(found, type) and issubclass(found, Game)):
        parser.error(f"{name} is not a class of a game")
    game: AnyGame = found()
    return game


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

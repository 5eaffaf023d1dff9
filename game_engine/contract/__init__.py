"""The contract test of games: plays a game at random and checks everything that a game promises to a room.

For authors of games, in this repository or elsewhere::

    from game_engine.contract import check_game

    def test_my_game_keeps_the_contract() -> None:
        check_game(MyGame())

or, from a shell, ``python -m game_engine.contract my_module:MyGame``. Nothing else of the engine imports this package.
A script that breaks a promise has a number, and ``play(MyGame(), number)`` plays it again.
"""

from game_engine.contract.check import Report, check_game, play
from game_engine.contract.promise import BrokenPromiseError

__all__ = ["BrokenPromiseError", "Report", "check_game", "play"]

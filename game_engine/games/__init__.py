"""The list of games. A new one is its own module and one line here; nothing else asks which game it is."""

from typing import Any

from game_engine.game import Game
from game_engine.games.crash import Crash
from game_engine.games.dice import Dice

GAMES: dict[str, Game[Any, Any]] = {game.name: game for game in (Crash(), Dice())}

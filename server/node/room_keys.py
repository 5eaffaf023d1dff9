"""The keys of rooms: ``crash`` for the public room of a game, ``crash-7k2m9x0q`` for a room that a player opened."""

import secrets
from collections.abc import Iterable, Mapping

from game_engine.game import AnyGame

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def public_rooms(games: Iterable[AnyGame]) -> list[str]:
    """The keys of the rooms that are always open, sorted."""
    return sorted(game.name for game in games if game.shared and game.public)


def is_private(games: Mapping[str, AnyGame], room: str) -> bool:
    """Whether this is the key of a private room."""
    game = games.get(game_of(room))
    return game is not None and game.shared and room != game.name


def new_key(game: str) -> str:
    """A key for a new room of ``game``, one of 36**8 and so almost certainly unused."""
    return f"{game}-{''.join(secrets.choice(_ALPHABET) for _ in range(8))}"


def game_of(room: str) -> str:
    """The name of the game that is played in the room with this key."""
    return room.split("-", 1)[0]

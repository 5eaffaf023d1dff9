"""Names on the wire: rooms, rounds (``crash.812``) and bets (``crash.812.3``)."""

import re
import secrets
from collections.abc import Iterable, Mapping

from game_engine.game import AnyGame

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_BET = re.compile(r"([a-z0-9-]{1,64})\.([1-9][0-9]{0,17})\.([1-9][0-9]{0,8})")


def public_rooms(games: Iterable[AnyGame]) -> list[str]:
    """The keys of the rooms that are always open, sorted."""
    return sorted(game.name for game in games if game.shared and game.public)


def is_private(games: Mapping[str, AnyGame], room: str) -> bool:
    """Whether it is the key of a room that a player opened for others."""
    game = games.get(game_of(room))
    return game is not None and game.shared and room != game.name


def fresh_room(game: str) -> str:
    """A fresh key for a room of ``game``, never used before: 36**8 of them."""
    return f"{game}-{''.join(secrets.choice(_ALPHABET) for _ in range(8))}"


def game_of(room: str) -> str:
    """The name of the game that is played in a room of this key."""
    return room.split("-", 1)[0]


def round_name(room: str, number: int) -> str:
    return f"{room}.{number}"


def bet_name(room: str, number: int, bet: int) -> str:
    return f"{room}.{number}.{bet}"


def bet_number(name: str, round_: str) -> int | None:
    """The place in ``round_`` of the bet of this name, or None when it is no bet of that round."""
    match = _BET.fullmatch(name)
    if match is None or f"{match[1]}.{match[2]}" != round_:
        return None
    return int(match[3])

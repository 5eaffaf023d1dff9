"""Names on the wire: rooms, rounds (``crash.812``) and bets (``crash.812.3``)."""

import re
import secrets

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_BET = re.compile(r"([a-z0-9-]{1,64})\.([1-9][0-9]{0,17})\.([1-9][0-9]{0,8})")


def solo_room(game: str) -> str:
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

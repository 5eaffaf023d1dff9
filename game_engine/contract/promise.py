"""A promise of a game that was found broken, with the script that breaks it again."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from game_engine.game import Command, Seat, Seeds

Tried = tuple[int, Command]
"""A command that was tried, accepted or not, and its time in ms since the epoch."""


class BrokenPromiseError(AssertionError):
    """A game does not keep its contract. ``promise`` is a sentence that says what should hold and what was seen."""

    def __init__(self, promise: str, script: str = "") -> None:
        super().__init__(f"{promise}\n\n{script}" if script else promise)
        self.promise = promise
        self.script = script


def require(kept: bool, promise: str) -> None:
    """Raise BrokenPromiseError unless the promise was kept."""
    if not kept:
        raise BrokenPromiseError(promise)


def script_of(options: Any, seeds: Seeds, opened_at: int, tried: Sequence[Tried]) -> str:
    """Return the script of a round as text, one command a line, with the times since the opening in ms."""
    lines = [
        f"    open(options={options!r}, server_seed={str(seeds.server_seed)!r}, nonce={seeds.nonce}, now={opened_at})",
        *(f"    {now - opened_at:+} ms  {command!r}" for now, command in tried),
    ]
    return "\n".join(lines)


def as_json(value: Any, what: str) -> bytes:
    """Return ``value`` as JSON. Raises BrokenPromiseError if JSON can't hold it."""
    try:
        encoded = msgspec.json.encode(value)
    except (TypeError, ValueError) as error:
        raise BrokenPromiseError(f"{what} must be JSON-ready: {error}.") from error
    return encoded


def require_json_ready(value: Any, what: str) -> bytes:
    """Return ``value`` as JSON. Raises BrokenPromiseError unless it is the same value when it is read again."""
    encoded = as_json(value, what)
    read: Any = msgspec.json.decode(encoded)
    require(read == value, f"{what} must be JSON-ready: {value!r} is read again as {read!r}.")
    return encoded


def require_type(value: Any, type_: Any, attribute: str) -> None:
    """Raise BrokenPromiseError unless ``value`` has exactly the members that its published type describes."""
    try:
        same = msgspec.json.decode(msgspec.json.encode(msgspec.convert(value, type_))) == value
    except msgspec.ValidationError as error:
        raise BrokenPromiseError(f"{value!r} is not what `{attribute}` describes: {error}.") from error
    require(same, f"{value!r} has members that `{attribute}` does not describe.")


def require_seats(value: Any, bettors: Collection[Seat], what: str) -> None:
    """Raise BrokenPromiseError if a ``seat`` in ``value`` is not one of ``bettors``: the room can't name its player."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        require_seats(inner, bettors, what)
    if isinstance(value, dict) and isinstance(value.get("seat"), int):
        require(value["seat"] in bettors, f"{what} shows seat {value['seat']}, which has no bet in the round.")

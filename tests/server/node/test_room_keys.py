"""Tests of the keys of rooms."""

import re

from game_engine.game import AnyGame
from game_engine.games.crash import Crash
from game_engine.games.dice import Dice
from server.node.room_keys import game_of, is_private, new_key, public_rooms


def test_new_keys_differ_and_name_their_game() -> None:
    keys = {new_key("dice") for _ in range(1000)}
    assert len(keys) == 1000
    assert all(re.fullmatch("dice-[a-z0-9]{8}", key) for key in keys)
    assert {game_of(key) for key in keys} == {"dice"}
    assert game_of("crash") == "crash"


def test_public_and_private_rooms_are_distinguished() -> None:
    hidden = Crash()
    hidden.name, hidden.public = "hidden", False  # type: ignore[misc]
    games: dict[str, AnyGame] = {"dice": Dice(), "crash": Crash(), "hidden": hidden}
    assert public_rooms(games.values()) == ["crash"]
    private = ("crash-abcd1234", "hidden-abcd1234", "hidden-x")
    assert all(is_private(games, room) for room in private)
    assert not any(is_private(games, room) for room in ("crash", "hidden", "dice", "dice-abcd1234", "chess-abcd1234"))

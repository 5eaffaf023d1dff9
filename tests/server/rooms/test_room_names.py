"""Tests of names on the wire."""

import re

from hypothesis import given
from hypothesis import strategies as st

from game_engine.game import AnyGame
from game_engine.games.crash import Crash
from game_engine.games.dice import Dice
from server.rooms.room_names import bet_name, bet_number, fresh_room, game_of, is_private, public_rooms, round_name

rooms = st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)


def test_names_as_documented() -> None:
    assert round_name("crash", 812) == "crash.812"
    assert bet_name("crash", 812, 3) == "crash.812.3"


@given(rooms, st.integers(1, 10**9), st.integers(1, 10**8))
def test_a_bets_number_is_found_in_its_own_round_alone(room: str, number: int, bet: int) -> None:
    name = bet_name(room, number, bet)
    assert bet_number(name, round_name(room, number)) == bet
    assert bet_number(name, round_name(room, number + 1)) is None
    assert bet_number(name, round_name(f"{room}x", number)) is None


@given(st.text(max_size=30))
def test_what_is_no_name_is_no_bet(text: str) -> None:
    number = bet_number(text, "crash.1")
    assert number is None or text == f"crash.1.{number}"


def test_near_misses() -> None:
    for text in (
        "crash.1.0",
        "crash.1.01",
        "crash.1.+1",
        "crash.1.1 ",
        "crash.1.1\n",
        "crash.1.1.1",
        "crash.1.١",
        ".1",
    ):
        assert bet_number(text, "crash.1") is None


def test_rooms_of_players_have_fresh_keys_that_name_their_game() -> None:
    keys = {fresh_room("dice") for _ in range(1000)}
    assert len(keys) == 1000
    assert all(re.fullmatch("dice-[a-z0-9]{8}", key) for key in keys)
    assert {game_of(key) for key in keys} == {"dice"}
    assert game_of("crash") == "crash"


def test_which_rooms_are_public_and_which_private() -> None:
    hidden = Crash()
    hidden.name, hidden.public = "hidden", False  # type: ignore[misc]
    games: dict[str, AnyGame] = {"dice": Dice(), "crash": Crash(), "hidden": hidden}
    assert public_rooms(games.values()) == ["crash"]
    private = ("crash-abcd1234", "hidden-abcd1234", "hidden-x")
    assert all(is_private(games, room) for room in private)
    assert not any(is_private(games, room) for room in ("crash", "hidden", "dice", "dice-abcd1234", "chess-abcd1234"))

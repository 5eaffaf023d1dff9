"""What the HTTP side asks of the live side is what the live side gives, in the server and in these tests."""

import inspect

import pytest

from server.node import players, rooms_api
from server.web import live
from tests.server.web.world import SmallLobby, SmallPlayers


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (live.RoomsApi, rooms_api.RoomsApi),
        (live.RoomsApi, SmallLobby),
        (live.Players, players.Players),
        (live.Players, SmallPlayers),
    ],
)
def test_everything_asked_for_is_there(asked: type, given: type) -> None:
    for name, method in inspect.getmembers(asked, inspect.isfunction):
        if name.startswith("_"):
            continue
        there = getattr(given, name)
        assert list(inspect.signature(there).parameters) == list(inspect.signature(method).parameters), name
        assert inspect.iscoroutinefunction(there) == inspect.iscoroutinefunction(method), name

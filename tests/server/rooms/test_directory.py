"""Tests of the directory of a node that is alone."""

from server.messages import RoomSummary
from server.rooms.directory import LocalDirectory


def card(room: str, players: int) -> RoomSummary:
    return RoomSummary(
        room=room,
        game="crash",
        title="Crash",
        shared=True,
        players=players,
        spectators=0,
        phase="betting",
        closes_at=None,
        started_at=None,
        paused=None,
        round=None,
        history=[],
    )


async def test_cards_are_as_of_now() -> None:
    directory, players = LocalDirectory(), [1]
    directory.opened("crash", lambda: card("crash", players[0]))
    directory.opened("other", lambda: card("other", 9))
    players[0] = 2
    assert [(s.room, s.players) for s in await directory.summaries()] == [("crash", 2), ("other", 9)]
    directory.closed("crash")
    directory.closed("crash")
    assert [s.room for s in await directory.summaries()] == ["other"]


async def test_a_session_is_found_while_it_lasts() -> None:
    directory = LocalDirectory()
    directory.seated(7, "crash")
    assert (await directory.room_of(7), await directory.room_of(8)) == ("crash", None)
    directory.stood(7)
    directory.stood(7)
    assert await directory.room_of(7) is None

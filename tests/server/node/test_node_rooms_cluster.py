"""Tests of rooms that could not be taken over, or given up, because a service was away just then."""

import pytest

from server.backends.bus import Claim
from server.errors import UnreachableError
from tests.server.live import eventually
from tests.server.several import OpenFloor


async def test_a_player_s_room_is_taken_over_as_soon_as_the_database_is_back(
    open_floor: OpenFloor, caplog: pytest.LogCaptureFixture
) -> None:
    floor = await open_floor()
    one, two = floor.nodes
    ann = await one.player(room="dice")
    room = ann.snapshots[-1][0]
    two.db.away = True
    await one.die()
    await eventually(lambda: room in two.lease._claims, "a claim of the other node")
    await eventually(lambda: "can't look for rooms without an owner" in caplog.text, "a takeover that failed")
    assert two.room(room) is None
    two.db.away = False
    await eventually(lambda: two.room(room) is not None, "the room at the other node")
    again = await two.comes(ann)
    assert room in again.client.positions
    await again.roll(room)


async def test_a_room_is_given_up_however_long_redis_is_away(
    open_floor: OpenFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = await open_floor(1)
    (node,) = floor.nodes
    ann = await node.player(room="dice")
    room = ann.snapshots[-1][0]
    journal = node.floor._journal
    clearing, failures = journal.clear, iter(range(2))

    async def shaky(claim: Claim) -> None:
        if next(failures, None) is not None:
            raise UnreachableError("switched off by the test")
        await clearing(claim)

    monkeypatch.setattr(journal, "clear", shaky)
    await ann.ask("leave", room=room)
    await eventually(lambda: room not in node.lease._claims, "a room that nobody owns")
    assert await node.lease.unowned([room]) == [room]

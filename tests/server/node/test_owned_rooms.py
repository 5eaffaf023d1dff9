"""Tests of the rooms of a node as a mapping, and of what the directory learns about them."""

from server.messages import RoomSummary
from tests.server.live_node import TAKES_NO_ROOMS, Live, OpenLive


async def test_a_public_room_is_listed_while_the_node_has_it(live: Live) -> None:
    room = live.node.owned_rooms["crash"]
    assert list(live.node.owned_rooms) == ["crash"]
    assert [summary.room for summary in await _listed(live)] == ["crash"]
    assert live.node.owned_rooms.remove(room)
    assert not live.node.owned_rooms.remove(room)
    assert await _listed(live) == []
    live.node.owned_rooms.add(room)
    assert [summary.room for summary in await _listed(live)] == ["crash"]


async def test_a_solo_room_is_not_listed(live: Live) -> None:
    await live.player(room="dice")
    assert len(live.node.owned_rooms) == 2
    assert [summary.room for summary in await _listed(live)] == ["crash"]


async def test_a_room_that_was_given_up_has_no_owner(open_live: OpenLive) -> None:
    live = await open_live(times=TAKES_NO_ROOMS)
    room = live.node.owned_rooms["crash"]
    live.node.owned_rooms.remove(room)
    room.drop()
    await live.node.owned_rooms.give_up(room.claim)
    assert await live.node.lease.owner("crash") is None
    await live.node.opener.take("crash")
    assert live.node.owned_rooms["crash"] is not room


async def _listed(live: Live) -> list[RoomSummary]:
    return await live.node.directory.summaries()

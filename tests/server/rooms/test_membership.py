"""Tests of how players come to a room, go, and are away for a while, with connections on several nodes."""

import asyncio
from typing import Any

import pytest

from game_engine.game import Seat
from server.errors import ClientError
from tests.server.live import Live, Player, eventually
from tests.server.several import Node, OpenFloor, SharedFloor

LONG: dict[str, Any] = {"crash_betting_ms": 600_000}


async def with_connections_on_both(floor: SharedFloor) -> tuple[Player, Player, Player]:
    """A watcher, and a player's connections to the owner of crash and to another node."""
    owner, other = await floor.owner_and_other()
    watcher = await owner.spectator()
    near = await owner.player()
    far = other.again(near)
    await far.client.connect()
    await far.join("crash")
    return watcher, near, far


def nodes_of(node: Node, player: Player) -> set[str]:
    room = node.room()
    sitting = room.seating.of(player.user_id) if room is not None else None
    assert sitting is not None
    return sitting.nodes


async def test_a_room_that_was_left_is_left_once(open_floor: OpenFloor) -> None:
    """Somebody's leave may wait for its turn when the room is lost, and what it was lost by may come twice."""
    floor = await open_floor(1, **LONG)
    (node,) = floor.nodes
    ann = await node.player()
    room, account = node.room(), node.floor.players.holds.account(ann.user_id)
    assert room is not None
    assert account is not None
    connected = account.needed - 1
    room.drop()
    room.drop()
    await room.stays.leave(ann.user_id)
    assert account.needed == connected


@pytest.mark.parametrize("first", ["near", "far"])
async def test_a_player_is_away_when_the_last_connection_of_all_nodes_is_lost(
    open_floor: OpenFloor, first: str
) -> None:
    floor = await open_floor(2, **LONG)
    watcher, near, far = await with_connections_on_both(floor)
    owner = await floor.owned()
    going, staying = (near, far) if first == "near" else (far, near)
    await going.cut()
    await eventually(lambda: len(nodes_of(owner, near)) == 1)
    await staying.ask("chat", room="crash", text="still here")
    await watcher.event_of("chat")
    assert watcher.events("player_away") == []
    await staying.cut()
    await watcher.event_of("player_away", player=near.username)
    assert nodes_of(owner, near) == set()


async def test_who_is_away_comes_back_through_any_node_and_resumes(open_floor: OpenFloor) -> None:
    floor = await open_floor(2, **LONG)
    owner, other = await floor.owner_and_other()
    watcher = await owner.spectator()
    ann = await owner.player()
    await ann.bet(100)
    session = ann.snapshots[-1][1]["you"]["session"]
    await ann.cut()
    await watcher.event_of("player_away", player=ann.username)
    again = await other.comes(ann)
    await watcher.event_of("player_back", player=ann.username)
    await again.event_of("player_back", player=ann.username)
    assert again.client.gaps == 0
    assert await again.ask("chat", room="crash", text="there") == {}
    assert (await again.join("crash"))["session"] == session


async def test_a_seat_is_given_up_after_the_grace_period_and_not_while_a_connection_is_left(
    open_floor: OpenFloor,
) -> None:
    floor = await open_floor(2, grace=0.2, **LONG)
    watcher, near, far = await with_connections_on_both(floor)
    await near.cut()
    await asyncio.sleep(0.4)  # longer than the seat would be kept
    assert await far.ask("chat", room="crash", text="still here") == {}
    await far.cut()
    await watcher.event_of("player_left", player=near.username)
    assert watcher.events("player_away", player=near.username)
    await eventually(lambda: _no_session(floor))


async def _no_session(floor: SharedFloor) -> bool:
    return await floor.alive()[0].rows("SELECT id FROM game_sessions WHERE ended_at IS NULL") == []


async def test_who_sits_by_a_node_that_dies_is_away_and_who_has_another_one_is_not(open_floor: OpenFloor) -> None:
    floor = await open_floor(2, **LONG)
    watcher, near, _ = await with_connections_on_both(floor)
    owner, other = await floor.owner_and_other()
    bob = await other.player()
    await other.die()
    await watcher.event_of("player_away", player=bob.username)
    await eventually(lambda: nodes_of(owner, near) == {owner.name})
    assert watcher.events("player_away", player=near.username) == []
    again = await owner.comes(bob)
    await watcher.event_of("player_back", player=bob.username)
    assert await again.ask("chat", room="crash", text="back") == {}


async def test_seats_outlive_the_room_s_owner(open_floor: OpenFloor) -> None:
    """Who is connected elsewhere is back without doing anything; who was connected to it comes and sits."""
    floor = await open_floor(2, grace=20.0, **LONG)
    owner, other = await floor.owner_and_other()
    ann, bob = await owner.player(), await other.player()
    await bob.bet(100, key="k")
    sessions = {each: each.snapshots[-1][1]["you"]["session"] for each in (ann, bob)}
    await owner.die()
    await bob.event_of("player_back", player=bob.username)
    sitters = {sitter["player"]: sitter["away"] for sitter in bob.snapshots[-1][1]["players"]}
    assert sitters[ann.username] is True
    again = await other.comes(ann)
    await bob.event_of("player_back", player=ann.username)
    for each in (again, bob):
        assert (await each.join("crash"))["session"] == sessions[each if each is bob else ann]
        assert each.client.gaps == 0
    assert await other.rows("SELECT count(*) FROM game_sessions") == [(2,)]


async def test_who_does_not_come_back_after_the_owner_s_death_loses_the_seat(open_floor: OpenFloor) -> None:
    floor = await open_floor(2, grace=0.5, **LONG)
    owner, other = await floor.owner_and_other()
    ann, watcher = await owner.player(), await other.spectator()
    await owner.die()
    await watcher.event_of("player_left", player=ann.username)
    await eventually(lambda: _no_session(floor))


async def test_a_join_s_session_is_over_when_the_seat_was_taken_meanwhile(live: Live) -> None:
    """Two players want the same seat; the session of the one who comes too late ends."""
    ann, bob = [await live.player(room=None) for _ in range(2)]
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        joins = [asyncio.create_task(each.ask("join", room="crash", seat=5)) for each in (ann, bob)]
        await asyncio.sleep(0.05)
    found = await asyncio.gather(*joins, return_exceptions=True)
    assert sorted(str(each).split(":", maxsplit=1)[0] for each in found if isinstance(each, Exception)) == ["room_full"]
    await eventually(lambda: _open_sessions(live, 1))
    assert len(live.floor.players.holds.user_ids()) == 2  # by their connections
    accounts = [live.floor.players.holds.account(each.user_id) for each in (ann, bob)]
    assert sorted(account.needed for account in accounts if account is not None) == [1, 2]


async def _open_sessions(live: Live, number: int) -> bool:
    return len(await live.rows("SELECT id FROM game_sessions WHERE ended_at IS NULL")) == number


async def test_nobody_sits_down_in_a_room_that_closes_and_nobody_loses_a_seat_there(live: Live) -> None:
    ann, bob = await live.player(), await live.player(room=None)
    stays = live.floor.rooms["crash"].stays
    stays.admit_nobody()
    assert (await bob.refused("join", room="crash"))["code"] == "unavailable"
    stays.away(ann.user_id, "here")
    room = live.floor.rooms["crash"]
    sitting = room.seating.of(ann.user_id)
    assert sitting is not None
    assert (sitting.seat, sitting.away, sitting.grace) == (Seat(0), False, None)
    with pytest.raises(ClientError) as caught:
        await stays.join(live.floor.players.holds.account(bob.user_id), None, "here")  # type: ignore[arg-type]
    assert caught.value.error.code == "unavailable"

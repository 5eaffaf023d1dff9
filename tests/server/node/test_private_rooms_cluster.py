"""Tests of private rooms in a cluster, and after the death of their node."""

import time
from typing import Any

import pytest
from msgspec import Raw

from server.backends.directory import Terms
from server.errors import ClientError
from server.node.node import Times
from server.node.placement import PlacementTimes
from server.rooms.access import fresh_invite
from tests.server.live_clients import Player
from tests.server.live_cluster import LiveCluster, LiveNode, OpenCluster
from tests.server.stacks import Stacks
from tests.waiting import eventually


async def open_room(node: LiveNode, owner: Player, **terms: Any) -> tuple[str, str]:
    """Open a private room at this node, with ``terms`` in place of the usual ones; returns its key and its invite."""
    about: dict[str, Any] = {"game": "stacks", "options": Raw(b'{"turn":5}'), "seats": 3, "invite": fresh_invite()}
    all_terms = Terms(owner=owner.user_id, username=owner.username, **about | terms)
    return await node.node.room_service.private.open(all_terms), all_terms.invite


async def cluster_of_two(open_cluster: OpenCluster, **settings: Any) -> LiveCluster:
    return await open_cluster(2, games=(Stacks(),), crash_betting_ms=600_000, **settings)


async def play_round(player: Player, room: str) -> str:
    """Bet in a round and end it; returns its name."""
    name: str = (await player.bet(100, room))["round"]
    await player.ask("act", room=room, action="finish")
    return name


async def test_a_room_can_be_found_joined_and_closed_at_any_node(open_cluster: OpenCluster) -> None:
    cluster = await cluster_of_two(open_cluster, private_rooms=2)
    here, there = cluster.nodes
    ann, bob, eve = await here.player(room=None), await there.player(room=None), await there.player(room=None)
    room, invite = await open_room(here, ann, invited_only=True, watch="invited")
    await eventually(lambda: _listed(bob, room), "the summary at the other node")
    summary = next(each for each in (await bob.ask("rooms"))["rooms"] if each["room"] == room)
    assert (summary["private"], summary["owner"], summary["seats"], summary["options"]) == (
        True,
        ann.username,
        3,
        {"turn": 5},
    )
    assert (await eve.refused("join", room=room))["code"] == "invite_needed"
    assert (await eve.refused("watch", room=room))["code"] == "no_such_room"
    await bob.ask("join", room=room, invite=invite)
    await ann.ask("join", room=room)
    name = await play_round(bob, room)
    assert await ann.ended(name) == await bob.ended(name)
    await bob.ask("leave", room=room)
    await bob.ask("join", room=room)
    second, _ = await open_room(there, ann)
    with pytest.raises(ClientError, match="can have 2"):
        await open_room(here, ann)
    assert sorted(await there.node.room_service.private.opened_by(ann.user_id)) == sorted([room, second])
    with pytest.raises(ClientError) as refused:
        await there.node.room_service.private.close(room, bob.user_id)
    assert refused.value.error.code == "forbidden"
    await there.node.room_service.private.close(room, ann.user_id)
    for player in (ann, bob):
        await player.event_of("room_closed", room=room)
    await eventually(lambda: _no_owner(there, room), "the end of the room")
    assert (await eve.refused("join", room=room, invite=invite))["code"] == "no_such_room"
    await eventually(lambda: _unlisted(bob, room), "a list without the room")
    await open_room(here, ann)


async def _listed(player: Player, room: str) -> bool:
    return room in [summary["room"] for summary in (await player.ask("rooms"))["rooms"]]


async def _unlisted(player: Player, room: str) -> bool:
    return not await _listed(player, room)


async def _no_owner(node: LiveNode, room: str) -> bool:
    return await node.lease.unowned([room]) == [room]


async def test_a_room_keeps_its_terms_when_its_node_dies(open_cluster: OpenCluster) -> None:
    cluster = await cluster_of_two(open_cluster)
    here, there = cluster.nodes
    ann, bob, cat = await here.player(room=None), await there.player(room=None), await there.player(room=None)
    terms: dict[str, Any] = {"listed": False, "watch": "invited", "seats": 2, "invited_only": True}
    room, invite = await open_room(here, ann, **terms)
    for player in (bob, cat):
        await player.ask("join", room=room, invite=invite)
    await cat.ask("leave", room=room)
    await play_round(bob, room)
    await here.die()
    await eventually(lambda: there.room(room) is not None, "the room at the other node")
    shown = bob.snapshots[-1][1]
    await bob.event_of("round_void", room=room)
    assert (shown["options"]["turn"], shown["private"]["owner"]) == (5, ann.username)
    eve = await there.player(room=None)
    assert (await eve.refused("join", room=room))["code"] == "no_such_room"
    assert (await eve.refused("watch", room=room))["code"] == "no_such_room"
    await cat.ask("join", room=room)
    assert (await eve.refused("join", room=room, invite=invite))["code"] == "room_full"
    assert await _unlisted(bob, room)
    again = there.another_client(ann)
    await again.client.connect()
    assert (await again.ask("watch", room=room))["snapshot"]["private"]["invite"] == invite
    name = await play_round(bob, room)
    await cat.ended(name)
    await there.node.room_service.private.close(room, ann.user_id)
    await cat.event_of("room_closed", room=room)


async def test_a_room_that_was_being_closed_is_not_opened_again(open_cluster: OpenCluster) -> None:
    cluster = await cluster_of_two(open_cluster)
    here, there = cluster.nodes
    ann, bob = await here.player(room=None), await there.player(room=None)
    room, _ = await open_room(here, ann)
    await bob.ask("join", room=room)
    name = (await bob.bet(100, room))["round"]
    here.db.away = True  # so that the round can't be settled
    await there.node.room_service.private.close(room, ann.user_id)
    await bob.event_of("room_paused", room=room, reason="closing")
    spectator = await there.spectator(room)
    await here.die()
    for watcher in (bob, spectator):
        await watcher.event_of("room_closed", room=room)
    assert (await bob.refused("leave", room=room))["code"] == "not_seated"
    await eventually(lambda: _no_owner(there, room), "the end of the room")
    assert await there.node.directory.terms_of(room) is None
    assert await there.rows("SELECT status FROM rounds WHERE room = :room", room=room) == [("void",)]
    await eventually(lambda: _no_session(there, room))
    assert name.startswith(room)
    assert await there.balance(bob) == 100_000


async def test_a_room_whose_player_does_not_come_back_closes_for_its_spectators(open_cluster: OpenCluster) -> None:
    cluster = await cluster_of_two(open_cluster)
    here, there = cluster.nodes
    ann = await here.player(room="dice")
    room = ann.snapshots[-1][0]
    spectator = await there.spectator(room)
    await there.rows_changed("UPDATE users SET is_active = false WHERE id = :id", id=ann.user_id)
    await here.die()
    await spectator.event_of("room_closed", room=room)
    await eventually(lambda: _no_owner(there, room), "the end of the room")


async def _no_session(node: LiveNode, room: str) -> bool:
    return await node.rows("SELECT id FROM game_sessions WHERE room = :r AND ended_at IS NULL", r=room) == []


async def test_an_empty_room_waits_again_for_players_at_its_next_node(open_cluster: OpenCluster) -> None:
    times = Times(placement=PlacementTimes(sweep_every=0.5))
    cluster = await cluster_of_two(open_cluster, private_grace=3.0, times=times)
    here, there = cluster.nodes
    ann = await there.player(room=None)
    room, _ = await open_room(here, ann)
    await here.die()
    await eventually(lambda: there.room(room) is not None, "the room at the other node")
    await eventually(lambda: there.room(room) is None, "its end")
    await eventually(lambda: _no_owner(there, room))
    assert await there.node.directory.private_rooms() == {}


async def test_private_rooms_end_with_the_last_node(open_cluster: OpenCluster) -> None:
    cluster = await cluster_of_two(open_cluster)
    here, there = cluster.nodes
    ann, bob = await here.player(room=None), await there.player(room=None)
    room, _ = await open_room(here, ann)
    await bob.ask("join", room=room)
    await here.stop()
    await eventually(lambda: there.room(room) is not None, "the room at the other node")
    await there.stop()
    third = await cluster.start_node()
    assert await third.node.directory.private_rooms() == {}
    assert third.room(room) is None


DELAY = 2


async def test_spectators_at_every_node_see_the_delayed_view(open_cluster: OpenCluster) -> None:
    cluster = await cluster_of_two(open_cluster)
    here, there = cluster.nodes
    ann, bob = await here.player(room=None), await there.player(room=None)
    room, _ = await open_room(here, ann, delay=DELAY)
    for player in (ann, bob):
        await player.ask("join", room=room)
    watchers = [await here.spectator(room), await there.spectator(room)]
    name = await play_round(bob, room)
    await ann.ended(name)
    await bob.ended(name)
    ended_at = time.monotonic()
    assert (await there.spectator(room)).snapshots[-1][1]["history"] == []
    for watcher in watchers:
        assert watcher.events("round_ended") == []
        await watcher.ended(name)
        assert watcher.client.gaps == 0
    assert time.monotonic() - ended_at > DELAY - 0.1
    twin = there.another_client(ann)
    await twin.client.connect()
    await twin.ask("watch", room=room)
    live = twin.client.positions[room].epoch
    await ann.ask("leave", room=room)
    await twin.until(lambda: True if twin.client.positions[room].epoch != live else None, "the delayed view")


async def test_spectators_see_nothing_earlier_after_the_node_dies(open_cluster: OpenCluster) -> None:
    cluster = await cluster_of_two(open_cluster)
    here, there = cluster.nodes
    ann = await there.player(room=None)
    room, _ = await open_room(here, ann, delay=DELAY + 3)
    await ann.ask("join", room=room)
    watcher = await there.spectator(room)
    name = await play_round(ann, room)
    await ann.ended(name)
    await here.die()
    await eventually(lambda: there.room(room) is not None, "the room at the other node")
    taken_at = time.monotonic()
    await watcher.until(lambda: True if len(watcher.snapshots) > 1 else None, "a snapshot of the next numbering")
    assert [snapshot["history"] for _, snapshot in watcher.snapshots] == [[], []]
    assert (await ann.ask("watch", room=room))["snapshot"]["history"][0]["round"] == name
    await watcher.event_of("round_opened", room=room)
    assert time.monotonic() - taken_at > DELAY
    assert watcher.client.gaps == 0

"""Tests of the end of private rooms: their owner closes them, nobody comes, or the node stops."""

from tests.server.house import House, house_of
from tests.server.live import OpenLive, Player, eventually


async def _assert_gone(house: House, room: str) -> None:
    """Wait until nothing is left of the room: no open round, no session, no terms, no owner."""
    await eventually(lambda: room not in house.node.rooms, f"the end of {room}")
    assert await house.rows("SELECT id FROM rounds WHERE room = :room AND status = 'open'", room=room) == []
    await eventually(lambda: _no_session(house, room))
    assert await house.node.directory.terms_of(room) is None
    await eventually(lambda: _unowned(house, room))


async def _no_session(house: House, room: str) -> bool:
    return await house.rows("SELECT id FROM game_sessions WHERE room = :r AND ended_at IS NULL", r=room) == []


async def _unowned(house: House, room: str) -> bool:
    return await house.node.lease.owner(room) is None


async def _seated(house: House, room: str, number: int = 2) -> list[Player]:
    players = [await house.player(room=None) for _ in range(number)]
    for player in players:
        await player.join(room)
    return players


async def test_a_round_that_takes_bets_is_void_when_its_room_closes(open_live: OpenLive) -> None:
    house = await house_of(open_live)
    ann = await house.player(room=None)
    room, _ = await house.opens(ann, options={"betting_ms": 60_000})
    bob, _ = await _seated(house, room)
    spectator = await house.spectator(room)
    name = (await bob.bet(500, room))["round"]
    await house.ok("DELETE", f"rooms/{room}", ann)
    for each in (bob, spectator):
        await each.event_of("round_void", room=room, round=name)
        await each.event_of("room_closed", room=room)
    await _assert_gone(house, room)
    assert (await bob.notice_of("wallet", held=0, balance=100_000)) is not None
    for verb in ("join", "watch"):
        assert (await bob.refused(verb, room=room))["code"] == "no_such_room"
    assert (await bob.refused("bet", room=room, amount=1, key="late"))["code"] == "no_such_room"


async def test_a_running_round_may_end_by_its_rules(open_live: OpenLive) -> None:
    house = await house_of(open_live, points=(1.5, 1.7))
    ann = await house.player(room=None)
    room, _ = await house.opens(ann, options={"betting_ms": 3000})
    bob, cat = await _seated(house, room)
    name = (await bob.bet(500, room, selection={"auto_cashout": 1.01}))["round"]
    await bob.event_of("round_started", room=room)
    await house.ok("DELETE", f"rooms/{room}", ann)
    await house.ok("DELETE", f"rooms/{room}", ann)
    assert (await cat.event_of("room_paused", room=room))["reason"] == "closing"
    refused = await ann.refused("join", room=room)
    assert refused["code"] == "unavailable"
    assert (await cat.refused("bet", room=room, amount=1, key="late"))["code"] == "paused"
    await bob.ended(name)
    await cat.event_of("room_closed", room=room)
    assert len(bob.events("room_closed", room)) == 1
    await _assert_gone(house, room)


async def test_a_round_that_lasts_too_long_is_void(open_live: OpenLive) -> None:
    house = await house_of(open_live, points=(50.0, 1000.0), private_closing=0.2)
    ann = await house.player(room=None)
    room, _ = await house.opens(ann, options={"betting_ms": 3000})
    (bob,) = await _seated(house, room, 1)
    name = (await bob.bet(500, room))["round"]
    await bob.event_of("round_started", room=room)
    await house.ok("DELETE", f"rooms/{room}", ann)
    await bob.event_of("round_void", room=room, round=name)
    await bob.event_of("room_closed", room=room)
    await _assert_gone(house, room)
    assert await house.balance(bob) == 100_000


async def test_an_empty_room_waits_for_players_before_it_closes(open_live: OpenLive) -> None:
    house = await house_of(open_live, private_grace=2.0)
    ann = await house.player(room=None)
    room, _ = await house.opens(ann)
    spectator = await house.spectator(room)
    await ann.join(room)
    await eventually(lambda: not house.node.closer._empty_since)
    assert room in house.node.rooms
    await ann.ask("leave", room=room)
    assert room in house.node.rooms
    await spectator.event_of("room_closed", room=room)
    await _assert_gone(house, room)


async def test_a_stop_ends_private_rooms(open_live: OpenLive) -> None:
    house = await house_of(open_live)
    ann = await house.player(room=None)
    room, _ = await house.opens(ann, options={"betting_ms": 60_000})
    (bob,) = await _seated(house, room, 1)
    name = (await bob.bet(500, room))["round"]
    await house.stop()
    assert bob.events("round_void", room, round=name)
    assert bob.events("room_closed", room)
    assert await house.rows("SELECT id FROM rounds WHERE status = 'open'") == []
    assert await _no_session(house, room)

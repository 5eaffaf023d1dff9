"""Tests of the end of private rooms: the owner closes them, no player joins, or the node stops."""

from typing import Any

from game_engine.games import GAMES
from tests.server.live_clients import Player
from tests.server.live_node import OpenLive
from tests.server.live_site import LiveSite, open_site
from tests.waiting import eventually


async def _assert_gone(site: LiveSite, room: str) -> None:
    """Wait until nothing is left of the room: no open round, no session, no terms, no owner."""
    await eventually(lambda: room not in site.node.owned_rooms, f"the end of {room}")
    assert await site.rows("SELECT id FROM rounds WHERE room = :room AND status = 'open'", room=room) == []
    await eventually(lambda: _no_session(site, room))
    assert await site.node.directory.terms_of(room) is None
    await eventually(lambda: _unowned(site, room))


async def _no_session(site: LiveSite, room: str) -> bool:
    return await site.rows("SELECT id FROM game_sessions WHERE room = :r AND ended_at IS NULL", r=room) == []


async def _unowned(site: LiveSite, room: str) -> bool:
    return await site.node.lease.owner(room) is None


async def _seated(site: LiveSite, room: str, number: int = 2) -> list[Player]:
    players = [await site.player(room=None) for _ in range(number)]
    for player in players:
        await player.join(room)
    return players


async def test_a_round_that_takes_bets_is_void_when_its_room_closes(open_live: OpenLive) -> None:
    site = await open_site(open_live)
    ann = await site.player(room=None)
    room, _ = await site.open_room(ann, options={"betting_ms": 60_000})
    bob, _ = await _seated(site, room)
    spectator = await site.spectator(room)
    name = (await bob.bet(500, room))["round"]
    await site.ok("DELETE", f"rooms/{room}", ann)
    for each in (bob, spectator):
        await each.event_of("round_void", room=room, round=name)
        await each.event_of("room_closed", room=room)
    await _assert_gone(site, room)
    assert (await bob.notice_of("wallet", held=0, balance=100_000)) is not None
    for verb in ("join", "watch"):
        assert (await bob.refused(verb, room=room))["code"] == "no_such_room"
    assert (await bob.refused("bet", room=room, amount=1, key="late"))["code"] == "no_such_room"


async def test_a_running_round_may_end_by_its_rules(open_live: OpenLive) -> None:
    site = await open_site(open_live, points=(1.5, 1.7))
    ann = await site.player(room=None)
    room, _ = await site.open_room(ann, options={"betting_ms": 3000})
    bob, cat = await _seated(site, room)
    name = (await bob.bet(500, room, selection={"auto_cashout": 1.01}))["round"]
    await bob.event_of("round_started", room=room)
    await site.ok("DELETE", f"rooms/{room}", ann)
    await site.ok("DELETE", f"rooms/{room}", ann)
    assert (await cat.event_of("room_paused", room=room))["reason"] == "closing"
    refused = await ann.refused("join", room=room)
    assert refused["code"] == "unavailable"
    assert (await cat.refused("bet", room=room, amount=1, key="late"))["code"] == "paused"
    await bob.ended(name)
    await cat.event_of("room_closed", room=room)
    assert len(bob.events("room_closed", room)) == 1
    await _assert_gone(site, room)


async def _hand_to_play(player: Player, room: str) -> dict[str, Any]:
    """The player's bet in a blackjack hand that waits for their move. Some deals don't: they are played again."""
    while True:
        seen = len(player.events("table", room))
        bet = await player.bet(500, room)

        def dealt(seen: int = seen, name: str = bet["round"]) -> bool:
            tables = player.events("table", room)[seen:]
            return any(table["turn"] for table in tables) or bool(player.events("round_ended", room, round=name))

        await player.until(lambda: dealt() or None, "the deal")
        if player.events("table", room)[-1]["turn"]:
            return bet


async def test_an_owner_who_closes_the_room_does_not_get_a_bad_hand_back(open_live: OpenLive) -> None:
    """Turns get shorter, the hand of a player who does not act stands, and the round is settled."""
    site = await open_site(open_live, games=[GAMES["blackjack"]], private_closing=0.2)
    ann = await site.player(room=None)
    room, _ = await site.open_room(ann, game="blackjack", options={"betting_ms": 100, "turn_ms": 600_000})
    await ann.join(room)
    bet = await _hand_to_play(ann, room)
    await site.ok("DELETE", f"rooms/{room}", ann)
    (result,) = (await ann.ended(bet["round"]))["results"]
    assert result["bet"] == bet["bet"]
    await ann.event_of("room_closed", room=room)
    assert ann.events("round_void", room) == []
    await _assert_gone(site, room)


async def test_an_empty_room_waits_for_players_before_it_closes(open_live: OpenLive) -> None:
    site = await open_site(open_live, private_grace=2.0)
    ann = await site.player(room=None)
    room, _ = await site.open_room(ann)
    spectator = await site.spectator(room)
    await ann.join(room)
    await eventually(lambda: not site.node.closer._empty_since)
    assert room in site.node.owned_rooms
    await ann.ask("leave", room=room)
    assert room in site.node.owned_rooms
    await spectator.event_of("room_closed", room=room)
    await _assert_gone(site, room)


async def test_a_stop_ends_private_rooms(open_live: OpenLive) -> None:
    site = await open_site(open_live)
    ann = await site.player(room=None)
    room, _ = await site.open_room(ann, options={"betting_ms": 60_000})
    (bob,) = await _seated(site, room, 1)
    name = (await bob.bet(500, room))["round"]
    await site.stop()
    assert bob.events("round_void", room, round=name)
    assert bob.events("room_closed", room)
    assert await site.rows("SELECT id FROM rounds WHERE status = 'open'") == []
    assert await _no_session(site, room)

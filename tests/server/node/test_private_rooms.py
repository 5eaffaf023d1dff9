"""Tests of private rooms on one node: invites, spectators, and reconnects."""

import pytest

from server.errors import UnreachableError
from tests.server.intercepted_rooms import Call
from tests.server.live_node import OpenLive
from tests.server.live_site import LiveSite, open_site


@pytest.fixture
async def site(open_live: OpenLive) -> LiveSite:
    return await open_site(open_live)


async def test_invited_players_can_play(site: LiveSite) -> None:
    ann, bob, eve = [await site.player(room=None) for _ in range(3)]
    room, invite = await site.open_room(ann, seats=2, invited_only=True, options={"betting_ms": 2000})
    assert (await eve.refused("join", room=room))["code"] == "invite_needed"
    assert (await eve.refused("join", room=room, invite=invite[:-1]))["code"] == "invite_needed"
    mine = (await ann.ask("join", room=room))["snapshot"]
    assert (mine["you"]["seat"], mine["private"]["invite"], mine["private"]["owner"]) == (0, invite, ann.username)
    his = (await bob.ask("join", room=room, invite=invite))["snapshot"]
    assert (his["you"]["seat"], his["private"]["invite"]) == (1, None)
    assert (await eve.refused("join", room=room, invite=invite))["code"] == "room_full"
    name = (await bob.bet(100, room))["round"]
    await ann.ended(name)
    await bob.ended(name)


async def test_a_spectator_who_shows_an_invite_is_told_whether_it_is_right(site: LiveSite) -> None:
    ann, watcher = await site.player(room=None), await site.spectator(room=None)
    room, invite = await site.open_room(ann)
    told = [await watcher.ask("watch", room=room, invite=shown) for shown in (invite[:-1], invite)]
    assert [each["invited"] for each in told] == [False, True]
    assert "invited" not in await watcher.ask("watch", room=room)


async def test_a_player_who_has_shown_the_invite_does_not_need_it_again(site: LiveSite) -> None:
    ann, bob = await site.player(room=None), await site.player(room=None)
    room, invite = await site.open_room(ann, listed=False, watch="invited")
    assert (await bob.refused("join", room=room))["code"] == "no_such_room"
    assert (await bob.refused("watch", room=room))["code"] == "no_such_room"
    await bob.ask("join", room=room, invite=invite)
    await bob.ask("leave", room=room)
    await bob.ask("watch", room=room)
    await bob.ask("join", room=room)
    session = next(each["session"] for each in bob.snapshots[-1][1]["players"] if each["player"] == bob.username)
    stranger = await site.spectator(room=None)
    assert (await stranger.refused("watch", session=session))["code"] == "no_such_room"
    await stranger.ask("watch", session=session, invite=invite)
    await stranger.event_of("round_ended", room=room)


async def test_a_spectator_resumes_only_what_they_may_still_watch(site: LiveSite) -> None:
    ann = await site.player(room=None)
    room, invite = await site.open_room(ann, watch="invited")
    guest, stranger = await site.player(room=None), await site.spectator(room=None)
    for watcher in (guest, stranger):
        await watcher.ask("watch", room=room, invite=invite)
        await watcher.cut()
    assert list((await guest.client.connect())["resumed"]) == [room]
    position = stranger.client.positions[room]
    assert (await stranger.client.connect())["resumed"] == {}
    raw = await site.raw()
    resume = {room: {"epoch": position.epoch, "seq": position.seq, "invite": invite}}
    told = await raw.ask({"id": 1, "do": "hello", "resume": resume})
    assert list(told["ok"]["resumed"]) == [room]


async def test_a_room_without_spectators_can_not_be_watched(site: LiveSite) -> None:
    ann, bob = await site.player(room=None), await site.player(room=None)
    room, invite = await site.open_room(ann, watch="nobody")
    for watcher in (bob, await site.spectator(room=None)):
        assert (await watcher.refused("watch", room=room, invite=invite))["code"] == "no_such_room"
    await ann.ask("watch", room=room)
    await bob.ask("join", room=room)
    await bob.cut()
    assert list((await bob.client.connect())["resumed"]) == [room]


async def test_a_player_whose_seat_is_uncertain_gets_it_back(site: LiveSite) -> None:
    ann, bob = await site.player(room=None), await site.player(room=None)
    room, _ = await site.open_room(ann, watch="nobody")
    site.rooms.around["admit"] = _away
    await bob.ask("join", room=room)
    await bob.notice_of("goodbye", code="going_away")
    await bob.client.wait_closed()
    site.rooms.around.clear()
    assert bob.events("room_closed", room) == []
    assert list((await bob.client.connect())["resumed"]) == [room]
    await bob.ask("leave", room=room)


async def _away(_call: Call) -> None:
    raise UnreachableError("switched off by the test")


async def test_the_room_shows_the_new_name_of_its_owner(site: LiveSite) -> None:
    ann = await site.player(room=None)
    room, _ = await site.open_room(ann)
    await site.ok("PATCH", "me", ann, json={"username": "ann-2"})
    await ann.ask("join", room=room)
    summary = next(each for each in (await site.ok("GET", "rooms"))["rooms"] if each["room"] == room)
    assert summary["owner"] == "ann-2"

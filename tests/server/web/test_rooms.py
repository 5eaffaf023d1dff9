"""Private rooms over HTTP: opening, listing, watching and closing them."""

import re
from typing import Any

import pytest

from game_engine.games import GAMES
from tests.server.live_node import OpenLive
from tests.server.live_site import LiveSite, open_site
from tests.server.stacks import Stacks
from tests.waiting import eventually


@pytest.fixture
async def site(open_live: OpenLive) -> LiveSite:
    return await open_site(open_live)


async def test_a_room_is_opened_and_listed(site: LiveSite) -> None:
    ann = await site.player(room=None)
    opened = await site.ok(
        "POST", "rooms", ann, json={"game": "crash", "seats": 4, "options": {"betting_ms": 2000, "tick_ms": 100}}
    )
    room, invite = opened["room"], opened["invite"]
    assert re.fullmatch("crash-[a-z0-9]{8}", room)
    assert re.fullmatch("[A-Za-z0-9_-]{22}", invite)
    summaries = {summary["room"]: summary for summary in (await site.ok("GET", "rooms"))["rooms"]}
    summary = summaries[room]
    expected = {"private": True, "shared": True, "owner": ann.username, "seats": 4, "players": 0}
    assert summary | expected == summary
    assert (summary["watch"], summary["delay"], summary["invited_only"]) == ("everybody", 0, False)
    assert summary["options"] == {"betting_ms": 2000, "tick_ms": 100, "max_payout": 100_000_000}
    assert (summaries["crash"]["private"], summaries["crash"]["owner"], summaries["crash"]["seats"]) == (
        False,
        None,
        1000,
    )
    assert [each["room"] for each in (await ann.ask("rooms", game="crash"))["rooms"]] == ["crash", room]
    own = (await site.ok("GET", "me/rooms", ann))["rooms"]
    assert own == [
        {"room": room, "invite": invite, "code": opened["code"], "game": "crash", "seats": 4, "listed": True}
        | {"watch": "everybody", "delay": 0, "invited_only": False}
    ]
    bob = await site.player(room=None)
    assert (await site.ok("GET", "me/rooms", bob))["rooms"] == []


async def test_a_room_is_found_by_its_short_code(site: LiveSite) -> None:
    """In any case, with spaces or hyphens; by a closed room's code nothing is found."""
    ann, bob = await site.player(room=None), await site.player(room=None)
    opened = await site.ok("POST", "rooms", ann, json={"game": "crash", "listed": False, "invited_only": True})
    room, invite, code = opened["room"], opened["invite"], opened["code"]
    for typed in (code, code.lower(), f" {code[:3]}-{code[3:]} "):
        assert await site.ok("GET", f"join/{typed}") == {"room": room, "invite": invite}
    await bob.ask("join", room=room, invite=invite)
    own = await ann.ask("watch", room=room)
    assert own["snapshot"]["private"]["code"] == code
    assert (await bob.ask("watch", room=room))["snapshot"]["private"].get("code") is None
    await site.call("DELETE", f"rooms/{room}", ann)
    for unknown in (code, "AAAAAA", "x"):

        async def is_gone(unknown: str = unknown) -> bool:
            return (await site.call("GET", f"join/{unknown}")).status == 404

        await eventually(is_gone)
    assert (await site.problem("GET", "join/%24"))["code"] == "not_found"


async def test_codes_can_not_be_guessed_in_a_row(open_live: OpenLive) -> None:
    site = await open_site(open_live, rate_scale=1.0)
    statuses = [(await site.call("GET", f"join/AAAA{n:02}")).status for n in range(31)]
    assert statuses == [404] * 30 + [429]


async def test_an_unlisted_room_is_found_only_by_its_key(site: LiveSite) -> None:
    ann = await site.player(room=None)
    room, _ = await site.open_room(ann, listed=False)
    assert [summary["room"] for summary in (await site.ok("GET", "rooms?game=crash"))["rooms"]] == ["crash"]
    told = await site.ok("GET", f"rooms/{room}")
    assert told["snapshot"]["private"] == {
        "owner": ann.username,
        "seats": 1000,
        "listed": False,
        "watch": "everybody",
        "delay": 0,
        "invited_only": False,
        "invite": None,
        "code": None,
    }


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"game": "chess"}, "game", "not_allowed"),
    ({"game": "dice"}, "game", "not_allowed"),
    ({"seats": 1}, "seats", "out_of_range"),
    ({"seats": 1001}, "seats", "out_of_range"),
    ({"seats": "two"}, "seats", "wrong_type"),
    ({"delay": 301}, "delay", "out_of_range"),
    ({"delay": -1}, "delay", "out_of_range"),
    ({"watch": "friends"}, "watch", "malformed"),
    ({"listed": 1}, "listed", "wrong_type"),
    ({"secret": True}, "secret", "unknown"),
    ({"options": []}, "options", "wrong_type"),
    ({"options": {"betting_ms": 1}}, "options.betting_ms", "out_of_range"),
    ({"options": {"rake": 1}}, "options.rake", "unknown"),
    ({"options": {"max_payout": 100_000_001}}, "options.max_payout", "out_of_range"),
]


@pytest.mark.parametrize(("changes", "field", "code"), REFUSED)
async def test_errors_name_the_invalid_field(site: LiveSite, changes: dict[str, Any], field: str, code: str) -> None:
    ann = await site.player(room=None)
    told = await site.problem("POST", "rooms", ann, json={"game": "crash"} | changes)
    assert told["code"] == "validation_failed"
    assert [(error["field"], error["code"]) for error in told["errors"]] == [(field, code)]
    assert (await site.ok("GET", "me/rooms", ann))["rooms"] == []


async def test_options_that_rounds_set_for_the_next_can_not_be_chosen(open_live: OpenLive) -> None:
    site = await open_site(open_live, games=[Hidden()])
    ann = await site.player(room=None)
    told = await site.problem("POST", "rooms", ann, json={"game": "hidden", "options": {"turn": 1}})
    assert [(error["field"], error["code"]) for error in told["errors"]] == [("options.turn", "not_allowed")]


async def test_a_player_must_sign_in_and_may_open_a_few_rooms(open_live: OpenLive) -> None:
    site = await open_site(open_live, private_rooms=2)
    assert (await site.problem("POST", "rooms", json={"game": "crash"}))["code"] == "token_missing"
    ann, bob = await site.player(room=None), await site.player(room=None)
    first, _ = await site.open_room(ann)
    await site.open_room(ann)
    told = await site.problem("POST", "rooms", ann, json={"game": "crash"})
    assert (told["code"], told["status"]) == ("limit_exceeded", 409)
    assert "2 private rooms" in told["detail"]
    await site.open_room(bob)
    assert await site.ok("DELETE", f"rooms/{first}", ann) is None
    await eventually(lambda: first not in site.node.owned_rooms)
    await site.open_room(ann)


async def test_opening_rooms_is_rate_limited(open_live: OpenLive) -> None:
    site = await open_site(open_live, rate_scale=1.0, private_rooms=100)
    ann = await site.player(room=None)
    statuses = [(await site.call("POST", "rooms", ann, json={"game": "crash"})).status for _ in range(12)]
    assert statuses == [*[201] * 10, 429, 429]


async def test_only_the_owner_can_close_a_room(site: LiveSite) -> None:
    ann, bob = await site.player(room=None), await site.player(room=None)
    room, _ = await site.open_room(ann)
    hidden, _ = await site.open_room(ann, listed=False)
    assert (await site.problem("DELETE", f"rooms/{room}"))["code"] == "token_missing"
    assert (await site.problem("DELETE", f"rooms/{room}", bob))["code"] == "forbidden"
    for nothing in (hidden, "crash", "crash-00000000", "nowhere"):
        assert (await site.problem("DELETE", f"rooms/{nothing}", bob))["code"] == "not_found", nothing
    await bob.join(room)
    assert await site.ok("DELETE", f"rooms/{room}", ann) is None
    await bob.event_of("room_closed", room=room)
    assert (await site.problem("DELETE", f"rooms/{room}", ann))["code"] == "not_found"
    assert (await site.problem("GET", f"rooms/{room}"))["code"] == "not_found"


async def test_only_owner_guests_and_players_see_a_room_for_invited_people(site: LiveSite) -> None:
    ann, bob, eve = [await site.player(room=None) for _ in range(3)]
    room, invite = await site.open_room(ann, watch="invited")
    path = f"rooms/{room}"
    assert (await site.problem("GET", path))["code"] == "not_found"
    assert (await site.problem("GET", path, eve))["code"] == "not_found"
    assert (await site.problem("GET", f"{path}?invite=x", eve))["code"] == "not_found"
    assert (await site.ok("GET", f"{path}?invite={invite}"))["room"] == room
    assert (await site.ok("GET", path, ann))["room"] == room
    assert (await site.problem("GET", path, bob))["code"] == "not_found"
    await bob.join(room)
    assert (await site.ok("GET", path, bob))["snapshot"]["private"]["invite"] is None
    stranger = site.new_client("nobody", 0, "wrong")
    assert (await site.problem("GET", path, stranger))["code"] == "token_invalid"


async def test_past_rounds_are_shown_to_those_who_may_watch(site: LiveSite) -> None:
    ann, eve = await site.player(room=None), await site.player(room=None)
    room, _ = await site.open_room(ann, watch="nobody")
    await ann.ask("join", room=room)
    ended = await ann.event_of("round_ended", room=room)
    for path in (f"rooms/{room}/rounds", f"rounds/{ended['round']}"):
        assert (await site.problem("GET", path))["code"] == "not_found"
        assert (await site.problem("GET", path, eve))["code"] == "not_found"
        assert await site.ok("GET", path, ann)
    assert (await site.ok("GET", "rooms/crash/rounds"))["items"] is not None


@pytest.mark.parametrize("watch", ["invited", "nobody"])
async def test_a_summary_hides_the_rounds_if_not_everyone_may_watch(open_live: OpenLive, watch: str) -> None:
    site = await open_site(open_live, games=[GAMES["roulette"]])
    ann, eve = await site.player(room=None), await site.player(room=None)
    room, _ = await site.open_room(ann, game="roulette", options={"betting_ms": 500, "spin_ms": 0}, watch=watch)
    await ann.ask("join", room=room)
    await ann.event_of("round_ended", room=room)
    await ann.event_of("round_opened", room=room, after=1)
    summary = next(summary for summary in (await eve.ask("rooms"))["rooms"] if summary["room"] == room)
    assert (summary["history"], summary["round"], summary["closes_at"], summary["started_at"]) == ([], None, None, None)
    assert (summary["watch"], summary["players"]) == (watch, 1)


async def test_a_game_without_a_public_room(open_live: OpenLive) -> None:
    site = await open_site(open_live, games=[Hidden()])
    ann = await site.player(room=None)
    told = await ann.refused("join", game="hidden")
    assert (told["code"], told["field"]) == ("no_such_room", "game")
    assert (await site.ok("GET", "rooms?game=hidden"))["rooms"] == []
    for path in ("rooms/hidden", "rooms/hidden/rounds"):
        assert (await site.problem("GET", path))["code"] == "not_found"
    room, _ = await site.open_room(ann, game="hidden", options={})
    assert (await ann.ask("join", room=room))["snapshot"]["game"] == "hidden"


class Hidden(Stacks):
    name = "hidden"
    public = False

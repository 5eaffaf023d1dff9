"""The player's own account: shown, changed and deleted."""

from typing import Any

import pytest
from msgspec import Raw
from sqlalchemy import text

from server.backends.directory import Terms
from tests.server.web.played import sit_down
from tests.server.web.world import PASSWORD, World, answer, problem


async def test_the_account_is_shown_with_profile_and_wallet(world: World) -> None:
    ann = await world.player("ann")
    world.players.held_by_user[ann.user_id] = 300
    me = await ann.ok("GET", "me")
    assert me["profile"] == {"bio": None, "avatar_url": None, "location": None, "dob": None}
    assert me["wallet"] == {"balance": 100_000, "held": 300, "available": 99_700, "version": 1}
    assert (me["username"], me["roll_number"], me["email_verified"]) == ("ann", "ANN", True)
    assert me["created_at"] == me["last_login"] == "2026-11-18T11:06:40Z"
    assert "password" not in str(me)


async def test_the_profile_can_be_changed(world: World) -> None:
    ann = await world.player("ann")
    profile = {"bio": "I\nplay.", "avatar_url": "https://img.example/a.png", "location": "Hall 4", "dob": "2004-02-29"}
    me = await ann.ok("PATCH", "me", json={"full_name": " Ann A. ", "profile": profile})
    assert (me["full_name"], me["profile"]) == ("Ann A.", profile)
    me = await ann.ok("PATCH", "me", json={"profile": {"bio": None}})
    assert me["profile"] == profile | {"bio": None}
    assert await ann.ok("PATCH", "me", json={}) == me
    assert world.players.changed == []


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"profile": {"avatar_url": "javascript:alert(1)"}}, "profile.avatar_url", "malformed"),
        ({"profile": {"avatar_url": "https://user:pass@img.example/"}}, "profile.avatar_url", "malformed"),
        ({"profile": {"avatar_url": "http://["}}, "profile.avatar_url", "malformed"),
        ({"profile": {"avatar_url": "https://x/" + "a" * 250}}, "profile.avatar_url", "out_of_range"),
        ({"profile": {"dob": "2026-11-18"}}, "profile.dob", "out_of_range"),
        ({"profile": {"dob": "1899-12-31"}}, "profile.dob", "out_of_range"),
        ({"profile": {"dob": "2003-02-29"}}, "profile.dob", "out_of_range"),
        ({"profile": {"dob": "202612-01-01"}}, "profile.dob", "out_of_range"),
        ({"profile": {"dob": "1.2.2003"}}, "profile.dob", "malformed"),
        ({"profile": {"bio": "\x00"}}, "profile.bio", "malformed"),
        ({"profile": {"location": "a\nb"}}, "profile.location", "malformed"),
        ({"profile": {"mood": "good"}}, "profile.mood", "unknown"),
        ({"profile": None}, "profile", "wrong_type"),
        ({"full_name": "\u200b\u2800"}, "full_name", "malformed"),
        ({"username": None}, "username", "wrong_type"),
        ({"username": "Croupier_1"}, "username", "not_allowed"),
        ({"email": "x@y.example"}, "email", "unknown"),
    ],
)
async def test_errors_name_the_invalid_field(world: World, body: dict[str, Any], field: str, code: str) -> None:
    ann = await world.player("ann")
    document = await problem(await ann.call("PATCH", "me", json=body), "validation_failed")
    assert [error["field"] for error in document["errors"]] == [field]
    assert document["errors"][0]["code"] == code


async def test_a_username_can_change_while_no_bet_is_live(world: World) -> None:
    ann = await world.player("ann")
    await world.player("bob")
    await problem(await ann.call("PATCH", "me", json={"username": "BOB"}), "username_taken")
    assert (await ann.ok("PATCH", "me", json={"username": "Ann"}))["username"] == "Ann"
    assert (await ann.ok("PATCH", "me", json={"username": "Ann"}))["username"] == "Ann"
    assert world.players.changed == [ann.user_id]
    world.players.held_by_user[ann.user_id] = 1
    await problem(await ann.call("PATCH", "me", json={"username": "anna"}), "bets_live")
    await ann.ok("PATCH", "me", json={"username": "Ann", "full_name": "Ann"})


async def test_one_player_can_not_reserve_many_names_by_renaming(world: World) -> None:
    ann = await world.player("ann")
    for number in range(10):
        await ann.ok("PATCH", "me", json={"username": f"ann{number}"})
    refusal = await problem(await ann.call("PATCH", "me", json={"username": "ann10"}), "validation_failed")
    assert (refusal["errors"][0]["field"], refusal["errors"][0]["code"]) == ("username", "not_allowed")
    await ann.ok("PATCH", "me", json={"username": "ann"})


async def test_deleting_an_account_removes_its_data(world: World) -> None:
    ann = await world.player("ann")
    room = await sit_down(ann)
    await room.play(3)
    await problem(await ann.call("DELETE", "me", json={"password": "wrong"}), "invalid_credentials")
    world.players.held_by_user[ann.user_id] = 1
    await problem(await ann.call("DELETE", "me", json={"password": PASSWORD}), "bets_live")
    world.players.held_by_user.clear()
    assert (await ann.call("DELETE", "me", json={"password": PASSWORD})).status == 204
    assert world.players.signed_out == [(ann.user_id, "account_disabled")]
    await problem(await ann.call("GET", "me"), "token_invalid")
    await problem(await world.post("auth/login", identifier="ann", password=PASSWORD), "invalid_credentials")
    async with world.db.read() as session:
        for table_name in ("users", "user_profiles", "wallets", "transactions", "game_sessions", "bets"):
            assert (await session.scalar(text(f"SELECT count(*) FROM {table_name}"))) == 0
    proof = await answer(await world.call("GET", f"rounds/{room.key}.1"))
    assert (proof["status"], proof["bets"][0]["player"]) == ("settled", None)
    assert await answer(await world.call("GET", f"rounds/{room.key}.1/players")) == {"players": []}


async def test_deleting_an_account_closes_its_rooms(world: World) -> None:
    ann, bob = await world.player("ann"), await world.player("bob")
    about: dict[str, Any] = {"game": "crash", "options": Raw(b"{}"), "invite": "x", "seats": 2}
    for room, player in (("crash-a", ann), ("crash-b", bob), ("crash-c", ann)):
        world.private_rooms.terms[room] = Terms(owner=player.user_id, username=player.username, **about)
    assert (await ann.call("DELETE", "me", json={"password": PASSWORD})).status == 204
    assert list(world.private_rooms.terms) == ["crash-b"]

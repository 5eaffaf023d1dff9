"""Several devices: signing in on one leaves the others signed in; the list, and ending one from another."""

from typing import Any

from tests.server.web.world import PASSWORD, Player, World, answer, problem


async def on(world: World, player: Player, name: str) -> Player:
    """The same player on another device."""
    return Player(world, player.user_id, player.username, await world.sign_in(player.user_id, name))


async def listed(player: Player) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await player.ok("GET", "me/sign-ins"))["sign_ins"]
    return found


async def test_a_second_device_does_not_throw_out_the_first(world: World) -> None:
    ann = await world.player("ann")
    signed_in = await answer(
        await world.post("auth/login", identifier="ann", password=PASSWORD, name="Firefox\u200b on  Android")
    )
    phone = Player(world, ann.user_id, "ann", signed_in["token"])
    assert world.players.signed_out == []
    for device in (ann, phone):
        assert (await device.ok("GET", "me"))["username"] == "ann"
    rows = await listed(phone)
    assert [(row["name"], row["is_current"]) for row in rows] == [("Firefox on Android", True), ("Laptop", False)]
    assert rows[0].keys() == {"id", "name", "created_at", "used_at", "expires_at", "is_current"}
    assert rows[0]["expires_at"] == signed_in["expires_at"]


async def test_a_name_is_optional_and_short(world: World) -> None:
    ann = await world.player("ann")
    await answer(await world.post("auth/login", identifier="ann", password=PASSWORD))
    assert {row["name"] for row in await listed(ann)} == {"", "Laptop"}
    refused = await world.post("auth/login", identifier="ann", password=PASSWORD, name="x" * 61)
    assert [each["field"] for each in (await problem(refused, "validation_failed"))["errors"]] == ["name"]


async def test_one_device_signs_another_one_out(world: World) -> None:
    ann, bob = await world.player("ann"), await world.player("bob")
    phone = await on(world, ann, "Phone")
    number = next(row["id"] for row in await listed(ann) if row["name"] == "Phone")
    await problem(await bob.call("DELETE", f"me/sign-ins/{number}"), "not_found")
    assert (await ann.call("DELETE", f"me/sign-ins/{number}")).status == 204
    assert (world.players.signed_out, world.players.spared) == (
        [(ann.user_id, "signed_out_elsewhere")],
        [(number, None)],
    )
    refused = await problem(await phone.call("GET", "me"), "token_invalid")
    assert refused["reason"] == "signed_out_elsewhere"
    assert "from another" in refused["detail"]
    assert [row["name"] for row in await listed(ann)] == ["Laptop"]
    for gone in (number, 0, "x", "1" * 30, "-1"):
        await problem(await ann.call("DELETE", f"me/sign-ins/{gone}"), "not_found")


async def test_a_device_that_ends_its_own_sign_in_signs_out(world: World) -> None:
    ann = await world.player("ann")
    (row,) = await listed(ann)
    assert (await ann.call("DELETE", f"me/sign-ins/{row['id']}")).status == 204
    assert world.players.signed_out == [(ann.user_id, "signed_out")]
    assert (await problem(await ann.call("GET", "me"), "token_invalid"))["reason"] == "signed_out"


async def test_all_other_devices_are_signed_out_at_once(world: World) -> None:
    ann = await world.player("ann")
    others = [await on(world, ann, f"Device {n}") for n in range(3)]
    current = next(row["id"] for row in await listed(ann) if row["is_current"])
    assert (await ann.call("DELETE", "me/sign-ins")).status == 204
    assert world.players.spared == [(None, current)]
    for each in others:
        await problem(await each.call("GET", "me"), "token_invalid")
    assert [row["is_current"] for row in await listed(ann)] == [True]
    assert (await ann.call("DELETE", "me/sign-ins")).status == 204
    assert len(world.players.signed_out) == 1


async def test_a_sign_out_leaves_the_other_devices_signed_in(world: World) -> None:
    ann = await world.player("ann")
    phone = await on(world, ann, "Phone")
    assert (await phone.call("POST", "auth/logout")).status == 204
    await problem(await phone.call("GET", "me"), "token_invalid")
    assert [row["name"] for row in await listed(ann)] == ["Laptop"]


async def test_a_password_change_ends_all_other_sign_ins(world: World) -> None:
    ann = await world.player("ann")
    phone = await on(world, ann, "Phone")
    change = {"current_password": PASSWORD, "password": "another strong phrase"}
    old, ann.token = ann.token, (await ann.ok("POST", "auth/password/change", json=change))["token"]
    assert world.players.signed_out == [(ann.user_id, "password_changed")]
    for token in (old, phone.token):
        ended = Player(world, ann.user_id, "ann", token)
        assert (await problem(await ended.call("GET", "me"), "token_invalid"))["reason"] == "password_changed"
    assert [(row["name"], row["is_current"]) for row in await listed(ann)] == [("Laptop", True)]

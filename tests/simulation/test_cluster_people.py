"""Who is here, over both nodes: counts, seats and sign-ins, and what ends them."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from storage import ledger
from tests.server.live import eventually
from tests.simulation.cluster import SECRET, Cluster, Guest

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON = 1.0
"""Seconds within which every node closes or tells what happens at one of them."""
BESIDE = 2.5
"""The same for what the operator does beside the servers, which look every 2 s."""


async def test_spectators_are_counted_over_both_nodes(floor: Cluster) -> None:
    guests = [await floor.spectator(floor.nodes[number % 2]) for number in range(7)]
    player = await floor.player(floor.nodes[0], None)
    await player.ask("watch", room="crash")
    await guests[0].event_of("spectators", count=8)

    async def told() -> set[int]:
        counts = {(await floor.call(node, "GET", "/rooms/crash"))[1]["snapshot"]["spectators"] for node in floor.nodes}
        for node in floor.nodes:
            counts |= {card["spectators"] for card in (await floor.call(node, "GET", "/rooms"))[1]["rooms"]}
        return counts

    async def is_told(count: int) -> bool:
        return await told() == {count}

    await eventually(lambda: is_told(8), "8 spectators")
    await player.join("crash")
    await eventually(lambda: is_told(7), "7 spectators and a player")
    await guests[1].ask("unwatch", room="crash")
    await guests[2].cut()
    await guests[3].client.close()
    await eventually(lambda: is_told(4), "4 spectators")


async def test_players_are_counted_over_both_nodes(floor: Cluster) -> None:
    witness = await floor.spectator(floor.nodes[0])
    before = {each["player"] for each in witness.snapshots[-1][1]["players"]}
    players = [await floor.player(floor.nodes[number % 2]) for number in range(4)]
    for player in players:
        await witness.event_of("player_joined", player=player.username)

    async def are_told() -> bool:
        rooms = [(await floor.call(node, "GET", "/rooms/crash"))[1]["snapshot"] for node in floor.nodes]
        cards = [(await floor.call(node, "GET", "/rooms"))[1]["rooms"][0] for node in floor.nodes]
        names = [{each["player"] for each in room["players"]} - before for room in rooms]
        return all(name == {player.username for player in players} for name in names) and all(
            card["players"] == len(rooms[0]["players"]) for card in cards
        )

    await eventually(are_told, "4 players more")


async def test_away_is_who_has_no_connection_at_any_node(floor: Cluster) -> None:
    near, far = floor.nodes
    witness = await floor.spectator(near)
    ann = await floor.player(near)
    twin = floor.again(ann, far)
    await twin.come()
    await twin.join("crash")
    await ann.cut()
    # What is told of somebody else after it comes later too.
    bob = await floor.player(near)
    await witness.event_of("player_joined", player=bob.username)
    assert witness.events("player_away", player=ann.username) == []
    await twin.cut()
    await witness.event_of("player_away", player=ann.username)
    assert (await ann.come(far))["resumed"] == {"crash": "frames"}
    await witness.event_of("player_back", player=ann.username)
    await ann.cut()
    await witness.event_of("player_away", player=ann.username, after=1)
    went = time.monotonic()
    await witness.event_of("player_left", player=ann.username)
    assert time.monotonic() - went > 2  # of 3: when it went is known to the witness a little later than to the room
    assert witness.events("player_left", player=bob.username) == []
    await ann.come(near)
    assert (await ann.refused("chat", room="crash", text="hello"))["code"] == "not_seated"


async def everywhere(floor: Cluster) -> list[Guest]:
    """A new player's connections: two at each node, one of which sits in the crash room and one in none."""
    (ann,) = await floor.players(1)
    guests = [ann, *(floor.again(ann) for _ in range(3))]
    for number, guest in enumerate(guests):
        await guest.come(floor.nodes[number % 2])
    await asyncio.gather(*(guest.join("crash") for guest in guests[:2]))
    return guests


async def all_within(seconds: float, since: float, asks: list[Coroutine[Any, Any, Any]]) -> list[Any]:
    """What all of these give, before so many seconds have passed since that moment of the monotonic clock."""
    async with asyncio.timeout(20):
        found = await asyncio.gather(*asks)
    took = time.monotonic() - since
    print(f"after {took:.3f} s")  # noqa: T201 - pytest shows it when it was too late, or with -rP
    assert took < seconds
    return found


@pytest.mark.parametrize("how", ["login", "logout"])
async def test_the_end_of_a_sign_in_reaches_every_node(floor: Cluster, how: str) -> None:
    guests = await everywhere(floor)
    bystander = await floor.player(floor.nodes[1])
    node, username, token = floor.nodes[1], guests[0].username, guests[0].token
    calls: dict[str, tuple[str, Any, str | None]] = {
        "login": ("/auth/login", {"identifier": username, "password": SECRET}, None),
        "logout": ("/auth/logout", None, token),
    }
    started = time.monotonic()
    status, answer = await floor.call(node, "POST", *calls[how])
    assert status in (200, 204), answer
    closes = await all_within(SOON, started, [guest.client.wait_closed() for guest in guests])
    assert {close.code for close in closes} == {4100}
    for guest in guests:
        assert (await guest.notice_of("goodbye", code="signed_out"))["retry"] is False
    assert await bystander.ask("ping")
    if how == "login":
        for each in floor.nodes:
            anew = floor.again(guests[0], each)
            anew.client._token = answer["token"]
            assert (await anew.come())["user"]["username"] == username


async def test_a_disabled_account_is_shown_out_of_every_node(floor: Cluster) -> None:
    guests = await everywhere(floor)
    await floor.run("user", "disable", guests[0].username)
    closes = await all_within(BESIDE, time.monotonic(), [guest.client.wait_closed() for guest in guests])
    assert {close.code for close in closes} == {4101}
    for guest in guests:
        assert (await guest.notice_of("goodbye", code="account_disabled"))["retry"] is False


async def test_a_deleted_account_is_shown_out_of_every_node(floor: Cluster) -> None:
    guests = await everywhere(floor)
    started = time.monotonic()
    status, _ = await floor.call(floor.nodes[0], "DELETE", "/me", {"password": SECRET}, guests[0].token)
    assert status == 204
    closes = await all_within(SOON, started, [guest.client.wait_closed() for guest in guests])
    assert {close.code for close in closes} == {4101}


async def test_a_top_up_beside_the_nodes_is_told_at_every_node(floor: Cluster) -> None:
    guests = await everywhere(floor)
    await floor.run("wallet", "top-up", guests[0].username, "12.34")
    told = [guest.notice_of("wallet", balance=101_234, held=0) for guest in guests]
    await all_within(BESIDE, time.monotonic(), told)
    # The same without the time that a command takes to end.
    started = time.monotonic()
    await ledger.credit(floor.db, guests[0].user_id, 1, "top-up", "a cent")
    told = [guest.notice_of("wallet", balance=101_235, held=0) for guest in guests]
    await all_within(BESIDE, started, told)


async def test_a_wallet_s_change_at_one_node_is_told_at_every_node(floor: Cluster) -> None:
    (ann,) = await floor.players(1, credit=500)
    guests = [ann, *(floor.again(ann) for _ in range(3))]
    for number, guest in enumerate(guests):
        await guest.come(floor.nodes[number % 2])
    started = time.monotonic()
    status, answer = await floor.call(floor.nodes[1], "POST", "/me/daily-bonus", token=ann.token)
    assert (status, answer["wallet"]["balance"]) == (200, 20_500)
    await all_within(SOON, started, [guest.notice_of("wallet", balance=20_500, held=0) for guest in guests])


async def test_a_name_and_a_seed_changed_at_one_node_are_known_to_the_room(floor: Cluster) -> None:
    owner, other = await floor.owner(), await floor.other()
    ann, witness = await floor.player(other), await floor.spectator(owner)
    name = f"{ann.username}_new"
    assert (await floor.call(owner, "PATCH", "/me", {"username": name}, ann.token))[0] == 200
    assert (await floor.call(owner, "PUT", "/me/client-seed", {"client_seed": "tails"}, ann.token))[0] == 200
    await witness.event_of("player_joined", player=name)
    await witness.event_of("player_left", player=ann.username)
    round_ = await ann.betting()
    await ann.bet(100)
    ended = await witness.ended(round_)
    assert ended["client_seed"].split(",") == ["tails"]
    assert [result["player"] for result in ended["results"]] == [name]


async def test_connections_of_an_account_are_limited_over_both_nodes(floor: Cluster) -> None:
    (ann,) = await floor.players(1)
    guests = [floor.again(ann, floor.nodes[number % 2]) for number in range(20)]
    await asyncio.gather(*(guest.come() for guest in guests))
    for node in floor.nodes:
        with pytest.raises(Exception, match="rate_limited"):
            await floor.again(ann, node).come()
    await guests[0].cut()

    async def has_come() -> bool:
        try:
            await floor.again(ann, floor.nodes[1]).come()
        except Exception:
            return False
        return True

    await eventually(has_come, "the place of the one who went")
    with pytest.raises(Exception, match="rate_limited"):
        await floor.again(ann, floor.nodes[0]).come()

"""The public pages of games, rooms and players."""

from typing import Any

import pytest
from msgspec import structs

from game_engine.games import GAMES
from game_engine.replay import verify
from server.config import Config
from tests.server.live_node import Live, OpenLive
from tests.server.live_site import LiveSite, open_site
from tests.server.web.world import World, answer, problem


async def test_games_are_listed(world: World) -> None:
    games = (await answer(await world.call("GET", "games")))["games"]
    assert [game["name"] for game in games] == list(GAMES)
    dice = await answer(await world.call("GET", "games/dice"))
    assert dice in games
    assert (dice["return_to_player"], dice["shared"], dice["action"]) == (0.99, False, None)
    assert dice["limits"] == {"min_stake": 1, "max_stake": 100_000}
    assert "target" in str(dice["selection"])
    crash = await answer(await world.call("GET", "games/crash"))
    assert "cashout" in str(crash["action"])
    assert "betting_ms" in str(crash["options"])
    options = (await answer(await world.call("GET", "games/holdem")))["options"]["$defs"]["Options"]["properties"]
    assert {"turn_ms", "rake"} <= options.keys()
    assert not options.keys() & set(GAMES["holdem"].handed_on)
    by_name = {game["name"]: (game["shared"], game["public"]) for game in games}
    assert (by_name["crash"], by_name["dice"], by_name["coinduel"]) == ((True, True), (False, False), (True, False))
    await problem(await world.call("GET", "games/chess"), "not_found")
    await problem(await world.call("GET", "games/Crash!"), "not_found")


async def test_the_odds_of_a_bet_at_its_stake(world: World) -> None:
    async def returns(game: str, **body: Any) -> list[float]:
        bets = (await answer(await world.call("POST", f"games/{game}/odds", json=body)))["bets"]
        return [round(bet["return_to_player"], 4) for bet in bets]

    assert await returns("crash", stake=100, selection={"auto_cashout": 1.01}) == [0.99]
    assert await returns("limbo", stake=199, selection={"target": 1.01}) == [0.9851]
    assert await returns("coinduel", stake=100, selection={"side": "heads"}, options={"rake": 250}) == [0.975]
    assert await returns("coinduel", stake=10, selection={"side": "heads"}, options={"rake": 250}) == [0.95]
    assert (await returns("blackjack", stake=1))[0] == 0.9723
    assert len(await returns("mines", stake=10, selection={"mines": 3})) == 22
    question = {"stake": 7, "selection": {"target": 50.0, "over": True}}
    (bet,) = (await answer(await world.call("POST", "games/dice/odds", json=question)))["bets"]
    assert bet["bet"] == "over 50.00"
    assert bet["largest_multiplier"] == pytest.approx(13 / 7)
    assert bet["unrounded_return"] == pytest.approx(0.98995, abs=1e-5)


@pytest.mark.parametrize("game", sorted(GAMES))
async def test_odds_have_an_answer_at_every_stake(world: World, game: str) -> None:
    """Also where a room's maximum payout leaves fewer kinds of bets, or none."""
    for stake in (1, 101, 99_009_900, 10**15):
        for options in ({}, {"max_payout": 100} if game == "crash" else {}):
            question = {"stake": stake, "options": options}
            response = await world.call("POST", f"games/{game}/odds", json=question)
            if response.status == 200:
                bets = (await response.json())["bets"]
                assert bets
                assert all(0 <= bet["return_to_player"] <= bet["unrounded_return"] <= 1 for bet in bets)
            else:
                assert (await problem(response, "validation_failed"))["errors"][0]["field"] == "stake"


async def test_odds_that_do_not_exist_are_refused(world: World) -> None:
    async def refused(game: str, **body: Any) -> dict[str, Any]:
        refusal = await problem(await world.call("POST", f"games/{game}/odds", json=body), "validation_failed")
        first: dict[str, Any] = refusal["errors"][0]
        return first

    too_small = await refused("limbo", stake=99, selection={"target": 1.01})
    assert (too_small["field"], too_small["code"]) == ("stake", "not_allowed")
    assert "Stake at least 1 chips" in too_small["message"]
    assert (too_small["reason"], too_small["values"]) == ("win_too_small", {"pays": 1.01, "least": 100})
    assert (await refused("limbo", stake=100, selection={"target": 1.001}))["field"] == "selection.target"
    assert (await refused("limbo", stake=100, selection={"aim": 2}))["field"].startswith("selection")
    assert (await refused("crash", stake=100, options={"speed": 2}))["field"].startswith("options")
    assert (await refused("crash", stake=0))["field"] == "stake"
    await problem(await world.call("POST", "games/chess/odds", json={"stake": 1}), "not_found")


async def test_rooms_are_listed(world: World) -> None:
    [room] = (await answer(await world.call("GET", "rooms")))["rooms"]
    assert (room["room"], room["players"], room["closes_at"]) == ("crash", 2, world.clock.ms + 6000)
    assert (await answer(await world.call("GET", "rooms?game=dice")))["rooms"] == []
    await problem(await world.call("GET", "rooms?games=dice"), "validation_failed")


async def test_a_room_shows_its_snapshot(world: World) -> None:
    assert (await answer(await world.call("GET", "rooms/crash")))["room"] == "crash"
    await problem(await world.call("GET", "rooms/nowhere"), "not_found")


async def test_a_public_profile_contains_nothing_private(world: World) -> None:
    ann = await world.player("ann")
    profile = {"bio": "I play.", "location": "Hall 4", "dob": "2004-02-29"}
    await ann.ok("PATCH", "me", json={"profile": profile, "full_name": "Ann Secret"})
    shown = await answer(await world.call("GET", "users/ANN"))
    assert shown == {
        "username": "ann",
        "bio": "I play.",
        "avatar_url": None,
        "location": "Hall 4",
        "created_at": "2026-11-18T11:06:40Z",
    }
    await problem(await world.call("GET", "users/nobody"), "not_found")
    await problem(await world.call("GET", "users/a%00b"), "not_found")
    await world.set_user(ann.user_id, is_active=False)
    await problem(await world.call("GET", "users/ann"), "not_found")


async def test_unverified_players_are_not_shown(world: World) -> None:
    body = {
        "roll_number": "A1",
        "email": "a@b.example",
        "username": "cat",
        "full_name": "C",
        "password": "some good phrase",
    }
    await answer(await world.post("auth/register", **body))
    await problem(await world.call("GET", "users/cat"), "not_found")


class OnlyCrash(LiveSite):
    def __init__(self, config: Config, *parts: Any, **more: Any) -> None:
        super().__init__(structs.replace(config, games=("crash",)), *parts, **more)


async def test_a_game_that_is_not_offered_is_unknown_but_its_rounds_stay(open_live: OpenLive) -> None:
    site = await open_site(open_live)
    ann = await site.player(room="dice")
    room = ann.snapshots[-1][0]
    rolled = await ann.roll(room)
    await ann.ended(rolled["round"])
    proof = await site.ok("GET", f"rounds/{rolled['round']}")
    await site.stop()

    less = await open_live(kind=OnlyCrash)
    assert isinstance(less, OnlyCrash)
    site = less
    assert [game["name"] for game in (await site.ok("GET", "games"))["games"]] == ["crash"]
    for path in ("games/dice", "games/poker"):
        assert (await site.problem("GET", path))["code"] == "not_found"
        assert (await site.problem("POST", f"{path}/odds", json={"stake": 100}))["code"] == "not_found"
    ann = site.another_client(ann)
    await ann.client.connect()
    dice, poker = await ann.refused("join", game="dice"), await ann.refused("join", game="poker")
    assert dice == poker
    assert dice["code"] == "no_such_room"
    assert (await ann.refused("join", room=room))["code"] == "no_such_room"
    assert {each["room"] for each in (await ann.ask("rooms"))["rooms"]} == {"crash"}
    for game in ("dice", "poker"):
        refusal = await site.problem("POST", "rooms", ann, json={"game": game})
        assert (refusal["code"], refusal["errors"][0]["message"]) == (
            "validation_failed",
            "There is no game of this name.",
        )

    assert await site.ok("GET", f"rounds/{rolled['round']}") == proof
    assert all(check.ok for check in verify(proof))
    assert [bet["round"] for bet in (await site.ok("GET", "me/bets", ann))["items"]] == [rolled["round"]]
    assert rolled["round"] in [each["round"] for each in (await site.ok("GET", f"rooms/{room}/rounds"))["items"]]


async def test_a_shared_game_that_is_not_offered_has_no_room(open_live: OpenLive) -> None:
    class OnlyDice(Live):
        def __init__(self, config: Config, *parts: Any, **more: Any) -> None:
            super().__init__(structs.replace(config, games=("dice",)), *parts, **more)

    live = await open_live(kind=OnlyDice)
    ann = await live.player(room="dice")
    assert (await ann.ask("rooms"))["rooms"] == []
    for named in ({"room": "crash"}, {"game": "crash"}):
        assert (await ann.refused("join", **named))["code"] == "no_such_room"
    assert (await ann.refused("watch", room="crash"))["code"] == "no_such_room"

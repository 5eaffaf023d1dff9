"""Past rounds with proofs that the verifier accepts, and open rounds that keep their secrets."""

import tomllib
from datetime import timedelta
from typing import Any

import msgspec

from game_engine.replay import verify
from storage import open_rounds
from storage.games import ensure_games
from storage.ledger import settle
from storage.settlement import EndedBet, OpenRound
from tests.server.settled_hand import HAND, HAND_ENDED_AT, settled_hand
from tests.server.web.played import sit_down
from tests.server.web.world import PASSWORD, START_MS, World, answer, problem
from tests.storage.world import begin_session


async def test_a_proof_passes_verification(world: World) -> None:
    ann = await world.player("ann")
    room = await sit_down(ann)
    await room.play(5, 333)
    for number in range(1, 6):
        proof = await answer(await world.call("GET", f"rounds/{room.key}.{number}"))
        checks = verify(proof)
        assert {check.name for check in checks} >= {"commitment", "journal", "outcome", "bets", "ledger"}
        assert all(check.ok for check in checks), checks
        [bet] = proof["bets"]
        assert (bet["bet"], bet["seat"], bet["player"], bet["amount"]) == (f"{room.key}.{number}.1", 0, None, 333)
        named = await answer(await world.call("GET", f"rounds/{room.key}.{number}/players"))
        assert named == {"players": [{"bet": bet["bet"], "player": "ann"}]}
        assert proof["opened_at_ms"] == START_MS + 1000 * (number - 1)
        # A proof must not reveal a player's balance.
        assert "balance" not in str(proof)


async def test_a_proof_stays_the_same_after_a_rename_and_a_deletion(world: World) -> None:
    ann = await world.player("ann")
    room = await sit_down(ann)
    await room.play()

    async def document() -> bytes:
        return await (await world.call("GET", f"rounds/{room.key}.1")).read()

    async def names() -> list[str]:
        named = await answer(await world.call("GET", f"rounds/{room.key}.1/players"))
        return [each["player"] for each in named["players"]]

    first = await document()
    assert await names() == ["ann"]
    await ann.ok("PATCH", "me", json={"username": "anna"})
    assert await names() == ["anna"]
    assert await document() == first
    assert (await ann.call("DELETE", "me", json={"password": PASSWORD})).status == 204
    assert await names() == []
    assert await document() == first
    assert all(check.ok for check in verify(msgspec.json.decode(first)))


async def play_hand(world: World) -> dict[str, Any]:
    """Settle a hand, without its bets; returns its full proof."""
    games = await ensure_games(world.db, {"holdem": "x"})
    world.clock.ms = HAND_ENDED_AT
    (settled,) = await settle(world.db, [settled_hand(games["holdem"])])
    assert settled.status == "settled"
    return HAND


async def test_the_seed_of_a_hand_with_hidden_cards_is_published_a_day_later(world: World) -> None:
    hand = await play_hand(world)
    name = f"holdem.{hand['number']}"
    world.clock.jump(timedelta(days=1, milliseconds=-1))
    before = await answer(await world.call("GET", f"rounds/{name}"))
    assert before["server_seed"] is None
    assert before["server_seed_hash"] == hand["server_seed_hash"]
    assert before["outcome"] == {fact: value for fact, value in hand["outcome"].items() if fact != "deck"}
    assert before["outcome"]["shown"] != []
    assert [check.name for check in verify(before) if check.ok is False] == []
    assert [check.name for check in verify(before) if check.ok is None] == ["commitment", "journal", "outcome", "bets"]
    (listed,) = (await answer(await world.call("GET", "rooms/holdem/rounds")))["items"]
    assert (listed["server_seed"], listed["outcome"]) == (None, before["outcome"])
    assert listed["seed_published_at"] == before["published_later"]["at"]
    world.clock.jump(timedelta(milliseconds=1))
    after = await answer(await world.call("GET", f"rounds/{name}"))
    assert (after["server_seed"], after["outcome"]) == (hand["server_seed"], hand["outcome"])
    assert after["digest"] == before["digest"]
    assert all(check.ok for check in verify(after))
    (listed,) = (await answer(await world.call("GET", "rooms/holdem/rounds")))["items"]
    assert (listed["server_seed"], listed["outcome"]) == (hand["server_seed"], hand["outcome"])


async def test_past_rounds_are_listed_newest_first(world: World) -> None:
    room = await sit_down(await world.player("ann"))
    await room.play(7)
    page = await answer(await world.call("GET", f"rooms/{room.key}/rounds?limit=3"))
    assert [row["round"] for row in page["items"]] == [f"{room.key}.{n}" for n in (7, 6, 5)]
    await room.play(1)
    rest = await answer(await world.call("GET", f"rooms/{room.key}/rounds?cursor={page['next_cursor']}"))
    assert [row["nonce"] for row in rest["items"]] == [4, 3, 2, 1]
    assert rest["next_cursor"] is None
    assert set(rest["items"][0]["outcome"]) == {"roll"}


async def test_a_room_without_past_rounds_has_an_empty_list(world: World) -> None:
    assert await answer(await world.call("GET", "rooms/crash/rounds")) == {"items": [], "next_cursor": None}
    await problem(await world.call("GET", "rooms/nowhere/rounds"), "not_found")


async def test_an_open_round_shows_only_its_hash(world: World) -> None:
    games = await ensure_games(world.db, {"crash": "x"})
    await open_rounds.open_round(
        world.db,
        OpenRound(
            game_id=games["crash"],
            room="crash",
            number=1,
            server_seed_hash="h" * 64,
            nonce=1,
            options=b"{}",
            started_at=START_MS,
        ),
    )
    proof = await answer(await world.call("GET", "rounds/crash.1"))
    assert (proof["status"], proof["server_seed_hash"], proof["bets"]) == ("open", "h" * 64, [])
    hidden = ("server_seed", "client_seed", "journal", "outcome", "ended_at")
    assert [proof[name] for name in hidden] == [None] * 5
    assert (await answer(await world.call("GET", "rooms/crash/rounds")))["items"] == []
    await open_rounds.void_open_rounds(world.db, "crash", "restart")
    void = await answer(await world.call("GET", "rounds/crash.1"))
    assert (void["status"], void["server_seed"]) == ("void", None)
    assert all(check.ok for check in verify(void))


async def test_invalid_round_names_are_not_found(world: World) -> None:
    for name in (
        "crash.1",
        "crash",
        "crash.0",
        "crash.-1",
        "crash.999999999999999999",
        "crash.9999999999999999999",
        ".1",
    ):
        await problem(await world.call("GET", f"rounds/{name}"), "not_found")


async def test_a_hand_is_written_in_two_formats_without_its_hidden_cards(world: World) -> None:
    hand = await play_hand(world)
    path = f"rounds/holdem.{hand['number']}/hand"
    deck = [card[1] + card[0].lower() for card in hand["outcome"]["deck"]]
    shown = {each["seat"]: each["cards"] for each in hand["outcome"]["shown"]}
    assert sorted(shown) == [1, 6], "seat 4 mucked the cards 1 and 4 of the deck"
    for wait in (timedelta(0), timedelta(days=2)):
        world.clock.jump(wait)
        got = await world.call("GET", path)
        assert (got.status, got.content_type) == (200, "application/toml")
        read = tomllib.loads(await got.text())
        assert (read["hand"], read["seats"]) == (hand["number"], [5, 7, 2])
        assert read["actions"][0] == "d dh p1 ????"
        text = await (await world.call("GET", f"{path}?format=text")).text()
        for card in (deck[0], deck[3]):
            assert card not in text + str(read)
        assert "Seat 5: Seat 5 mucked" in text
    await problem(await world.call("GET", f"{path}?format=pdf"), "validation_failed")
    await problem(await world.call("GET", "rounds/holdem.1/hand"), "not_found")


async def test_a_round_of_another_game_is_no_hand(world: World) -> None:
    room = await sit_down(await world.player("ann"))
    await room.play()
    await problem(await world.call("GET", f"rounds/{room.key}.1/hand"), "not_found")


async def test_a_hand_shows_a_player_their_own_cards_and_names_the_players(world: World) -> None:
    players = {seat: await world.player(name) for seat, name in ((4, "ann"), (1, "bob"), (6, "cho"))}
    games = await ensure_games(world.db, {"holdem": "x"})
    bets = []
    for row, (seat, player) in zip(HAND["bets"], players.items(), strict=True):
        bets.append(
            EndedBet(
                user_id=player.user_id,
                session_id=await begin_session(world.db, player.user_id, games["holdem"], "holdem"),
                number=int(row["bet"].rpartition(".")[2]),
                amount=row["amount"],
                selection=msgspec.json.encode(row["selection"]),
                result=row["result"],
                payout=row["payout"],
                key=f"key {seat}",
                placed_at=HAND["opened_at_ms"],
            )
        )
    world.clock.ms = HAND_ENDED_AT
    (settled,) = await settle(world.db, [msgspec.structs.replace(settled_hand(games["holdem"]), bets=tuple(bets))])
    assert settled.status == "settled"
    own = [card[1] + card[0].lower() for card in (HAND["outcome"]["deck"][0], HAND["outcome"]["deck"][3])]
    path = f"rounds/holdem.{HAND['number']}/hand"
    for seat, player in players.items():
        response = await player.call("GET", path)
        read = tomllib.loads(await response.text())
        assert read["players"] == ["ann", "cho", "bob"]
        assert (read["actions"][0] == f"d dh p1 {''.join(own)}") == (seat == 4)
    text = await (await players[4].call("GET", f"{path}?format=text")).text()
    assert f"Dealt to ann [{' '.join(own)}]" in text

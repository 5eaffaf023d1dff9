"""Past rounds with proofs that the verifier accepts, and open rounds that keep their secrets."""

from game_engine.replay import verify
from storage import open_rounds
from storage.games import ensure_games
from storage.settlement import OpenRound
from tests.server.web.played import sit_down
from tests.server.web.world import START_MS, World, answer, problem


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
        assert (bet["bet"], bet["player"], bet["amount"]) == (f"{room.key}.{number}.1", "ann", 333)
        assert proof["opened_at_ms"] == START_MS + 1000 * (number - 1)
        # A proof must not reveal a player's balance.
        assert "balance" not in str(proof)


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

"""Tests of a room: what players may do in it, when, and what others see of that."""

import asyncio
import json

import msgspec
import pytest

from game_engine.games import GAMES
from game_engine.replay import verify
from server.clock import utc
from server.web.rounds import stored_proof
from tests.server.live_clients import Player
from tests.server.live_node import Live, OpenLive
from tests.server.rigged_seeds import QUICK, server_seed
from tests.waiting import eventually


async def test_two_players_play_a_round(live: Live) -> None:
    ann, bob = await live.player(), await live.player()
    await ann.event_of("player_joined", player=bob.username)
    name = await ann.betting()
    ok = await ann.bet(700, selection={"auto_cashout": 1.01})
    assert ok["bet"] == f"{name}.1"
    assert (ok["balance"], ok["held"]) == (100_000, 700)
    seen = await bob.event_of("bet_placed", player=ann.username)
    assert (seen["bet"], seen["amount"], seen["selection"]) == (ok["bet"], 700, {"auto_cashout": 1.01})
    ended = await bob.ended(name)
    assert [(r["player"], r["bet"], r["amount"]) for r in ended["results"]] == [(ann.username, ok["bet"], 700)]
    assert await live.balance(ann) == 100_000 - 700 + ended["results"][0]["payout"]


async def test_a_player_has_one_seat(live: Live) -> None:
    ann = await live.player()
    first = await ann.join("crash")
    again = live.another_client(ann)
    await again.client.connect()
    second = await again.join("crash")
    assert first["session"] == second["session"]
    assert first["snapshot"]["you"]["seat"] == second["snapshot"]["you"]["seat"]
    other = await live.player(room=None)
    error = await other.refused("join", room="crash", seat=first["snapshot"]["you"]["seat"])
    assert (error["code"], error["field"]) == ("room_full", "seat")
    assert (await other.refused("join", room="crash", seat=1000))["code"] == "bad_request"
    ok = await other.ask("join", room="crash", seat=7)
    assert ok["snapshot"]["you"] == {"player": other.username, "session": ok["session"], "seat": 7}


async def test_connections_that_join_at_the_same_time_share_a_seat(live: Live) -> None:
    ann = await live.player(room=None)
    twins = [live.another_client(ann) for _ in range(5)]
    for twin in twins:
        await twin.client.connect()
    oks = await asyncio.gather(*(twin.join("crash") for twin in twins))
    assert len({ok["session"] for ok in oks}) == 1
    snapshot = (await ann.ask("watch", room="crash"))["snapshot"]
    assert [p["player"] for p in snapshot["players"]] == [ann.username]
    open_sessions = "SELECT id FROM game_sessions WHERE ended_at IS NULL"
    await eventually(lambda: _is(live, open_sessions, [(oks[0]["session"],)]), "one open session")


async def _is(live: Live, query: str, wanted: list[tuple[int]]) -> bool:
    return [tuple(row) for row in await live.rows(query)] == wanted


async def test_connections_that_open_a_solo_room_at_the_same_time_share_it(live: Live) -> None:
    ann = await live.player(room=None)
    twins = [live.another_client(ann) for _ in range(5)]
    for twin in twins:
        await twin.client.connect()
    oks = await asyncio.gather(*(twin.join("dice") for twin in twins))
    assert len({ok["room"] for ok in oks}) == 1
    assert sorted(live.node.owned_rooms) == sorted(["crash", oks[0]["room"]])


async def test_only_seated_players_can_play_and_chat(live: Live) -> None:
    ann = await live.player(room=None)
    await ann.ask("watch", room="crash")
    for do, arguments in (
        ("bet", {"amount": 1, "key": "k"}),
        ("act", {"action": "cashout"}),
        ("chat", {"text": "hi"}),
        ("leave", {}),
    ):
        assert (await ann.refused(do, room="crash", **arguments))["code"] == "not_seated", do


async def test_stakes_outside_the_limits_are_refused(open_live: OpenLive) -> None:
    live = await open_live(min_stake=10, max_stake=500, crash_betting_ms=60_000)
    ann = await live.player()
    assert (await ann.ask("watch", room="crash"))["snapshot"]["limits"] == {"min_stake": 10, "max_stake": 500}
    for amount in (9, 501, 10**15):
        error = await ann.refused("bet", room="crash", amount=amount, key="k", round="crash.1")
        assert (error["code"], error["field"]) == ("limit_exceeded", "amount")
    await ann.bet(500, key="k", round="crash.1")


async def test_a_player_at_the_largest_balance_wins_and_then_bets_no_more(open_live: OpenLive) -> None:
    """The round of the others is settled."""
    live = await open_live(max_stake=100_000_000, points=(1.2, 1.22), bettors=(2,))
    (ann,), bob = await live.players(1, credit=2**52), await live.player()
    await ann.client.connect()
    await ann.join("crash")
    name = await bob.betting()
    await ann.bet(50_000_000, selection={"auto_cashout": 1.1})
    await bob.bet(100, selection={"auto_cashout": 1.05})
    assert [result["payout"] for result in (await bob.ended(name))["results"]] == [55_000_000, 105]
    assert await live.balance(ann) == 2**52 + 5_000_000
    await bob.betting()
    error = await ann.refused("bet", room="crash", amount=1, key="more")
    assert (error["code"], "too large" in error["message"]) == ("limit_exceeded", True)


async def test_bets_after_the_close_are_refused_and_hold_nothing(open_live: OpenLive) -> None:
    live = await open_live(points=(1.1, 1.2), bettors=(0,))
    ann = await live.player()
    await ann.event_of("round_started")
    error = await ann.refused("bet", room="crash", amount=100, key="late")
    assert (error["code"], error["retry"]) == ("betting_closed", True)
    name = await ann.betting()
    error = await ann.refused("bet", room="crash", amount=100, key="late", round="crash.1")
    assert error["code"] == "betting_closed"
    ok = await ann.bet(100, key="late", round=name)
    assert (ok["round"], ok["held"]) == (name, 100)


async def test_bets_around_the_close_are_settled_or_refused(open_live: OpenLive) -> None:
    """Each bet is either in its round, and settled, or refused, and holds nothing."""
    live = await open_live(bettors=(3,))
    crowd = [await live.player() for _ in range(3)]
    placed: list[str] = []

    async def hammer(number: int) -> None:
        player = crowd[number]
        opened = await player.event_of("round_opened", after=len(player.events("round_opened")))
        await asyncio.sleep((opened["closes_at"] - live.clock.now_ms() - 60) / 1000)
        while live.clock.now_ms() < opened["closes_at"] + 40:
            try:
                placed.append((await player.bet(1, key=f"{len(placed)}-{number}", round=opened["round"]))["bet"])
            except Exception as refused:
                assert str(refused).split(":")[0] in ("betting_closed", "limit_exceeded")  # noqa: PT017

    for _ in range(2):
        await asyncio.gather(*(hammer(number) for number in range(3)))
    rounds = {bet.rpartition(".")[0] for bet in placed}
    results = [r["bet"] for name in rounds for r in (await crowd[0].ended(name))["results"]]
    assert sorted(results) == sorted(placed)
    await eventually(lambda: live.node.holds.total_held() == 0)


async def test_a_player_cashes_out_one_bet_or_all(open_live: OpenLive) -> None:
    live = await open_live(points=(1.5, 9.0), bettors=(1,), crash_betting_ms=2_000)
    ann = await live.player()
    bets = [(await ann.bet(1000))["bet"] for _ in range(4)]
    assert (await ann.refused("bet", room="crash", amount=1, key="fifth"))["code"] == "limit_exceeded"
    assert (await ann.refused("act", room="crash", action="cashout"))["code"] == "illegal_action"
    await ann.event_of("round_started")
    ok = await ann.ask("act", room="crash", action="cashout", bet=bets[2])
    assert ok["payout"] == 1000 * round(ok["multiplier"] * 100) // 100
    seen = await ann.event_of("cashed_out", player=ann.username)
    assert (seen["bet"], seen["multiplier"], seen["payout"]) == (bets[2], ok["multiplier"], ok["payout"])
    assert (await ann.refused("act", room="crash", action="cashout", bet=bets[2]))["code"] == "illegal_action"
    assert (await ann.ask("act", room="crash", action="cashout"))["payout"] >= 3000
    assert (await ann.refused("act", room="crash", action="cashout"))["code"] == "illegal_action"
    await live.stop()


async def test_a_late_move_is_told_which_round_it_missed(open_live: OpenLive) -> None:
    live = await open_live(points=(1.02, 1.05))
    ann, bob = await live.player(), await live.player()
    name = await ann.betting()
    await ann.bet(100)
    early = await ann.refused("act", room="crash", action="cashout")
    assert (early["message"], "round" in early) == ("The round hasn't started yet.", False)
    await ann.ended(name)
    late = await ann.refused("act", room="crash", action="cashout")
    assert (late["code"], late["message"], late["round"]) == ("illegal_action", f"Too late: {name} is over.", name)
    # A bet in the next round, placed at once, does not change what the move was meant for.
    await ann.bet(100)
    assert (await ann.refused("act", room="crash", action="cashout"))["round"] == name
    assert "round" not in await bob.refused("act", room="crash", action="cashout")
    await live.stop()


async def test_a_late_move_in_a_solo_room_is_told_which_round_it_missed(open_live: OpenLive) -> None:
    live = await open_live(games=[GAMES["mines"]])
    ann = await live.player(room="mines")
    room = ann.snapshots[-1][0]
    bet = await ann.bet(100, room, selection={"mines": 3})
    await ann.ask("act", room=room, action="cashout")
    assert (await ann.refused("act", room=room, action="reveal", cell=3))["round"] == bet["round"]
    await live.stop()


async def test_a_cash_out_does_not_wait_for_the_database_work_of_a_join(open_live: OpenLive) -> None:
    live = await open_live(points=(1.5, 9.0), bettors=(1,))
    ann = await live.player()
    bob, carl = await live.player(room=None), await live.player(room=None)
    name = await ann.betting()
    await ann.bet(1000)
    await ann.started(name)
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        joining = [asyncio.create_task(each.join("crash")) for each in (bob, carl)]
        await eventually(lambda: live.db.waiting)
        async with asyncio.timeout(5):
            await ann.ask("act", room="crash", action="cashout")
        assert not any(each.done() for each in joining)
    await asyncio.gather(*joining)
    await live.stop()


async def test_a_player_who_leaves_with_a_live_bet(open_live: OpenLive) -> None:
    """Bet and seat stay until the round ends. Meanwhile the player can't play on."""
    live = await open_live(points=(1.05, 1.2), bettors=(1,), crash_betting_ms=3_000)
    ann, bob = await live.player(), await live.player()
    name = (await ann.bet(100, selection={"auto_cashout": 1.02}))["round"]
    twin = live.another_client(ann)
    await twin.client.connect()
    await twin.join("crash")
    await ann.ask("leave", room="crash")
    assert (await ann.refused("leave", room="crash"))["code"] == "not_seated"
    for each in (ann, twin):
        assert (await each.refused("bet", room="crash", amount=1, key="more"))["code"] == "not_seated"
    ended = await bob.ended(name)
    assert [(r["player"], r["payout"]) for r in ended["results"]] == [(ann.username, 102)]
    kinds = [event["type"] for event in bob.events()]
    assert kinds.index("player_left") > kinds.index("round_ended")
    assert await live.balance(ann) == 100_002


async def test_a_player_who_joins_again_before_the_end_of_the_round_stays(open_live: OpenLive) -> None:
    live = await open_live(points=(1.05, 1.2), bettors=(1,))
    ann = await live.player()
    name = await ann.betting()
    await ann.bet(100)
    await ann.ask("leave", room="crash")
    await ann.join("crash")
    await ann.ended(name)
    await ann.betting()
    assert ann.events("player_left") == []
    await ann.bet(100)


async def test_leaving_a_solo_room_closes_it(live: Live) -> None:
    ann = await live.player(room="dice")
    room = ann.snapshots[-1][0]
    spectator = await live.spectator(room)
    await ann.ask("leave", room=room)
    await spectator.event_of("room_closed", room=room)
    assert (await spectator.refused("watch", room=room))["code"] == "no_such_room"
    assert sorted(live.node.owned_rooms) == ["crash"]
    assert live.node.hub.watchers(room) == []
    assert await live.node.room_service.private.snapshot(room, None, None) is None


async def test_leaving_while_the_round_is_being_settled(live: Live) -> None:
    """The room closes after the round is settled and its result announced."""
    ann = await live.player(room="dice")
    room = ann.snapshots[-1][0]
    spectator = await live.spectator(room)
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        ok = await ann.roll(room)
        await ann.ask("leave", room=room)
        assert room in live.node.owned_rooms
        assert spectator.events("round_ended") == []
    await spectator.event_of("room_closed", room=room)
    kinds = [event["type"] for event in spectator.events()]
    assert kinds.index("round_ended") < kinds.index("player_left") < kinds.index("room_closed")
    assert spectator.events("round_ended")[0]["round"] == ok["round"]
    assert await live.node.holds.held(ann.user_id) == 0


async def test_a_solo_room_whose_player_could_not_join_closes(live: Live) -> None:
    ann = await live.player(room=None)
    live.db.away = True
    assert (await ann.refused("join", game="dice"))["code"] == "unavailable"
    live.db.away = False
    assert sorted(live.node.owned_rooms) == ["crash"]
    await ann.join("dice")


async def test_only_connections_without_a_seat_are_spectators(live: Live) -> None:
    watcher = await live.spectator()
    assert watcher.snapshots[-1][1]["spectators"] == 1
    ann = await live.player(room=None)
    await ann.ask("watch", room="crash")
    await watcher.event_of("spectators", count=2)
    await ann.join("crash")
    await watcher.event_of("spectators", after=0, count=1)
    twin = live.another_client(ann)
    await twin.client.connect()
    assert (await twin.ask("watch", room="crash"))["snapshot"]["spectators"] == 1
    await ann.ask("leave", room="crash")
    await watcher.until(lambda: watcher.spectators()[-1:] == [2] or None, "the twin as a spectator")
    await twin.ask("unwatch", room="crash")
    await watcher.until(lambda: watcher.spectators()[-1:] == [1] or None, "one spectator")
    await twin.ask("unwatch", room="crash")
    other = await live.spectator()
    await other.cut()
    await watcher.until(lambda: watcher.spectators()[-1:] == [1] or None, "one spectator again")


async def test_later_spectators_see_the_last_chat_lines(live: Live) -> None:
    ann, bob = await live.player(), await live.player()
    for number in range(55):
        await ann.ask("chat", room="crash", text=f"  line\n {number} ")
    said = await bob.event_of("chat", text="line 54")
    assert said["player"] == ann.username
    lines = (await live.spectator()).snapshots[-1][1]["chat"]
    assert [line["text"] for line in lines] == [f"line {n}" for n in range(5, 55)]
    assert (await ann.refused("chat", room="crash", text=" \n "))["field"] == "text"


async def test_the_history_starts_with_the_newest_round(live: Live) -> None:
    ann = await live.player()
    for number in (1, 2, 3):
        await ann.ended(f"crash.{number}")
    history = (await live.spectator()).snapshots[-1][1]["history"]
    numbers = [int(past["round"].split(".")[1]) for past in history]
    assert numbers == sorted(numbers, reverse=True)
    assert set(numbers) >= {1, 2, 3}
    seen = {event["round"]: event["outcome"] for event in ann.events("round_ended")}
    assert all(past["outcome"] == seen[past["round"]] for past in history if past["round"] in seen)


async def set_seed(live: Live, player: Player, seed: str) -> None:
    await live.rows_changed("UPDATE users SET client_seed = :seed WHERE id = :user", seed=seed, user=player.user_id)
    await live.node.players.account_changed(player.user_id)


def every_seed_is_quick(live: Live, *seeds: str) -> None:
    live.rig.draw = lambda nonce: server_seed(dict.fromkeys(("", *seeds), QUICK), nonce)


@pytest.mark.parametrize("again", [False, True])
async def test_a_client_seed_set_after_the_first_bet_counts_from_the_next_round(live: Live, again: bool) -> None:
    ann = await live.player()
    every_seed_is_quick(live, "heads", "tails")
    await ann.ended(await ann.betting())
    name = await ann.betting()
    await ann.bet(100)
    await set_seed(live, ann, "tails")
    if again:
        await ann.bet(100)
    assert (await ann.ended(name))["client_seed"] == "heads"
    name = await ann.betting()
    await ann.bet(100)
    assert (await ann.ended(name))["client_seed"] == "tails"


async def test_a_client_seed_set_before_the_first_bet_counts_in_the_open_round(live: Live) -> None:
    ann = await live.player()
    every_seed_is_quick(live, "heads", "tails")
    await ann.ended(await ann.betting())
    name = await ann.betting()
    await set_seed(live, ann, "tails")
    await ann.bet(100)
    assert (await ann.ended(name))["client_seed"] == "tails"


async def test_a_bets_own_client_seed_counts_in_its_round_only(live: Live) -> None:
    ann = await live.player()
    every_seed_is_quick(live, "heads", "own")
    await ann.ended(await ann.betting())
    name = await ann.betting()
    await ann.bet(100, client_seed="own")
    await ann.bet(100, client_seed="too-late")
    assert (await ann.ended(name))["client_seed"] == "own"
    number = int(name.partition(".")[2])
    (row,) = await live.rows("SELECT client_seed, journal FROM rounds WHERE room = 'crash' AND number = :n", n=number)
    assert row.client_seed == "own"
    bets = [command for _, command in json.loads(row.journal) if command["do"] == "bet"]
    assert [bet["client_seed"] for bet in bets] == ["own", "own"]
    proof = await stored_proof(live.db, GAMES, "crash", number, utc(live.clock.now_ms()))
    assert all(check.ok for check in verify(msgspec.to_builtins(proof)))
    name = await ann.betting()
    await ann.bet(100)
    assert (await ann.ended(name))["client_seed"] == "heads"


async def test_own_client_seeds_are_joined_in_the_order_of_first_bets(live: Live) -> None:
    ann, bob = await live.player(), await live.player()
    every_seed_is_quick(live, "bobs,anns")
    await ann.ended(await ann.betting())
    name = await ann.betting()
    await bob.bet(100, client_seed="bobs")
    await ann.bet(100, client_seed="anns")
    await bob.bet(100)
    assert (await ann.ended(name))["client_seed"] == "bobs,anns"


@pytest.mark.parametrize("wrong", ["", "a b", "ä", "x" * 65, "seed\n", "a,b", 7])
async def test_a_client_seed_of_other_characters_is_refused(live: Live, wrong: object) -> None:
    ann = await live.player()
    refusal = await ann.refused("bet", room="crash", amount=100, key="k", client_seed=wrong)
    assert (refusal["code"], refusal["field"]) == ("bad_request", "client_seed")


async def test_a_repeated_bet_is_answered_when_no_new_one_would_be_accepted(open_live: OpenLive) -> None:
    live = await open_live(points=(2.0, 2.5), bettors=(1,))
    player = await live.player()
    round_ = await player.betting()
    first = await player.bet(key="k")
    await player.started(round_)
    assert (await player.bet(key="k"))["bet"] == first["bet"]
    assert (await player.refused("bet", room="crash", amount=200, key="k"))["code"] == "key_conflict"
    assert (await player.refused("bet", room="crash", amount=100, key="other"))["code"] == "betting_closed"

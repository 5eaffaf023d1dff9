"""Tests of the round loop: rounds are announced once they are committed, and void if they can't be settled."""

import asyncio
import fcntl
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from game_engine.game import CarriedStake, Command, Event, Seat, Step
from game_engine.games import GAMES
from game_engine.replay import verify
from server.clock import utc
from server.errors import ClientError
from server.node.node import Times
from server.rooms.round_loop import CommandQueue, WakeTimer
from server.web.rounds import stored_proof
from storage.audit import audit
from tests.server.fanout.fakes import StillClock
from tests.server.live_node import Live, OpenLive
from tests.waiting import eventually


async def test_a_round_is_announced_only_after_its_commit(open_live: OpenLive) -> None:
    """While the commit is under way, no request reveals anything of the result."""
    live = await open_live(points=(1.04, 1.05))
    ann, watcher = await live.player(), await live.spectator()
    name = await ann.betting()
    await ann.bet(100, selection={"auto_cashout": 1.02})
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        room = live.node.owned_rooms["crash"]
        await eventually(lambda: room.rounds.live is not None and room.rounds.live.ended)
        assert room.rounds.live is not None
        assert room.rounds.live.name == name
        late = await live.spectator()
        assert late.snapshots[-1][1]["view"] == {"phase": "settling"}
        assert (await ann.refused("bet", room="crash", amount=1, key="x"))["code"] == "betting_closed"
        refusal = await ann.refused("act", room="crash", action="cashout")
        assert refusal == {
            "code": "illegal_action",
            "retry": False,
            "message": f"Too late: {name} is over.",
            "reason": "too_late",
            "values": {"round": name},
            "round": name,
        }
        (summary,) = (await watcher.ask("rooms"))["rooms"]
        assert summary["phase"] == "settling"
        for each in (ann, watcher, late):
            assert each.events("round_ended", round=name) == []
        assert ann.notices[-1]["held"] == 100
    ended = await late.ended(name)
    assert ended["results"][0]["payout"] == 102
    await ann.notice_of("wallet", balance=100_002, held=0)
    assert await live.balance(ann) == 100_002


async def test_a_bet_that_ends_its_round_is_announced_together_with_the_result(open_live: OpenLive) -> None:
    """Except when a client requests a snapshot while the commit takes long."""
    live = await open_live()
    ann = await live.player(room="dice")
    (dice,) = [room for room in live.node.owned_rooms.values() if room.game.name == "dice"]
    before = dice.frames.seq
    ok = await ann.roll(dice.key)
    await ann.ended(ok["round"])
    assert [seq for room, seq, event in ann.seen if room == dice.key and event["type"] == "bet_placed"] == [before + 1]
    assert [seq for room, seq, event in ann.seen if event["type"] == "round_ended"] == [before + 1]
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        ok = await ann.roll(dice.key)
        late = await live.spectator(dice.key)
        assert [bet["bet"] for bet in late.snapshots[-1][1]["bets"]] == [ok["bet"]]
        await ann.event_of("bet_placed", bet=ok["bet"])
        assert ann.events("round_ended", round=ok["round"]) == []
    await late.ended(ok["round"])
    assert late.events("bet_placed") == []


async def test_rounds_are_numbered_and_their_seeds_match_the_published_hashes(live: Live) -> None:
    watcher = await live.spectator()
    for number in (2, 3):
        await watcher.ended(f"crash.{number}")
    opened = {event["round"]: event for event in watcher.events("round_opened")}
    for event in watcher.events("round_ended"):
        if event["round"] in opened:
            row = (await live.rows("SELECT * FROM rounds WHERE number = :n", n=event["nonce"]))[0]
            assert opened[event["round"]]["server_seed_hash"] == row.server_seed_hash
            assert (row.server_seed, row.status) == (event["server_seed"], "settled")
    numbers = [event["number"] for event in watcher.events("round_opened")]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    seeds = [event["server_seed"] for event in watcher.events("round_ended")]
    assert len(set(seeds)) == len(seeds)


QUICK = Times(first_settlement_pause=0.02, longest_settlement_pause=0.05)


async def test_while_the_database_is_away_ended_rounds_wait_and_rooms_pause(open_live: OpenLive) -> None:
    live = await open_live(points=(1.02, 1.05), times=QUICK)
    ann, bob, watcher = await live.player(), await live.player(room="dice"), await live.spectator()
    solo = bob.snapshots[-1][0]
    name = await ann.betting()
    await ann.bet(100, key="before", selection={"auto_cashout": 1.01})
    live.db.away = True
    paused = await watcher.event_of("room_paused")
    assert paused["reason"] == "database"
    await bob.event_of("room_paused", room=solo)
    for player, room in ((ann, "crash"), (bob, solo)):
        more: dict[str, Any] = {"selection": {"target": 50.0, "over": True}} if room == solo else {}
        error = await player.refused("bet", room=room, amount=1, key="meanwhile", **more)
        assert (error["code"], error["retry"], error["reason"]) == ("paused", True, "database")
    ok = await ann.bet(100, key="before", selection={"auto_cashout": 1.01})
    assert (ok["round"], ok["held"]) == (name, 100)
    late = await live.spectator()
    assert late.snapshots[-1][1]["paused"] == "database"
    assert watcher.events("round_ended", round=name) == []
    live.db.away = False
    await watcher.event_of("room_resumed")
    ended = await watcher.ended(name)
    assert ended["results"][0]["payout"] == 101
    await bob.event_of("room_resumed", room=solo)
    await bob.roll(solo, key="meanwhile")
    assert await live.balance(ann) == 100_001


async def test_commits_whose_answers_are_lost_pay_once(open_live: OpenLive) -> None:
    live = await open_live(points=(1.02, 1.05), times=QUICK)
    ann = await live.player()
    name = await ann.betting()
    await ann.bet(1000, selection={"auto_cashout": 1.01})
    live.db.lost_answers = 3
    await ann.ended(name)
    assert live.db.lost_answers == 0
    assert await live.balance(ann) == 100_010
    assert await audit(live.db) == []
    await ann.ended(await ann.betting())


async def test_rooms_wait_for_a_locked_database(open_live: OpenLive) -> None:
    """Somebody keeps the lock file of the SQLite database for longer than writers wait."""
    live = await open_live(points=(1.02, 1.05), times=QUICK, busy_s=1.0)
    ann = await live.player()
    name = await ann.betting()
    await ann.bet(1000, selection={"auto_cashout": 1.01})
    path = f"{live.db.url.database}-lock"
    with open(path, "r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        await ann.event_of("room_paused")
        assert ann.events("round_ended", round=name) == []
    await ann.event_of("room_resumed")
    await ann.ended(name)
    assert await live.balance(ann) == 100_010


async def test_an_uncovered_bet_is_void_and_the_others_settle(
    open_live: OpenLive, caplog: pytest.LogCaptureFixture
) -> None:
    """The balance in the database is lower than the server knows, as after a backup was restored."""
    live = await open_live(points=(1.03, 1.08), bettors=(1, 2))
    ann, bob = await live.player(credit=1000), await live.player()
    name = await ann.betting()
    await ann.bet(1000)
    await bob.bet(500, selection={"auto_cashout": 1.01})
    take = "UPDATE wallets SET balance = balance - 1, version = version + 1 WHERE user_id = :user"
    await live.rows_changed(take, user=ann.user_id)
    results = (await bob.ended(name))["results"]
    assert [(r["player"], r["result"], r["payout"]) for r in results] == [
        (ann.username, "void", 1000),
        (bob.username, "cashout", 505),
    ]
    await ann.notice_of("wallet", held=0, balance=999)
    await bob.notice_of("wallet", held=0, balance=100_005)
    assert await live.rows("SELECT user_id, payout FROM bets") == [(bob.user_id, 505)]
    assert f"{name}: user {ann.user_id} could not pay the stakes" in caplog.text
    give = "UPDATE wallets SET balance = balance + 1, version = version + 1 WHERE user_id = :user"
    await live.rows_changed(give, user=ann.user_id)


async def test_a_round_that_can_t_be_settled_is_void(open_live: OpenLive) -> None:
    """The ledger refuses, stakes return, play continues."""
    live = await open_live(bettors=(1, 2))
    ann, bob = await live.player(credit=1000), await live.player()
    name = await ann.betting()
    await ann.bet(1000)
    await bob.bet(500, key="again")
    live.db.failing_settlements = 1
    void = await bob.event_of("round_void", round=name)
    assert void["reason"] == "not_settled"
    assert bob.events("round_ended", round=name) == []
    await bob.notice_of("wallet", held=0, balance=100_000)
    assert (await bob.bet(500, key="again"))["round"] == name  # a key stands for one bet, also of a void round
    ok = await bob.bet(500)
    await bob.ended(ok["round"])
    rows = await live.rows("SELECT status, server_seed FROM rounds WHERE number = :n", n=int(name.split(".")[1]))
    assert [tuple(row) for row in rows] == [("void", None)]


async def test_the_stakes_of_a_round_return_even_if_the_void_can_t_be_recorded(
    open_live: OpenLive, caplog: pytest.LogCaptureFixture
) -> None:
    live = await open_live()
    ann = await live.player()
    name = await ann.betting()
    await ann.bet(1000, key="again")
    live.db.failing_settlements = 2
    assert (await ann.event_of("round_void", round=name))["reason"] == "not_settled"
    await ann.notice_of("wallet", held=0, balance=100_000)
    assert f"{name} is void, but the database could not record that: ZeroDivisionError" in caplog.text
    ok = await ann.bet(1000, key="again")
    assert ok["round"] != name
    await ann.ended(ok["round"])
    assert await audit(live.db) == []


async def test_a_round_that_opens_late_is_recorded_with_the_time_of_its_opening(open_live: OpenLive) -> None:
    """A round is recorded by the commit that settles the round before, and opens when that is done."""
    live = await open_live(points=(1.3, 1.4))
    ann = await live.player()
    first = await ann.betting()
    room = live.node.owned_rooms["crash"]
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        await eventually(lambda: room.rounds.live is not None and room.rounds.live.ended)
        # The commit takes so long that the two times are different.
        late_ms = live.clock.now_ms() + 50
        await eventually(lambda: live.clock.now_ms() >= late_ms)
    live.db.write_lock = None
    await ann.ended(first)
    ok = await ann.bet(1000, selection={"auto_cashout": 5.0})
    (opened,) = ann.events("round_opened", round=ok["round"])
    await ann.started(ok["round"])
    await ann.ask("act", room="crash", action="cashout")
    await ann.ended(ok["round"])
    proof = await stored_proof(live.db, GAMES, "crash", opened["number"], utc(live.clock.now_ms()))
    assert proof is not None
    assert proof.opened_at_ms == opened["closes_at"] - live.config.crash_betting_ms
    assert [check for check in verify(msgspec.to_builtins(proof)) if not check.ok] == []


class Breaks(type(GAMES["crash"])):  # type: ignore[misc]
    """A game of crash that fails once, at the first wake-up of a round with a bet."""

    broken = False

    def apply(self, state: Any, command: Command, now: int) -> Step[Any]:
        if type(command).__name__ == "Wake" and state.wagers and not self.broken:
            self.broken = True
            raise ZeroDivisionError
        step: Step[Any] = super().apply(state, command, now)
        return step


async def test_a_failure_of_the_engine_makes_only_its_round_void(
    open_live: OpenLive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(GAMES, "crash", Breaks())
    live = await open_live(points=(1.03, 1.08), bettors=(0, 1))
    ann = await live.player()
    ok = await ann.bet(300)
    void = await ann.event_of("round_void")
    assert (void["round"], void["reason"]) == (ok["round"], "internal_error")
    assert "ZeroDivisionError" in caplog.text
    await ann.ended(await ann.betting())
    assert await live.balance(ann) == 100_000


class Lies(type(GAMES["crash"])):  # type: ignore[misc]
    """A game of crash that ends its first round with a bet as it never should. ``change`` makes the fault."""

    has_lied = False

    def __init__(self, change: Callable[[Step[Any]], Step[Any]]) -> None:
        super().__init__()
        self._change = change

    def apply(self, state: Any, command: Command, now: int) -> Step[Any]:
        step: Step[Any] = super().apply(state, command, now)
        if step.outcome is None or not step.outcome.results or self.has_lied:
            return step
        self.has_lied = True
        return self._change(step)


def paying(payout: Any) -> Callable[[Step[Any]], Step[Any]]:
    def change(step: Step[Any]) -> Step[Any]:
        assert step.outcome is not None
        results = tuple([replace(result, payout=payout) for result in step.outcome.results])
        return replace(step, outcome=replace(step.outcome, results=results))

    return change


def with_facts(facts: dict[str, Any]) -> Callable[[Step[Any]], Step[Any]]:
    def change(step: Step[Any]) -> Step[Any]:
        assert step.outcome is not None
        return replace(step, outcome=replace(step.outcome, facts=facts))

    return change


def without_results(step: Step[Any]) -> Step[Any]:
    assert step.outcome is not None
    return replace(step, outcome=replace(step.outcome, results=()))


class Unserialisable(Struct, frozen=True, tag="unserialisable", tag_field="type"):
    value: Any


def with_options(step: Step[Any]) -> Step[Any]:
    assert step.outcome is not None
    return replace(step, outcome=replace(step.outcome, next_options=object()))


def carrying(step: Step[Any]) -> Step[Any]:
    assert step.outcome is not None
    return replace(step, outcome=replace(step.outcome, carried_stakes=(CarriedStake(Seat(7), 100),)))


def going_on_with_an_event(step: Step[Any]) -> Step[Any]:
    return replace(step, outcome=None, wake_at=None, events=(Event(Unserialisable(object())),))


@pytest.mark.parametrize(
    ("change", "logged"),
    [
        (paying(10**12), "the game crash has a fault: it pays 1000000000000 cents for 300"),
        (paying(-1), "the game crash has a fault: it pays -1 cents for 300"),
        (paying(300.0), "the game crash has a fault: it pays 300.0 cents for 300"),
        (without_results, "the game crash has a fault: its results are for 0 cents, and 300 are on hold"),
        (with_facts({"point": float("nan")}), "the game crash has a fault: its facts have a number that is not finite"),
        (with_facts({"deep": [{"er": float("inf")}]}), "its facts have a number that is not finite"),
        (with_facts({"point": object()}), "the outcome can't be recorded"),
        (with_options, "the outcome can't be recorded"),
        (carrying, "the game crash has a fault: it carries over stakes of seats without bets: [7]"),
        (going_on_with_an_event, "an event can't be announced"),
    ],
)
async def test_a_faulty_game_makes_only_its_round_void(
    open_live: OpenLive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    change: Callable[[Step[Any]], Step[Any]],
    logged: str,
) -> None:
    monkeypatch.setitem(GAMES, "crash", Lies(change))
    live = await open_live(points=(1.03, 1.08), bettors=(0, 1))
    ann, bob = await live.player(), await live.player(room="dice")
    ok = await ann.bet(300)
    void = await ann.event_of("round_void")
    assert (void["round"], void["reason"]) == (ok["round"], "internal_error")
    assert logged in caplog.text
    assert await live.balance(ann) == 100_000
    await ann.ended(await ann.betting())
    assert await bob.ask("ping")


def ending_with_an_event(step: Step[Any]) -> Step[Any]:
    return replace(step, events=(Event(Unserialisable(object())),))


async def test_a_last_event_that_can_t_be_announced_changes_no_result(
    open_live: OpenLive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(GAMES, "crash", Lies(ending_with_an_event))
    live = await open_live(points=(1.03, 1.08), bettors=(0, 1))
    ann = await live.player()
    ok = await ann.bet(300, selection={"auto_cashout": 1.01})
    ended = await ann.ended(ok["round"])
    assert [line["payout"] for line in ended["results"]] == [303]
    assert f"{ok['round']}: its last events can't be announced" in caplog.text
    await ann.ended(await ann.betting())


class OpensNot(type(GAMES["crash"])):  # type: ignore[misc]
    """A game of crash that can't open a round while it is ``broken``. ``tried`` counts."""

    broken = False
    tried = 0

    def open(self, options: Any, seeds: Any, now: int) -> Step[Any]:
        if self.broken:
            self.tried += 1
            raise ZeroDivisionError("a fault of the game")
        step: Step[Any] = super().open(options, seeds, now)
        return step


async def test_a_game_that_can_t_open_a_round_pauses_its_room_alone(
    open_live: OpenLive, caplog: pytest.LogCaptureFixture
) -> None:
    """Its players are told why, the other rooms go on, and so does this one once the game works."""
    game = OpensNot()
    live = await open_live(games=[game], points=(1.02, 1.05))
    ann, bob = await live.player(), await live.player(room="dice")
    name = await ann.betting()
    game.broken = True
    await ann.ended(name)
    assert (await ann.event_of("room_paused"))["reason"] == "game"
    assert {event["reason"] for event in ann.events("round_void")} == {"internal_error"}
    error = await ann.refused("bet", room="crash", amount=100, key="meanwhile")
    assert (error["code"], error["retry"], error["reason"]) == ("paused", True, "game")
    late = await live.spectator()
    assert (late.snapshots[-1][1]["paused"], late.snapshots[-1][1]["round"]) == ("game", None)
    ok = await bob.roll(bob.snapshots[-1][0])
    await bob.ended(ok["round"])
    assert "the game crash failed to open the round; the round will be void" in caplog.text
    assert "faults of the game crash made 2 rounds in a row void; the next round opens in 1 s" in caplog.text
    # Each pause is longer, so the rounds and lines of the log are few.
    await eventually(lambda: game.tried == 3)
    assert caplog.text.count("failed to open the round") == 3
    game.broken = False
    await ann.event_of("room_resumed")
    ok = await ann.bet(100, selection={"auto_cashout": 1.01})
    await ann.ended(ok["round"])
    await ann.betting()
    assert await live.rows("SELECT count(*) FROM rounds WHERE status = 'void'") == [(3,)]
    assert await live.rows("SELECT count(*) FROM rounds WHERE status = 'open'") == [(1,)]
    assert await audit(live.db) == []


async def test_a_server_starts_with_a_game_that_can_t_open_a_round(open_live: OpenLive) -> None:
    game = OpensNot()
    game.broken = True
    live = await open_live(games=[game])
    bob = await live.player(room="dice")
    ok = await bob.roll(bob.snapshots[-1][0])
    await bob.ended(ok["round"])
    ann = await live.player()
    await eventually(lambda: live.node.owned_rooms["crash"].paused == "game")
    await live.stop()
    await assert_all_ended_cleanly(live, ann, bob)


async def test_a_game_that_fails_at_once_in_each_round_makes_few_of_them_void(open_live: OpenLive) -> None:
    """A fault that shows only after the opening pauses the room, too."""

    class WakesNot(type(GAMES["crash"])):  # type: ignore[misc]
        def open(self, options: Any, seeds: Any, now: int) -> Step[Any]:
            return replace(super().open(options, seeds, now), wake_at=now)

        def apply(self, state: Any, command: Command, now: int) -> Step[Any]:
            raise ZeroDivisionError

    live = await open_live(games=[WakesNot()])
    watcher = await live.spectator()
    await eventually(lambda: live.node.owned_rooms["crash"].paused == "game")
    await watcher.event_of("room_resumed")
    assert len(await live.rows("SELECT 1 FROM rounds WHERE status = 'void'")) <= 3


async def test_who_joins_a_single_player_game_that_can_t_open_a_round_is_told(open_live: OpenLive) -> None:
    class MinesOpensNot(type(GAMES["mines"])):  # type: ignore[misc]
        broken = True

        def open(self, options: Any, seeds: Any, now: int) -> Step[Any]:
            if self.broken:
                raise ZeroDivisionError
            step: Step[Any] = super().open(options, seeds, now)
            return step

    game = MinesOpensNot()
    live = await open_live(games=[game])
    ann = await live.player(room="mines")
    room = ann.snapshots[0][0]
    await eventually(lambda: live.node.owned_rooms[room].paused == "game")
    assert (await ann.refused("bet", room=room, amount=1, key="k", selection={"mines": 3}))["reason"] == "game"
    game.broken = False
    await eventually(lambda: live.node.owned_rooms[room].paused is None)
    ok = await ann.bet(100, room, selection={"mines": 3})
    await ann.ask("act", room=room, action="cashout")
    await ann.ended(ok["round"])


async def test_a_stop_in_the_betting_phase_voids_the_round(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann, bob = await live.player(), await live.player(room="dice")
    await ann.bet(700)
    await live.stop()
    void = await ann.event_of("round_void")
    assert void["reason"] == "shutdown"
    await assert_all_ended_cleanly(live, ann, bob)
    assert await live.balance(ann) == 100_000


async def test_a_stop_lets_a_running_round_end(open_live: OpenLive) -> None:
    """Its players can still act in it."""
    live = await open_live(points=(1.2, 1.22), bettors=(2,), shutdown_timeout=10.0)
    ann, bob = await live.player(), await live.player()
    name = await ann.betting()
    await ann.bet(700, selection={"auto_cashout": 1.1})
    await bob.bet(700)
    await ann.started(name)
    stopping = asyncio.create_task(live.stop())
    await eventually(lambda: live.node.opener._stopped)
    taken = (await bob.ask("act", room="crash", action="cashout"))["payout"]
    await stopping
    assert [r["payout"] for r in (await ann.ended(name))["results"]] == [770, taken]
    assert ann.events("round_void") == []
    await assert_all_ended_cleanly(live, ann, bob)
    assert await live.balance(ann) == 100_070


async def test_a_stop_plays_out_a_round_that_runs_too_long(open_live: OpenLive) -> None:
    """Bets ride to their automatic cash-out or to the crash; nobody gets the stake of a running round back."""
    live = await open_live(points=(3.0, 9.0), bettors=(2,), shutdown_timeout=0.5)
    ann, bob = await live.player(), await live.player()
    name = await ann.betting()
    await ann.bet(700)
    await bob.bet(700, selection={"auto_cashout": 2.0})
    await ann.started(name)
    await live.stop()
    assert [r["payout"] for r in (await ann.ended(name))["results"]] == [0, 1_400]
    assert ann.events("round_void") == []
    await assert_all_ended_cleanly(live, ann, bob)
    assert await live.balance(ann) == 99_300
    assert await live.balance(bob) == 100_700
    ((ended_at,),) = await live.rows("SELECT ended_at FROM rounds WHERE room = 'crash' ORDER BY number DESC LIMIT 1")
    assert str(ended_at) <= str(datetime.now(UTC))


async def test_a_stop_plays_out_a_hand_that_waits_for_its_player(open_live: OpenLive) -> None:
    live = await open_live(games=[GAMES["mines"]], shutdown_timeout=0.5)
    ann = await live.player(room="mines")
    room = ann.snapshots[0][0]
    bet = await ann.bet(700, room, selection={"mines": 3})
    await live.stop()
    assert [r["result"] for r in (await ann.ended(bet["round"]))["results"]] == ["push"]
    assert await live.balance(ann) == 100_000


async def assert_all_ended_cleanly(live: Live, *players: Any) -> None:
    """Every client was asked to reconnect, and no round, hold or session is left open."""
    for player in players:
        goodbye = await player.notice_of("goodbye", code="going_away")
        assert goodbye["retry"]
        assert goodbye["retry_after_ms"] > 0
        assert (await player.client.wait_closed()).code == 1001
    assert live.node.holds.total_held() == 0
    assert await live.rows("SELECT id FROM rounds WHERE status = 'open'") == []
    assert await live.rows("SELECT id FROM game_sessions WHERE ended_at IS NULL") == []
    assert await audit(live.db) == []


async def test_a_node_stops_although_the_database_is_away(
    open_live: OpenLive, caplog: pytest.LogCaptureFixture
) -> None:
    live = await open_live(shutdown_timeout=0.3, times=Times(last_commits=0.3))
    ann = await live.player()
    await ann.betting()
    await ann.bet(700)
    live.db.away = True
    async with asyncio.timeout(10):
        await live.stop()
    assert (await ann.client.wait_closed()).code == 1001
    assert "could not be settled" in caplog.text
    live.db.away = False
    assert await live.balance(ann) == 100_000


@pytest.mark.parametrize("game", ["crash", "dice"])
async def test_a_new_name_counts_from_the_next_round_on(live: Live, game: str) -> None:
    """The other players learn of both names, so that the old one disappears from their list of players."""
    ann = await live.player(room=game)
    room = ann.snapshots[0][0]
    session = ann.snapshots[0][1]["you"]["session"]
    watcher, new = await live.spectator(room), f"{ann.username}-new"
    await live.rows_changed("UPDATE users SET username = :new WHERE id = :user", new=new, user=ann.user_id)
    await live.node.players.account_changed(ann.user_id)
    if game == "dice":
        await ann.roll(room)
    assert (await watcher.event_of("player_joined", player=new))["session"] == session
    await watcher.event_of("player_left", player=ann.username)
    sitters = (await live.spectator(room)).snapshots[0][1]["players"]
    assert [(sitter["player"], sitter["session"]) for sitter in sitters] == [(new, session)]
    await ann.ask("leave", room=room)
    await watcher.event_of("player_left", player=new)


# ---- the command queue ----


async def test_commands_run_one_at_a_time_in_order_of_arrival() -> None:
    queue, log = CommandQueue(100), list[str]()

    async def work(name: str) -> None:
        async with queue.turn():
            log.append(f"{name} in")
            await asyncio.sleep(0)
            log.append(f"{name} out")

    await asyncio.gather(*(work(name) for name in "abc"))
    assert log == ["a in", "a out", "b in", "b out", "c in", "c out"]


async def test_too_many_commands_are_refused_but_the_room_s_own_work_is_not() -> None:
    queue, done, gate = CommandQueue(2), list[int](), asyncio.Event()

    async def command(number: int) -> None:
        async with queue.turn():
            await gate.wait()
            done.append(number)

    async def own() -> None:
        async with queue.own_turn():
            done.append(0)

    busy = [asyncio.create_task(command(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    with pytest.raises(ClientError) as refused:
        await command(4)
    assert (refused.value.error.code, refused.value.error.retry) == ("unavailable", True)
    own_work = asyncio.create_task(own())
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*busy, own_work)
    assert done == [1, 2, 3, 0]
    await command(5)


async def test_a_command_that_gives_up_waiting_frees_its_place() -> None:
    queue, gate = CommandQueue(1), asyncio.Event()

    async def command() -> str:
        async with queue.turn():
            await gate.wait()
        return "done"

    first = asyncio.create_task(command())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(command())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    other = asyncio.create_task(command())
    gate.set()
    assert [await first, await other] == ["done", "done"]


async def test_a_turn_that_fails_ends() -> None:
    queue = CommandQueue(10)
    for turn in (queue.turn, queue.own_turn, queue.turn):
        with pytest.raises(RuntimeError):
            async with turn():
                raise RuntimeError


@given(
    st.lists(st.tuples(st.sampled_from(["come", "end", "give up"]), st.integers(0, 9), st.integers(0, 3)), max_size=40)
)
@example([("come", 0, 1), ("come", 0, 1), ("end", 0, 1), ("give up", 1, 0)])  # as the turn is handed over
async def test_turns_keep_their_order_when_others_give_up(script: list[tuple[str, int, int]]) -> None:
    queue, log, running, ends = CommandQueue(1000), list[int](), list[int](), list[asyncio.Event]()
    tasks, gave_up = list[asyncio.Task[None]](), set[int]()

    async def command(number: int) -> None:
        async with queue.turn() if number % 2 else queue.own_turn():
            assert not running
            log.append(number)
            running.append(number)
            try:
                await ends[number].wait()
            finally:
                running.remove(number)

    for act, number, turns in script:
        if act == "come":
            ends.append(asyncio.Event())
            tasks.append(asyncio.create_task(command(len(tasks))))
        elif act == "end" and running:
            ends[running[0]].set()
        elif act == "give up" and number < len(tasks) and tasks[number].cancel():
            gave_up.add(number)
        for _ in range(turns):
            await asyncio.sleep(0)
    for end in ends:
        end.set()
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, return_exceptions=True)
        async with queue.turn():
            pass
    assert log == sorted(log)
    assert {number for number, task in enumerate(tasks) if task.cancelled()} <= gave_up
    assert set(range(len(tasks))) - gave_up <= set(log)


# ---- a wall clock that is set ----

DAY_S = 86_400


async def test_rounds_keep_their_times_while_the_wall_clock_is_set_again_and_again(open_live: OpenLive) -> None:
    """Ticks climb, betting windows and rounds last as long as by the monotonic clock, records are in order, and the
    proofs hold."""
    live = await open_live(points=(1.02, 1.06))
    rng = random.Random(51)

    async def set_the_clock() -> None:
        while True:
            live.clock.set_by(rng.choice([rng.uniform(-DAY_S, DAY_S), rng.uniform(-2, 2)]))
            await asyncio.sleep(rng.uniform(0.01, 0.4))

    ann = await live.player()
    setting = asyncio.create_task(set_the_clock())
    names = []
    for _ in range(5):
        name = await ann.betting()
        await ann.bet(100, selection={"auto_cashout": 1.01})
        names.append(name)
        await ann.ended(name)
    setting.cancel()
    kinds = [(event["type"], arrived, event) for (_, _, event), arrived in zip(ann.seen, ann.arrivals, strict=True)]
    first = next(i for i, (kind, _, event) in enumerate(kinds) if kind == "round_opened" and event["round"] == names[1])
    opened_at = 0.0
    ticks: list[float] = []
    for kind, arrived, event in kinds[first:]:
        if kind == "round_opened":
            opened_at, ticks = arrived, []
        elif kind == "round_started":
            assert arrived - opened_at > 0.9 * live.config.crash_betting_ms / 1000
        elif kind == "tick":
            ticks.append(event["multiplier"])
            assert ticks == sorted(ticks)
    for name in names:
        number = int(name.split(".")[1])
        (row,) = await live.rows("SELECT * FROM rounds WHERE room = 'crash' AND number = :n", n=number)
        started, ended = (datetime.fromisoformat(at) for at in (row.started_at, row.ended_at))
        assert timedelta(milliseconds=500) <= ended - started < timedelta(seconds=20)
        entries = msgspec.json.decode(row.journal)
        times = [at for at, _ in entries]
        assert times == sorted(times)
        (bet,) = await live.rows("SELECT created_at FROM bets WHERE round_id = :id", id=row.id)
        assert started <= datetime.fromisoformat(bet.created_at) <= ended
        proof = await stored_proof(live.db, GAMES, "crash", number, datetime.now(UTC) + timedelta(days=999))
        assert proof is not None
        assert [check for check in verify(msgspec.to_builtins(proof)) if not check.ok] == []


@pytest.mark.parametrize("hours", [3, -3])
async def test_the_round_after_a_step_has_the_new_time(open_live: OpenLive, hours: int) -> None:
    live = await open_live(points=(1.02, 1.05))
    ann = await live.player()
    name = await ann.betting()
    live.clock.set_by(hours * 3600)
    ok = await ann.bet(100, selection={"auto_cashout": 1.01})
    assert ok["round"] == name
    await ann.ended(name)
    number = int(name.split(".")[1])
    opened = await ann.event_of("round_opened", number=number + 1)
    closes_in_ms = opened["closes_at"] - live.clock.now_ms()
    assert closes_in_ms <= live.config.crash_betting_ms
    assert closes_in_ms > -60_000
    assert abs((await ann.ask("ping"))["server_time"] - live.clock.now_ms()) < 5000


@pytest.mark.parametrize("hours", [3, -3])
async def test_a_round_that_waits_for_its_first_bet_follows_a_step(open_live: OpenLive, hours: int) -> None:
    """It has no deadline, and may wait for days."""
    live = await open_live()
    ann = await live.player(room="dice")
    room = ann.snapshots[-1][0]
    live.clock.set_by(hours * 3600)
    ok = await ann.roll(room)
    await ann.ended(ok["round"])
    (row,) = await live.rows("SELECT * FROM rounds WHERE room = :room", room=room)
    (bet,) = await live.rows("SELECT created_at FROM bets WHERE round_id = :id", id=row.id)
    times = [datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (row.started_at, bet.created_at, row.ended_at)]
    assert times == sorted(times)
    assert all(abs(at - utc(live.clock.now_ms())) < timedelta(seconds=60) for at in times)


# ---- the wake timer ----


class Bell:
    """A timer; ``rung`` has the times, in ms of the loop's clock, at which it rang."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.rung: list[float] = []
        self.timer = WakeTimer(self.clock, lambda: self.rung.append(now_ms()))

    def set_in(self, ms: int | None) -> float:
        """Set the timer; returns the loop's time before that."""
        before = now_ms()
        self.timer.set(None if ms is None else self.clock.ms + ms)
        return before


def now_ms() -> float:
    return asyncio.get_running_loop().time() * 1000


async def test_the_timer_rings_at_its_time_and_once() -> None:
    bell = Bell()
    set_at = bell.set_in(20)
    await eventually(lambda: bool(bell.rung))
    assert bell.rung[0] - set_at >= 19.9
    assert len(bell.rung) == 1


@pytest.mark.parametrize("ms", [0, -1, -10_000])
async def test_a_time_in_the_past_rings_at_once(ms: int) -> None:
    bell = Bell()
    bell.set_in(ms)
    assert bell.rung == []
    await eventually(lambda: bell.rung)


async def test_only_the_time_that_was_set_last_counts() -> None:
    bell = Bell()
    bell.set_in(1)
    set_at = bell.set_in(30)
    await eventually(lambda: bool(bell.rung))
    assert bell.rung[0] - set_at >= 29.9
    assert len(bell.rung) == 1


async def test_the_timer_can_be_set_to_an_earlier_time() -> None:
    bell = Bell()
    bell.set_in(60_000)
    bell.set_in(1)
    await eventually(lambda: bool(bell.rung))


async def test_the_timer_can_be_cleared_and_set_again() -> None:
    bell = Bell()
    bell.set_in(1)
    bell.set_in(None)
    assert not bell.timer.is_set
    set_at = bell.set_in(20)
    await eventually(lambda: bool(bell.rung))
    assert bell.rung[0] - set_at >= 19.9
    assert len(bell.rung) == 1

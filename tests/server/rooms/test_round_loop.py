"""Tests of rounds one after another: announced when committed and not before, void when they can't be settled."""

import asyncio
import fcntl
from typing import Any

import msgspec
import pytest

from game_engine.game import Command, Step
from game_engine.games import GAMES
from game_engine.replay import verify
from server.rooms import settlement_queue
from server.web.rounds import stored_proof
from storage import database
from storage.audit import audit
from tests.server.live import Live, OpenLive, eventually


async def test_a_round_is_announced_when_it_is_committed_and_not_before(open_live: OpenLive) -> None:
    """While the commit is under way nothing of the result leaves, whoever asks for whatever."""
    live = await open_live(points=(1.04, 1.05))
    ann, watcher = await live.player(), await live.spectator()
    name = await ann.betting()
    await ann.bet(100, selection={"auto_cashout": 1.02})
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        room = live.floor.rooms["crash"]
        await eventually(lambda: room.rounds.live is not None and room.rounds.live.ended)
        assert room.rounds.live is not None
        assert room.rounds.live.name == name
        late = await live.spectator()
        assert late.snapshots[-1][1]["view"] == {"phase": "settling"}
        assert (await ann.refused("bet", room="crash", amount=1, key="x"))["code"] == "betting_closed"
        assert (await ann.refused("act", room="crash", action="cashout"))["code"] == "illegal_action"
        (card,) = (await watcher.ask("rooms"))["rooms"]
        assert card["phase"] == "settling"
        for each in (ann, watcher, late):
            assert each.events("round_ended", round=name) == []
        assert ann.notices[-1]["held"] == 100
    ended = await late.ended(name)
    assert ended["results"][0]["payout"] == 102
    await ann.notice_of("wallet", balance=100_002, held=0)
    assert await live.balance(ann) == 100_002


async def test_a_bet_that_ends_its_round_is_told_with_the_end(open_live: OpenLive) -> None:
    """Unless the end is long in coming and somebody looks."""
    live = await open_live()
    ann = await live.player(room="dice")
    (dice,) = [room for room in live.floor.rooms.values() if room.game.name == "dice"]
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


async def test_rounds_are_numbered_and_their_promises_kept(live: Live) -> None:
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


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlement_queue, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(settlement_queue, "LONGEST_WAIT", 0.05)


@pytest.mark.usefixtures("hasty")
async def test_while_the_database_is_away_ended_rounds_wait_and_rooms_pause(open_live: OpenLive) -> None:
    live = await open_live(points=(1.02, 1.05))
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


@pytest.mark.usefixtures("hasty")
async def test_commits_whose_answers_are_lost_pay_once(open_live: OpenLive) -> None:
    live = await open_live(points=(1.02, 1.05))
    ann = await live.player()
    name = await ann.betting()
    await ann.bet(1000, selection={"auto_cashout": 1.01})
    live.db.deaf_writes = 3
    await ann.ended(name)
    assert live.db.deaf_writes == 0
    assert await live.balance(ann) == 100_010
    assert await audit(live.db) == []
    await ann.ended(await ann.betting())


@pytest.mark.usefixtures("hasty")
async def test_a_locked_database_is_waited_for(open_live: OpenLive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process keeps the real lock of a real SQLite database for longer than writers wait."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    live = await open_live(points=(1.02, 1.05))
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


async def test_a_round_that_can_t_be_settled_is_void(open_live: OpenLive) -> None:
    """Somebody has moved the money beside the server: the ledger's guard refuses, stakes are free, play goes on."""
    live = await open_live(bettors=(1, 2))
    ann, bob = await live.player(credit=1000), await live.player()
    name = await ann.betting()
    await ann.bet(1000)
    await bob.bet(500, key="again")
    take = "UPDATE wallets SET balance = balance - 1, version = version + 1 WHERE user_id = :user"
    await live.rows_changed(take, user=ann.user_id)
    void = await bob.event_of("round_void", round=name)
    assert void["reason"] == "not_settled"
    assert bob.events("round_ended", round=name) == []
    give = "UPDATE wallets SET balance = balance + 1, version = version + 1 WHERE user_id = :user"
    await live.rows_changed(give, user=ann.user_id)
    await bob.notice_of("wallet", held=0, balance=100_000)
    ok = await bob.bet(500, key="again")
    assert ok["round"] != name
    await bob.ended(ok["round"])
    rows = await live.rows("SELECT status, server_seed FROM rounds WHERE number = :n", n=int(name.split(".")[1]))
    assert [tuple(row) for row in rows] == [("void", None)]


async def test_a_round_that_can_t_even_be_voided_frees_its_stakes(
    open_live: OpenLive, caplog: pytest.LogCaptureFixture
) -> None:
    live = await open_live()
    ann = await live.player()
    name = await ann.betting()
    await ann.bet(1000, key="again")
    live.db.broken_writes = 2
    assert (await ann.event_of("round_void", round=name))["reason"] == "not_settled"
    await ann.notice_of("wallet", held=0, balance=100_000)
    assert f"{name} is void, and not on record as that: ZeroDivisionError" in caplog.text
    ok = await ann.bet(1000, key="again")
    assert ok["round"] != name
    await ann.ended(ok["round"])
    assert await audit(live.db) == []


async def test_a_round_that_opens_late_is_on_record_as_it_opened(open_live: OpenLive) -> None:
    """A round goes on record with the commit that settles the one before, and opens when that is done."""
    live = await open_live(points=(1.3, 1.4))
    ann = await live.player()
    first = await ann.betting()
    room = live.floor.rooms["crash"]
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        await eventually(lambda: room.rounds.live is not None and room.rounds.live.ended)
        await asyncio.sleep(0.2)  # so long does the commit take
    live.db.write_lock = None
    await ann.ended(first)
    ok = await ann.bet(1000, selection={"auto_cashout": 5.0})
    (opened,) = ann.events("round_opened", round=ok["round"])
    await ann.started(ok["round"])
    await ann.ask("act", room="crash", action="cashout")
    await ann.ended(ok["round"])
    proof = await stored_proof(live.db, "crash", opened["number"])
    assert proof is not None
    assert proof.opened_at_ms == opened["closes_at"] - live.config.crash_betting_ms
    assert [check for check in verify(msgspec.to_builtins(proof)) if not check.ok] == []


class Breaks(type(GAMES["crash"])):  # type: ignore[misc]
    """A crash that fails, once, at the first wake of a round that somebody has bet in."""

    broken = False

    def apply(self, state: Any, command: Command, now: int) -> Step[Any]:
        if type(command).__name__ == "Wake" and state.wagers and not self.broken:
            self.broken = True
            raise ZeroDivisionError
        step: Step[Any] = super().apply(state, command, now)
        return step


async def test_a_game_that_fails_makes_the_round_void_and_no_more(
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


async def test_a_stop_in_the_betting_phase_voids_the_round(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann, bob = await live.player(), await live.player(room="dice")
    await ann.bet(700)
    await live.stop()
    void = await ann.event_of("round_void")
    assert void["reason"] == "shutdown"
    await said_goodbye(live, ann, bob)
    assert await live.balance(ann) == 100_000


async def test_a_stop_lets_a_running_round_end(open_live: OpenLive) -> None:
    """And its players go on playing it."""
    live = await open_live(points=(1.2, 1.22), bettors=(2,), shutdown_timeout=10.0)
    ann, bob = await live.player(), await live.player()
    name = await ann.betting()
    await ann.bet(700, selection={"auto_cashout": 1.1})
    await bob.bet(700)
    await ann.started(name)
    stopping = asyncio.create_task(live.stop())
    await eventually(lambda: live.floor.rooms["crash"].stays._closed)
    taken = (await bob.ask("act", room="crash", action="cashout"))["payout"]
    await stopping
    assert [r["payout"] for r in (await ann.ended(name))["results"]] == [770, taken]
    assert ann.events("round_void") == []
    await said_goodbye(live, ann, bob)
    assert await live.balance(ann) == 100_070


async def test_a_stop_voids_a_round_that_runs_too_long(open_live: OpenLive) -> None:
    live = await open_live(points=(3.0, 9.0), shutdown_timeout=0.5)
    ann = await live.player()
    name = await ann.betting()
    await ann.bet(700)
    await ann.started(name)
    await live.stop()
    assert (await ann.event_of("round_void"))["round"] == name
    await said_goodbye(live, ann)
    assert await live.balance(ann) == 100_000


async def said_goodbye(live: Live, *players: Any) -> None:
    """Everybody was told to come back, and nothing is live in the books."""
    for player in players:
        goodbye = await player.notice_of("goodbye", code="going_away")
        assert goodbye["retry"]
        assert goodbye["retry_after_ms"] > 0
        assert (await player.client.wait_closed()).code == 1001
    assert live.floor.players.holds.total_held() == 0
    assert await live.rows("SELECT id FROM rounds WHERE status = 'open'") == []
    assert await live.rows("SELECT id FROM game_sessions WHERE ended_at IS NULL") == []
    assert await audit(live.db) == []


@pytest.mark.usefixtures("hasty")
async def test_a_stop_without_a_database_ends_all_the_same(
    open_live: OpenLive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("server.node.node_rooms.COMMIT_SECONDS", 0.3)
    live = await open_live(shutdown_timeout=0.3)
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
async def test_who_has_a_new_name_is_known_by_it_from_the_next_round_on(live: Live, game: str) -> None:
    """The others hear of both names, so that nobody of the old one is left to stand about in the room."""
    ann = await live.player(room=game)
    room = ann.snapshots[0][0]
    session = ann.snapshots[0][1]["you"]["session"]
    watcher, new = await live.spectator(room), f"{ann.username}-anew"
    await live.rows_changed("UPDATE users SET username = :new WHERE id = :user", new=new, user=ann.user_id)
    await live.floor.players.account_changed(ann.user_id)
    if game == "dice":
        await ann.roll(room)
    assert (await watcher.event_of("player_joined", player=new))["session"] == session
    await watcher.event_of("player_left", player=ann.username)
    sitters = (await live.spectator(room)).snapshots[0][1]["players"]
    assert [(sitter["player"], sitter["session"]) for sitter in sitters] == [(new, session)]
    await ann.ask("leave", room=room)
    await watcher.event_of("player_left", player=new)

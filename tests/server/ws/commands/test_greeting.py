"""hello and ping: signing in, and the messages that a client receives when it reconnects."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from cli.client import DisconnectedError, RequestRefusedError
from game_engine.chance import commitment
from server.errors import UnreachableError
from server.ws.connection import Connection
from server.ws.dependencies import Limits
from storage.games import ensure_games
from storage.ledger import settle
from storage.operator_accounts import sign_in_players
from storage.settlement import EndedBet, EndedRound
from tests.server.intercepted_rooms import Call
from tests.server.live_clients import Player
from tests.server.live_node import Live, OpenLive
from tests.server.rigged_seeds import CLIENT_SEED
from tests.storage.world import begin_session
from tests.waiting import eventually


async def test_the_reply_to_hello_names_the_user_the_node_and_the_time(open_live: OpenLive) -> None:
    live = await open_live(heartbeat=7.0)
    (ann,) = await live.players(1, credit=500)
    ok = await ann.client.connect()
    assert ok["user"] == {"username": ann.username, "client_seed": CLIENT_SEED}
    assert (ok["node"], ok["heartbeat_ms"], ok["resumed"]) == ("here", 7000, {})
    assert ok["void_bets"] == []
    assert abs(ok["server_time"] - live.clock.now_ms()) < 5000
    wallet = await ann.notice_of("wallet")
    assert (wallet["balance"], wallet["held"]) == (500, 0)
    assert abs((await ann.ask("ping"))["server_time"] - live.clock.now_ms()) < 5000
    assert (await ann.refused("hello"))["code"] == "bad_request"


async def test_without_a_token_a_client_can_only_watch(live: Live) -> None:
    watcher = await live.spectator()
    for do, more in (
        ("join", {"room": "crash"}),
        ("join", {"game": "dice"}),
        ("leave", {"room": "crash"}),
        ("bet", {"room": "crash", "amount": 1, "key": "k"}),
        ("act", {"room": "crash", "action": "cashout"}),
        ("chat", {"room": "crash", "text": "x"}),
    ):
        assert (await watcher.refused(do, **more))["code"] == "not_signed_in", do
    assert watcher.notices == []


async def test_the_token_may_come_with_the_handshake(live: Live) -> None:
    (ann,) = await live.players(1)
    for scheme in ("Bearer", "bearer"):
        raw = await live.raw(headers={"Authorization": f"{scheme} {ann.token}"})
        assert (await raw.ask({"id": 1, "do": "hello"}))["ok"]["user"]["username"] == ann.username
    raw = await live.raw(headers={"Authorization": f"Basic {ann.token}"})
    assert (await raw.ask({"id": 1, "do": "hello"}))["ok"]["user"] is None


@pytest.mark.parametrize("token", ["", "x", "x" * 128, "\u00e9", "' OR 1=1 --"])
async def test_after_a_wrong_token_a_right_one_is_accepted(live: Live, token: str) -> None:
    raw = await live.raw()
    told = await raw.ask({"id": 1, "do": "ping"})
    told = await _hello(raw, token)
    assert told["error"]["code"] == "token_invalid"
    (ann,) = await live.players(1)
    assert (await _hello(raw, ann.token))["ok"]["user"]["username"] == ann.username


async def _hello(raw: Any, token: str | None) -> dict[str, Any]:
    await raw.send({"id": 1, "do": "hello", "token": token})
    reply: dict[str, Any] = await raw.reply()
    return reply


async def test_an_old_token_has_expired(open_live: OpenLive) -> None:
    live = await open_live(token_ttl=3600)
    (ann,) = await live.players(1)
    long_ago = datetime.now(UTC) - timedelta(seconds=3601)
    (old,) = await sign_in_players(live.db, [ann.user_id], "Laptop", long_ago)
    (fresh,) = await live.players(1)
    assert (await _hello(await live.raw(), old))["error"]["code"] == "token_expired"
    assert "ok" in await _hello(await live.raw(), fresh.token)


async def test_the_hello_timeout_ends_when_hello_arrives(live: Live) -> None:
    """Not when it is answered: the database may be slow. After a refusal it starts again."""
    (ann,) = await live.players(1)
    raw = await live.raw()
    (connection,) = live.node.sockets.all()
    assert isinstance(connection, Connection)
    first = connection._hello_timer
    live.db.answer_lock = asyncio.Lock()
    async with live.db.answer_lock:
        await raw.send({"id": 1, "do": "hello", "token": "x"})
        await eventually(lambda: live.db.waiting_answers)
        assert first is not None
        assert first.cancelled()
    assert (await raw.reply())["error"]["code"] == "token_invalid"
    second = connection._hello_timer
    assert second is not None
    assert not second.cancelled()
    assert (await _hello(raw, ann.token))["ok"]["user"]["username"] == ann.username
    assert second.cancelled()


async def test_a_disabled_account_is_closed(live: Live) -> None:
    (ann,) = await live.players(1)
    await live.rows_changed("UPDATE users SET is_active = false WHERE id = :user", user=ann.user_id)
    raw = await live.raw()
    await raw.send({"id": 1, "do": "hello", "token": ann.token})
    code, goodbye = await raw.closed()
    assert code == 4101
    assert goodbye is not None
    assert (goodbye["code"], goodbye["retry"], goodbye["retry_after_ms"]) == ("account_disabled", False, 0)


async def test_the_connections_of_an_account_are_limited(open_live: OpenLive) -> None:
    live = await open_live(max_connections_per_account=2)
    ann = await live.player(room=None)
    twin = live.another_client(ann)
    await twin.client.connect()
    third = live.another_client(ann)
    with pytest.raises(RequestRefusedError, match="rate_limited"):
        await third.client.connect()
    await twin.client.close()
    await eventually(lambda: len(live.node.sockets.of(ann.user_id)) == 1)
    await live.another_client(ann).client.connect()


async def test_a_player_cut_off_in_mid_round_gets_every_event_once_in_order(open_live: OpenLive) -> None:
    live = await open_live(points=(1.1, 1.15), bettors=(2,))
    ann, bob, watcher = await live.player(), await live.player(), await live.spectator()
    name = await ann.betting()
    await ann.bet(1000, selection={"auto_cashout": 1.05})
    await bob.bet(500, selection={"auto_cashout": 1.02})
    await ann.started(name)
    await ann.cut()
    await watcher.event_of("player_away", player=ann.username)
    await bob.ask("chat", room="crash", text="where is she?")
    await watcher.event_of("cashed_out", player=ann.username)
    ok = await ann.client.connect()
    assert ok["resumed"] == {"crash": "frames"}
    assert ann.snapshots[1:] == []
    await ann.ended(name)
    last = ann.client.positions["crash"].seq
    await watcher.until(lambda: watcher.client.positions["crash"].seq >= last or None)
    first = max(ann.seen[0][1], watcher.seen[0][1]) + 1
    assert between(ann, first, last) == between(watcher, first, last)
    kinds = [event["type"] for event in ann.events()]
    assert kinds.count("player_away") == kinds.count("player_back") == 1
    assert (ann.client.gaps, watcher.client.gaps) == (0, 0)
    assert ann.events("cashed_out", player=ann.username)[0]["payout"] == 1050
    assert await live.balance(ann) == 100_050
    assert ann.notices[-1]["balance"] == 100_050


def between(player: Player, first: int, last: int) -> list[tuple[int, dict[str, Any]]]:
    return [(seq, event) for _, seq, event in player.seen if first <= seq <= last]


async def test_missed_frames_come_between_the_reply_and_new_frames(open_live: OpenLive) -> None:
    """Whenever a client reconnects to a busy room, no frame is missing or sent twice."""
    live = await open_live(bettors=(), frame_interval_ms=5)
    ann, bob = await live.player(), await live.player()
    talking = asyncio.create_task(chatter(bob))
    for _ in range(25):
        await ann.event_of("chat", after=len(ann.events("chat")))
        await ann.cut()
        assert (await ann.client.connect())["resumed"] == {"crash": "frames"}
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    await bob.ask("chat", room="crash", text="last")
    await ann.event_of("chat", text="last")
    said = [event["text"] for event in bob.events("chat")]
    heard = [event["text"] for event in ann.events("chat")]
    assert heard == said[said.index(heard[0]) :]
    assert ann.client.gaps == 0


async def chatter(player: Player) -> None:
    number = 0
    while True:
        number += 1
        await player.ask("chat", room="crash", text=f"{number}")


async def test_a_client_that_reconnects_after_too_many_frames_gets_a_snapshot(open_live: OpenLive) -> None:
    live = await open_live(history_frames=3)
    ann, bob = await live.player(), await live.player()
    await ann.cut()
    for number in range(5):
        await bob.ask("chat", room="crash", text=f"{number}")
        await bob.event_of("chat", text=f"{number}")
    ok = await ann.client.connect()
    assert ok["resumed"] == {"crash": "snapshot"}
    room, snapshot = await ann.until(lambda: ann.snapshots[1] if len(ann.snapshots) > 1 else None)
    assert [line["text"] for line in snapshot["chat"]] == ["0", "1", "2", "3", "4"]
    assert snapshot["you"]["player"] == ann.username
    await bob.ask("chat", room=room, text="more")
    await ann.event_of("chat", text="more")
    assert ann.client.gaps == 0


async def test_after_a_restart_the_epoch_is_a_new_one(open_live: OpenLive) -> None:
    live = await open_live()
    ann, watcher = await live.player(), await live.spectator()
    await live.stop()
    await ann.client.wait_closed()
    await watcher.client.wait_closed()
    restarted = await open_live(port=live.port)
    assert ann.events("room_closed") == []
    for each in (ann, watcher):
        old = each.client.positions["crash"].epoch
        ok = await each.client.connect()
        assert ok["resumed"] == {"crash": "snapshot"}
        await each.until(lambda each=each: each.snapshots[1:] or None)  # type: ignore[misc]
        assert each.client.positions["crash"].epoch != old
    assert ann.snapshots[-1][1]["you"] is None
    assert (await ann.refused("bet", room="crash", amount=1, key="k"))["code"] == "not_seated"
    await ann.ask("unwatch", room="crash")
    assert len(restarted.node.hub.watchers("crash")) == 1


async def test_resuming_by_frames_makes_no_snapshot(live: Live) -> None:
    ann, bob = await live.player(), await live.player()
    await ann.cut()
    await bob.event_of("player_away", player=ann.username)
    made: list[Any] = []

    async def noted(call: Call) -> Any:
        made.append(await call())
        return made[-1]

    live.rooms.around["snapshot"] = noted
    assert (await ann.client.connect())["resumed"] == {"crash": "frames"}
    assert made == []
    await ann.event_of("player_away", player=ann.username)
    await ann.event_of("player_back", player=ann.username)
    assert ann.client.gaps == 0


async def test_a_room_that_closes_while_others_are_resumed_is_not_resumed(live: Live) -> None:
    ann = await live.player(room="dice")
    room = ann.snapshots[0][0]
    watcher = await live.raw()
    go_on = asyncio.Event()

    async def slow(call: Call) -> Any:
        await go_on.wait()
        return await call()

    live.rooms.around["snapshot"] = slow
    here = {"epoch": live.node.owned_rooms[room].frames.epoch, "seq": live.node.owned_rooms[room].frames.seq}
    resume = {room: here, "crash": {"epoch": "another", "seq": 1}}
    await watcher.send({"id": 1, "do": "hello", "resume": resume})
    await eventually(lambda: live.node.hub.watchers("crash"))
    await ann.ask("leave", room=room)
    assert room not in live.node.owned_rooms
    go_on.set()
    assert (await watcher.reply())["ok"]["resumed"] == {"crash": "snapshot"}
    assert "ok" in await watcher.ask({"id": 2, "do": "ping"})
    assert [told["room"] for told in watcher.received if "seq" in told and told["room"] == room] == []


async def test_a_room_beyond_the_limit_is_not_resumed_and_its_player_stays_away(open_live: OpenLive) -> None:
    live = await open_live(ws_limits=Limits(watched_rooms=1))
    ann, bob = await live.player(room="dice"), await live.player(room=None)
    room = ann.snapshots[0][0]
    twin = live.another_client(ann)
    await twin.client.connect()
    await twin.join("crash")
    await bob.ask("watch", room=room)
    await ann.cut()
    await bob.event_of("player_away", player=ann.username)
    ann.client.positions = {"crash": twin.client.positions["crash"], room: ann.client.positions[room]}
    assert list((await ann.client.connect())["resumed"]) == ["crash"]
    assert [sitting.away for sitting in live.node.owned_rooms[room].seats.all()] == [True]


async def test_a_room_that_is_gone_is_not_resumed(open_live: OpenLive) -> None:
    live = await open_live(grace=0.05)
    ann = await live.player(room="dice")
    room = ann.snapshots[0][0]
    await ann.cut()
    await eventually(lambda: room not in live.node.owned_rooms)
    assert (await ann.client.connect())["resumed"] == {}
    assert ann.client.positions == {}


@pytest.mark.parametrize("comes_back", [True, False])
async def test_a_hello_waits_for_rooms_without_an_owner(open_live: OpenLive, comes_back: bool) -> None:
    """When a node dies, its clients reconnect to other nodes before its rooms have new owners."""
    live = await open_live(ws_limits=Limits(resume_patience_s=20.0 if comes_back else 0.3))
    ann = await live.player()
    await ann.cut()
    asked = count(1)

    async def away(call: Call) -> Any:
        if next(asked) < 4 or not comes_back:
            raise UnreachableError("the room has no owner")
        return await call()

    live.rooms.around["reconnect"] = away
    assert (await ann.client.connect())["resumed"] == ({"crash": "frames"} if comes_back else {})
    assert next(asked) > 4 or not comes_back
    assert await ann.ask("ping")
    if comes_back:
        await ann.ask("chat", room="crash", text="here again")
        await ann.event_of("chat", text="here again")


async def test_impossible_positions_are_answered_with_snapshots(live: Live) -> None:
    raw = await live.raw()
    epoch = live.node.owned_rooms["crash"].frames.epoch
    resume: dict[str, Any] = {"crash": {"epoch": epoch, "seq": 2**62}, "nowhere": {"epoch": "x", "seq": 0}}
    told = await raw.ask({"id": 1, "do": "hello", "resume": resume})
    assert told["ok"]["resumed"] == {"crash": "snapshot"}


async def test_two_connections_that_resume_at_once_share_one_seat(live: Live) -> None:
    ann, bob = await live.player(), await live.player()
    twin = live.another_client(ann)
    await twin.client.connect()
    await twin.join("crash")
    await ann.cut()
    await ann.client.connect()
    assert bob.events("player_away") == []
    await ann.cut()
    await twin.cut()
    await bob.event_of("player_away", player=ann.username)
    await asyncio.gather(ann.client.connect(), twin.client.connect())
    await bob.event_of("player_back", player=ann.username)
    assert len(bob.events("player_back")) == 1
    for each in (ann, twin):
        await each.ask("chat", room="crash", text="here")


async def test_a_seat_is_kept_for_the_grace_period_and_no_longer(open_live: OpenLive) -> None:
    live = await open_live(points=(1.02, 1.05), grace=0.3)
    ann, bob = await live.player(), await live.player()
    name = await ann.betting()
    await ann.bet(1000, selection={"auto_cashout": 1.01})
    await ann.cut()
    await bob.event_of("player_away", player=ann.username)
    await bob.event_of("player_left", player=ann.username)
    await bob.ended(name)
    assert await live.balance(ann) == 100_010
    session = "SELECT ended_at FROM game_sessions WHERE user_id = :user"

    async def over() -> bool:
        return (await live.rows(session, user=ann.user_id))[0].ended_at is not None

    await eventually(over)
    assert (await ann.client.connect())["resumed"] in ({"crash": "frames"}, {"crash": "snapshot"})
    assert (await ann.refused("chat", room="crash", text="x"))["code"] == "not_seated"


async def test_a_player_who_reconnects_before_the_busy_room_removes_them_stays(open_live: OpenLive) -> None:
    """The grace period ends while the room is busy; the player reconnects before the room can act on it."""
    live = await open_live(grace=0.1)
    ann, bob = await live.player(), await live.player()
    room = live.node.owned_rooms["crash"]
    await ann.cut()
    await bob.event_of("player_away", player=ann.username)
    async with room._queue.own_turn():
        await eventually(lambda: len(room._tasks) == 1, "the end of the grace period")
        await ann.client.connect()
    await bob.event_of("player_back", player=ann.username)
    await ann.ask("chat", room="crash", text="still here")
    assert bob.events("player_left") == []


async def test_a_player_whose_line_drops_while_joining_is_away(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)  # so that only the join writes to the database
    bob, (ann,) = await live.player(), await live.players(1)
    await ann.client.connect()
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        joining = asyncio.create_task(ann.join("crash"))
        await eventually(lambda: live.db.waiting, "the write of the join")
        await ann.cut()
        with pytest.raises(DisconnectedError):
            await joining
    await bob.event_of("player_joined", player=ann.username)
    await bob.event_of("player_away", player=ann.username)
    await eventually(lambda: len(live.node.sockets.all()) == 1)
    assert live.node.hub.watchers("crash") == live.node.sockets.all()


async def play_void_rounds(live: Live, player: Player, count: int, ended_at: int) -> None:
    """Put on record that rounds of crash with a bet of the player became void then, in ms since the epoch."""
    games = await ensure_games(live.db, {"crash": "Crash."})
    session_id = await begin_session(live.db, player.user_id, games["crash"], "crash~1")
    ((numbers,),) = await live.rows("SELECT count(*) FROM rounds WHERE room = 'crash~1'")
    for number in range(numbers + 1, numbers + count + 1):
        bet = EndedBet(
            user_id=player.user_id,
            session_id=session_id,
            number=2,
            amount=700,
            selection=b"{}",
            result="void",
            payout=700,
            key=f"void {number}",
            placed_at=ended_at - 1,
        )
        ended = EndedRound(
            game_id=games["crash"],
            room="crash~1",
            number=number,
            server_seed_hash=commitment(f"{number}"),
            server_seed="",
            client_seed="",
            nonce=number,
            status="void",
            options=b"{}",
            journal=b"[]",
            outcome=b'{"reason":"owner_lost"}',
            started_at=ended_at - 1,
            ended_at=ended_at,
            bets=(bet,),
        )
        (settlement,) = await settle(live.db, [ended])
        assert settlement.status == "void"


async def test_hello_names_the_bets_whose_rounds_became_void(live: Live) -> None:
    ann, bob = await live.players(2, credit=1000)
    now = live.clock.now_ms()
    await play_void_rounds(live, ann, 1, now - 8 * 86_400_000)
    await play_void_rounds(live, ann, 1, now - 6 * 86_400_000)
    assert (await ann.client.connect())["void_bets"] == [
        {
            "bet": "crash~1.2.2",
            "game": "crash",
            "room": "crash~1",
            "amount": 700,
            "reason": "owner_lost",
            "ended_at": now - 6 * 86_400_000,
        }
    ]
    assert (await bob.client.connect())["void_bets"] == []


async def test_hello_names_the_newest_void_bets_at_most(live: Live) -> None:
    (ann,) = await live.players(1, credit=1000)
    await play_void_rounds(live, ann, 22, live.clock.now_ms())
    told = (await ann.client.connect())["void_bets"]
    assert [bet["bet"] for bet in told] == [f"crash~1.{number}.2" for number in range(22, 2, -1)]


async def test_hello_is_answered_although_the_void_bets_can_t_be_looked_up(
    live: Live, caplog: pytest.LogCaptureFixture
) -> None:
    (ann,) = await live.players(1, credit=1000)
    await play_void_rounds(live, ann, 1, live.clock.now_ms())
    live.db.answer_lock = asyncio.Lock()
    async with live.db.answer_lock:
        greeting = asyncio.create_task(ann.client.connect())
        await eventually(lambda: live.db.waiting_answers == 1)
        live.db.away = True
    assert (await greeting)["void_bets"] == []
    assert f"user {ann.user_id} is not told of void bets" in caplog.text
    live.db.away = False

"""join, leave, bet, act and chat over a WebSocket."""

import asyncio
import json
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.client import RequestRefusedError
from server.errors import UnreachableError
from server.retry import Attempts
from server.ws.dependencies import Limits
from storage.operator_accounts import mute
from storage.store import UNTIL_UNMUTED
from tests.server.intercepted_rooms import Call
from tests.server.live_clients import Player, RawSocket
from tests.server.live_cluster import OpenCluster
from tests.server.live_node import Live, OpenLive
from tests.waiting import WAIT_S, eventually


async def test_join_takes_a_room_or_a_game(live: Live) -> None:
    ann = await live.player(room=None)
    for arguments in ({}, {"room": "crash", "game": "crash"}):
        error = await ann.refused("join", **arguments)
        assert (error["code"], error["field"]) == ("bad_request", "room")
    ok = await ann.ask("join", game="crash")
    assert (ok["room"], ok["snapshot"]["you"]["player"]) == ("crash", ann.username)
    solo = await ann.ask("join", game="dice")
    assert solo["room"].startswith("dice-")
    assert (await ann.ask("join", game="dice"))["session"] == solo["session"]


async def test_only_its_player_can_bet_in_a_solo_room(live: Live) -> None:
    ann, bob = await live.player(room="dice"), await live.player(room=None)
    room = ann.snapshots[0][0]
    assert (await bob.refused("join", room=room))["code"] == "room_full"
    await bob.ask("watch", room=room)
    assert (await bob.refused("bet", room=room, amount=1, key="k", selection={"target": 50.0, "over": True}))[
        "code"
    ] == "not_seated"


async def test_a_connection_that_watches_too_many_rooms_can_not_join_another(open_live: OpenLive) -> None:
    """The refused join takes no seat and opens no room. A room that is watched already can be joined."""
    live = await open_live(ws_limits=Limits(watched_rooms=2))
    bob = await live.player(room="dice")
    ann = await live.player(room=None)
    for room in ("crash", bob.snapshots[0][0]):
        await ann.ask("watch", room=room)
    open_rooms = set(live.node.owned_rooms)
    assert (await ann.refused("join", game="dice"))["code"] == "limit_exceeded"
    assert set(live.node.owned_rooms) == open_rooms
    assert await live.rows("SELECT id FROM game_sessions WHERE user_id = :user", user=ann.user_id) == []
    await ann.ask("join", game="crash")
    await ann.ask("join", room="crash")
    await bob.ask("watch", room="crash")
    assert (await bob.ask("join", game="dice"))["room"] == bob.snapshots[0][0]


async def test_a_failed_leave_can_be_repeated(live: Live) -> None:
    ann, bob = await live.player(), await live.player()
    live.rooms.around["leave"] = _away
    assert (await ann.refused("leave", room="crash"))["retry"]
    live.rooms.around.clear()
    assert await ann.ask("leave", room="crash") == {}
    await bob.event_of("player_left", player=ann.username)


async def test_after_a_failed_leave_the_seat_ends_with_the_connection(open_live: OpenLive) -> None:
    live = await open_live(grace=0.1)
    ann, bob = await live.player(), await live.player()
    live.rooms.around["leave"] = _away
    await ann.refused("leave", room="crash")
    await ann.cut()
    await bob.event_of("player_left", player=ann.username)


async def _away(_call: Call) -> None:
    raise UnreachableError("switched off by the test")


async def test_dice_can_be_rolled_again_and_again(live: Live) -> None:
    ann = await live.player(credit=1000, room="dice")
    room = ann.snapshots[0][0]
    balance = 1000
    for number in range(1, 11):
        ok = await ann.roll(room, 10)
        assert ok["bet"] == f"{room}.{number}.1"
        ended = await ann.ended(ok["round"])
        (result,) = ended["results"]
        roll, payout = ended["outcome"]["roll"], result["payout"]
        assert payout == (19 if roll > 50.0 else 0)
        assert result["result"] == ("win" if roll > 50.0 else "loss")
        balance += payout - 10
        await ann.notice_of("wallet", balance=balance, held=0)
    assert await live.balance(ann) == balance


async def test_chat_is_rate_limited(open_live: OpenLive) -> None:
    live = await open_live(rate_scale=1.0, messages_per_second=1000)
    ann, bob = await live.player(), await live.player()
    began = time.monotonic()
    said = await asyncio.gather(
        *(ann.ask("chat", room="crash", text=f"{number}") for number in range(10)), return_exceptions=True
    )
    refused = [each for each in said if isinstance(each, RequestRefusedError)]
    assert 5 <= len(said) - len(refused) <= 5 + (time.monotonic() - began)
    for each in refused:
        assert (each.code, each.retry) == ("rate_limited", True)
        assert 0 < each.error["retry_after_ms"] <= 1000
    await bob.ask("chat", room="crash", text="mine")
    assert "ok" in await (await live.raw(ann)).ask({"id": 1, "do": "ping"})


async def test_joins_are_rate_limited(open_live: OpenLive) -> None:
    """For each account over all its connections, because each join is a row in the database."""
    live = await open_live(rate_scale=1.0, messages_per_second=1000)
    ann, bob = await live.player(room=None), await live.player(room=None)
    twin = await live.raw(ann)
    for number in range(1, 61):
        await twin.send({"id": number, "do": "join", "room": "crash"})
    replies = [await twin.reply() for _ in range(60)]
    assert all("ok" in told for told in replies[:20])
    refused = [told["error"] for told in replies if "error" in told]
    assert {(error["code"], error["retry"]) for error in refused} == {("rate_limited", True)}
    assert all(0 < error["retry_after_ms"] <= 500 for error in refused)
    assert "ok" in await twin.ask({"id": 61, "do": "chat", "room": "crash", "text": "here"})
    await bob.join("crash")


async def test_the_reply_to_a_bet_and_its_event_name_the_same_bet_and_round(live: Live) -> None:
    ann = await live.player()
    name = await ann.betting()
    ok = await ann.bet(3)
    seen = await ann.event_of("bet_placed", bet=ok["bet"])
    assert (seen["amount"], ok["round"]) == (3, name)


class Tap:
    """Every message that several sockets received."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def listen(self, raw: RawSocket) -> None:
        while (told := await raw.receive()) is not None:
            self.lines.append(json.dumps(told))


async def test_the_reply_to_a_bet_does_not_wait_for_the_end_of_the_round(live: Live) -> None:
    ann = await live.player(room="dice")
    room = ann.snapshots[0][0]
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        ok = await ann.roll(room, 7)
        await ann.notice_of("wallet", held=7)
        assert ann.events("round_ended", round=ok["round"]) == []
    await ann.ended(ok["round"])


@pytest.mark.parametrize("game", ["crash", "dice"])
async def test_nothing_secret_leaves_before_the_commit(open_live: OpenLive, game: str) -> None:
    """No message, snapshot, resume or lobby summary contains the seed, the point or the roll."""
    live = await open_live(points=(1.02, 1.02))
    ann = await live.player(room=game)
    room = ann.snapshots[0][0]
    tap = Tap()
    player, spectator = await live.raw(ann), await live.raw()
    await spectator.ask({"id": 0, "do": "hello"})
    for raw in (player, spectator):
        await raw.send({"id": 0, "do": "watch", "room": room})
    listening = [asyncio.create_task(tap.listen(raw)) for raw in (player, spectator)]
    if game == "crash":
        await ann.betting()
    live.db.write_lock = asyncio.Lock()
    async with live.db.write_lock:
        ok = await (ann.bet(7) if game == "crash" else ann.roll(room, 7))
        round_ = live.node.owned_rooms[room].rounds.live
        assert round_ is not None
        await eventually(lambda: round_.ended)
        await everything_that_can_be_asked(live, room, (player, spectator))
        await eventually(lambda: sum('"re": "last"' in line for line in tap.lines) == 2, "the replies on both sockets")
    await ann.ended(ok["round"])
    done = f'"round_ended", "round": "{ok["round"]}"'
    await eventually(lambda: any(done in line for line in tap.lines))
    at = next(number for number, line in enumerate(tap.lines) if done in line)
    assert not [line for line in tap.lines[:at] if round_.seeds.server_seed in line]
    of_this_round = [line for line in tap.lines[:at] if "round_ended" not in line and '"history": [{' not in line]
    for secret in ("1.02", '"point"', '"roll"'):
        assert not [line for line in of_this_round if secret in line]
    assert round_.seeds.server_seed in tap.lines[at]
    for raw in (player, spectator):
        await raw.ws.close()
    await asyncio.gather(*listening)


async def everything_that_can_be_asked(live: Live, room: str, sockets: tuple[RawSocket, ...]) -> None:
    """The taps on ``sockets`` get the replies; a socket answers in order, and its last reply is to "last"."""
    requests: list[dict[str, Any]] = [
        {"id": 0, "do": "watch", "room": room},
        {"id": 1, "do": "rooms"},
        {"id": 2, "do": "act", "room": room, "action": "cashout"},
        {"id": 3, "do": "join", "room": room},
        {"id": "last", "do": "ping"},
    ]
    for request in requests:
        for raw in sockets:
            await raw.send(request)
    late = await live.raw()
    resume = {room: {"epoch": live.node.owned_rooms[room].frames.epoch, "seq": 0}}
    await late.send({"id": 1, "do": "hello", "resume": resume})
    told = json.dumps(await late.reply())
    round_ = live.node.owned_rooms[room].rounds.live
    assert round_ is not None
    await late.send({"id": 2, "do": "ping"})
    while "server_time" not in (told := json.dumps(await late.receive())):
        assert round_.seeds.server_seed not in told
    page = await live.node.room_service.private.snapshot(room, None, None)
    assert page is not None
    assert round_.seeds.server_seed.encode() not in page
    assert b'"phase":"settling"' in page


async def test_a_muted_player_reads_until_when_and_plays_on(
    open_live: OpenLive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    live = await open_live(refresh=0.05, crash_betting_ms=60_000)
    ann, bob = await live.player(), await live.player()
    until = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    await mute(live.db, ann.user_id, until)
    error = await refused_chat(ann)
    assert (error["code"], error["retry"], error["until"]) == ("muted", False, until.isoformat().replace("+00:00", "Z"))
    assert f"{until:%Y-%m-%d %H:%M} UTC" in error["message"]
    assert f"chat of user {ann.user_id} from 127.0.0.1: muted" in caplog.text
    await bob.ask("chat", room="crash", text="hello")
    await ann.bet(100)
    await mute(live.db, ann.user_id, UNTIL_UNMUTED)
    await eventually_muted(ann, "The operator has muted your chat.")
    assert "until" not in await ann.refused("chat", room="crash", text="hello")
    await mute(live.db, ann.user_id, None)
    await eventually_heard(ann)


async def test_a_mute_ends_by_itself_and_counts_for_new_connections(live: Live) -> None:
    (ann,) = await live.players(1)
    await mute(live.db, ann.user_id, datetime.now(UTC) + timedelta(hours=1))
    await ann.client.connect()
    await ann.join("crash")
    assert (await ann.refused("chat", room="crash", text="hello"))["code"] == "muted"
    live.clock.set_by(7_200)
    await ann.ask("chat", room="crash", text="an hour later")


async def test_a_mute_counts_on_every_node(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, refresh=0.05)
    ann = await cluster.nodes[0].player()
    twin = await cluster.nodes[1].reconnect(ann)
    await twin.join("crash")
    await mute(cluster.nodes[0].db, ann.user_id, UNTIL_UNMUTED)
    for each in (ann, twin):
        assert (await refused_chat(each))["code"] == "muted"
    await mute(cluster.nodes[0].db, ann.user_id, None)
    for each in (ann, twin):
        await eventually_heard(each)


async def refused_chat(player: Player) -> dict[str, Any]:
    """Say something until a node refuses it, at its next refresh; returns the error."""
    async for _ in Attempts(0.05, give_up_after_s=WAIT_S):
        try:
            await player.ask("chat", room="crash", text="hello")
        except RequestRefusedError as refused:
            return refused.error
    raise AssertionError("the player is not muted")


async def eventually_muted(player: Player, message: str) -> None:
    """Say something until the server refuses it with this message."""
    async for _ in Attempts(0.05, give_up_after_s=WAIT_S):
        if (await refused_chat(player))["message"] == message:
            return
    raise AssertionError(f"no chat line was refused with {message!r}")


async def eventually_heard(player: Player) -> None:
    """Say something until the server takes it."""
    async for _ in Attempts(0.05, give_up_after_s=WAIT_S):
        with suppress(RequestRefusedError):
            await player.ask("chat", room="crash", text="here again")
            return
    raise AssertionError("the player is still muted")

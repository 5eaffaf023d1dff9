"""Rooms in a cluster: a player gets the same answers through every node, whichever node owns the room."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.client import RequestRefusedError
from game_engine.game import Command
from game_engine.games import GAMES
from storage import limits
from tests.server.live_clients import Player
from tests.server.live_cluster import LiveCluster, LiveNode, OpenCluster
from tests.server.live_node import TAKES_NO_ROOMS
from tests.server.stacks import Stacks
from tests.waiting import eventually

LONG = 600_000
"""A betting time longer than any test, in ms."""
ROUND = re.compile(r"crash\.1(\.\d+)?")


async def reply_to(player: Player, do: str, **arguments: Any) -> Any:
    """The reply to a request, without the members that differ between players and moments."""
    try:
        answer = {"ok": await player.ask(do, **arguments)}
    except RequestRefusedError as refused:
        answer = {"error": refused.error}
    for name in ("session", "epoch", "seq", "snapshot"):
        answer.get("ok", {}).pop(name, None)
    return json.loads(ROUND.sub("crash.1.n", json.dumps(answer)))


async def play(player: Player) -> list[Any]:
    """Send every request that crash knows while bets are open, with every kind of refusal."""
    cashout: dict[str, Any] = {"room": "crash", "action": "cashout"}
    before = [
        await reply_to(player, "join", room="crash", seat=0),
        await reply_to(player, "join", room="crash", seat=1000),
        await reply_to(player, "bet", room="crash", amount=1, key="k"),
        await reply_to(player, "act", **cashout),
        await reply_to(player, "chat", room="crash", text="hello"),
        await reply_to(player, "leave", room="crash"),
        await reply_to(player, "join", room="crash"),
    ]
    bets = [
        await reply_to(player, "bet", **({"room": "crash", "key": "first", "amount": 100} | more))
        for more in (
            {},
            {},
            {"amount": 101},
            {"selection": {"auto_cashout": 2.0}},
            {"key": "second", "selection": {"auto_cashout": 2.0}},
            {"key": "dear", "amount": 90_000},
            {"key": "dearest", "amount": 100_001},
            {"key": "late", "round": "crash.999"},
            {"key": "odd", "selection": {"auto_cashout": "soon"}},
            {"key": "odder", "selection": {"colour": "red"}},
            {"key": "oddest", "selection": []},
        )
    ]
    acts = [
        await reply_to(player, "act", **(cashout | more))
        for more in ({}, {"action": "dance"}, {"bet": "dice.1.1"}, {"bet": 7}, {"loudly": True})
    ]
    after = [
        await reply_to(player, "chat", room="crash", text="hello"),
        await reply_to(player, "watch", room="nowhere-at-all"),
        await reply_to(player, "leave", room="crash"),
        await reply_to(player, "leave", room="crash"),
        await reply_to(player, "bet", room="crash", amount=1, key="k"),
    ]
    return before + bets + acts + after


def code(answer: Any) -> str:
    return str(answer.get("error", {"code": "ok"})["code"])


async def test_players_of_the_owner_and_of_another_node_get_the_same_answers(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, crash_betting_ms=LONG)
    owner, other = await cluster.owner_and_other()
    await owner.player()  # has the first seat
    answers = []
    for node in (owner, other):
        player = await node.player(50_000, room=None)
        await player.ask("watch", room="crash")
        answers.append(await play(player))
    assert answers[0] == answers[1]
    assert [code(answer) for answer in answers[1]] == [
        "room_full",
        "bad_request",
        "not_seated",
        "not_seated",
        "not_seated",
        "not_seated",
        "ok",
        "ok",
        "ok",
        "key_conflict",
        "key_conflict",
        "ok",
        "insufficient_funds",
        "limit_exceeded",
        "betting_closed",
        "bad_request",
        "bad_request",
        "bad_request",
        "illegal_action",
        "bad_request",
        "bad_request",
        "bad_request",
        "bad_request",
        "ok",
        "no_such_room",
        "ok",
        "not_seated",
        "not_seated",
    ]
    short = next(each["error"] for each in answers[1] if code(each) == "insufficient_funds")
    assert short["available"] == 49_800


async def test_a_player_s_own_limits_hold_through_any_node(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, crash_betting_ms=LONG)
    answers = []
    until = datetime(2099, 5, 1, 12, tzinfo=UTC)
    for node in await cluster.owner_and_other():
        player = await node.player()
        await set_limits(node, player, limits.OwnLimits(stake=200, loss_a_day=250))
        said = [await reply_to(player, "bet", room="crash", amount=201, key="dear")]
        said += [await reply_to(player, "bet", room="crash", amount=150, key=f"k{number}") for number in range(2)]
        await set_limits(node, player, limits.OwnLimits(break_until=int(until.timestamp() * 1000)))
        said.append(await reply_to(player, "bet", room="crash", amount=1, key="in the break"))
        answers.append(said)
    assert answers[0] == answers[1]
    assert [code(answer) for answer in answers[1]] == ["limit_exceeded", "ok", "limit_exceeded", "self_excluded"]
    assert datetime.fromisoformat(answers[1][-1]["error"]["until"]) - until < timedelta(seconds=1)


async def set_limits(node: LiveNode, player: Player, own: limits.OwnLimits) -> None:
    change = "UPDATE wallets SET limits = :limits WHERE user_id = :user"
    await node.rows_changed(change, limits=limits.encode(own).decode(), user=player.user_id)
    await node.node.players.account_changed(player.user_id)


async def test_a_solo_room_can_be_played_through_two_nodes(open_cluster: OpenCluster) -> None:
    """The node that the player connected to first owns it."""
    cluster = await open_cluster(2)
    here, there = cluster.nodes
    ann = await here.player(room="dice")
    room = ann.snapshots[-1][0]
    assert here.room(room) is not None
    twin = there.another_client(ann)
    await twin.client.connect()
    assert (await twin.join("dice"))["room"] == room
    assert there.room(room) is None
    first = await ann.roll(room, key="one")
    await twin.ended(first["round"])
    second = await twin.roll(room, key="two")
    await ann.ended(second["round"])
    again = await twin.roll(room, key="one")
    assert (again["bet"], again["round"]) == (first["bet"], first["round"])
    odd: dict[str, Any] = {"amount": 5, "key": "x", "selection": {"target": 200.0, "over": True}}
    refusals = [
        [await reply_to(each, "act", room=room, action="reveal", cell=1), await reply_to(each, "bet", room=room, **odd)]
        for each in (ann, twin)
    ]
    assert refusals[0] == refusals[1]
    assert [code(each) for each in refusals[1]] == ["illegal_action", "bad_request"]
    await twin.ask("leave", room=room)
    await ann.event_of("room_closed", room=room)
    assert here.room(room) is None


async def test_a_cash_out_counts_when_it_reaches_the_owner(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, points=(1.15, 1.2), bettors=(2,))
    owner, other = await cluster.owner_and_other()
    ann, bob = await owner.player(), await other.player()
    name = await bob.betting()
    bets = {player: (await player.bet(1000))["bet"] for player in (ann, bob)}
    for player in (ann, bob):
        await player.started(name)
        ok = await player.ask("act", room="crash", action="cashout", bet=bets[player])
        assert ok["payout"] == 1000 * round(ok["multiplier"] * 100) // 100
        seen = await ann.event_of("cashed_out", player=player.username)
        assert (seen["bet"], seen["payout"]) == (bets[player], ok["payout"])
    results = {each["bet"]: each["payout"] for each in (await bob.ended(name))["results"]}
    assert results[bets[bob]] == bob.events("cashed_out", player=bob.username)[0]["payout"]
    await eventually(lambda: _balance_is(cluster, bob, 99_000 + results[bets[bob]]))


async def _balance_is(cluster: LiveCluster, player: Player, cents: int) -> bool:
    return await cluster.nodes[0].balance(player) == cents


async def test_a_key_sent_through_all_nodes_at_once_is_one_bet(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, crash_betting_ms=LONG)
    owner, other = await cluster.owner_and_other()
    ann = await owner.player()
    twins = [ann, owner.another_client(ann), other.another_client(ann), other.another_client(ann)]
    for twin in twins[1:]:
        await twin.client.connect()
        await twin.join("crash")
    answers = await asyncio.gather(*(twin.bet(70, key="same") for twin in twins for _ in range(5)))
    assert {(ok["bet"], ok["held"], ok["balance"]) for ok in answers} == {("crash.1.1", 70, 100_000)}
    conflicts = [await twin.refused("bet", room="crash", amount=71, key="same") for twin in twins]
    assert {(error["code"], error["bet"]) for error in conflicts} == {("key_conflict", "crash.1.1")}


RAISE: dict[str, Any] = {"room": "stacks", "action": "raise", "amount": 50, "key": "raise", "round": "stacks.1"}


async def raising(open_cluster: OpenCluster) -> tuple[LiveNode, LiveNode, Player]:
    """The owner of a room with raises, another node, and a player there who has staked 300 cents."""
    cluster = await open_cluster(2, games=(Stacks(),))
    owner, other = await cluster.owner_and_other("stacks")
    ann = await other.player(room=None)
    await ann.ask("join", room="stacks")
    await ann.bet(300, "stacks", key="bet")
    return owner, other, ann


async def test_copies_of_a_move_through_all_nodes_are_one_move(open_cluster: OpenCluster) -> None:
    owner, other, ann = await raising(open_cluster)
    twins = [ann, other.another_client(ann), owner.another_client(ann), owner.another_client(ann)]
    for twin in twins[1:]:
        await twin.client.connect()
    answers = await asyncio.gather(*(twin.ask("act", **RAISE) for twin in twins for _ in range(5)))
    assert answers == [{}] * 20
    assert await owner.node.holds.held(ann.user_id) == 350
    for twin in twins:
        assert (await twin.refused("act", **(RAISE | {"amount": 51})))["code"] == "key_conflict"
        assert (await twin.refused("act", **(RAISE | {"room": "crash"})))["code"] == "key_conflict"
        error = await twin.refused("act", **(RAISE | {"key": "bet"}))
        assert (error["code"], error["bet"]) == ("key_conflict", "stacks.1.1")
        assert (await twin.refused("bet", room="crash", amount=5, key="raise"))["code"] == "key_conflict"
    assert await owner.node.holds.held(ann.user_id) == 350


async def test_a_move_whose_node_dies_is_made_once(open_cluster: OpenCluster) -> None:
    """The player goes on through the other node, which owns the room."""
    owner, other, ann = await raising(open_cluster)
    assert await ann.ask("act", **RAISE) == {}
    await other.die()
    again = await owner.reconnect(ann)
    assert await again.ask("act", **RAISE) == {}
    assert await owner.node.holds.held(ann.user_id) == 350
    await again.ask("act", room="stacks", action="finish", key="finish", round="stacks.1")
    await eventually(lambda: _round_of(owner) == "stacks.2")
    for key, action in (("raise", RAISE), ("finish", {"room": "stacks", "action": "finish", "round": "stacks.1"})):
        assert await again.ask("act", **(action | {"key": key})) == {}
    assert _round_of(owner) == "stacks.2"


@pytest.mark.parametrize("ends", ["dies", "stops"])
@pytest.mark.parametrize("round_", ["stacks.1", None])
async def test_the_next_owner_of_a_room_knows_the_answers_of_the_last(
    open_cluster: OpenCluster, ends: str, round_: str | None
) -> None:
    """So the move is not made in the next round, even if the copy does not name its round."""
    owner, other, ann = await raising(open_cluster)
    move = {name: value for name, value in (RAISE | {"round": round_}).items() if value is not None}
    foolish = {"room": "stacks", "action": "raise", "amount": 99_999_999, "key": "foolish"}
    assert await ann.ask("act", **move) == {}
    refusal = await ann.refused("act", **foolish)
    await (owner.die() if ends == "dies" else owner.stop())
    await eventually(lambda: other.room("stacks") is not None, "the next owner")
    await eventually(lambda: _round_of(other) == "stacks.2", "its first round")
    again = await other.reconnect(ann)
    await again.ask("join", room="stacks")
    await again.bet(300, "stacks", key="bet again")
    assert await again.ask("act", **move) == {}
    assert await again.refused("act", **foolish) == refusal
    late = await again.refused("act", **(RAISE | {"key": "never arrived"}))
    assert (late["code"], late["round"]) == ("illegal_action", "stacks.1")
    assert await other.node.holds.held(ann.user_id) == 300


def _round_of(node: LiveNode) -> str | None:
    room = node.room("stacks")
    live = None if room is None else room.rounds.live
    return None if live is None else live.name


class Breaks(type(GAMES["crash"])):  # type: ignore[misc]
    """A crash game that raises at a stake of 13 cents, before it changes anything."""

    def stake_of(self, state: Any, command: Command) -> int:
        if getattr(command, "amount", 0) == 13:
            raise ZeroDivisionError
        return int(super().stake_of(state, command))


async def test_an_unexpected_error_of_the_owner_is_logged_there_and_answered_everywhere(
    open_cluster: OpenCluster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(GAMES, "crash", Breaks())
    cluster = await open_cluster(2, crash_betting_ms=LONG)
    owner, other = await cluster.owner_and_other()
    ann, bob = await owner.player(), await other.player()
    errors = [await each.refused("bet", room="crash", amount=13, key="k") for each in (ann, bob)]
    assert errors[0] == errors[1]
    assert errors[1]["code"] == "internal_error"
    assert "bet in crash failed for another node, which gets internal_error" in caplog.text
    assert caplog.text.count("ZeroDivisionError") >= 2
    assert (await bob.bet(14, key="k"))["held"] == 14


async def test_a_database_that_only_the_owner_can_not_reach_is_unavailable(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, crash_betting_ms=LONG)
    owner, other = await cluster.owner_and_other()
    bob = await other.player(room=None)
    owner.db.away = True
    error = await bob.refused("join", room="crash")
    assert (error["code"], error["retry"]) == ("unavailable", True)
    owner.db.away = False
    await bob.join("crash")


async def test_a_room_that_moved_is_found_at_its_new_owner(
    open_cluster: OpenCluster,
) -> None:
    """The node that knew the old owner finds the new one, and no player has to try again."""
    cluster = await open_cluster(3, times=TAKES_NO_ROOMS)
    owner = await cluster.owned()
    bobs, takers = [node for node in cluster.nodes if node is not owner]
    bob = await bobs.player()
    await bob.ask("chat", room="crash", text="before")
    await owner.node.closer.hand_over("crash")
    await takers.node.opener.take("crash")
    await bob.ask("chat", room="crash", text="after")
    new = await cluster.owned()
    assert new is not owner
    room = new.room()
    assert room is not None
    assert [line.text for line in room.chat.lines] == ["after"]
    assert await reply_to(bob, "leave", room="crash") == {"ok": {}}


async def test_after_the_owner_died_a_repeated_request_works(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, crash_betting_ms=LONG, lease_ms=1500, renew_ms=500)
    owner, other = await cluster.owner_and_other()
    bob = await other.player()
    await bob.bet(100, key="k")
    await owner.die(lease_expires=False)
    error = await bob.refused("chat", room="crash", text="hello?")
    assert (error["code"], error["retry"]) == ("unavailable", True)
    await bob.event_of("round_void", round="crash.1", reason="owner_lost")
    again = await bob.bet(100, key="k")
    assert (again["bet"], again["held"]) == ("crash.1.1", 0)  # a key stands for one bet, also of a void round
    ok = await bob.bet(100, key="another")
    assert (ok["bet"], ok["held"]) == ("crash.2.1", 100)

"""A player has one wallet, one set of keys and one set of limits, through connections to any nodes."""

import asyncio
import random
import secrets
from collections.abc import Coroutine, Iterator
from itertools import count, islice
from typing import Any

import pytest

from cli.client import RequestRefusedError
from tests.simulation.cluster import Cluster, Guest
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOCKETS = 10
"""Connections to each node."""
BURST = 500
"""Bets sent at once."""
UNLIKELY = {"target": 99.99, "over": True}
"""One roll in 10,001 wins."""
Ask = Coroutine[Any, Any, dict[str, Any]]


async def sockets_of(shared_cluster: Cluster, credit: int, *rooms: str) -> list[Guest]:
    """A new player's connections, alternately to both nodes, all with seats in the rooms."""
    (ann,) = await shared_cluster.players(1, credit=credit)
    sockets = [shared_cluster.again(ann, shared_cluster.nodes[number % 2]) for number in range(2 * SOCKETS)]
    await asyncio.gather(*(socket.come() for socket in sockets))
    for room in rooms:
        await asyncio.gather(*(socket.join(room) for socket in sockets))
    return sockets


def room_of(guest: Guest, game: str) -> str:
    return next(room for room in guest.client.positions if room.partition("-")[0] == game)


async def wallet_everywhere(shared_cluster: Cluster, sockets: list[Guest]) -> int:
    """The balance, once nothing is held and all connections have been told that balance."""

    def newest(guest: Guest) -> tuple[int, int]:
        notice = [notice for notice in guest.notices if notice["notice"] == "wallet"][-1]
        return notice["balance"], notice["held"]

    async def agree() -> bool:
        balance = await shared_cluster.balance(sockets[0])
        return {newest(guest) for guest in sockets} == {(balance, 0)}

    await eventually(agree, "one balance at all nodes")
    for node in shared_cluster.nodes:
        status, wallet = await shared_cluster.call(node, "GET", "/me/wallet", token=sockets[0].token)
        balance = await shared_cluster.balance(sockets[0])
        assert (status, wallet["balance"], wallet["held"], wallet["available"]) == (200, balance, 0, balance)
    return await shared_cluster.balance(sockets[0])


async def accepted(asks: list[Ask]) -> list[dict[str, Any] | str]:
    """The replies, or the codes of refusals."""

    async def one(ask: Ask) -> dict[str, Any] | str:
        try:
            return await ask
        except RequestRefusedError as refused:
            return refused.code

    return await asyncio.gather(*(one(ask) for ask in asks))


async def reply_in_time(guest: Guest, amount: int, room: str) -> dict[str, Any] | str:
    """The reply to a bet, or its refusal's code; a bet that came while betting was closed is sent again."""
    selection = UNLIKELY if room != "crash" else {}
    replies: list[dict[str, Any] | str] = []

    async def answered() -> bool:
        replies.extend(await accepted([guest.bet(amount, room, selection=selection)]))
        return replies[-1] != "betting_closed"

    await eventually(answered, f"open betting in {room}")
    return replies[-1]


async def burst_until(code: str, asks: Iterator[Ask]) -> list[dict[str, Any] | str]:
    """Send bets, a burst at a time, until a bet is refused with this code; the replies to all of them.

    How many bets of one burst come while betting is open depends on the machine, so one burst may not be enough.
    """
    replies: list[dict[str, Any] | str] = []

    async def met() -> bool:
        replies.extend(await accepted(list(islice(asks, BURST))))
        return code in replies

    await eventually(met, f"a bet refused with {code}")
    return replies


async def test_no_chip_can_be_staked_twice(shared_cluster: Cluster) -> None:
    """A bet in a shared room and one in a solo room, then bursts of bets in both over twenty sockets to both nodes,
    until the money is spent."""
    credit = 10_000
    sockets = await sockets_of(shared_cluster, credit, "crash", "dice")
    crash, dice = "crash", room_of(sockets[0], "dice")
    dealer = random.Random(5)
    first = [await reply_in_time(guest, 1_000, room) for guest, room in zip(sockets, (crash, dice), strict=False)]

    def asks() -> Iterator[Ask]:
        for number in count():
            guest = sockets[number % len(sockets)]
            # Each room through sockets to both nodes; crash takes at most four bets, which leave money for dice.
            if number // 2 % 2:
                yield guest.bet(dealer.randint(1_000, 4_000), dice, selection=UNLIKELY)
            else:
                yield guest.bet(dealer.randint(1_000, 1_500), crash)

    replies = first + await burst_until("insufficient_funds", asks())
    bets = [reply for reply in replies if not isinstance(reply, str)]
    refusals = {reply for reply in replies if isinstance(reply, str)}
    assert refusals <= {"insufficient_funds", "betting_closed", "limit_exceeded", "rate_limited"}
    assert {bet["bet"].partition(".")[0] for bet in bets} == {crash, dice}
    assert all(bet["balance"] >= bet["held"] >= 0 for bet in bets)
    left = await wallet_everywhere(shared_cluster, sockets)
    rows = await shared_cluster.rows("SELECT amount, payout FROM bets WHERE user_id = :user", user=sockets[0].user_id)
    assert len(rows) == len(bets)
    won = sum(payout for _, payout in rows)
    assert sum(amount for amount, _ in rows) == credit + won - left <= credit + won


async def test_a_key_is_one_bet_through_both_nodes(shared_cluster: Cluster) -> None:
    sockets = await sockets_of(shared_cluster, 10_000, "crash")

    async def bet_once() -> tuple[str, list[dict[str, Any] | str]] | None:
        """A key and the replies to a hundred bets with it, unless betting was closed."""
        key, round_ = secrets.token_hex(8), await sockets[0].betting()
        replies = await accepted([sockets[number % 20].bet(700, key=key, round=round_) for number in range(100)])
        return None if "betting_closed" in replies else (key, replies)

    key, replies = await eventually(bet_once, "open betting in crash")
    first = replies[0]
    assert [reply for reply in replies if reply != first] == []
    assert (first["balance"], first["held"]) == (10_000, 700)
    await sockets[0].ended(first["round"])
    await wallet_everywhere(shared_cluster, sockets)
    later = await asyncio.gather(*(socket.bet(700, key=key) for socket in sockets))
    assert {reply["bet"] for reply in later} == {first["bet"]}
    assert [await socket.refused("bet", room="crash", amount=701, key=key) for socket in sockets[:2]] == [
        {
            "code": "key_conflict",
            "message": "The key was used for another bet or move.",
            "retry": False,
            "bet": first["bet"],
        }
    ] * 2
    rows = await shared_cluster.rows("SELECT amount FROM bets WHERE user_id = :user", user=sockets[0].user_id)
    assert rows == [(700,)]


async def test_a_limit_set_at_one_node_applies_at_the_other(shared_cluster: Cluster) -> None:
    ann = await shared_cluster.player(shared_cluster.nodes[0])
    twin = shared_cluster.again(ann, shared_cluster.nodes[1])
    await twin.come()
    for player in (ann, twin):
        await player.join("dice")
        await player.ask("watch", room="crash")
    dice = room_of(ann, "dice")

    async def bet(player: Guest, amount: int, room: str = dice) -> str:
        """The error code; empty if the bet is accepted."""
        reply = await reply_in_time(player, amount, room)
        return reply if isinstance(reply, str) else ""

    async def limit(**limits: Any) -> None:
        status, _ = await shared_cluster.call(shared_cluster.nodes[0], "PUT", "/me/limits", limits, ann.token)
        assert status == 200

    assert await bet(twin, 500) == ""
    await limit(stake=400)
    for player in (twin, ann):
        assert await bet(player, 500) == "limit_exceeded"
        assert await bet(player, 500, "crash") == "limit_exceeded"
    # 500 are lost already, so 700 more may be lost: half of them at each node.
    await limit(loss_a_day=1200)
    assert [await bet(twin, 350), await bet(ann, 350)] == ["", ""]
    assert [await bet(ann, 1), await bet(twin, 1)] == ["limit_exceeded"] * 2
    await limit(break_until="2030-01-01T00:00:00Z")
    assert [await bet(twin, 1), await bet(ann, 1)] == ["self_excluded"] * 2


async def test_the_daily_loss_limit_applies_to_both_nodes_together(shared_cluster: Cluster) -> None:
    sockets = await sockets_of(shared_cluster, 100_000, "crash", "dice")
    status, _ = await shared_cluster.call(
        shared_cluster.nodes[1], "PUT", "/me/limits", {"loss_a_day": 5000}, sockets[0].token
    )
    assert status == 200
    dice = room_of(sockets[0], "dice")

    def asks() -> Iterator[Ask]:
        for number in count():
            guest = sockets[number % len(sockets)]
            in_turn = number // len(sockets) % 2
            yield guest.bet(1000, dice, selection=UNLIKELY) if in_turn else guest.bet(1500)

    replies = await burst_until("limit_exceeded", asks())
    await wallet_everywhere(shared_cluster, sockets)
    rows = await shared_cluster.rows("SELECT amount, payout FROM bets WHERE user_id = :user", user=sockets[0].user_id)
    assert len(rows) == sum(not isinstance(reply, str) for reply in replies) > 0
    assert sum(amount - payout for amount, payout in rows) <= 5000

"""A node dies or hangs, and another takes its rooms over: live rounds are void, and all clients learn of it."""

import asyncio
from functools import partial

from cli.client import RequestRefusedError
from tests.simulation.cluster import LONG, SHORT, Cluster, Guest
from tests.simulation.crowd import by

STAKE = 5000
TAKEOVER_S = 10.0
"""Twice the promised time, because the machine may be busy."""


async def running_round(cluster: Cluster, *bettors: Guest) -> str:
    """The name of a crash round of several minutes in which each player has staked everything."""
    name = await bettors[0].betting()
    cluster.points = LONG
    for bettor in bettors:
        assert (await bettor.bet(STAKE))["round"] == name
    for bettor in bettors:
        await bettor.started(name)
    cluster.points = SHORT
    return name


async def bets_at_once(bettor: Guest) -> str:
    """Stake the whole balance in the next round that takes bets; returns its name."""
    accepted: list[str] = []

    async def try_it() -> bool:
        try:
            accepted.append((await bettor.bet(STAKE))["round"])
        except RequestRefusedError as refused:
            if refused.code != "betting_closed":
                raise
        return bool(accepted)

    await by(TAKEOVER_S, try_it, "a round takes bets")
    return accepted[0]


async def continues(guest: Guest, old: str) -> None:
    """Wait until the guest knows of another epoch of crash."""
    await by(TAKEOVER_S, lambda: guest.client.positions["crash"].epoch != old, f"crash continues at {guest.node.url}")


async def test_an_owner_that_hung_neither_settles_nor_announces(cluster: Cluster) -> None:
    owner, other = await cluster.owner(), await cluster.other()
    ann, bob = await cluster.player(owner, credit=STAKE), await cluster.player(other, credit=STAKE)
    near, far = await cluster.spectator(owner), await cluster.spectator(other)
    name = await running_round(cluster, ann, bob)
    old = near.client.positions["crash"].epoch
    owner.pause()
    await far.event_of("round_void", round=name)
    await bob.event_of("round_void", round=name)
    await bob.notice_of("wallet", balance=STAKE, held=0)
    following = await bets_at_once(bob)
    said = {place for guest in (near, ann) for place in guest.frames if place[1] == old}
    heard = {guest: len(guest.seen) for guest in (near, ann)}
    owner.resume()
    for guest in (near, ann):
        await continues(guest, old)
    await bob.ended(following)
    next_one = await bets_at_once(ann)
    await ann.ended(next_one)
    await near.ended(next_one)
    assert {place for guest in (near, ann) for place in guest.frames if place[1] == old} == said
    for guest in (near, ann):
        told = {event["type"] for _, _, event in guest.seen[heard[guest] :] if event.get("round") == name}
        assert told <= {"round_void"}
    number = int(name.rpartition(".")[2])
    rounds = await cluster.rows("SELECT status FROM rounds WHERE room = 'crash' AND number = :number", number=number)
    assert [row.status for row in rounds] == ["void"]
    bets = """SELECT b.result, b.amount, b.payout FROM bets b JOIN rounds r ON r.id = b.round_id
      WHERE r.room = 'crash' AND r.number = :number"""
    assert set(await cluster.rows(bets, number=number)) == {("void", STAKE, STAKE)}
    assert await cluster.audit() == []


async def test_the_rooms_of_a_dead_node_continue_on_another_node(cluster: Cluster) -> None:
    owner, other = await cluster.owner(), await cluster.other()
    far, bob = await cluster.spectator(other), await cluster.player(other, credit=STAKE)
    name = await running_round(cluster, bob)
    old = far.client.positions["crash"].epoch
    owner.kill()
    await continues(far, old)
    await far.event_of("round_void", round=name)
    await bob.notice_of("wallet", balance=STAKE, held=0)
    await bob.ended(await bets_at_once(bob))
    assert bob.client.gaps == far.client.gaps == 0
    assert await cluster.audit() == []


async def test_when_all_nodes_died_the_bettors_are_told_after_the_restart(cluster: Cluster) -> None:
    ann, bob = [await cluster.player(node, credit=STAKE) for node in cluster.nodes]
    name = await running_round(cluster, ann, bob)
    for node in cluster.nodes:
        node.kill()
    for each in (ann, bob):
        await each.client.wait_closed()
    await asyncio.gather(*(node.start() for node in cluster.nodes))
    for each in (ann, bob):
        await by(TAKEOVER_S, partial(told_of_void_round, each, name), "a hello tells of the void bet")
    assert await cluster.audit() == []


async def told_of_void_round(bettor: Guest, name: str) -> bool:
    """Connect again, and see whether the hello tells of the bet. The nodes that start may still take the room over."""
    bets = (await bettor.come())["void_bets"]
    await bettor.client.close()
    assert all((bet["amount"], bet["reason"]) == (STAKE, "owner_lost") for bet in bets)
    return [bet["bet"].rpartition(".")[0] for bet in bets] == [name]

"""A table of hold'em that moves to another node stays as it was: seats, stacks, the button and what players owe."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from game_engine.games.holdem.blinds import Debt, next_positions
from server.messages import VoidReason
from server.node.inheritance import Inheritance, inheritance_of
from server.rooms.live_round import LiveRound
from storage.open_rounds import void_open_rounds
from tests.server.holdem_table import CHIPS, HOLDEM, Table, holdem, live_round, round_with, stacks
from tests.server.live_cluster import LiveCluster, LiveNode, OpenCluster
from tests.server.live_node import TAKES_NO_ROOMS, OpenLive
from tests.server.stacks import Stacks
from tests.waiting import eventually

SEATS = (1, 4, 7)
OUT = 8
"""The seat of a player who sits out and owes blinds."""
HANDED_ON = holdem().handed_on


async def stops(node: LiveNode) -> None:
    await node.stop()


async def dies(node: LiveNode) -> None:
    await node.die()


WAYS = pytest.mark.parametrize("go", [stops, dies])
Go = Callable[[LiveNode], Awaitable[None]]


def handed_on(round_: LiveRound) -> dict[str, Any]:
    return {name: getattr(round_.setup.options, name) for name in HANDED_ON}


def seats_of(node: LiveNode) -> dict[int, str]:
    room = node.room(HOLDEM)
    assert room is not None
    return {member.seat: member.username for member in room.seats.all()}


async def table_on(cluster: LiveCluster, *, hands: int) -> tuple[LiveNode, LiveNode, Table]:
    """A table after some hands, owned by the first node, whose players are connected to the second one. The player in
    seat ``OUT`` sits out."""
    # Otherwise the room may move once more, so that both nodes have one.
    await eventually(lambda: cluster.owner(HOLDEM) is not cluster.owner("crash"), "a room at each node")
    owner, other = await cluster.owner_and_other(HOLDEM)
    table = Table(other)
    await table.sit_together({seat: seat == OUT for seat in (*SEATS, OUT)})
    for _ in range(hands):
        await table.play_hand()
    return owner, other, table


async def at(node: LiveNode, round_name: str, bets: int) -> LiveRound:
    """The node's round with this many bets, after the round with this name."""

    def find() -> LiveRound | None:
        found = live_round(node.node)
        return found if found is not None and found.name != round_name and len(found.bets) == bets else None

    found: LiveRound = await eventually(find, "the table at the other node")
    return found


@WAYS
@pytest.mark.parametrize("hands", [1, 4])
async def test_a_table_between_hands_moves_as_it_is(open_cluster: OpenCluster, go: Go, hands: int) -> None:
    cluster = await open_cluster(2, games=(holdem(between_ms=2_000),))
    owner, other, table = await table_on(cluster, hands=hands)
    before = await round_with(owner.node, 4)
    wanted = (handed_on(before), stacks(before), seats_of(owner))
    assert wanted[0]["big"] is not None
    await go(owner)
    after = await at(other, before.name, 4)
    assert (handed_on(after), stacks(after), seats_of(other)) == wanted
    assert set(seats_of(other)) == {*SEATS, OUT}

    # The next hand is the one that would have come.
    options = before.setup.options
    debts = {place.seat: Debt(big=place.owes_big, small=place.owes_small) for place in options.places}
    expected = next_positions(
        options.button, options.small, options.big, {seat: debts[seat] for seat in debts if seat != OUT}
    )
    assert (await table.play_hand())["button"] == expected.button
    ended = await at(other, after.name, 4)
    assert sum(stacks(ended).values()) == 4 * CHIPS
    assert ended.setup.options.big == expected.big


async def test_a_hand_is_played_to_its_end_before_its_node_stops_and_the_next_one_follows(
    open_cluster: OpenCluster,
) -> None:
    cluster = await open_cluster(2, games=(holdem(between_ms=1_000),))
    owner, other, table = await table_on(cluster, hands=2)
    hand = await table.turn()
    running = live_round(owner.node)
    assert running is not None
    await owner.stop()
    after = await at(other, running.name, 4)
    assert after.setup.options.button == hand["button"]
    found = {place.seat: place for place in after.setup.options.places}
    assert set(found) == {*SEATS, OUT}
    assert found[OUT].owes_big
    assert sum(stacks(after).values()) == 4 * CHIPS
    assert seats_of(other) == {seat: player.username for seat, player in table.players.items()}


async def test_after_a_death_during_a_hand_everyone_has_the_stack_from_before_it(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, games=(holdem(between_ms=1_000),))
    owner, other, table = await table_on(cluster, hands=2)
    before = await round_with(owner.node, 4)
    wanted = (handed_on(before), stacks(before), seats_of(owner))
    hand = await table.turn()
    actor = table.players[hand["turn"]["seat"]]
    await actor.ask("act", room=HOLDEM, action="call")
    sleeper = next(player for player in table.players.values() if player is not actor)
    await sleeper.ask("act", room=HOLDEM, action="sit_out")
    await owner.die()
    after = await at(other, before.name, 4)
    assert (handed_on(after), stacks(after), seats_of(other)) == wanted
    expected = {sleeper.username, table.players[OUT].username}

    def away() -> set[str]:
        return {each["player"] for each in after.view(None)["seats"] if each["away"]}

    await eventually(lambda: away() == expected, "the moves that were made during the hand")


async def test_a_player_who_was_leaving_is_not_bet_for_again(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, games=(holdem(between_ms=1_000),))
    owner, other, table = await table_on(cluster, hands=1)
    before = await round_with(owner.node, 4)
    hand = await table.turn()
    gone = next(seat for seat in SEATS if seat != hand["turn"]["seat"])
    await table.players[gone].ask("leave", room=HOLDEM)
    await owner.die()
    after = await at(other, before.name, 3)
    assert gone not in stacks(after)
    assert await other.node.players.held(table.players[gone].user_id) == 0


async def test_two_deaths_in_a_row_leave_the_stacks(open_cluster: OpenCluster) -> None:
    """The second node dies before it has bet the stacks again: its round has no bets."""
    cluster = await open_cluster(2, games=(holdem(between_ms=60_000),))
    owner, other, table = await table_on(cluster, hands=0)
    before = await round_with(owner.node, 4)
    wanted = stacks(before)
    await owner.die()
    after = await at(other, before.name, 4)
    room = other.room(HOLDEM)
    assert room is not None
    assert await void_open_rounds(other.db, HOLDEM, VoidReason.OWNER_LOST) == [after.name]
    left = await inheritance_of(other.db, room.game, HOLDEM, room.options)
    assert {stake.seat: stake.amount for stake in left.stakes} == wanted
    assert [stake.user_id for stake in left.stakes] == [table.players[seat].user_id for seat in (*SEATS, OUT)]


async def test_a_room_without_players_begins_with_its_own_options(open_live: OpenLive) -> None:
    live = await open_live(games=[Stacks()], times=TAKES_NO_ROOMS)
    ann = await live.player(room=None)
    await ann.ask("join", room="stacks")
    await ann.bet(300, "stacks", selection={"mark": "a"})
    await ann.ask("act", room="stacks", action="finish")
    await ann.event_of("bet_placed", after=1, room="stacks")
    await live.node.closer.hand_over("stacks")
    await live.rows_changed("UPDATE game_sessions SET ended_at = started_at")
    await live.node.opener.take("stacks")
    round_ = live_round(live.node, "stacks")
    assert round_ is not None
    assert (round_.setup.options.turn, len(round_.bets)) == (0, 0)


async def test_the_last_settled_round_tells_what_stays_in_a_game(open_live: OpenLive) -> None:
    """A game without table stakes loses those of a void round, but not its options."""
    live = await open_live(games=[Stacks()], times=TAKES_NO_ROOMS)
    ann = await live.player(room=None)
    await ann.ask("join", room="stacks", seat=2)
    await ann.bet(300, "stacks", selection={"mark": "a"})
    await ann.ask("act", room="stacks", action="finish")
    await ann.event_of("bet_placed", after=1, room="stacks")
    room = live.node.owned_rooms["stacks"]
    await live.node.closer.hand_over("stacks")
    await live.node.opener.take("stacks")
    room = live.node.owned_rooms["stacks"]
    assert room.rounds.live is not None
    assert room.rounds.live.setup.options.turn == 1
    assert room.rounds.live.bets == {}
    assert [member.seat for member in room.seats.all()] == [2]


async def test_rounds_that_cannot_be_read_leave_nothing(open_live: OpenLive, caplog: pytest.LogCaptureFixture) -> None:
    live = await open_live(games=[Stacks()])
    ann = await live.player(room=None)
    await ann.ask("join", room="stacks")
    await ann.bet(300, "stacks")
    await ann.ask("act", room="stacks", action="finish")
    await live.rows_changed("UPDATE rounds SET options = '{\"turn\": \"x\"}' WHERE room = 'stacks'")
    room = live.node.owned_rooms["stacks"]
    assert await inheritance_of(live.db, room.game, "stacks", room.options) == Inheritance(room.options)
    assert "the room starts without the stakes and options of that round" in caplog.text

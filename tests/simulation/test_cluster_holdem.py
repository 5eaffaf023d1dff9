"""A table of hold'em moves from one server process to another, and stays as it was."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.client import RequestRefusedError
from tests.server.holdem_table import CHIPS, HOLDEM, FoldingTable
from tests.simulation.cluster import Cluster, Guest, Node, Postgres
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(300)

CREDIT = 100_000
FOLLOWING = {1: 4, 4: 7, 7: 1}
"""Seat -> the next one; nobody sits out, so the button moves there."""


class Shown(NamedTuple):
    """What anyone sees of the table: who sits where, with which stack, and the button."""

    players: dict[int, str]
    stacks: dict[int, int]
    button: int | None


async def shown_at(cluster: Cluster, node: Node) -> Shown:
    watcher = await cluster.spectator(node, HOLDEM)
    _, snapshot = await watcher.until(lambda: next(iter(watcher.snapshots), None))
    await watcher.client.close()
    return Shown(
        players={each["seat"]: each["player"] for each in snapshot["players"]},
        stacks={each["seat"]: each["stack"] for each in snapshot["view"]["seats"]},
        button=snapshot["view"]["button"],
    )


async def stops(node: Node) -> None:
    assert await node.stop() == 0


async def dies(node: Node) -> None:
    node.kill()


@pytest.fixture
async def cluster(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Cluster]:
    async with Cluster(tmp_path / "cluster", postgres, more_games=HOLDEM) as cluster:
        yield cluster
        print(cluster.logs())  # noqa: T201 - pytest shows it if the test fails


@pytest.mark.parametrize("go", [stops, dies])
async def test_a_table_moves_to_another_process_as_it_is(
    cluster: Cluster, go: Callable[[Node], Awaitable[None]]
) -> None:
    # Otherwise the room may move once more, so that both nodes have one.
    await eventually(lambda: cluster.owner_of(HOLDEM) not in (None, cluster.owner_of("crash")), "a room at each node")
    owner, other = await cluster.owner(HOLDEM), await cluster.other(HOLDEM)
    table = FoldingTable(partial(cluster.player, other, room=None, credit=CREDIT))
    for seat in FOLLOWING:
        await table.sit(seat)
    await table.play_hand()

    async def between_hands(node: Node, known: Shown | None) -> Shown | None:
        try:
            shown = await shown_at(cluster, node)
        except RequestRefusedError:  # the new owner still takes the room over
            return None
        return shown if shown.stacks.keys() == FOLLOWING.keys() and known in (None, shown) else None

    before = await eventually(partial(between_hands, owner, None), "the stacks in the next round")
    assert before.players == {seat: player.username for seat, player in table.players.items()}
    assert sum(before.stacks.values()) == 3 * CHIPS
    assert len(set(before.stacks.values())) > 1
    await go(owner)
    await eventually(lambda: cluster.owner_of(HOLDEM) is other, "the table's next owner")
    await eventually(partial(between_hands, other, before), f"the table as it was, {before},")

    hand = await table.play_hand()
    assert before.button is not None
    assert hand["button"] == FOLLOWING[before.button]
    await eventually(partial(after, cluster, other, table, before), "the stacks after the next hand")
    await leave(cluster, table)
    assert await cluster.audit() == []


async def after(cluster: Cluster, node: Node, table: FoldingTable, before: Shown) -> bool:
    shown = await shown_at(cluster, node)
    return (
        shown.players == before.players
        and shown.stacks != before.stacks
        and sum(shown.stacks.values()) == len(table.players) * CHIPS
    )


async def leave(cluster: Cluster, table: FoldingTable) -> None:
    """Everyone takes the stack home; no chip is missing."""

    async def is_all_there() -> bool:
        held: list[Any] = [player.notices[-1].get("held") for player in table.players.values()]
        balances = [await cluster.balance(player) for player in table.players.values()]
        return sum(balances) == len(balances) * CREDIT and held == [0] * len(balances)

    for player in table.players.values():
        await player.ask("leave", room=HOLDEM)
        assert isinstance(player, Guest)
        assert player.client.gaps == 0
    await eventually(is_all_there, "every chip in a wallet")

"""What the operator announces reaches everybody who is connected, on every node, once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.clock import to_ms
from storage.announcements import announce
from tests.server.live_clients import Player
from tests.server.live_cluster import OpenCluster
from tests.server.live_node import Live, OpenLive
from tests.waiting import eventually

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def live(open_live: OpenLive) -> Live:
    return await open_live(refresh=0.05)


def heard(player: Player) -> list[dict[str, Any]]:
    return [notice for notice in player.notices if notice["notice"] == "announcement"]


async def test_everybody_who_is_connected_hears_an_announcement_once(live: Live) -> None:
    ann, wall = await live.player(room=None), await live.spectator(room=None)
    number = await announce(live.db, "The server restarts at 18:00.", NOW)
    said = {"notice": "announcement", "number": number, "text": "The server restarts at 18:00.", "at": to_ms(NOW)}
    for each in (ann, wall):
        await each.notice_of("announcement")
    late = await live.player(room=None)
    second = await announce(live.db, "It is back.", NOW)
    for each in (ann, wall, late):
        await each.notice_of("announcement", number=second)
    assert heard(ann)[0] == heard(wall)[0] == said
    assert [len(heard(each)) for each in (ann, wall, late)] == [2, 2, 1]


async def test_who_has_not_said_hello_hears_nothing(live: Live) -> None:
    silent, wall = await live.raw(), await live.spectator(room=None)
    await announce(live.db, "Good evening.", NOW)
    await wall.notice_of("announcement")
    await silent.ask({"id": 1, "do": "hello"})
    assert [message for message in silent.received if "notice" in message] == []


async def test_an_announcement_waits_while_the_database_is_away(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    ann = await live.player(room=None)
    number = await announce(live.db, "Good evening.", NOW)
    live.db.away = True
    await eventually(lambda: "could not look for announcements" in caplog.text or heard(ann), "a look that failed")
    live.db.away = False
    await ann.notice_of("announcement", number=number)
    assert len(heard(ann)) == 1


async def test_every_node_announces_and_a_new_node_says_nothing_old(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, refresh=0.05)
    players = [await node.player(room=None) for node in cluster.nodes]
    number = await announce(cluster.nodes[0].db, "Good evening.", NOW)
    for each in players:
        await each.notice_of("announcement", number=number)
    third = await cluster.start_node()
    late = await third.player(room=None)
    second = await announce(third.db, "Good night.", NOW)
    for each in (*players, late):
        await each.notice_of("announcement", number=second)
    assert [len(heard(each)) for each in (*players, late)] == [2, 2, 1]

"""The directory of several nodes: rooms that change owners, nodes that die, and a Redis that was away or lost data."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from msgspec import Raw

from devtools.services import RedisServer
from server.backends.directory import Terms
from server.backends.directory_redis import RedisDirectory
from server.backends.redis_link import RedisLink
from server.errors import UnreachableError
from server.messages import RoomSummary
from tests.server.backends.lease_world import summary, tell
from tests.waiting import eventually


class Node:
    """A node that is alive until a test says otherwise."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self.link = RedisLink(url)
        self.directory = RedisDirectory(self.link, name, update_ms=10)

    async def live(self) -> None:
        await self.link.call("SET", self.link.key(f"node:{self.name}"), 1)

    async def die(self) -> None:
        await self.link.call("DEL", self.link.key(f"node:{self.name}"))

    async def answers(self) -> bool:
        try:
            return bool(await self.link.call("PING"))
        except UnreachableError:
            return False

    async def shows(self, *expected: tuple[str, int]) -> None:
        """Wait until it sees these rooms with these numbers of players."""

        async def looks_so() -> bool:
            try:
                return [(s.room, s.players) for s in await self.directory.summaries()] == list(expected)
            except UnreachableError:
                return False

        await eventually(looks_so)


@pytest.fixture
async def nodes(redis_url: str) -> AsyncIterator[tuple[Node, Node]]:
    nodes = Node(redis_url, "first"), Node(redis_url, "second")
    for node in nodes:
        await node.live()
        await node.directory.start()
    yield nodes
    for node in nodes:
        await node.directory.stop()
        await node.link.close()


def describe(room: str, players: int) -> Callable[[], RoomSummary]:
    return lambda: summary(room, players)


async def finds(asked: Callable[[], Awaitable[str | None]], expected: str | None) -> None:
    async def is_so() -> bool:
        try:
            return await asked() == expected
        except UnreachableError:
            return False

    await eventually(is_so)


async def test_rooms_of_dead_nodes_are_not_listed(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    first.directory.list_room("crash", describe("crash", 1))
    await second.shows(("crash", 1))
    await first.die()
    await second.shows()
    assert await second.link.call("HLEN", second.link.key("summaries")) in (
        0,
        1,
    )  # a paused node may have written it again
    await first.live()
    await second.shows(("crash", 1))


async def test_a_room_that_changes_owners_is_listed_once(nodes: tuple[Node, Node], redis_url: str) -> None:
    first, second = nodes
    third = Node(redis_url, "third")
    first.directory.list_room("crash", describe("crash", 1))
    await second.shows(("crash", 1))
    second.directory.list_room("crash", describe("crash", 2))
    await finds_card_of(third, "crash", "second")
    first.directory.release_room("crash")
    await third.shows(("crash", 2))
    await third.link.close()


async def finds_card_of(reader: Node, room: str, node: str) -> None:
    async def is_so() -> bool:
        found = await reader.link.call("HGET", reader.link.key("summaries"), room)
        return bool(found and found.startswith(node.encode() + b" "))

    await eventually(is_so)


async def test_a_former_owner_does_not_remove_the_summary(nodes: tuple[Node, Node], redis_url: str) -> None:
    first, second = nodes
    third = Node(redis_url, "third")
    first.directory.list_room("crash", describe("crash", 1))
    await second.shows(("crash", 1))
    await first.directory.stop()
    await second.shows()
    first.directory.list_room("crash", describe("crash", 1))
    second.directory.list_room("crash", describe("crash", 2))
    await third.shows(("crash", 2))
    first.directory.release_room("crash")
    assert await first.directory.summaries() == [summary("crash", 2)]
    await third.link.close()


async def test_a_stopped_node_lists_nothing(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    first.directory.list_room("crash", describe("crash", 1))
    first.directory.add_session(7, "crash")
    await second.shows(("crash", 1))
    await first.directory.stop()
    await second.shows()
    assert await second.directory.room_of(7) == "crash"


async def test_everything_is_written_again_when_redis_lost_it(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    first.directory.list_room("crash", describe("crash", 1))
    first.directory.add_session(7, "crash")
    first.directory.add_session(8, "crash")
    first.directory.remove_session(8)
    await first.directory.enter_solo(5, "dice", "dice-1")
    await second.shows(("crash", 1))
    await first.link.call("FLUSHALL")
    await first.live()
    await second.shows(("crash", 1))
    await finds(lambda: second.directory.room_of(7), "crash")
    await finds(lambda: second.directory.solo_of(5, "dice"), "dice-1")
    assert await second.directory.room_of(8) is None


async def test_a_lost_summary_is_written_again(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    first.directory.list_room("crash", describe("crash", 1))
    await second.shows(("crash", 1))
    await second.link.call("DEL", second.link.key("summaries"))
    await second.shows(("crash", 1))


async def test_a_solo_room_entered_after_a_loss_counts(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    await first.directory.enter_solo(5, "dice", "dice-1")
    first.directory.add_session(7, "dice-1")
    await first.directory.room_of(7)
    await first.link.call("DEL", first.link.key("solos"))
    assert await second.directory.enter_solo(5, "dice", "dice-2") == "dice-2"
    await first.link.call("DEL", first.link.key("written:first"), first.link.key("sessions"))
    await finds(lambda: second.directory.room_of(7), "dice-1")
    assert await first.directory.solo_of(5, "dice") == "dice-2"


async def test_writes_while_redis_was_away_are_sent_when_it_is_back(
    nodes: tuple[Node, Node], redis_server: RedisServer
) -> None:
    first, second = nodes
    first.directory.add_session(7, "crash")
    await first.directory.enter_solo(5, "dice", "dice-1")
    redis_server.stop()
    first.directory.list_room("crash", describe("crash", 1))
    first.directory.remove_session(7)
    first.directory.add_session(8, "crash")
    first.directory.forget_solo(5, "dice", "dice-1")
    for asked in (
        first.directory.summaries(),
        first.directory.room_of(7),
        first.directory.solo_of(5, "dice"),
        first.directory.enter_solo(6, "dice", "dice-2"),
    ):
        with pytest.raises(UnreachableError):
            await asked
    redis_server.start()
    for name, field, value in (
        ("sessions", "7", "crash"),
        ("solos", "5 dice", "dice-1"),
        ("solos", "6 dice", "dice-2"),
    ):
        tell(redis_server, "HSET", second.link.key(name), field, value)
    tell(redis_server, "SET", first.link.key("node:first"), 1)
    await second.shows(("crash", 1))
    await finds(lambda: second.directory.room_of(8), "crash")
    for session, user_id in ((7, 5), (7, 6)):
        await finds(lambda session=session: second.directory.room_of(session), None)  # type: ignore[misc]
        await finds(lambda user_id=user_id: second.directory.solo_of(user_id, "dice"), None)  # type: ignore[misc]


async def test_pending_writes_of_a_released_room_are_dropped(
    nodes: tuple[Node, Node], redis_server: RedisServer
) -> None:
    first, second = nodes
    redis_server.stop()
    first.directory.add_session(7, "crash")
    with pytest.raises(UnreachableError):
        await first.directory.room_of(7)
    first.directory.release_room("crash")
    redis_server.start()
    for node in nodes:
        tell(redis_server, "SET", node.link.key(f"node:{node.name}"), 1)
    await eventually(second.answers)
    second.directory.add_session(7, "crash")
    first.directory.list_room("other", describe("other", 1))
    await second.shows(("other", 1))
    assert await second.directory.room_of(7) == "crash"


ABOUT: dict[str, Any] = {"game": "crash", "options": Raw(b"{}"), "username": "ann", "invite": "x", "seats": 2}


async def test_terms_are_written_again_when_redis_lost_them(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    kept = Terms(owner=5, **ABOUT)
    await first.directory.enter_private("crash-kept", kept, 3)
    await first.directory.enter_private("crash-gone", Terms(owner=6, **ABOUT), 3)
    first.directory.forget_private("crash-gone")
    await first.link.call("FLUSHALL")
    await first.live()

    async def is_back() -> bool:
        return await second.directory.private_rooms() == {"crash-kept": kept}

    await eventually(is_back)


async def test_a_room_closed_while_redis_was_away_is_removed_later(
    nodes: tuple[Node, Node], redis_server: RedisServer
) -> None:
    first, second = nodes
    await first.directory.enter_private("crash-a", Terms(owner=5, **ABOUT), 3)
    redis_server.stop()
    first.directory.forget_private("crash-a")
    for asked in (
        first.directory.terms_of("crash-a"),
        first.directory.private_rooms(),
        first.directory.enter_private("crash-b", Terms(owner=5, **ABOUT), 3),
    ):
        with pytest.raises(UnreachableError):
            await asked
    redis_server.start()
    for room in ("crash-a", "crash-b"):  # the failed write may have been done
        tell(redis_server, "HSET", second.link.key("privates"), room, "5 {}")

    async def is_gone() -> bool:
        try:
            return bool(await second.link.call("HLEN", second.link.key("privates")) == 0)
        except UnreachableError:
            return False

    await eventually(is_gone)

"""What every directory guarantees, tested with the local one and with nodes that share a Redis."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import Raw
from msgspec.structs import replace

from server.backends.directory import LONGEST_DELAY_S, Directory, LocalDirectory, Terms
from server.backends.directory_redis import RedisDirectory
from server.backends.redis_link import RedisLink
from tests.server.backends.lease_world import summary
from tests.waiting import eventually


@pytest.fixture(params=["local", "redis"])
async def directory(request: pytest.FixtureRequest) -> AsyncIterator[Directory]:
    if request.param == "local":
        yield LocalDirectory()
        return
    link = RedisLink(request.getfixturevalue("redis_url"))
    await link.call("SET", link.key("node:first"), 1)
    directory = RedisDirectory(link, "first", update_ms=20)
    await directory.start()
    yield directory
    await directory.stop()
    await link.close()


@pytest.fixture(params=["itself", "another"])
async def reader(request: pytest.FixtureRequest, directory: Directory) -> AsyncIterator[Directory]:
    """The directory that reads: the one under test, or that of another node."""
    if request.param == "itself" or isinstance(directory, LocalDirectory):
        yield directory
        return
    link = RedisLink(request.getfixturevalue("redis_url"))
    reader = RedisDirectory(link, "second", update_ms=20)
    await reader.start()
    yield reader
    await reader.stop()
    await link.close()


async def seen(reader: Directory, *expected: tuple[str, int]) -> None:
    """Wait until the reader sees these rooms with these numbers of players."""

    async def looks_so() -> bool:
        return [(s.room, s.players) for s in await reader.summaries()] == list(expected)

    await eventually(looks_so)


async def test_a_node_s_own_summaries_are_current(directory: Directory) -> None:
    players = [1]
    directory.list_room("crash", lambda: summary("crash", players[0]))
    players[0] = 2
    assert await directory.summaries() == [summary("crash", 2)]
    directory.release_room("crash")
    assert await directory.summaries() == []


async def test_summaries_are_seen_everywhere(directory: Directory, reader: Directory) -> None:
    players = [1]
    directory.list_room("crash", lambda: summary("crash", players[0]))
    directory.list_room("other", lambda: summary("other", 9))
    await seen(reader, ("crash", 1), ("other", 9))
    players[0] = 2
    await seen(reader, ("crash", 2), ("other", 9))
    directory.release_room("crash")
    directory.release_room("crash")
    await seen(reader, ("other", 9))
    directory.release_room("other")
    directory.list_room("crash", lambda: summary("crash", 2))
    await seen(reader, ("crash", 2))


async def test_a_session_is_found_while_it_lasts(directory: Directory, reader: Directory) -> None:
    directory.add_session(7, "crash")
    await directory.room_of(7)
    assert (await reader.room_of(7), await reader.room_of(8)) == ("crash", None)
    directory.add_session(7, "other")
    assert await directory.room_of(7) == "other"
    directory.remove_session(7)
    directory.remove_session(7)
    assert await directory.room_of(7) is None
    assert await reader.room_of(7) is None


async def test_the_first_solo_room_of_a_player_counts(directory: Directory, reader: Directory) -> None:
    assert await reader.solo_of(5, "dice") is None
    assert await directory.enter_solo(5, "dice", "dice-a") == "dice-a"
    assert await reader.enter_solo(5, "dice", "dice-b") == "dice-a"
    assert await directory.enter_solo(5, "dice", "dice-a") == "dice-a"
    assert await directory.enter_solo(5, "mines", "mines-a") == "mines-a"
    assert await directory.enter_solo(6, "dice", "dice-c") == "dice-c"
    assert [await reader.solo_of(5, "dice"), await reader.solo_of(5, "mines")] == ["dice-a", "mines-a"]


async def test_a_solo_room_is_forgotten_by_its_own_key_only(directory: Directory, reader: Directory) -> None:
    await directory.enter_solo(5, "dice", "dice-1")
    directory.forget_solo(5, "dice", "dice-10")
    directory.forget_solo(5, "mines", "dice-1")
    assert await directory.solo_of(5, "dice") == "dice-1"
    reader.forget_solo(5, "dice", "dice-1")
    assert await reader.solo_of(5, "dice") is None
    assert await reader.enter_solo(5, "dice", "dice-2") == "dice-2"


async def test_releasing_a_room_leaves_its_sessions(directory: Directory, reader: Directory) -> None:
    directory.add_session(7, "dice-1")
    await directory.enter_solo(5, "dice", "dice-1")
    directory.release_room("dice-1")
    await directory.room_of(7)
    assert (await reader.room_of(7), await reader.solo_of(5, "dice")) == ("dice-1", "dice-1")


def terms(owner: int, **more: Any) -> Terms:
    about: dict[str, Any] = {"game": "crash", "options": Raw(b'{"betting_ms":500}'), "username": "ann", "seats": 4}
    return Terms(owner=owner, **about | {"invite": "the way in"} | more)


async def known(reader: Directory, *rooms: str) -> None:
    """Wait until the reader knows these private rooms."""

    async def is_so() -> bool:
        return sorted(await reader.private_rooms()) == list(rooms)

    await eventually(is_so)


async def test_terms_are_known_everywhere(directory: Directory, reader: Directory) -> None:
    first = terms(5, listed=False, watch="invited", delay=30, invited_only=True)
    assert await reader.terms_of("crash-a") is None
    assert await directory.enter_private("crash-a", first, 1)
    assert await reader.terms_of("crash-a") == first
    closing = replace(first, closing=True)
    directory.keep_private("crash-a", closing)
    await known(reader, "crash-a")
    assert await directory.terms_of("crash-a") == closing
    assert await reader.private_rooms() == {"crash-a": closing}
    directory.forget_private("crash-a")
    directory.forget_private("crash-a")
    await known(reader)
    assert await reader.terms_of("crash-a") is None


async def test_no_owner_has_too_many_private_rooms(directory: Directory, reader: Directory) -> None:
    assert not await directory.enter_private("crash-a", terms(5), 0)
    assert await directory.enter_private("crash-a", terms(5), 2)
    assert await reader.enter_private("crash-b", terms(5), 2)
    assert not await directory.enter_private("crash-c", terms(5), 2)
    assert not await reader.enter_private("crash-c", terms(5), 2)
    assert await directory.enter_private("crash-c", terms(55), 2)
    assert sorted(await reader.private_rooms()) == ["crash-a", "crash-b", "crash-c"]
    directory.forget_private("crash-a")
    await known(reader, "crash-b", "crash-c")
    assert await reader.enter_private("crash-d", terms(5), 2)


async def test_releasing_a_private_room_leaves_its_terms(directory: Directory, reader: Directory) -> None:
    await directory.enter_private("crash-a", terms(5), 1)
    directory.release_room("crash-a")
    await known(reader, "crash-a")


async def test_what_a_closed_room_kept_back_is_remembered(directory: Directory, reader: Directory) -> None:
    """Its delay still counts, and the longest one where not everybody was allowed to watch."""
    of_rooms = {
        "open": terms(1),
        "delayed": terms(1, delay=12),
        "invited": terms(1, watch="invited"),
        "nobody": terms(1, watch="nobody", delay=12),
    }
    for room, each in of_rooms.items():
        directory.keep_private(room, each)
        directory.forget_private(room)

    async def all_known() -> bool:
        return [await reader.kept_back_s(room) for room in of_rooms] == [0, 12, 300, 300]

    await eventually(all_known)
    assert await reader.kept_back_s("unknown") == LONGEST_DELAY_S == 300

"""The list of rooms is one answer for everybody who asks, and has a bound."""

import asyncio
from typing import Any

import msgspec
import pytest

from server.backends.directory import LocalDirectory
from server.errors import UnreachableError
from server.messages import RoomSummary
from server.node.room_list import RoomList
from tests.server.backends.lease_world import summary
from tests.server.fanout.fakes import StillClock


class CountingDirectory(LocalDirectory):
    """Counts how often its rooms are described."""

    def __init__(self) -> None:
        super().__init__()
        self.rooms: list[RoomSummary] = []
        self.reads = 0
        self.is_away = False

    async def summaries(self) -> list[RoomSummary]:
        self.reads += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise UnreachableError("Redis")
        return list(self.rooms)


def names(encoded: bytes) -> list[str]:
    rooms: list[dict[str, Any]] = msgspec.json.decode(encoded)["rooms"]
    return [each["room"] for each in rooms]


@pytest.fixture
def directory() -> CountingDirectory:
    directory = CountingDirectory()
    directory.rooms = [summary("crash", 2), summary("roulette", 1)]
    return directory


async def test_many_who_ask_at_once_cost_one_reading(directory: CountingDirectory) -> None:
    rooms = RoomList(directory, StillClock())
    answers = await asyncio.gather(*(rooms.encoded() for _ in range(50)))
    assert directory.reads == 1
    assert {names(bytes(answer)).__len__() for answer in answers} == {2}
    assert len({id(answer) for answer in answers}) == 1


async def test_a_change_is_seen_after_the_age_of_an_answer(directory: CountingDirectory) -> None:
    clock = StillClock()
    rooms = RoomList(directory, clock, max_age_ms=100)
    await rooms.encoded()
    directory.rooms.append(summary("keno", 0))
    clock.ms += 100
    assert names(bytes(await rooms.encoded())) == ["crash", "roulette"]
    clock.ms += 1
    assert names(bytes(await rooms.encoded())) == ["crash", "roulette", "keno"]


async def test_the_rooms_of_one_game(directory: CountingDirectory) -> None:
    rooms = RoomList(directory, StillClock())
    game = directory.rooms[0].game
    wanted = [each.room for each in directory.rooms if each.game == game]
    assert names(bytes(await rooms.encoded(game))) == wanted
    for nonsense in ("x", "y", "z"):
        assert names(bytes(await rooms.encoded(nonsense))) == []
    assert len(rooms._encoded) == 2
    assert directory.reads == 1


async def test_an_answer_has_a_bound_and_public_rooms_come_first(directory: CountingDirectory) -> None:
    private = [msgspec.structs.replace(summary(f"crash-{n}", n), private=True) for n in range(10)]
    directory.rooms = [*private, summary("crash", 0)]
    rooms = RoomList(directory, StillClock(), most=3)
    assert names(bytes(await rooms.encoded())) == ["crash", "crash-9", "crash-8"]


async def test_a_failure_is_not_remembered(directory: CountingDirectory) -> None:
    rooms = RoomList(directory, StillClock())
    directory.is_away = True
    with pytest.raises(UnreachableError):
        await rooms.encoded()
    directory.is_away = False
    assert len(names(bytes(await rooms.encoded()))) == 2

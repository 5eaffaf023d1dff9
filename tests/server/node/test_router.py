"""Which node is asked for a room, and for how long."""

import asyncio
from typing import Any, cast

import pytest

from server.backends.bus import LocalBus, RpcCall, node_channel
from server.backends.lease import LocalLease
from server.errors import UnreachableError
from server.messages import SnapshotAt
from server.node.room_rpc import LocalRooms
from server.node.router import Router
from server.node.rpc import DEADLINE, Rpc
from tests.redis_server import until


class LeaseOfOthers(LocalLease):
    """Every room belongs to the node ``elsewhere``, if there is one."""

    def __init__(self, elsewhere: str) -> None:
        super().__init__("here")
        self.elsewhere: str | None = elsewhere

    async def owner(self, room: str) -> str | None:
        return self.elsewhere


class World:
    """A node that asks others, none of which answers; ``asked`` is what they hear."""

    def __init__(self) -> None:
        self.bus = LocalBus()
        self.lease = LeaseOfOthers("there")
        self.asked: list[Any] = []
        calls = Rpc(self.bus, "here", cast(Any, None))
        nothing_here = LocalRooms({})
        self.owners = Router(self.lease, calls, nothing_here, {}, {"crash"})

    def ask(self) -> "asyncio.Task[SnapshotAt]":
        return asyncio.create_task(self.owners.ask("crash", lambda host: host.snapshot("crash", None)))


@pytest.fixture
async def world() -> World:
    world = World()
    for node in ("there", "next"):
        await world.bus.subscribe(node_channel(node), world.asked.append)
    return world


async def test_nobody_waits_for_a_node_that_is_no_more(world: World) -> None:
    asking = world.ask()
    await until(lambda: len(world.asked) == 2)  # it is asked again, in vain
    world.owners.only_nodes(["here", "there", "next"])
    await until(lambda: len(world.asked) == 3)
    world.owners.only_nodes(["here", "next"])
    async with asyncio.timeout(DEADLINE / 4):
        with pytest.raises(UnreachableError) as caught:
            await asking
    assert caught.value.what == "the node there is no more"


async def test_the_next_owner_is_asked_from_then_on(world: World) -> None:
    asking = world.ask()
    await until(lambda: bool(world.asked))
    world.lease.elsewhere = None
    world.owners.only_nodes(["here", "next"])
    with pytest.raises(UnreachableError):
        await asking
    before = len(world.asked)
    asking = world.ask()
    await asyncio.sleep(0.05)
    assert (len(world.asked), asking.done()) == (before, False)
    world.lease.elsewhere = "next"
    await until(lambda: len(world.asked) > before)
    assert isinstance(world.asked[-1], RpcCall)
    world.owners.only_nodes(["here", "next"])
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_who_asks_for_a_room_that_gets_no_owner_is_told_so(world: World) -> None:
    world.lease.elsewhere = None
    with pytest.raises(UnreachableError) as caught:
        await world.owners.ask("crash", lambda host: host.snapshot("crash", None), patience=0.05)
    assert (caught.value.what, world.asked) == ("crash has no owner", [])


async def test_an_owner_hears_that_a_player_is_gone_as_soon_as_there_is_one(world: World) -> None:
    world.lease.elsewhere = None
    telling = asyncio.create_task(world.owners.detached(1, "crash", lambda: False))
    await asyncio.sleep(0.05)
    assert (world.asked, telling.done()) == ([], False)
    world.lease.elsewhere = "next"
    await until(lambda: bool(world.asked))
    telling.cancel()


async def test_who_is_back_before_an_owner_heard_of_it_was_never_away(world: World) -> None:
    """The next owner has heard by then that the player is there, and must not hear the older news after it."""
    world.lease.elsewhere = None
    back = asyncio.Event()
    telling = asyncio.create_task(world.owners.detached(1, "crash", back.is_set))
    await asyncio.sleep(0.05)
    back.set()
    world.lease.elsewhere = "next"
    await telling
    assert world.asked == []

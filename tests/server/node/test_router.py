"""Which node the router asks about a room, and for how long."""

import asyncio
from typing import Any, cast

import pytest

from server.backends.bus import LocalBus, RpcCall, node_channel
from server.backends.lease import LocalLease
from server.errors import ClientError, UnreachableError
from server.fanout.sockets import LocalSockets
from server.messages import SnapshotAt
from server.node.room_calls import LocalRoomCalls
from server.node.room_rpc import forwarding
from server.node.router import Router
from server.node.rpc import Rpc
from tests.server.fanout.fakes import FakeSocket, StillClock
from tests.waiting import eventually


class LeaseOfOthers(LocalLease):
    """Every room belongs to the node ``elsewhere``, if there is one."""

    def __init__(self, elsewhere: str | None) -> None:
        super().__init__("here")
        self.elsewhere = elsewhere

    async def owner(self, room: str) -> str | None:
        return self.elsewhere


class Silent:
    """A node that receives no calls."""

    async def serve(self, body: bytes) -> bytes:
        raise AssertionError("no call was expected")


class World:
    """A node that asks other nodes, which do not answer. ``asked`` are the calls that reach them."""

    def __init__(self, *, patience_s: float = 4.0) -> None:
        self.bus = LocalBus()
        self.lease = LeaseOfOthers("there")
        self.asked: list[Any] = []
        self.sockets = LocalSockets(StillClock())
        self.router = Router(
            self.lease,
            Rpc(self.bus, "here", Silent(), resend_s=0.01),
            LocalRoomCalls({}),
            self.sockets,
            open_here={},
            always_open={"crash"},
            patience_s=patience_s,
            retry_s=0.001,
        )

    async def start(self) -> "World":
        for node in ("there", "next"):
            await self.bus.subscribe(node_channel(node), self.asked.append)
        return self

    def ask(self) -> "asyncio.Task[SnapshotAt]":
        return asyncio.create_task(self.router.snapshot("crash", None))


@pytest.fixture
async def world() -> World:
    return await World().start()


async def test_a_call_to_a_node_that_is_gone_fails_at_once(world: World) -> None:
    asking = world.ask()
    await eventually(lambda: len(world.asked) == 2)  # the call is sent again, without an answer
    world.router.only_nodes(["here", "there", "next"])
    await eventually(lambda: len(world.asked) == 3)
    world.router.only_nodes(["here", "next"])
    async with asyncio.timeout(1):
        with pytest.raises(UnreachableError) as caught:
            await asking
    assert caught.value.what == "node there is gone"


async def test_the_next_owner_is_asked_from_then_on(world: World) -> None:
    asking = world.ask()
    await eventually(lambda: bool(world.asked))
    world.lease.elsewhere = None
    world.router.only_nodes(["here", "next"])
    with pytest.raises(UnreachableError):
        await asking
    before = len(world.asked)
    asking = world.ask()
    await asyncio.sleep(0)
    assert (len(world.asked), asking.done()) == (before, False)
    world.lease.elsewhere = "next"
    await eventually(lambda: len(world.asked) > before)
    assert isinstance(world.asked[-1], RpcCall)
    world.router.only_nodes(["here", "next"])
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_room_that_gets_no_owner_is_unreachable() -> None:
    world = await World(patience_s=0.02).start()
    world.lease.elsewhere = None
    with pytest.raises(UnreachableError) as caught:
        await world.ask()
    assert (caught.value.what, world.asked) == ("crash has no owner", [])


async def test_a_room_that_was_never_opened_does_not_exist(world: World) -> None:
    world.lease.elsewhere = None
    with pytest.raises(ClientError) as caught:
        await world.router.calls.leave("dice-1", 7)
    assert caught.value.error.code == "no_such_room"
    assert not await world.router.reconnect("dice-1", 7)


async def test_a_room_of_this_node_is_asked_directly() -> None:
    world = await World().start()
    asked: list[tuple[Any, ...]] = []

    async def answer(*call: Any) -> None:
        asked.append(call)

    router = Router(
        world.lease,
        Rpc(world.bus, "here", Silent()),
        forwarding(answer),
        world.sockets,
        open_here=cast(Any, {"crash": None}),
        always_open={"crash"},
    )
    await router.calls.leave("crash", 7)
    assert (asked, world.asked) == ([("leave", "crash", 7)], [])


async def test_a_new_owner_learns_of_a_disconnected_player(world: World) -> None:
    world.lease.elsewhere = None
    telling = asyncio.create_task(world.router.disconnect("crash", 1))
    await asyncio.sleep(0)
    assert (world.asked, telling.done()) == ([], False)
    world.lease.elsewhere = "next"
    await eventually(lambda: bool(world.asked))
    telling.cancel()


async def test_a_player_who_reconnects_before_the_owner_hears_of_it_was_never_away(world: World) -> None:
    """The new owner knows by then that the player is connected, and must not hear the older news after it."""
    world.lease.elsewhere = None
    telling = asyncio.create_task(world.router.disconnect("crash", 1))
    await asyncio.sleep(0)
    socket = FakeSocket(world.sockets.flusher, 1)
    socket.seated.add("crash")
    world.sockets.add_to_user(socket, 1)
    world.lease.elsewhere = "next"
    await telling
    assert world.asked == []

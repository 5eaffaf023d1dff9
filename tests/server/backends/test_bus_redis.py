"""What only the bus over Redis has: claims, lost connections, Redis restarts, races."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devtools.services import RedisServer
from server.backends.bus import BusMessage, Claim, EncodedFrame, RoomGone
from server.backends.bus_redis import BusTimings, RedisBus
from server.backends.redis_link import RedisLink
from server.errors import UnreachableError
from server.retry import Attempts
from tests.redis_server import silent
from tests.server.backends.buses import Node, Received, node_of
from tests.waiting import eventually

CLAIM = Claim("crash", "here 1")


@pytest.fixture
async def here(redis_url: str) -> AsyncIterator[Node]:
    async with node_of(redis_url, "here") as node:
        yield node


@pytest.fixture
async def there(redis_url: str) -> AsyncIterator[Node]:
    async with node_of(redis_url, "there") as node:
        yield node


IMPATIENT = BusTimings(subscribe_s=0.5, ping_every_s=0.05, longest_pause_s=0.1)


class Losses:
    """How often a node's loss listener was called."""

    def __init__(self, node: Node) -> None:
        self.count = 0
        node.bus.on_loss(self._lost)

    def _lost(self) -> None:
        self.count += 1


def frame(seq: int) -> EncodedFrame:
    return EncodedFrame(room="crash", epoch="e", seq=seq, wire=b"wire")


async def subscribers(node: Node, channel: str) -> int:
    counted: list[int] = await node.link.call("PUBSUB", "NUMSUB", node.link.key(channel))
    return counted[1]


async def eventually_subscribe(node: Node, channel: str, heard: Received) -> None:
    async for _ in Attempts(0.01, give_up_after_s=10):
        with suppress(UnreachableError):
            return await node.bus.subscribe(channel, heard.take)
    raise AssertionError(f"no subscription to {channel}")


# --- claims


async def test_only_messages_with_the_current_claim_arrive(here: Node, there: Node) -> None:
    heard, mine = Received(), Received()
    await there.bus.subscribe("room.crash", heard.take)
    await here.bus.subscribe("room.crash", mine.take)
    owners = here.link.key("owners")
    here.bus.publish("room.crash", frame(0), CLAIM)  # the room has no owner
    await here.link.call("HSET", owners, "crash", CLAIM.token)
    here.bus.publish("room.crash", frame(1), CLAIM)
    await here.link.call("HSET", owners, "crash", "there 2")
    here.bus.publish("room.crash", frame(2), CLAIM)
    here.bus.publish("room.crash", frame(3), Claim("dice-1", "there 2"))
    assert await heard.all_from(here.bus, "room.crash") == [frame(1)]
    assert mine[:4] == [frame(n) for n in range(4)]


async def test_messages_by_claim_keep_their_order_when_redis_forgets_scripts(here: Node, there: Node) -> None:
    heard, losses = Received(), Losses(there)
    await there.bus.subscribe("room.crash", heard.take)
    await here.link.call("HSET", here.link.key("owners"), "crash", CLAIM.token)
    for n in range(30):
        here.bus.publish("room.crash", frame(n), CLAIM)
        if n % 10 == 5:
            await there.link.call("SCRIPT", "FLUSH")
    await eventually(lambda: len(heard) == 30)
    assert heard == [frame(n) for n in range(30)]
    assert losses.count == 0


# --- lost connections


async def test_a_lost_subscription_is_reported_and_restored(here: Node, there: Node) -> None:
    heard, losses = Received(), Losses(there)
    for channel in ("x", "y", "z"):
        await there.bus.subscribe(channel, heard.take)
    for n in range(1, 4):
        await here.link.call("CLIENT", "KILL", "TYPE", "pubsub")
        await eventually(lambda n=n: losses.count == n)  # type: ignore[misc]
        for channel in ("x", "y", "z"):
            here.bus.publish(channel, frame(n))
        await eventually(lambda n=n: len(heard) == 3 * n)  # type: ignore[misc]
    assert heard == [frame(n) for n in (1, 2, 3) for _ in range(3)]


async def test_messages_around_a_lost_connection_arrive_in_order(here: Node, there: Node) -> None:
    heard, losses = Received(), Losses(there)
    await there.bus.subscribe("x", heard.take)
    for n in range(300):
        here.bus.publish("x", frame(n))
        await asyncio.sleep(0.0005)
        if n == 100:
            await here.link.call("CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: losses.count == 1)
    here.bus.publish("x", frame(1000))
    await eventually(lambda: frame(1000) in heard)
    seqs = [each.seq for each in heard if isinstance(each, EncodedFrame)]
    assert seqs == sorted(set(seqs))


async def test_a_failed_publish_is_reported_to_other_nodes(here: Node, there: Node) -> None:
    mine, theirs = Losses(here), Losses(there)
    heard = Received()
    await there.bus.subscribe("x", heard.take)
    kill = ("CLIENT", "KILL", "ID", await here.link.call("CLIENT", "ID"), "SKIPME", "no")
    killing = asyncio.create_task(here.link.call(*kill))
    await asyncio.sleep(0)
    here.bus.publish("x", frame(1))  # in the same pipeline, after the command that kills the connection
    assert await killing == 1
    await eventually(lambda: theirs.count == 1)
    assert heard == []
    assert mine.count == 0
    assert await heard.all_from(here.bus, "x") == []


async def test_a_failed_publish_is_reported_however_long_it_takes(here: Node, there: Node) -> None:
    theirs, heard = Losses(there), Received()
    await there.bus.subscribe("x", heard.take)
    await there.link.call("ACL", "SETUSER", "default", "-publish")
    here.bus.publish("x", frame(1))

    async def refused_three_times() -> bool:  # the message, and two attempts to report it
        refusals = b"cmdstat_publish:calls=0,usec=0,usec_per_call=0.00,rejected_calls=3"
        return refusals in await there.link.call("INFO", "commandstats")

    await eventually(refused_three_times)
    assert (theirs.count, heard) == (0, [])
    await there.link.call("ACL", "SETUSER", "default", "+publish")
    await eventually(lambda: theirs.count == 1)


async def test_redis_is_away_for_a_while(here: Node, there: Node, redis_server: RedisServer) -> None:
    mine, theirs = Losses(here), Losses(there)
    heard, own = Received(), Received()
    await there.bus.subscribe("x", heard.take)
    await here.bus.subscribe("x", own.take)
    redis_server.kill()
    for n in range(5):
        here.bus.publish("x", frame(n))
        await asyncio.sleep(0.01)
    assert own == [frame(n) for n in range(5)]  # subscribers on this node receive it all the same
    redis_server.start()
    await eventually(lambda: mine.count >= 1 and theirs.count >= 1)
    await eventually(lambda: here.bus._reporting is None)
    here.bus.publish("x", frame(9))
    await eventually(lambda: heard == [frame(9)])


async def test_no_claim_is_current_when_redis_comes_back_empty(
    here: Node, there: Node, redis_server: RedisServer
) -> None:
    heard, losses = Received(), Losses(there)
    await there.bus.subscribe("room.crash", heard.take)
    await here.link.call("HSET", here.link.key("owners"), "crash", CLAIM.token)
    here.bus.publish("room.crash", frame(1), CLAIM)
    await eventually(lambda: heard == [frame(1)])
    redis_server.restart(empty=True)
    await eventually(lambda: losses.count >= 1)
    here.bus.publish("room.crash", frame(2), CLAIM)
    await here.link.call("HSET", here.link.key("owners"), "crash", CLAIM.token)
    here.bus.publish("room.crash", frame(3), CLAIM)
    await eventually(lambda: frame(3) in heard)
    assert frame(2) not in heard


async def test_a_pause_of_redis_loses_nothing(here: Node, there: Node, redis_server: RedisServer) -> None:
    heard, losses = Received(), Losses(there)
    await there.bus.subscribe("x", heard.take)
    with silent(redis_server):
        for n in range(20):
            here.bus.publish("x", frame(n))
            await asyncio.sleep(0.005)
        assert heard == []
    assert await heard.all_from(here.bus, "x") == [frame(n) for n in range(20)]
    assert losses.count == 0


async def test_a_connection_that_does_not_answer_is_replaced(redis_server: RedisServer) -> None:
    node = partial(node_of, redis_server.url, timings=IMPATIENT, answer_s=0.5)
    async with node("here") as here, node("there") as there:
        heard, mine, theirs = Received(), Losses(here), Losses(there)
        await there.bus.subscribe("x", heard.take)
        with silent(redis_server):
            here.bus.publish("x", frame(1))
            await eventually(lambda: here.bus._publish_failed)
            await eventually(lambda: not any(each.bus._listener._connected for each in (here, there)))
        await eventually(lambda: mine.count >= 1 and theirs.count >= 1)
        await eventually(lambda: here.bus._reporting is None)
        here.bus.publish("x", frame(2))
        await eventually(lambda: frame(2) in heard)


# --- subscriptions


async def test_the_subscribers_of_a_node_share_one_subscription(here: Node, there: Node) -> None:
    ears = [Received() for _ in range(5)]
    receivers = [ear.take for ear in ears]
    await asyncio.gather(*(there.bus.subscribe("x", receive) for receive in receivers))
    assert await subscribers(here, "x") == 1
    here.bus.publish("x", frame(1))
    await eventually(lambda: all(ear == [frame(1)] for ear in ears))
    for receive in receivers[:-1]:
        there.bus.unsubscribe("x", receive)
    assert await ears[-1].all_from(here.bus, "x") == [frame(1)]
    there.bus.unsubscribe("x", receivers[-1])
    await there.bus.subscribe("fence", ears[0].take)
    assert await subscribers(here, "x") == 0


async def test_a_subscription_that_is_not_confirmed_leaves_nothing_behind(redis_server: RedisServer) -> None:
    node = partial(node_of, redis_server.url)
    async with node("here") as here, node("there", timings=IMPATIENT, answer_s=0.5) as there:
        heard, known = Received(), Received()
        await there.bus.subscribe("known", known.take)
        redis_server.stop()
        with pytest.raises(UnreachableError):
            await there.bus.subscribe("x", heard.take)
        with pytest.raises(ValueError):
            there.bus.unsubscribe("x", heard.take)
        losses = Losses(there)
        redis_server.start()
        await eventually(lambda: losses.count >= 1)
        there.link.answer_s = 5
        assert await subscribers(there, "x") == 0
        assert await subscribers(there, "known") == 1
        await eventually_subscribe(there, "x", heard)
        here.bus.publish("x", frame(1))
        await eventually(lambda: frame(1) in heard)


async def test_subscribing_during_a_restart_of_redis_waits(here: Node, there: Node, redis_server: RedisServer) -> None:
    heard = Received()
    redis_server.stop()
    subscribing = asyncio.create_task(there.bus.subscribe("x", heard.take))
    await eventually(lambda: there.bus._listener._subscribers[there.link.key("x")] == 1)
    assert not subscribing.done()
    redis_server.start()
    await subscribing
    assert await subscribers(there, "x") == 1


async def test_joining_a_known_channel_waits_for_redis_too(here: Node, there: Node, redis_server: RedisServer) -> None:
    first, second = Received(), Received()
    await there.bus.subscribe("x", first.take)
    redis_server.stop()
    await eventually(lambda: not there.bus._listener._connected)
    subscribing = asyncio.create_task(there.bus.subscribe("x", second.take))
    await eventually(lambda: there.bus._listener._subscribers[there.link.key("x")] == 2)
    assert not subscribing.done()
    redis_server.start()
    await subscribing
    here.bus.publish("x", frame(1))
    await eventually(lambda: frame(1) in second)


async def test_a_cancelled_subscription_leaves_nothing_behind(here: Node, there: Node) -> None:
    heard = Received()
    subscribing = asyncio.create_task(there.bus.subscribe("x", heard.take))
    await asyncio.sleep(0)
    subscribing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await subscribing
    await there.bus.subscribe("fence", heard.take)
    assert await subscribers(here, "x") == 0


class Fickle:
    """Subscribes and unsubscribes in turn; each step waits for the one before."""

    def __init__(self, bus: RedisBus, channel: str) -> None:
        self.heard = Received()
        self.joined = False
        self.channel = channel
        self._bus = bus
        self._receive = self.heard.take
        self._last: asyncio.Task[None] | None = None

    def turn_round(self) -> None:
        self.joined = not self.joined
        self._last = asyncio.create_task(self._follow(self._last, self.joined))

    async def settled(self) -> None:
        if self._last is not None:
            await self._last

    async def _follow(self, last: asyncio.Task[None] | None, joins: bool) -> None:
        if last is not None:
            await last
        if joins:
            await self._bus.subscribe(self.channel, self._receive)
        else:
            self._bus.unsubscribe(self.channel, self._receive)


STEPS = st.lists(st.sampled_from([0, 1, 2, 3, "turn", "moment", "kill", "say"]), max_size=30)


@settings(max_examples=40)
@given(STEPS)
def test_in_the_end_every_subscriber_receives(redis_url: str, steps: list[int | str]) -> None:
    """Whatever the order of subscribing, unsubscribing and lost connections."""
    asyncio.run(_race(redis_url, steps))


async def _race(url: str, steps: list[int | str]) -> None:
    node = partial(node_of, url, timings=BusTimings(pause_s=0.001))
    async with node("here") as here, node("there") as there:
        all_ = [Fickle(there.bus, f"{n % 2}") for n in range(4)]
        for step in steps:
            if isinstance(step, int):
                all_[step].turn_round()
            elif step == "kill":
                await here.link.call("CLIENT", "KILL", "TYPE", "pubsub")
            elif step == "say":
                here.bus.publish("0", RoomGone("noise"))
            else:
                await asyncio.sleep(0 if step == "turn" else 0.001)
        for each in all_:
            await each.settled()
        fence = Received()
        await there.bus.subscribe("fence", fence.take)
        for channel in ("0", "1"):
            here.bus.publish(channel, frame(1))
        await fence.all_from(here.bus, "fence")
        assert [each.heard.count(frame(1)) for each in all_] == [int(each.joined) for each in all_]
        for channel in ("0", "1"):
            wanted = any(each.joined for each in all_ if each.channel == channel)
            assert await subscribers(here, channel) == int(wanted)


# --- what arrives


async def test_a_message_that_cannot_be_decoded_is_skipped_and_not_logged(
    here: Node, there: Node, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Received()
    await there.bus.subscribe("x", heard.take)
    for body in (
        b"",
        b"se" + b"cret",
        b"here\0se" + b"cret",
        b"here\0\x81\xa4type\xa7unknown",
        b"here\0" + b"\x91" * 9999,
    ):
        await here.link.call("PUBLISH", here.link.key("x"), body)
    here.bus.publish("x", frame(1))
    await eventually(lambda: heard == [frame(1)])
    assert len(caplog.records) == 5
    assert "se" + "cret" not in caplog.text


async def test_a_receiver_that_raises_stops_no_other(here: Node, there: Node, caplog: pytest.LogCaptureFixture) -> None:
    heard = Received()

    def fail(_: BusMessage) -> None:
        raise LookupError("no such room")

    def fail_too() -> None:
        raise LookupError("no such loss")

    losses = Losses(there)
    there.bus.on_loss(fail_too)
    await there.bus.subscribe("bad", fail)
    await there.bus.subscribe("x", heard.take)
    here.bus.publish("bad", frame(1))
    assert await heard.all_from(here.bus, "x") == []
    assert "no such room" in caplog.text
    await here.link.call("CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: losses.count == 1)
    assert await heard.all_from(here.bus, "x")


async def test_clusters_on_one_redis_do_not_mix(here: Node, redis_url: str) -> None:
    async with node_of(redis_url.removesuffix("/0") + "/1", "there") as elsewhere:
        heard = Received()
        await elsewhere.bus.subscribe("x", heard.take)
        here.bus.publish("x", frame(1))
        await here.link.call("PING")
        assert await heard.all_from(elsewhere.bus, "x") == []


# --- beginning and end


async def test_starting_is_no_loss(redis_url: str) -> None:
    link = RedisLink(redis_url)
    bus, losses = RedisBus(link, "here", BusTimings(ping_every_s=0.001)), list[int]()
    bus.on_loss(lambda: losses.append(1))
    await bus.start()
    await bus.subscribe("x", Received().take)

    async def pinged_again() -> bool:
        calls = (await link.call("INFO", "commandstats")).partition(b"cmdstat_ping:calls=")[2]
        return int(calls.partition(b",")[0] or 0) >= 5

    await eventually(pinged_again)  # a loss would be reported between the first ping and the second
    assert losses == []
    await bus.stop()
    await link.close()


async def test_a_bus_without_redis_does_not_start(redis_server: RedisServer) -> None:
    link = RedisLink(redis_server.url)
    redis_server.stop()
    bus = RedisBus(link, "here", IMPATIENT)
    with pytest.raises(UnreachableError):
        await bus.start()
    with pytest.raises(UnreachableError):
        await bus.subscribe("x", Received().take)
    await bus.stop()
    await link.close()


async def test_a_stopped_bus_delivers_only_on_its_own_node_and_leaves_no_tasks(
    redis_server: RedisServer, redis_url: str
) -> None:
    async with node_of(redis_url, "here") as here:
        heard = Received()
        receive = heard.take
        await here.bus.subscribe("x", receive)
        await here.bus.stop()
        redis_server.stop()
        here.bus.publish("x", frame(1))
        here.bus.unsubscribe("x", receive)
        with pytest.raises(UnreachableError):
            await here.link.call("PING")
    assert heard == [frame(1)]
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

"""A node listens to a channel once, from the first need to the last, however slow the bus is."""

import asyncio
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.backends.bus import BusMessage, LocalBus, Receive, RoomGone
from server.errors import UnreachableError
from server.fanout.subscriptions import ChannelSubscriptions

CHANNEL = "room.crash"


class SlowBus(LocalBus):
    """Subscribes, or fails to, when ``go`` is called. ``times`` counts the subscriptions of each channel."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[asyncio.Future[None]] = []
        self.times: Counter[str] = Counter()

    async def subscribe(self, channel: str, receive: Receive) -> None:
        let = asyncio.get_running_loop().create_future()
        self.asked.append(let)
        await let
        await super().subscribe(channel, receive)
        self.times[channel] += 1
        assert self.times[channel] == 1, "subscribed twice: every message arrives twice"

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        super().unsubscribe(channel, receive)
        self.times[channel] -= 1

    def go(self, *, well: bool = True) -> None:
        """Let the oldest waiting subscription succeed or fail."""
        let = self.asked.pop(0)
        if well:
            let.set_result(None)
        else:
            let.set_exception(UnreachableError("switched off by the test"))


class Node:
    def __init__(self) -> None:
        self.bus = SlowBus()
        self.received: list[BusMessage] = []
        self.channels = ChannelSubscriptions(self.bus, self.received.append)
        self.published = 0

    def needs(self) -> asyncio.Task[None]:
        return asyncio.create_task(self.channels.need(CHANNEL))

    def receives(self) -> int:
        """How often a message that is published now arrives."""
        self.published += 1
        before = len(self.received)
        self.bus.publish(CHANNEL, RoomGone(str(self.published)))
        return len(self.received) - before


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_a_channel_is_received_from_the_first_need_to_the_last() -> None:
    node = Node()
    waiting = [node.needs() for _ in range(3)]
    await turns()
    assert len(node.bus.asked) == 1
    assert not any(each.done() for each in waiting)
    node.bus.go()
    await asyncio.gather(*waiting)
    await node.channels.need(CHANNEL)
    assert (node.receives(), len(node.bus.asked)) == (1, 0)
    for _ in range(3):
        node.channels.release(CHANNEL)
        assert node.receives() == 1
    node.channels.release(CHANNEL)
    assert node.receives() == 0


async def test_a_release_before_the_subscription_is_done_leaves_nothing() -> None:
    node = Node()
    waiting = node.needs()
    await turns()
    node.channels.release(CHANNEL)
    node.bus.go()
    await waiting
    await turns()
    assert node.receives() == 0
    assert node.bus.times[CHANNEL] == 0


async def test_a_need_while_a_released_subscription_is_still_opening_subscribes_once() -> None:
    node = Node()
    waiting = [node.needs()]
    await turns()
    node.channels.release(CHANNEL)
    waiting.append(node.needs())
    await turns()
    while node.bus.asked:
        node.bus.go()
    await asyncio.gather(*waiting)
    assert node.receives() == 1
    await turns()
    assert node.receives() == 1
    node.channels.release(CHANNEL)
    assert node.receives() == 0


async def test_a_failed_subscription_leaves_nothing_and_the_next_need_tries_again() -> None:
    node = Node()
    waiting = [node.needs(), node.needs()]
    await turns()
    node.bus.go(well=False)
    for each in waiting:
        with pytest.raises(UnreachableError):
            await each
    later = node.needs()
    await turns()
    node.bus.go()
    await later
    assert node.receives() == 1
    for _ in range(3):
        node.channels.release(CHANNEL)
    assert node.receives() == 0


async def test_a_cancelled_wait_does_not_cancel_the_subscription_for_others() -> None:
    node = Node()
    first, second = node.needs(), node.needs()
    await turns()
    first.cancel()
    await turns()
    assert first.cancelled()
    node.channels.release(CHANNEL)
    node.bus.go()
    await second
    assert node.receives() == 1
    node.channels.release(CHANNEL)
    assert node.receives() == 0


STEPS = st.lists(st.sampled_from(["need", "release", "go", "fail", "turn"]), max_size=40)


@given(STEPS)
def test_in_any_order_a_needed_channel_is_received_once_and_a_released_one_not_at_all(steps: list[str]) -> None:
    asyncio.run(_run(steps))


async def _run(steps: list[str]) -> None:
    node = Node()
    waiting: list[asyncio.Task[None]] = []
    for step in steps:
        match step:
            case "need":
                waiting.append(node.needs())
                await asyncio.sleep(0)  # the need counts from this turn
            case "release" if waiting:
                waiting.pop(0).cancel()
                node.channels.release(CHANNEL)
            case "go" | "fail" if node.bus.asked:
                node.bus.go(well=step == "go")
            case "turn":
                await turns()
        served = [each for each in waiting if each.done() and not each.cancelled() and each.exception() is None]
        assert node.receives() == 1 if served else node.receives() <= 1
    await turns()
    while node.bus.asked:
        node.bus.go()
        await turns()
    await _leave(node, waiting)


async def _leave(node: Node, waiting: list[asyncio.Task[None]]) -> None:
    for each in waiting:
        with suppress(UnreachableError):
            await each
        node.channels.release(CHANNEL)
    await turns()
    assert node.receives() == 0
    assert node.bus.times[CHANNEL] == 0

"""Tests of which channels a node listens to: once, from the first who needs it to the last, however slow the bus."""

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
    """Subscribes when ``go`` is called, or fails then; ``times`` counts the subscriptions that there are."""

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
        assert self.times[channel] == 1, "subscribed twice: everything is heard twice"

    def unsubscribe(self, channel: str, receive: Receive) -> None:
        super().unsubscribe(channel, receive)
        self.times[channel] -= 1

    def go(self, *, well: bool = True) -> None:
        """Let the oldest subscription that waits come about, or fail."""
        let = self.asked.pop(0)
        if well:
            let.set_result(None)
        else:
            let.set_exception(UnreachableError("switched off by the test"))


class Node:
    def __init__(self) -> None:
        self.bus = SlowBus()
        self.heard: list[BusMessage] = []
        self.ears = ChannelSubscriptions(self.bus, self.heard.append)
        self.said = 0

    def needs(self) -> asyncio.Task[None]:
        return asyncio.create_task(self.ears.need(CHANNEL))

    def hears(self) -> int:
        """How often something that is said now is heard."""
        self.said += 1
        before = len(self.heard)
        self.bus.publish(CHANNEL, RoomGone(str(self.said)))
        return len(self.heard) - before


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_a_channel_is_heard_from_the_first_need_to_the_last() -> None:
    node = Node()
    needing = [node.needs() for _ in range(3)]
    await turns()
    assert len(node.bus.asked) == 1
    assert not any(each.done() for each in needing)
    node.bus.go()
    await asyncio.gather(*needing)
    await node.ears.need(CHANNEL)
    assert (node.hears(), len(node.bus.asked)) == (1, 0)
    for _ in range(3):
        node.ears.no_need(CHANNEL)
        assert node.hears() == 1
    node.ears.no_need(CHANNEL)
    assert node.hears() == 0


async def test_who_goes_before_it_has_come_about_leaves_nothing() -> None:
    node = Node()
    needing = node.needs()
    await turns()
    node.ears.no_need(CHANNEL)
    node.bus.go()
    await needing
    await turns()
    assert node.hears() == 0
    assert node.bus.times[CHANNEL] == 0


async def test_who_comes_while_that_of_one_who_went_comes_about_is_not_served_twice() -> None:
    node = Node()
    needing = [node.needs()]
    await turns()
    node.ears.no_need(CHANNEL)
    needing.append(node.needs())
    await turns()
    while node.bus.asked:
        node.bus.go()
    await asyncio.gather(*needing)
    assert node.hears() == 1
    await turns()
    assert node.hears() == 1
    node.ears.no_need(CHANNEL)
    assert node.hears() == 0


async def test_a_subscription_that_fails_leaves_nothing_and_the_next_one_tries_again() -> None:
    node = Node()
    needing = [node.needs(), node.needs()]
    await turns()
    node.bus.go(well=False)
    for each in needing:
        with pytest.raises(UnreachableError):
            await each
    later = node.needs()
    await turns()
    node.bus.go()
    await later
    assert node.hears() == 1
    for _ in range(3):
        node.ears.no_need(CHANNEL)
    assert node.hears() == 0


async def test_who_gives_up_waiting_does_not_end_it_for_others() -> None:
    node = Node()
    first, second = node.needs(), node.needs()
    await turns()
    first.cancel()
    await turns()
    assert first.cancelled()
    node.ears.no_need(CHANNEL)
    node.bus.go()
    await second
    assert node.hears() == 1
    node.ears.no_need(CHANNEL)
    assert node.hears() == 0


DEEDS = st.lists(st.sampled_from(["need", "no need", "go", "fail", "turn"]), max_size=40)


@given(DEEDS)
def test_in_any_order_it_is_heard_once_by_who_was_let_in_and_not_at_all_without_need(deeds: list[str]) -> None:
    asyncio.run(_in_any_order(deeds))


async def _in_any_order(deeds: list[str]) -> None:
    node = Node()
    needing: list[asyncio.Task[None]] = []
    for deed in deeds:
        match deed:
            case "need":
                needing.append(node.needs())
                await asyncio.sleep(0)  # it counts from the turn in which it is said
            case "no need" if needing:
                needing.pop(0).cancel()
                node.ears.no_need(CHANNEL)
            case "go" | "fail" if node.bus.asked:
                node.bus.go(well=deed == "go")
            case "turn":
                await turns()
        let_in = [each for each in needing if each.done() and not each.cancelled() and each.exception() is None]
        assert node.hears() == 1 if let_in else node.hears() <= 1
    await turns()
    while node.bus.asked:
        node.bus.go()
        await turns()
    await _leave(node, needing)


async def _leave(node: Node, needing: list[asyncio.Task[None]]) -> None:
    for each in needing:
        with suppress(UnreachableError):
            await each
        node.ears.no_need(CHANNEL)
    await turns()
    assert node.hears() == 0
    assert node.bus.times[CHANNEL] == 0

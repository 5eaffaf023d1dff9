"""Calls between nodes: whatever the bus loses, every call is answered in time and executed once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.backends.bus import BusMessage, Claim, LocalBus, RpcAnswer, RpcCall
from server.errors import UnreachableError
from server.node.rpc import Rpc
from tests.waiting import eventually

RESEND_S = 0.005


class LosingBus(LocalBus):
    """Loses the messages for which ``loses`` is true. ``sent`` has all that were published."""

    def __init__(self) -> None:
        super().__init__()
        self.loses: Callable[[BusMessage], bool] = lambda _message: False
        self.sent: list[BusMessage] = []

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        self.sent.append(message)
        if not self.loses(message):
            super().publish(channel, message)

    def number_of(self, kind: type[BusMessage], body: bytes | None = None) -> int:
        """The number of messages of this type, or of those with this body."""
        sent = [message for message in self.sent if isinstance(message, kind)]
        return len(sent) if body is None else sum(getattr(message, "body", None) == body for message in sent)


class Node:
    """A node that answers every call with the call's body in capitals. ``executed`` counts the calls."""

    def __init__(self, bus: LocalBus, name: str, **settings: Any) -> None:
        self.executed: Counter[bytes] = Counter()
        self.open = asyncio.Event()
        self.open.set()
        self.rpc = Rpc(bus, name, self, **({"resend_s": RESEND_S} | settings))

    async def serve(self, body: bytes) -> bytes:
        self.executed[body] += 1
        await self.open.wait()
        if body == b"fail":
            raise ZeroDivisionError
        return body.upper()


async def two_on(bus: LocalBus, **settings: Any) -> tuple[Node, Node]:
    here, there = Node(bus, "here", **settings), Node(bus, "there", **settings)
    await here.rpc.start()
    await there.rpc.start()
    return here, there


def the_first(number: int, kind: type[BusMessage]) -> Callable[[BusMessage], bool]:
    """Whether a message is among the first of its kind."""
    left = [number]

    def is_one(message: BusMessage) -> bool:
        left[0] -= isinstance(message, kind)
        return isinstance(message, kind) and left[0] >= 0

    return is_one


async def resent(bus: LosingBus, node: Node, times: int = 4) -> None:
    """Wait until ``node`` has sent another call more than ``times`` times. A call that is still being resent would have
    been resent by then."""
    nowhere = asyncio.create_task(node.rpc.call("nowhere", b"wait"))
    await eventually(lambda: sum(isinstance(each, RpcCall) and each.body == b"wait" for each in bus.sent) > times)
    nowhere.cancel()
    with pytest.raises(asyncio.CancelledError):
        await nowhere


async def test_a_call_is_sent_once_when_nothing_is_lost() -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    assert await here.rpc.call("there", b"one") == b"ONE"
    assert await there.rpc.call("here", b"two") == b"TWO"
    await resent(bus, here)
    assert [each.body for each in bus.sent if isinstance(each, RpcCall)][:2] == [b"one", b"two"]
    assert (bus.number_of(RpcCall, b"one"), bus.number_of(RpcCall, b"two"), bus.number_of(RpcAnswer)) == (1, 1, 2)
    assert (there.executed, here.executed) == ({b"one": 1}, {b"two": 1})


@pytest.mark.parametrize("lost", [RpcCall, RpcAnswer])
async def test_a_lost_message_is_sent_again_and_the_call_executed_once(lost: type[BusMessage]) -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    bus.loses = the_first(3, lost)
    assert await here.rpc.call("there", b"one") == b"ONE"
    assert bus.number_of(lost) >= 4
    assert there.executed == {b"one": 1}


async def test_a_slow_call_is_sent_again_and_executed_once() -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    there.open.clear()
    calling = asyncio.create_task(here.rpc.call("there", b"slow"))
    await eventually(lambda: bus.number_of(RpcCall) >= 5)
    assert bus.number_of(RpcAnswer) == 0
    there.open.set()
    assert await calling == b"SLOW"
    assert there.executed == {b"slow": 1}


async def test_a_slow_call_does_not_delay_others() -> None:
    here, there = await two_on(LosingBus())
    there.open.clear()
    slow = asyncio.create_task(here.rpc.call("there", b"slow"))
    await eventually(lambda: there.executed == {b"slow": 1})
    there.open.set()
    assert await here.rpc.call("there", b"quick") == b"QUICK"
    assert await slow == b"SLOW"


async def test_past_the_deadline_a_call_fails_and_is_not_sent_again() -> None:
    bus = LosingBus()
    here, _ = await two_on(bus, deadline_s=0.5)
    patient = Node(bus, "patient")
    with pytest.raises(UnreachableError) as caught:
        await here.rpc.call("nowhere", b"one")
    assert caught.value.what == "node nowhere does not answer"
    assert caught.value.error.code == "unavailable"
    sent = bus.number_of(RpcCall, b"one")
    assert sent >= 2
    await resent(bus, patient)
    assert bus.number_of(RpcCall, b"one") == sent


async def test_a_late_answer_is_not_taken_for_that_of_another_call() -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    there.open.clear()
    given_up = asyncio.create_task(here.rpc.call("there", b"late"))
    await eventually(lambda: there.executed == {b"late": 1})
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    there.open.set()
    assert await here.rpc.call("there", b"late") == b"LATE"
    await there.rpc.stop()
    assert there.executed == {b"late": 2}


async def test_a_cancelled_call_is_not_sent_again() -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    there.open.clear()
    calling = asyncio.create_task(here.rpc.call("there", b"slow"))
    await eventually(lambda: bus.number_of(RpcCall) >= 2)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    sent = bus.number_of(RpcCall, b"slow")
    await resent(bus, here)
    assert bus.number_of(RpcCall, b"slow") == sent
    there.open.set()
    await there.rpc.stop()


async def test_a_server_that_raises_is_logged_and_its_caller_gets_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    here, there = await two_on(LosingBus(), deadline_s=0.5)
    with pytest.raises(UnreachableError):
        await here.rpc.call("there", b"fail")
    assert there.executed == {b"fail": 1}
    assert "ZeroDivisionError" in caplog.text


async def test_a_stop_finishes_the_calls_that_are_being_executed() -> None:
    here, there = await two_on(LosingBus())
    there.open.clear()
    calling = asyncio.create_task(here.rpc.call("there", b"last"))
    await eventually(lambda: there.executed == {b"last": 1})
    stopping = asyncio.create_task(there.rpc.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    there.open.set()
    await stopping
    assert await calling == b"LAST"


async def test_only_the_last_answers_are_kept() -> None:
    bus = LosingBus()
    here, there = await two_on(bus, max_answers=3)
    for number in range(10):
        await here.rpc.call("there", b"%d" % number)
    assert len(there.rpc._answers) == 3
    oldest, *_, newest = [message for message in bus.sent if isinstance(message, RpcCall)]
    bus.publish("node.there", newest)
    assert there.executed[newest.body] == 1
    assert isinstance(bus.sent[-1], RpcAnswer)
    bus.publish("node.there", oldest)
    await there.rpc.stop()
    assert there.executed[oldest.body] == 2


async def test_answers_are_kept_for_a_limited_time() -> None:
    """They may be large, and a node without traffic would keep the last ones for days."""
    here, there = await two_on(LosingBus(), keep_answers_s=0.02)
    for number in range(5):
        await here.rpc.call("there", b"%d" % number)
    loop = asyncio.get_running_loop()
    kept_until = loop.time() + 0.02
    await eventually(lambda: loop.time() > kept_until)
    await here.rpc.call("there", b"newest")
    assert len(there.rpc._answers) == 1


@settings(max_examples=40)
@given(
    losses=st.lists(st.booleans(), max_size=60),
    calls=st.integers(1, 8),
)
def test_every_call_is_answered_and_executed_once_despite_losses(losses: list[bool], calls: int) -> None:
    asyncio.run(_answered_and_executed_once(losses, calls))


async def _answered_and_executed_once(losses: Iterable[bool], calls: int) -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    lost = iter(losses)
    bus.loses = lambda _message: next(lost, False)
    bodies = [b"q%d" % number for number in range(calls)]
    answers = await asyncio.gather(
        *(here.rpc.call("there", body) for body in bodies), *(there.rpc.call("here", body) for body in bodies)
    )
    assert answers == [body.upper() for body in bodies] * 2
    assert there.executed == here.executed == dict.fromkeys(bodies, 1)

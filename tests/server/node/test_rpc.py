"""Tests of what nodes ask one another: whatever the bus loses, a question is answered in time, and done once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.backends.bus import BusMessage, Claim, LocalBus, RpcAnswer, RpcCall
from server.errors import UnreachableError
from server.node import rpc
from server.node.rpc import Rpc
from tests.redis_server import until


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "ASK_AGAIN", 0.005)


class LosingBus(LocalBus):
    """Loses what ``loses`` says; ``sent`` is all that was published."""

    def __init__(self) -> None:
        super().__init__()
        self.loses: Callable[[BusMessage], bool] = lambda _message: False
        self.sent: list[BusMessage] = []

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        self.sent.append(message)
        if not self.loses(message):
            super().publish(channel, message)

    def number_of(self, kind: type[BusMessage]) -> int:
        return sum(isinstance(message, kind) for message in self.sent)


class Clerk:
    """A node that answers with what it was asked, in capitals; ``done`` counts."""

    def __init__(self, bus: LocalBus, name: str) -> None:
        self.done: Counter[bytes] = Counter()
        self.open = asyncio.Event()
        self.open.set()
        self.calls = Rpc(bus, name, self.serve)

    async def serve(self, body: bytes) -> bytes:
        self.done[body] += 1
        await self.open.wait()
        if body == b"fail":
            raise ZeroDivisionError
        return body.upper()


async def two_on(bus: LocalBus) -> tuple[Clerk, Clerk]:
    here, there = Clerk(bus, "here"), Clerk(bus, "there")
    await here.calls.start()
    await there.calls.start()
    return here, there


def the_first(number: int, kind: type[BusMessage]) -> Callable[[BusMessage], bool]:
    """Whether a message is among the first of its kind."""
    left = [number]

    def is_one(message: BusMessage) -> bool:
        left[0] -= isinstance(message, kind)
        return isinstance(message, kind) and left[0] >= 0

    return is_one


async def test_a_question_is_asked_once_when_nothing_is_lost() -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    assert await here.calls.ask("there", b"one") == b"ONE"
    assert await there.calls.ask("here", b"two") == b"TWO"
    await asyncio.sleep(4 * rpc.ASK_AGAIN)
    assert (bus.number_of(RpcCall), bus.number_of(RpcAnswer)) == (2, 2)
    assert (there.done, here.done) == ({b"one": 1}, {b"two": 1})


@pytest.mark.parametrize("lost", [RpcCall, RpcAnswer])
async def test_what_is_lost_is_asked_again_and_done_once(lost: type[BusMessage]) -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    bus.loses = the_first(3, lost)
    assert await here.calls.ask("there", b"one") == b"ONE"
    assert bus.number_of(lost) >= 4
    assert there.done == {b"one": 1}


async def test_who_is_slow_is_asked_again_and_does_it_once() -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    there.open.clear()
    asking = asyncio.create_task(here.calls.ask("there", b"slow"))
    await until(lambda: bus.number_of(RpcCall) >= 5)
    assert bus.number_of(RpcAnswer) == 0
    there.open.set()
    assert await asking == b"SLOW"
    assert there.done == {b"slow": 1}


async def test_a_slow_answer_keeps_nobody_else_waiting() -> None:
    here, there = await two_on(LosingBus())
    there.open.clear()
    slow = asyncio.create_task(here.calls.ask("there", b"slow"))
    await until(lambda: there.done == {b"slow": 1})
    there.open.set()
    assert await here.calls.ask("there", b"quick") == b"QUICK"
    assert await slow == b"SLOW"


async def test_past_the_deadline_the_node_is_away_and_asked_no_more() -> None:
    bus = LosingBus()
    here, _ = await two_on(bus)
    with pytest.raises(UnreachableError) as caught:
        await here.calls.ask("nowhere", b"one", deadline=0.03)
    assert "nowhere" in caught.value.what
    assert caught.value.error.code == "unavailable"
    asked = bus.number_of(RpcCall)
    assert asked >= 2
    await asyncio.sleep(4 * rpc.ASK_AGAIN)
    assert bus.number_of(RpcCall) == asked


async def test_an_answer_that_comes_too_late_is_nobody_s() -> None:
    """Neither that of who has given up, nor that of somebody else who asked the same."""
    bus = LosingBus()
    here, there = await two_on(bus)
    there.open.clear()
    with pytest.raises(UnreachableError):
        await here.calls.ask("there", b"late", deadline=0.02)
    there.open.set()
    assert await here.calls.ask("there", b"late") == b"LATE"
    await there.calls.stop()
    assert there.done == {b"late": 2}


async def test_who_gives_up_asks_no_more() -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    there.open.clear()
    asking = asyncio.create_task(here.calls.ask("there", b"slow"))
    await until(lambda: bus.number_of(RpcCall) >= 2)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    asked = bus.number_of(RpcCall)
    await asyncio.sleep(4 * rpc.ASK_AGAIN)
    assert bus.number_of(RpcCall) == asked
    there.open.set()
    await there.calls.stop()


async def test_who_fails_is_away_and_is_found_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    here, there = await two_on(LosingBus())
    with pytest.raises(UnreachableError):
        await here.calls.ask("there", b"fail", deadline=0.03)
    assert there.done == {b"fail": 1}
    assert "calls of other nodes: background task failed" in caplog.text
    assert await here.calls.ask("there", b"next") == b"NEXT"


async def test_a_stop_finishes_what_is_being_answered() -> None:
    here, there = await two_on(LosingBus())
    there.open.clear()
    asking = asyncio.create_task(here.calls.ask("there", b"last"))
    await until(lambda: there.done == {b"last": 1})
    stopping = asyncio.create_task(there.calls.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    there.open.set()
    await stopping
    assert await asking == b"LAST"


async def test_answers_are_kept_for_who_asks_again_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "REMEMBERED", 3)
    bus = LosingBus()
    here, there = await two_on(bus)
    for number in range(10):
        await here.calls.ask("there", b"%d" % number)
    assert len(there.calls._answered) == 3
    oldest, *_, newest = [message for message in bus.sent if isinstance(message, RpcCall)]
    bus.publish("node.there", newest)
    assert there.done[newest.body] == 1
    assert isinstance(bus.sent[-1], RpcAnswer)
    bus.publish("node.there", oldest)
    await there.calls.stop()
    assert there.done[oldest.body] == 2


async def test_answers_are_not_kept_longer_than_anybody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """They may be large, and a quiet node would keep the last ones for days."""
    monkeypatch.setattr(rpc, "REMEMBERED_S", 0.02)
    here, there = await two_on(LosingBus())
    for number in range(5):
        await here.calls.ask("there", b"%d" % number)
    await asyncio.sleep(0.03)
    await here.calls.ask("there", b"newest")
    assert len(there.calls._answered) == 1


@settings(max_examples=40)
@given(
    losses=st.lists(st.booleans(), max_size=60),
    questions=st.integers(1, 8),
)
def test_whatever_is_lost_every_question_is_answered_and_done_once(losses: list[bool], questions: int) -> None:
    asyncio.run(_answered_and_done_once(losses, questions))


async def _answered_and_done_once(losses: Iterable[bool], questions: int) -> None:
    bus = LosingBus()
    here, there = await two_on(bus)
    lost = iter(losses)
    bus.loses = lambda _message: next(lost, False)
    bodies = [b"q%d" % number for number in range(questions)]
    answers = await asyncio.gather(
        *(here.calls.ask("there", body) for body in bodies), *(there.calls.ask("here", body) for body in bodies)
    )
    assert answers == [body.upper() for body in bodies] * 2
    assert there.done == here.done == dict.fromkeys(bodies, 1)

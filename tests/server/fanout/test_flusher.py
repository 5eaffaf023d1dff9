"""Tests of the flusher: one write a turn, laggards looked at again, those who passed a limit told of."""

import asyncio

import pytest

from server.fanout import flusher
from server.fanout.flusher import COMPANY_DELAY, CROWD, Flusher
from server.fanout.outbox import HIGH_WATER, Outbox
from tests.server.fanout.fakes import FakeTransport, StillClock

DEADLINE_MS = 5000


class Clients:
    def __init__(self) -> None:
        self.clock = StillClock()
        self.slow: list[tuple[Outbox, str]] = []
        self.flusher = Flusher(self.clock, lambda outbox, limit: self.slow.append((outbox, limit)))

    def come(self) -> tuple[FakeTransport, Outbox]:
        transport = FakeTransport()
        return transport, Outbox(transport, self.flusher.mark, limit_bytes=1000, deadline_ms=DEADLINE_MS)


async def test_what_falls_into_a_turn_is_one_write_for_each() -> None:
    clients = Clients()
    (one, to_one), (other, to_other) = clients.come(), clients.come()
    for frame in (b"a", b"b", b"c"):
        to_one.put(frame, in_company=frame == b"a")
    to_other.put(b"d")
    assert (one.writes, other.writes) == ([], [])
    await asyncio.sleep(0)
    assert (one.writes, other.writes) == ([b"abc"], [b"d"])
    to_one.put(b"e")
    await asyncio.sleep(0)
    assert one.writes == [b"abc", b"e"]


async def test_what_waits_for_company_waits_once_or_twice_as_long_as_it_may() -> None:
    clients = Clients()
    transport, outbox = clients.come()
    loop = asyncio.get_running_loop()
    put_at = loop.time()
    outbox.put(b"a", in_company=True)
    async with asyncio.timeout(10):
        while not transport.writes:
            await asyncio.sleep(0.001)
    assert transport.writes == [b"a"]
    assert loop.time() - put_at >= COMPANY_DELAY


async def test_what_had_company_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next frame that waits for company would be written alone as soon as the last one's time is up."""
    monkeypatch.setattr(flusher, "COMPANY_DELAY", 60)
    clients = Clients()
    (one, to_one), (other, to_other) = clients.come(), clients.come()
    to_one.put(b"a", in_company=True)
    to_other.put(b"x", in_company=True)
    clients.flusher._flush_alone()
    to_one.put(b"b")
    await asyncio.sleep(0)
    to_one.put(b"c", in_company=True)
    clients.flusher._flush_alone()
    assert (one.writes, other.writes) == ([b"ab"], [b"x"])


async def test_a_crowd_is_written_to_a_turn_later_than_what_leaves_for_other_nodes() -> None:
    clients = Clients()
    crowd = [clients.come() for _ in range(CROWD + 1)]
    for _, outbox in crowd:
        outbox.put(b"a")
    await asyncio.sleep(0)  # the turn in which a pipeline to Redis that was begun at the same time is sent
    assert not any(transport.writes for transport, _ in crowd)
    crowd[0][1].put(b"b")
    await asyncio.sleep(0)
    assert [transport.writes for transport, _ in crowd] == [[b"ab"]] + [[b"a"]] * CROWD


async def test_a_laggard_is_looked_at_again_until_it_reads() -> None:
    clients = Clients()
    transport, outbox = clients.come()
    transport.waiting = HIGH_WATER
    outbox.put(b"a")
    await asyncio.sleep(0)
    assert transport.writes == []
    transport.waiting = 0
    async with asyncio.timeout(10):
        while not transport.writes:
            await asyncio.sleep(0.01)
    assert (transport.writes, clients.slow) == ([b"a"], [])


async def test_who_takes_nothing_for_too_long_is_told_of() -> None:
    clients = Clients()
    transport, outbox = clients.come()
    transport.waiting = HIGH_WATER
    outbox.put(b"a")
    await asyncio.sleep(0)
    clients.clock.ms += DEADLINE_MS + 1
    async with asyncio.timeout(10):
        while not clients.slow:
            await asyncio.sleep(0.01)
    assert clients.slow[0] == (outbox, f"nothing was read for {DEADLINE_MS} ms")


async def test_a_laggard_that_is_gone_is_forgotten() -> None:
    clients = Clients()
    transport, outbox = clients.come()
    transport.waiting = HIGH_WATER
    outbox.put(b"a")
    await asyncio.sleep(0)
    _, lonely = clients.come()
    lonely.put(b"a", in_company=True)
    for each in (outbox, lonely):
        clients.flusher.forget(each)
    assert not clients.flusher._laggards | clients.flusher._alone

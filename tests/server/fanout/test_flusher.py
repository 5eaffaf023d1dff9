"""The flusher: one write per client and turn, retries for clients that are behind, and limits."""

import asyncio

from server.fanout.flusher import CROWD, Flusher
from server.fanout.outbox import HIGH_WATER, Outbox
from tests.server.fanout.fakes import FakeSocket, FakeTransport, StillClock
from tests.waiting import eventually

DEADLINE_MS = 5000


class Clients:
    def __init__(self) -> None:
        self.clock = StillClock()
        self.flusher = Flusher(self.clock, retry_s=0.001)

    def connect(self) -> tuple[FakeTransport, Outbox, FakeSocket]:
        socket = FakeSocket(self.flusher)
        return socket.transport, socket.outbox, socket


async def test_everything_put_in_one_turn_is_one_write_per_client() -> None:
    clients = Clients()
    (one, to_one, _), (other, to_other, _) = clients.connect(), clients.connect()
    for frame in (b"a", b"b", b"c"):
        to_one.put(frame)
    to_other.put(b"d")
    assert (one.writes, other.writes) == ([], [])
    await asyncio.sleep(0)
    assert (one.writes, other.writes) == ([b"abc"], [b"d"])
    to_one.put(b"e")
    await asyncio.sleep(0)
    assert one.writes == [b"abc", b"e"]


async def test_a_crowd_is_written_one_turn_later_than_messages_to_other_nodes() -> None:
    clients = Clients()
    crowd = [clients.connect() for _ in range(CROWD + 1)]
    for _, outbox, _ in crowd:
        outbox.put(b"a")
    await asyncio.sleep(0)  # the turn in which a Redis pipeline started at the same time is sent
    assert not any(transport.writes for transport, _, _ in crowd)
    crowd[0][1].put(b"b")
    await asyncio.sleep(0)
    assert [transport.writes for transport, _, _ in crowd] == [[b"ab"]] + [[b"a"]] * CROWD


async def test_a_client_that_is_behind_is_retried_until_it_reads() -> None:
    clients = Clients()
    transport, outbox, socket = clients.connect()
    transport.waiting = HIGH_WATER
    outbox.put(b"a")
    await asyncio.sleep(0)
    assert transport.writes == []
    transport.waiting = 0
    await eventually(lambda: transport.writes)
    assert (transport.writes, socket.closes) == ([b"a"], [])


async def test_a_client_that_reads_nothing_for_too_long_is_closed() -> None:
    clients = Clients()
    transport, outbox, socket = clients.connect()
    transport.waiting = HIGH_WATER
    outbox.put(b"a")
    await asyncio.sleep(0)
    clients.clock.ms += DEADLINE_MS + 1
    await eventually(lambda: socket.closes)
    assert socket.closes == [("too_slow", f"The client reads too slowly: nothing was read for {DEADLINE_MS} ms.")]


async def test_a_disconnected_client_is_not_retried() -> None:
    clients = Clients()
    transport, outbox, _ = clients.connect()
    transport.waiting = HIGH_WATER
    outbox.put(b"a")
    await asyncio.sleep(0)
    clients.flusher.forget(outbox)
    assert not clients.flusher._behind

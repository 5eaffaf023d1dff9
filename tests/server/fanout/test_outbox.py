"""Outboxes and the flusher: one write per client and turn, which form a slow client gets, and when it is too slow."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from server.fanout.outbox import CROWD, HIGH_WATER, Flusher, Outbox
from tests.server.fanout.fakes import FakeSocket, FakeTransport, StillClock
from tests.waiting import eventually

LIMIT, DEADLINE = 1000, 5000


class Box:
    """An outbox and its transport. It counts how often the outbox asks to be flushed."""

    def __init__(self, limit_bytes: int = LIMIT) -> None:
        self.transport = FakeTransport()
        self.marks = 0
        self.outbox = Outbox(self.transport, self, self, limit_bytes=limit_bytes, deadline_ms=DEADLINE)

    def mark(self, outbox: Outbox) -> None:
        assert outbox is self.outbox
        self.marks += 1

    def close(self, name: str, message: str = "") -> None:
        raise AssertionError("an outbox leaves it to the flusher to close its owner")


def test_everything_put_before_a_flush_leaves_in_one_write() -> None:
    box = Box()
    for frame in (b"a", b"b", b"c"):
        box.outbox.put(frame)
    assert box.marks == 1
    assert box.outbox.flush(0) is None
    assert box.transport.writes == [b"abc"]
    box.outbox.put(b"d")
    assert box.marks == 2


def test_a_client_that_keeps_up_gets_full_frames() -> None:
    box = Box()
    box.outbox.put(b"full", b"short")
    box.outbox.flush(0)
    assert box.transport.written == b"full"
    assert not box.outbox.behind


def test_a_client_that_is_behind_gets_frames_without_ticks_and_all_replies() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER
    box.outbox.put(b"reply1 ")
    assert box.outbox.flush(0) is None
    assert box.outbox.behind
    box.outbox.put(b"full ", b"short ")
    box.outbox.put(b"reply2 ")
    box.outbox.flush(10)
    assert box.transport.writes == []
    box.transport.waiting = HIGH_WATER - 1
    box.outbox.flush(20)
    assert box.transport.writes == [b"reply1 short reply2 "]
    assert not box.outbox.behind
    box.outbox.put(b"full", b"short")
    box.outbox.flush(30)
    assert box.transport.writes[-1] == b"full"


def test_a_client_with_too_many_waiting_bytes_is_too_slow() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER
    box.outbox.put(b"x" * LIMIT)
    assert box.outbox.flush(0) is None
    box.outbox.put(b"x")
    assert box.outbox.flush(1) == f"more than {LIMIT} bytes were waiting"


def test_a_client_that_reads_nothing_until_the_deadline_is_too_slow() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER + 100
    box.outbox.put(b"x")
    assert box.outbox.flush(1000) is None
    assert box.outbox.flush(1000 + DEADLINE) is None
    assert box.outbox.flush(1001 + DEADLINE) == f"nothing was read for {DEADLINE} ms"


def test_a_client_that_reads_a_little_gets_more_time() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER + 100
    box.outbox.put(b"x")
    box.outbox.flush(0)
    box.transport.waiting -= 1
    assert box.outbox.flush(DEADLINE + 1) is None
    assert box.outbox.flush(2 * DEADLINE + 1) is None
    assert box.outbox.flush(2 * DEADLINE + 2) is not None


def test_the_goodbye_follows_the_queued_frames() -> None:
    box = Box()
    box.outbox.put(b"queued ")
    box.outbox.finish(b"goodbye")
    assert box.transport.written == b"queued goodbye"
    box.outbox.put(b"more")
    box.outbox.finish(b"again")
    assert box.outbox.flush(0) is None
    assert box.transport.written == b"queued goodbye"


def test_the_goodbye_to_a_client_that_is_behind_replaces_the_queue() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER
    box.outbox.put(b"queued ")
    box.outbox.flush(0)
    box.outbox.finish(b"goodbye")
    assert box.transport.written == b"goodbye"
    assert not box.outbox.behind


def test_nothing_is_written_to_a_closing_transport() -> None:
    box = Box()
    box.transport.closing = True
    box.outbox.put(b"x")
    box.outbox.flush(0)
    box.outbox.finish(b"goodbye")
    assert box.transport.writes == []


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=50), st.booleans(), st.booleans()), max_size=60))
def test_only_ticks_are_dropped_and_the_order_stays(steps: list[tuple[bytes, bool, bool]]) -> None:
    """However slowly the client reads, every frame comes out in order, with its ticks or without them."""
    box = Box(limit_bytes=1_000_000)
    transport, outbox = box.transport, box.outbox
    wanted: list[tuple[bytes, bytes]] = []
    for number, (body, ticks, blocked) in enumerate(steps):
        full, short = b"<%d:%b>" % (number, body.hex().encode()), b"<%d:>" % number
        wanted.append((full, short if ticks else full))
        outbox.put(full, short if ticks else None)
        transport.waiting = HIGH_WATER if blocked else 0
        assert outbox.flush(number) is None
    transport.waiting = 0
    outbox.flush(len(steps))
    came = transport.written
    for full, short in wanted:
        form = full if came.startswith(full) else short
        assert came.startswith(form)
        came = came[len(form) :]
    assert came == b""


class Clients:
    def __init__(self) -> None:
        self.clock = StillClock()
        self.flusher = Flusher(self.clock, retry_s=0.001)

    def connect(self) -> tuple[FakeTransport, Outbox, FakeSocket]:
        socket = FakeSocket(self.flusher)
        return socket.transport, socket.outbox, socket

    async def connect_behind(self, frame: bytes) -> tuple[FakeTransport, FakeSocket]:
        """A client whose transport is full when ``frame`` is to be written."""
        transport, outbox, socket = self.connect()
        transport.waiting = HIGH_WATER
        outbox.put(frame)
        await asyncio.sleep(0)
        return transport, socket


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
    transport, socket = await clients.connect_behind(b"a")
    assert transport.writes == []
    transport.waiting = 0
    await eventually(lambda: transport.writes)
    assert (transport.writes, socket.closes) == ([b"a"], [])


async def test_a_client_that_reads_nothing_for_too_long_is_closed() -> None:
    clients = Clients()
    _, socket = await clients.connect_behind(b"a")
    clients.clock.ms += DEADLINE + 1
    await eventually(lambda: socket.closes)
    assert socket.closes == [("too_slow", f"The client reads too slowly: nothing was read for {DEADLINE} ms.")]


async def test_a_disconnected_client_is_not_retried() -> None:
    clients = Clients()
    transport, outbox, _ = clients.connect()
    transport.waiting = HIGH_WATER
    outbox.put(b"a")
    await asyncio.sleep(0)
    clients.flusher.forget(outbox)
    assert not clients.flusher._behind

"""Back-pressure: when frames are written, which form a slow client gets, and when a client is too slow."""

from hypothesis import given
from hypothesis import strategies as st

from server.fanout.outbox import HIGH_WATER, Outbox
from tests.server.fanout.fakes import FakeTransport

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

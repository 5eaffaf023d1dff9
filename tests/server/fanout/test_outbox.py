"""Tests of back-pressure: what is written when, what is left out, and when a client is too slow."""

from hypothesis import given
from hypothesis import strategies as st

from server.fanout.outbox import HIGH_WATER, Outbox
from tests.server.fanout.fakes import FakeTransport

LIMIT, DEADLINE = 1000, 5000


class Box:
    """An outbox, its transport, and how often it asked to be flushed, and whether soon."""

    def __init__(self) -> None:
        self.transport = FakeTransport()
        self.marks: list[bool] = []
        self.outbox = Outbox(self.transport, lambda _, soon: self.marks.append(soon), LIMIT, DEADLINE)


def test_all_of_a_turn_leaves_in_one_write() -> None:
    box = Box()
    for frame in (b"a", b"b", b"c"):
        box.outbox.put(frame)
    assert box.marks == [True]
    assert box.outbox.flush(0) is None
    assert box.transport.writes == [b"abc"]
    box.outbox.put(b"d")
    assert box.marks == [True, True]


def test_what_waits_for_company_leaves_with_it() -> None:
    box = Box()
    box.outbox.put(b"a", in_company=True)
    assert box.marks == [False]
    box.outbox.put(b"b")
    box.outbox.put(b"c", in_company=True)
    assert box.marks == [False, True]
    box.outbox.flush(0)
    assert box.transport.writes == [b"abc"]
    box.outbox.put(b"d", in_company=True)
    assert box.marks == [False, True, False]


def test_a_client_that_keeps_up_gets_everything_fat() -> None:
    box = Box()
    box.outbox.put(b"fat", b"lean")
    box.outbox.flush(0)
    assert box.transport.written == b"fat"
    assert not box.outbox.behind


def test_a_client_that_lags_gets_lean_frames_and_all_replies() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER
    box.outbox.put(b"reply1 ")
    assert box.outbox.flush(0) is None
    assert box.outbox.behind
    box.outbox.put(b"fat ", b"lean ")
    box.outbox.put(b"reply2 ")
    box.outbox.flush(10)
    assert box.transport.writes == []
    box.transport.waiting = HIGH_WATER - 1
    box.outbox.flush(20)
    assert box.transport.writes == [b"reply1 lean reply2 "]
    assert not box.outbox.behind
    box.outbox.put(b"fat", b"lean")
    box.outbox.flush(30)
    assert box.transport.writes[-1] == b"fat"


def test_more_than_the_limit_may_not_wait() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER
    box.outbox.put(b"x" * LIMIT)
    assert box.outbox.flush(0) is None
    box.outbox.put(b"x")
    assert box.outbox.flush(1) == f"more than {LIMIT} bytes were waiting"


def test_who_takes_nothing_until_the_deadline_is_too_slow() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER + 100
    box.outbox.put(b"x")
    assert box.outbox.flush(1000) is None
    assert box.outbox.flush(1000 + DEADLINE) is None
    assert box.outbox.flush(1001 + DEADLINE) == f"nothing was read for {DEADLINE} ms"


def test_who_takes_a_little_gets_more_time() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER + 100
    box.outbox.put(b"x")
    box.outbox.flush(0)
    box.transport.waiting -= 1
    assert box.outbox.flush(DEADLINE + 1) is None
    assert box.outbox.flush(2 * DEADLINE + 1) is None
    assert box.outbox.flush(2 * DEADLINE + 2) is not None


def test_the_last_word_comes_after_what_is_queued() -> None:
    box = Box()
    box.outbox.put(b"queued ")
    box.outbox.finish(b"goodbye")
    assert box.transport.written == b"queued goodbye"
    box.outbox.put(b"more")
    box.outbox.finish(b"again")
    assert box.outbox.flush(0) is None
    assert box.transport.written == b"queued goodbye"


def test_the_last_word_to_one_that_lags_does_not_wait_for_the_rest() -> None:
    box = Box()
    box.transport.waiting = HIGH_WATER
    box.outbox.put(b"queued ")
    box.outbox.flush(0)
    box.outbox.finish(b"goodbye")
    assert box.transport.written == b"goodbye"
    assert not box.outbox.behind


def test_nothing_is_written_to_a_transport_that_closes() -> None:
    box = Box()
    box.transport.closing = True
    box.outbox.put(b"x")
    box.outbox.flush(0)
    box.outbox.finish(b"goodbye")
    assert box.transport.writes == []


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=50), st.booleans(), st.booleans()), max_size=60))
def test_what_is_not_a_tick_is_never_lost_nor_reordered(steps: list[tuple[bytes, bool, bool]]) -> None:
    """Whatever the client's pace: all that was put comes out in order, in its fat or its lean form."""
    transport = FakeTransport()
    outbox = Outbox(transport, lambda _, _soon: None, 1_000_000, DEADLINE)
    wanted: list[tuple[bytes, bytes]] = []
    for number, (body, ticks, blocked) in enumerate(steps):
        fat, lean = b"<%d:%b>" % (number, body.hex().encode()), b"<%d:>" % number
        wanted.append((fat, lean if ticks else fat))
        outbox.put(fat, lean if ticks else None)
        transport.waiting = HIGH_WATER if blocked else 0
        assert outbox.flush(number) is None
    transport.waiting = 0
    outbox.flush(len(steps))
    came = transport.written
    for fat, lean in wanted:
        form = fat if came.startswith(fat) else lean
        assert came.startswith(form)
        came = came[len(form) :]
    assert came == b""

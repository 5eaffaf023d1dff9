"""Tests of a room's numbered frames."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.backends.bus import BusMessage, Claim, EncodedFrame, LocalBus, room_channel
from server.errors import ClientError
from server.messages import ChatLine, ChatSaid, Position, Spectators
from server.rooms.frame_log import FrameLog
from tests.server.fanout.fakes import StillClock
from tests.server.rooms.parts import Recorder, UncertainLease
from tests.server.set_clocks import START_MS, HandClock

INTERVAL, KEEP = 50, 5


class Outlet(LocalBus):
    """A bus that records published messages."""

    def __init__(self, log: "Log") -> None:
        super().__init__()
        self._log = log

    def publish(self, channel: str, message: BusMessage, claim: Claim | None = None) -> None:
        assert isinstance(message, EncodedFrame)
        assert claim is not None
        assert channel == room_channel(claim.room)
        self._log.out.append(message)


class Log:
    """A frame log, and what went out."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.out: list[EncodedFrame] = []
        self.listener = Recorder()
        self.lease = UncertainLease()
        claim = Claim("crash", "here 1")
        self.frames = FrameLog(
            claim, self.lease, Outlet(self), self.clock, self.listener, interval_ms=INTERVAL, keep=KEEP
        )

    def sent(self) -> list[dict[str, Any]]:
        return [json.loads(frame.wire) for frame in self.out]

    def counts(self) -> list[int]:
        return [event["count"] for frame in self.sent() for event in frame["events"]]


async def turns(number: int = 3) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_events_of_an_interval_leave_as_one_frame() -> None:
    log = Log()
    log.frames.add(Spectators(1), flush_now=True)
    await turns()
    log.frames.add(Spectators(2))
    log.frames.add(Spectators(3))
    await turns()
    assert len(log.out) == 1
    async with asyncio.timeout(10):
        assert await log.frames.observe(lambda: log.frames.seq) == 2
    assert [len(frame["events"]) for frame in log.sent()] == [1, 2]
    assert log.counts() == [1, 2, 3]


async def test_flush_now_takes_waiting_events_along() -> None:
    log = Log()
    log.frames.add(Spectators(1), flush_now=True)
    await turns()
    log.frames.add(Spectators(2))
    log.frames.add(Spectators(3), flush_now=True)
    await turns()
    assert [len(frame["events"]) for frame in log.sent()] == [1, 2]


async def test_an_event_after_a_quiet_interval_is_sent_at_once() -> None:
    log = Log()
    log.frames.add(Spectators(1))
    await turns()
    log.clock.ms += INTERVAL
    log.frames.add(Spectators(2))
    await turns()
    assert log.counts() == [1, 2]


async def test_an_event_that_is_held_back_gets_no_frame_of_its_own() -> None:
    log = Log()
    log.frames.add(Spectators(1), hold_back=True)
    log.clock.ms += INTERVAL
    await turns()
    assert log.out == []
    log.frames.add(Spectators(2), flush_now=True)
    await turns()
    assert [len(frame["events"]) for frame in log.sent()] == [2]


async def test_observers_do_not_wait_for_events_that_are_held_back() -> None:
    log = Log()
    log.frames.add(Spectators(1), hold_back=True)
    async with asyncio.timeout(10):
        assert await log.frames.observe(lambda: log.frames.seq) == 1
    assert log.counts() == [1]


async def test_flush_sends_at_once_and_sends_no_empty_frame() -> None:
    log = Log()
    log.frames.flush()
    assert log.out == []
    log.frames.add(Spectators(1))
    log.frames.flush()
    assert log.counts() == [1]
    await turns()
    assert len(log.out) == 1


async def test_a_frame_for_slow_clients_has_all_but_the_ticks() -> None:
    log = Log()
    log.frames.add(Spectators(1), tick=True)
    log.frames.add(ChatSaid("ann", "hi", 5))
    log.frames.add(Spectators(2), tick=True)
    log.frames.flush()
    log.frames.add(Spectators(3), tick=True)
    log.frames.flush()
    log.frames.add(Spectators(4))
    log.frames.flush()
    lean = [json.loads(frame.without_ticks) for frame in log.out if frame.without_ticks is not None]
    assert [[event["type"] for event in frame["events"]] for frame in lean] == [["chat"], []]
    assert [frame["seq"] for frame in lean] == [1, 2]
    assert log.out[2].without_ticks is None


@given(st.lists(st.sampled_from(["add", "now", "tick", "held back", "flush", "time"]), max_size=40))
def test_the_numbers_have_no_gap_and_no_event_is_lost(steps: list[str]) -> None:
    async def play() -> None:
        log, added = Log(), 0
        for step in steps:
            if step == "flush":
                log.frames.flush()
            elif step == "time":
                log.clock.ms += INTERVAL
                await turns()
            else:
                added += 1
                how = {"tick": step == "tick", "flush_now": step == "now", "hold_back": step == "held back"}
                log.frames.add(Spectators(added), **how)
        log.frames.flush()
        await turns()
        assert [frame["seq"] for frame in log.sent()] == list(range(1, len(log.out) + 1))
        assert log.counts() == list(range(1, added + 1))
        assert log.frames.seq == len(log.out)
        for seen in range(len(log.out) + 2):
            missed = log.frames.since(Position(log.frames.epoch, seen))
            if len(log.out) - KEEP <= seen <= len(log.out):
                assert missed == log.out[seen:]
            else:
                assert missed is None

    asyncio.run(play())


async def test_positions_of_another_numbering_are_unknown() -> None:
    log, other = Log(), Log()
    assert log.frames.epoch != other.frames.epoch
    assert log.frames.since(Position(other.frames.epoch, 0)) is None


async def test_an_observation_matches_its_seq_in_a_busy_room() -> None:
    """There is an event in every turn of the loop, so no waiting task ever runs while nothing is pending."""
    log, events, busy = Log(), 0, True

    async def chatter() -> None:
        nonlocal events
        while busy:
            events += 1
            log.frames.add(Spectators(events))
            await asyncio.sleep(0)

    talking = asyncio.create_task(chatter())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        for _ in range(5):
            seen, seq = await log.frames.observe(lambda: (events, log.frames.seq))
            sent = [e["count"] for frame in log.sent() if frame["seq"] <= seq for e in frame["events"]]
            assert sent[-1] == seen
    busy = False
    await talking


async def test_an_observer_that_gives_up_does_not_disturb_others() -> None:
    log = Log()
    log.frames.add(Spectators(1), flush_now=True)
    await turns()
    log.frames.add(Spectators(2))
    impatient = asyncio.create_task(log.frames.observe(lambda: 1))
    patient = asyncio.create_task(log.frames.observe(lambda: 2))
    await turns(1)
    impatient.cancel()
    async with asyncio.timeout(10):
        assert await patient == 2


async def test_a_frame_names_the_users_who_left_their_seats() -> None:
    log = Log()
    log.frames.add_departure(7)
    log.frames.add_departure(8)
    log.frames.add(Spectators(1), flush_now=True)
    await turns()
    log.frames.add(Spectators(2), flush_now=True)
    await turns()
    assert [frame.departed for frame in log.out] == [(7, 8), ()]


async def test_the_listener_gets_every_frame_as_it_is_sent() -> None:
    log = Log()
    log.frames.add(Spectators(1), flush_now=True)
    await turns()
    log.frames.add(Spectators(2), tick=True, flush_now=True)
    await turns()
    log.frames.add(Spectators(3), tick=True)
    log.frames.add(Spectators(4), flush_now=True)
    await turns()
    assert [(frame.seq, only_ticks) for frame, only_ticks in log.listener.frames] == [(1, False), (2, True), (3, False)]


async def test_while_the_lease_is_uncertain_events_wait_and_nothing_is_shown() -> None:
    log = Log()
    log.lease.certain = False
    log.frames.add(Spectators(1), flush_now=True)
    await turns()
    assert log.out == []
    for ask in (lambda: log.frames.observe(lambda: 1), _since(log)):
        with pytest.raises(ClientError) as refused:
            await ask()
        assert refused.value.error.code == "unavailable"
    log.lease.certain = True
    log.frames.flush()
    assert log.counts() == [1]


def _since(log: Log) -> Callable[[], Awaitable[object]]:
    async def since() -> object:
        return log.frames.since(Position(log.frames.epoch, 0))

    return since


async def test_frames_have_the_time_in_the_room_and_keep_their_pace_when_the_clock_is_set() -> None:
    """A clock that is set back by an hour must not hold the next frame back for an hour."""
    log, clock = Log(), HandClock()
    clock.pass_ms(INTERVAL)
    frames = FrameLog(
        Claim("crash", "here 1"), log.lease, Outlet(log), clock, log.listener, interval_ms=INTERVAL, keep=KEEP
    )
    frames.add(Spectators(1))
    await turns()
    clock.set_by(-3_600_000)
    clock.pass_ms(INTERVAL)
    frames.add(Spectators(2))
    await turns()
    assert [frame["at"] for frame in log.sent()] == [START_MS + INTERVAL, START_MS - 3_600_000 + 2 * INTERVAL]


async def test_a_chat_line_that_is_removed_is_in_no_frame_that_may_still_be_sent() -> None:
    """Its frames keep their numbers and their other events."""
    log = Log()
    hers = ChatLine("ann", 'my number is "555"', 1)
    his = ChatLine("bob", '{"type":"chat","player":"ann","text":"my number is \\"555\\"","at":1}', 1)
    start = log.frames.position()
    for line in (hers, his):
        log.frames.add(Spectators(1))
        log.frames.add(Spectators(2), tick=True)
        log.frames.add(ChatSaid(line.player, line.text, line.at))
        log.frames.flush()
    log.frames.add(ChatSaid(hers.player, hers.text, hers.at))
    log.frames.remove_lines([hers])
    log.frames.flush()
    frames = log.frames.since(start)
    assert frames is not None
    assert [frame.seq for frame in frames] == [1, 2, 3]
    removed = {"type": "chat_removed", "player": "ann"}
    said = {"type": "chat", "player": "bob", "text": his.text, "at": 1}
    for wires in ([frame.wire for frame in frames], [frame.without_ticks or frame.wire for frame in frames]):
        shown = [[event for event in json.loads(wire)["events"] if "chat" in event["type"]] for wire in wires]
        assert shown == [[removed], [said], [removed]]
    assert json.loads(frames[0].wire)["events"][0] == {"type": "spectators", "count": 1}
    assert log.frames.oldest == 1

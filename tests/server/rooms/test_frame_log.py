"""Tests of a room's numbered frames."""

import asyncio
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.backends.bus import BusMessage, Claim, EncodedFrame, LocalBus, room_channel
from server.messages import ChatSaid, Spectators
from server.rooms.frame_log import FrameLog
from tests.server.fanout.fakes import StillClock

INTERVAL, KEEP = 50, 5


class Outlet(LocalBus):
    """Notes what is published."""

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
        self.held = True
        claim = Claim("crash", "here 1")
        self.frames = FrameLog(claim, lambda _: self.held, Outlet(self), self.clock, interval_ms=INTERVAL, keep=KEEP)

    def sent(self) -> list[dict[str, Any]]:
        return [json.loads(frame.wire) for frame in self.out]

    def counts(self) -> list[int]:
        return [event["count"] for frame in self.sent() for event in frame["events"]]


async def turns(number: int = 3) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_events_of_an_interval_leave_as_one_frame() -> None:
    log = Log()
    log.frames.add(Spectators(1), soon=True)
    await turns()
    log.frames.add(Spectators(2))
    log.frames.add(Spectators(3))
    await turns()
    assert len(log.out) == 1
    async with asyncio.timeout(10):
        assert await log.frames.at_rest(lambda: log.frames.seq) == 2
    assert [len(frame["events"]) for frame in log.sent()] == [1, 2]
    assert log.counts() == [1, 2, 3]


async def test_soon_takes_along_what_waits() -> None:
    log = Log()
    log.frames.add(Spectators(1), soon=True)
    await turns()
    log.frames.add(Spectators(2))
    log.frames.add(Spectators(3), soon=True)
    await turns()
    assert [len(frame["events"]) for frame in log.sent()] == [1, 2]


async def test_after_a_quiet_interval_nothing_waits() -> None:
    log = Log()
    log.frames.add(Spectators(1))
    await turns()
    log.clock.ms += INTERVAL
    log.frames.add(Spectators(2))
    await turns()
    assert log.counts() == [1, 2]


async def test_what_waits_for_company_makes_no_frame_of_its_own() -> None:
    log = Log()
    log.frames.add(Spectators(1), in_company=True)
    log.clock.ms += INTERVAL
    await turns()
    assert log.out == []
    log.frames.add(Spectators(2), soon=True)
    await turns()
    assert [len(frame["events"]) for frame in log.sent()] == [2]


async def test_who_looks_does_not_wait_for_company() -> None:
    log = Log()
    log.frames.add(Spectators(1), in_company=True)
    async with asyncio.timeout(10):
        assert await log.frames.at_rest(lambda: log.frames.seq) == 1
    assert log.counts() == [1]


async def test_flush_is_at_once_and_nothing_makes_no_frame() -> None:
    log = Log()
    log.frames.flush()
    assert log.out == []
    log.frames.add(Spectators(1))
    log.frames.flush()
    assert log.counts() == [1]
    await turns()
    assert len(log.out) == 1


async def test_a_lean_frame_has_all_but_the_ticks() -> None:
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


@given(st.lists(st.sampled_from(["add", "soon", "tick", "company", "flush", "time"]), max_size=40))
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
                how = {"tick": step == "tick", "soon": step == "soon", "in_company": step == "company"}
                log.frames.add(Spectators(added), **how)
        log.frames.flush()
        await turns()
        assert [frame["seq"] for frame in log.sent()] == list(range(1, len(log.out) + 1))
        assert log.counts() == list(range(1, added + 1))
        assert log.frames.seq == len(log.out)
        for seen in range(len(log.out) + 2):
            missed = log.frames.since(log.frames.epoch, seen)
            if len(log.out) - KEEP <= seen <= len(log.out):
                assert missed == log.out[seen:]
            else:
                assert missed is None

    asyncio.run(play())


async def test_another_numbering_is_not_taken_up() -> None:
    log, other = Log(), Log()
    assert log.frames.epoch != other.frames.epoch
    assert log.frames.since(other.frames.epoch, 0) is None


async def test_a_snapshot_stands_at_its_seq_however_busy_the_room_is() -> None:
    """An event in every turn of the loop: there is no moment at which a sleeper could wake up to a quiet room."""
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
            seen, seq = await log.frames.at_rest(lambda: (events, log.frames.seq))
            sent = [e["count"] for frame in log.sent() if frame["seq"] <= seq for e in frame["events"]]
            assert sent[-1] == seen
    busy = False
    await talking


async def test_who_gives_up_looking_hurts_nobody() -> None:
    log = Log()
    log.frames.add(Spectators(1), soon=True)
    await turns()
    log.frames.add(Spectators(2))
    impatient = asyncio.create_task(log.frames.at_rest(lambda: 1))
    patient = asyncio.create_task(log.frames.at_rest(lambda: 2))
    await turns(1)
    impatient.cancel()
    async with asyncio.timeout(10):
        assert await patient == 2


async def test_a_frame_says_who_stood_up_in_it() -> None:
    log = Log()
    log.frames.stood(7)
    log.frames.stood(8)
    log.frames.add(Spectators(1), soon=True)
    await turns()
    log.frames.add(Spectators(2), soon=True)
    await turns()
    assert [frame.departed for frame in log.out] == [(7, 8), ()]


async def test_whoever_wants_hears_of_frames_as_they_leave() -> None:
    log = Log()
    heard: list[tuple[int, bool, int]] = []
    log.frames.sent = lambda frame, lasting: heard.append((frame.seq, lasting, log.frames.seq))
    log.frames.add(Spectators(1), soon=True)
    await turns()
    log.frames.add(Spectators(2), tick=True, soon=True)
    await turns()
    log.frames.add(Spectators(3), tick=True)
    log.frames.add(Spectators(4), soon=True)
    await turns()
    assert heard == [(1, True, 1), (2, False, 2), (3, True, 3)]

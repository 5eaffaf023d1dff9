"""The door: TCP connections by address, in all, and those that come too fast."""

import asyncio
import logging
from contextlib import suppress
from typing import Any, cast

import pytest
import uvloop
from msgspec import convert

from server.config import Config
from server.web.doors import MOST_HELD, Door, Doors
from tests.server.fanout.fakes import FakeTransport, StillClock
from tests.waiting import eventually


class Line(FakeTransport):
    """A connection from an address."""

    def __init__(self, address: str = "192.0.2.1") -> None:
        super().__init__()
        self._address = address
        self.aborted = False
        self.is_paused = False

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (self._address, 4711) if name == "peername" else default

    def abort(self) -> None:
        self.aborted = True


def doors_of(most: int = 1_000, clock: StillClock | None = None, **settings: Any) -> Doors:
    config = convert({"max_connections_per_address": 1, "rate_scale": 1_000.0} | settings, Config)
    return Doors(config, clock or StillClock(), most, hold_s=0.01)


def test_an_address_has_four_connections_for_each_websocket() -> None:
    doors = doors_of()
    lines = [Line() for _ in range(5)]
    assert [doors.enter(line) for line in lines] == [True] * 4 + [False]
    doors.leave(lines[0])
    assert doors.enter(Line())
    assert doors.enter(Line("192.0.2.2"))


def test_a_large_ipv6_prefix_is_one_source() -> None:
    doors = doors_of()
    entered = sum(doors.enter(Line(f"2001:db8::{net:x}:0:0:0:1")) for net in range(100))
    assert entered == 8


def test_a_trusted_proxy_may_bring_as_many_as_there_are() -> None:
    doors = doors_of(most=50, trusted_proxies=["192.0.2.1"], rate_scale=0.001)
    assert all(doors.enter(Line()) for _ in range(50))


def test_connections_may_not_come_faster_than_their_rate(caplog: pytest.LogCaptureFixture) -> None:
    clock = StillClock()
    doors = doors_of(clock=clock, rate_scale=1.0)

    def come_and_go() -> bool:
        line = Line()
        entered = doors.enter(line)
        doors.leave(line)
        return entered

    assert [come_and_go() for _ in range(10)] == [True] * 8 + [False] * 2
    clock.ms += 5_000
    assert [come_and_go() for _ in range(3)] == [True, False, False]
    assert caplog.text.count("refused") == 1
    clock.ms += 60_000
    assert sum(come_and_go() for _ in range(20)) == 8
    assert caplog.text.count("refused") == 2


def test_a_full_server_closes_the_plain_connection_that_is_open_longest() -> None:
    doors = doors_of(most=3, max_connections_per_address=10)
    socket, first, second = Line(), Line(), Line()
    assert all(doors.enter(line) for line in (socket, first, second))
    doors.upgraded(socket)
    assert doors.enter(Line())
    assert (socket.aborted, first.aborted, second.aborted) == (False, True, False)
    assert len(doors) == 3


def test_websockets_are_never_closed_for_a_newcomer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    doors = doors_of(most=2, max_connections_per_address=10)
    for _ in range(2):
        line = Line()
        assert doors.enter(line)
        doors.upgraded(line)
    assert not doors.enter(Line())
    assert "refused 1 connections" in caplog.text


class Inner(asyncio.Protocol):
    """Records what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.told.append("made")

    def connection_lost(self, error: Exception | None) -> None:
        self.told.append("lost")

    def data_received(self, data: bytes) -> None:
        self.told.append(data)

    def eof_received(self) -> bool | None:
        self.told.append("eof")
        return True

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")


def test_an_open_door_passes_everything_on() -> None:
    doors, inner, line = doors_of(), Inner(), Line()
    door = Door(doors, lambda: inner)
    door.connection_made(line)
    door.data_received(b"x")
    door.pause_writing()
    door.resume_writing()
    assert door.eof_received() is True
    assert len(doors) == 1
    door.connection_lost(None)
    assert inner.told == ["made", b"x", "pause", "resume", "eof", "lost"]
    assert len(doors) == 0


async def test_behind_a_closed_door_nobody_is_asked() -> None:
    doors, inner, line = doors_of(most=0), Inner(), Line()
    door = Door(doors, lambda: inner)
    door.connection_made(line)
    assert (line.is_paused, line.aborted) == (True, False)
    await eventually(lambda: line.aborted)
    door.data_received(b"x")
    door.pause_writing()
    door.resume_writing()
    assert door.eof_received() is None
    door.connection_lost(None)
    assert inner.told == []


def test_a_door_takes_the_transports_of_uvloop() -> None:
    """The command line runs on uvloop, whose transports are no subclasses of asyncio's."""
    doors, answers = doors_of(most=1), []

    async def visit() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Door(doors, Echo), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for reader, writer in lines:
            writer.write(b"hello")
            with suppress(ConnectionError):
                answers.append(await reader.read(5))
            writer.close()
        server.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(visit())
    assert answers[-1] == b"hello"


class Echo(asyncio.Protocol):
    """Sends back what it gets."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


async def test_only_some_refused_connections_are_kept_waiting() -> None:
    doors = doors_of(most=0)
    lines = [Line() for _ in range(MOST_HELD + 3)]
    for line in lines:
        Door(doors, Inner).connection_made(line)
    assert [line.aborted for line in lines] == [False] * MOST_HELD + [True] * 3
    await eventually(lambda: all(line.aborted for line in lines))
    again = Line()
    Door(doors, Inner).connection_made(again)
    assert not again.aborted


async def test_a_connection_is_read_no_faster_than_messages_may_come() -> None:
    """Endless empty fragments never become a message, so nothing else counts them."""
    clock = StillClock()
    doors, inner, line = doors_of(clock=clock, rate_scale=1.0, messages_per_second=20), Inner(), Line()
    door = Door(doors, lambda: inner)
    door.connection_made(line)
    for _ in range(2):
        door.data_received(b"x" * 320 * 1024)
        assert not line.is_paused
        clock.ms += 1
    door.data_received(b"x" * 20 * 1024)
    assert line.is_paused
    await eventually(lambda: not line.is_paused)
    assert len(inner.told) == 4

"""The sockets of a node: which are connected, whose they are, and what reaches them."""

import asyncio

from server.backends.bus import SignOut
from server.fanout.framing import text_frame
from server.fanout.sockets import LocalSockets
from tests.server.fanout.fakes import FakeSocket, StillClock


def connect(sockets: LocalSockets, user_id: int | None = None) -> FakeSocket:
    socket = FakeSocket(sockets.flusher, user_id)
    sockets.add(socket)
    if user_id is not None:
        sockets.add_to_user(socket, user_id)
    return socket


def test_sockets_are_found_by_their_player() -> None:
    sockets = LocalSockets(StillClock())
    one, two, other, spectator = connect(sockets, 7), connect(sockets, 7), connect(sockets, 8), connect(sockets)
    assert set(sockets.all()) == {one, two, other, spectator}
    assert (set(sockets.of(7)), set(sockets.of(8)), set(sockets.of(9))) == ({one, two}, {other}, set())
    assert sockets.users() == [7, 8]


def test_a_removed_socket_is_gone() -> None:
    sockets = LocalSockets(StillClock())
    one, two = connect(sockets, 7), connect(sockets, 7)
    sockets.remove(one)
    assert sockets.remove_from_user(one, 7)
    assert not sockets.remove_from_user(one, 7)
    assert (sockets.all(), set(sockets.of(7))) == ([two], {two})
    assert sockets.remove_from_user(two, 7)
    assert sockets.users() == []


async def test_a_message_reaches_all_sockets_of_its_player() -> None:
    sockets = LocalSockets(StillClock())
    one, two, other = connect(sockets, 7), connect(sockets, 7), connect(sockets, 8)
    sockets.send(7, b"hello")
    sockets.send(9, b"no socket is there")
    await asyncio.sleep(0)
    assert [each.transport.written for each in (one, two, other)] == [text_frame(b"hello"), text_frame(b"hello"), b""]


def test_a_sign_out_closes_one_sign_in_or_all_but_one_or_all() -> None:
    sockets = LocalSockets(StillClock())
    phone, tab, laptop, wall = (connect(sockets, 7) for _ in range(4))
    phone.token_id, tab.token_id, laptop.token_id, wall.token_id = 1, 1, 2, 3
    closed = [("signed_out", "")]
    sockets.sign_out(SignOut(7, "signed_out", only=1))
    assert [each.closes for each in (phone, tab, laptop, wall)] == [closed, closed, [], []]
    sockets.sign_out(SignOut(7, "signed_out", but=3))
    assert [each.closes for each in (laptop, wall)] == [closed, []]
    sockets.sign_out(SignOut(7, "account_disabled"))
    assert wall.closes == [("account_disabled", "")]


async def test_a_message_to_all_reaches_those_who_have_said_hello() -> None:
    sockets = LocalSockets(StillClock())
    ann, spectator, silent = connect(sockets, 7), connect(sockets), connect(sockets)
    silent.greeted = False
    assert sockets.send_to_all(b"news") == 2
    await asyncio.sleep(0)
    assert [each.transport.written for each in (ann, spectator, silent)] == [text_frame(b"news")] * 2 + [b""]

"""The endpoint: how connections start and end, and every kind of bad message."""

import asyncio
from typing import Any

import aiohttp
import pytest

from server.errors import CLOSES, ERRORS
from server.messages import MAX_MESSAGE_BYTES, SUBPROTOCOL
from server.ws.dependencies import Limits
from tests.server.intercepted_rooms import Call
from tests.server.live_clients import RawSocket
from tests.server.live_node import Live, OpenLive
from tests.server.ws.abuse import GOOD, bad_messages, encoded, verbs
from tests.waiting import WAIT_S, eventually

HELLO = b'{"id":0,"do":"hello"}'


def masked(payload: bytes) -> bytes:
    """A text frame as a client sends it."""
    return bytes([0x81, 0x80 | len(payload), 0, 0, 0, 0]) + payload


async def sitting(live: Live) -> RawSocket:
    """A bare WebSocket that has sent hello and has a seat in crash."""
    raw = await live.raw((await live.players(1))[0])
    assert "ok" in await raw.ask({"id": 1, "do": "join", "room": "crash"})
    return raw


def error_of(told: dict[str, Any]) -> dict[str, Any]:
    error: dict[str, Any] = told["error"]
    assert set(error) >= {"code", "message", "retry"}
    assert error["retry"] is ERRORS[error["code"]].retry
    return error


@pytest.mark.parametrize("verb", sorted(GOOD))
async def test_every_wrong_field_of_every_verb_is_named(live: Live, verb: str) -> None:
    """Missing, unknown, of the wrong type or out of range: each gets one reply, and connection and room continue."""
    raw = await sitting(live)
    tried = 0
    for field, message in bad_messages(verb, verbs()[verb]):
        tried += 1
        told = await raw.ask(encoded(message))
        error = error_of(told)
        assert error["code"] == "bad_request", message
        assert error["field"].partition("[")[0].partition(".")[0] == field, (error, message)
        assert told["re"] == (None if field == "id" else 7), message
    assert tried > 10
    assert "ok" in await raw.ask({"id": 8, "do": "chat", "room": "crash", "text": "still here"})


def test_there_is_a_good_message_for_every_verb() -> None:
    assert set(GOOD) == set(verbs())


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b" ",
        b"{",
        b"}",
        b'{"id":1',
        b"null",
        b"true",
        b"5",
        b'"ping"',
        b"[]",
        b'[{"id":1,"do":"ping"}]',
        b"\xff\xfe",
        b'{"id":1,"do":"ping"}{"id":2,"do":"ping"}',
        b"{'id':1}",
        b'{"id":NaN,"do":"ping"}',
        b'{"id":1,"do":"ping",}',
        b"[" * 16_000,
        b'{"id":"\xff","do":"ping"}',
        b'{"id":1,"do":"\xff"}',
        b'{"id":1,"do":"ping","x":"\xff"}',
        b'{"id":1,"do":"chat","room":"crash","text":"\\ud800"}',
        b"\x00",
        b'{"id":1,"do":"bet","room":"crash","amount":1,"key":"k","selection":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"id":1,"do":"act","room":"crash","action":"x","y":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
    ids=lambda junk: repr(junk[:40]),
)
async def test_anything_but_a_json_object_is_bad_json(live: Live, junk: bytes) -> None:
    raw = await sitting(live)
    assert error_of(await raw.ask(junk))["code"] == "bad_json"


async def test_a_deeply_nested_object_is_refused(live: Live) -> None:
    raw = await sitting(live)
    for depth in (50, 1000, 2000):
        told = await raw.ask(b'{"a":' * depth + b"1" + b"}" * depth)
        assert error_of(told)["code"] in ("bad_json", "bad_request")


async def test_binary_messages_are_bad_json(live: Live) -> None:
    raw = await sitting(live)
    await raw.ws.send_bytes(b'{"id":1,"do":"ping"}')
    told = await raw.reply()
    assert (told["re"], error_of(told)["code"]) == (None, "bad_json")
    assert "ok" in await raw.ask({"id": 2, "do": "ping"})


@pytest.mark.parametrize("verb", ["", "Bet", "quit", "hello ", "x" * 1000])
async def test_an_unknown_verb_is_named_as_such(live: Live, verb: str) -> None:
    raw = await sitting(live)
    told = await raw.ask({"id": "a", "do": verb, "whatever": [1]})
    assert (told["re"], error_of(told)["code"]) == ("a", "unknown_verb")


@pytest.mark.parametrize("request_id", [0, -1, 2**53, 2**64, -(2**63), "", "x" * 64, "\u00e9\u4e2d"])
async def test_ids_are_returned_unchanged(live: Live, request_id: int | str) -> None:
    raw = await sitting(live)
    assert (await raw.ask({"id": request_id, "do": "ping"}))["re"] == request_id
    assert (await raw.ask({"id": request_id, "do": "nonsense"}))["re"] == request_id


SELECTIONS: tuple[Any, ...] = (
    None,
    1,
    "x",
    [],
    True,
    {"x": 1},
    {"auto_cashout": "2"},
    {"auto_cashout": 1.0},
    {"auto_cashout": 1.005},
    {"auto_cashout": 1e9},
    {"auto_cashout": -2},
    {"auto_cashout": True},
    {"auto_cashout": []},
)
ROLLS: tuple[Any, ...] = (
    None,
    {},
    [],
    {"target": 50.0},
    {"over": True},
    {"target": "50", "over": True},
    {"target": 50.0, "over": 1},
    {"target": 0.0, "over": False},
    {"target": 100.0, "over": True},
    {"target": 50.001, "over": True},
    {"target": 99.5, "over": False},
    {"target": 0.5, "over": True},
    {"target": 50.0, "over": True, "x": 1},
)


async def test_wrong_selections_are_bad_requests(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    raw = await sitting(live)
    solo = (await raw.ask({"id": 1, "do": "join", "game": "dice"}))["ok"]["room"]
    for room, selections in (("crash", SELECTIONS), (solo, ROLLS)):
        for selection in selections:
            bet = {"id": 1, "do": "bet", "room": room, "amount": 1, "key": "k", "selection": selection}
            error = error_of(await raw.ask(bet))
            assert error["code"] == "bad_request", (room, selection)
            assert error["field"].startswith("selection")
    bad = b'{"id":1,"do":"bet","room":"crash","amount":1,"key":"k","selection":{"\xff":1}}'
    assert error_of(await raw.ask(bad))["field"].startswith("selection")
    assert live.node.holds.total_held() == 0


async def test_wrong_moves_are_bad_requests(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    raw = await sitting(live)
    for more in (
        {"action": "fly"},
        {"action": "cashout", "bet": 1},
        {"action": "cashout", "bet": "crash.1"},
        {"action": ""},
    ):
        error = error_of(await raw.ask({"id": 1, "do": "act", "room": "crash", **more}))
        assert error["code"] == "bad_request", more
    extra = {"id": 1, "do": "act", "room": "crash", "action": "cashout", "x": 1}
    assert error_of(await raw.ask(extra))["code"] == "bad_request"
    solo = (await raw.ask({"id": 1, "do": "join", "game": "dice"}))["ok"]["room"]
    act = {"id": 1, "do": "act", "room": solo, "action": "reveal"}
    assert error_of(await raw.ask(act))["code"] == "illegal_action"


async def test_a_message_of_the_maximum_size_is_read_and_a_larger_one_closes_the_connection(live: Live) -> None:
    raw = await sitting(live)
    ping = b'{"id":1,"do":"ping"}'
    assert "ok" in await raw.ask(ping + b" " * (MAX_MESSAGE_BYTES - len(ping)))
    await raw.send(ping + b" " * (MAX_MESSAGE_BYTES + 1 - len(ping)))
    code, goodbye = await raw.closed()
    assert code == CLOSES["too_large"].code == 1009
    assert goodbye is not None
    assert (goodbye["code"], goodbye["retry"]) == ("too_large", True)
    await eventually(lambda: live.node.sockets.all() == [])
    assert live.endpoint.closes == {"too_large": 1}


async def test_a_client_that_sends_far_too_much_still_gets_the_goodbye(live: Live) -> None:
    """Megabytes are under way when the server closes. The reply to the message before them is not lost either."""
    raw = await sitting(live)
    await raw.send({"id": "before", "do": "ping"})
    await raw.send(b" " * 8_000_000)
    code, goodbye = await raw.closed()
    assert (code, goodbye and goodbye["code"]) == (1009, "too_large")
    assert any(told.get("re") == "before" for told in raw.received)
    await eventually(lambda: live.node.sockets.all() == [])


async def test_hello_must_come_first(live: Live) -> None:
    raw = await live.raw()
    for verb, arguments in GOOD.items():
        if verb != "hello":
            await raw.send({"id": verb, "do": verb, **arguments})
            told = await raw.reply()
            assert (told["re"], error_of(told)["code"]) == (verb, "hello_required")
    assert "ok" in await raw.ask({"id": 1, "do": "hello"})


async def test_a_client_without_hello_is_closed(open_live: OpenLive) -> None:
    live = await open_live(hello_timeout=1.0)
    raw, polite = await live.raw(), await live.raw()
    await polite.ask({"id": 1, "do": "hello"})
    code, goodbye = await raw.closed()
    assert (code, goodbye and goodbye["code"]) == (4000, "no_hello")
    assert "ok" in await polite.ask({"id": 2, "do": "ping"})
    assert live.endpoint.closes == {"no_hello": 1}


async def test_a_client_above_its_rate_is_refused_and_finally_closed(open_live: OpenLive) -> None:
    live = await open_live(messages_per_second=10, rate_scale=1.0)
    raw, other = await live.raw(), await live.raw()
    await other.ask({"id": 0, "do": "hello"})
    await raw.send({"id": 0, "do": "hello"})
    for number in range(1, 400):
        await raw.send({"id": number, "do": "ping"})
    code, goodbye = await raw.closed()
    assert (code, goodbye and goodbye["code"]) == (4002, "too_many_messages")
    replies = [told for told in raw.received if "re" in told]
    assert [told["re"] for told in replies] == list(range(len(replies)))
    refused = [told["error"] for told in replies if "error" in told]
    assert {error["code"] for error in refused} == {"rate_limited"}
    assert all(0 < error["retry_after_ms"] <= 100 for error in refused)
    assert 200 <= len(refused) <= 210
    assert "ok" in replies[19]
    assert "ok" in await other.ask({"id": 1, "do": "ping"})


async def test_a_foreign_origin_can_not_open_a_websocket(open_live: OpenLive) -> None:
    live = await open_live(public_url="https://croupier.example", allowed_origins=["https://friends.example"])
    own = f"http://127.0.0.1:{live.port}"
    for origin in (own, "https://croupier.example", "https://friends.example"):
        await (await live.raw(origin=origin)).ask({"id": 1, "do": "hello"})
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", f"{own}.evil.example", "", "http://[", "//["):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await live.raw(origin=origin)
        assert refused.value.status == 403, origin
    assert len(live.node.sockets.all()) == 3


async def test_the_subprotocol_is_accepted_when_it_is_offered(live: Live) -> None:
    assert (await live.raw(protocols=("x", SUBPROTOCOL))).ws.protocol == SUBPROTOCOL
    assert (await live.raw()).ws.protocol is None


async def test_connections_are_limited(open_live: OpenLive) -> None:
    live = await open_live(max_connections=2)
    players = await live.players(2)
    first, _ = [await live.raw(player) for player in players]
    code, goodbye = await (await live.raw()).closed()
    assert (code, goodbye and (goodbye["code"], goodbye["retry"])) == (1013, ("full", True))
    await first.ws.close()
    await eventually(lambda: len(live.node.sockets.all()) == 1)
    assert "ok" in await (await live.raw()).ask({"id": 1, "do": "hello"})


async def test_a_signed_in_player_finds_a_place_among_anonymous_connections(open_live: OpenLive) -> None:
    live = await open_live(max_connections=8, max_connections_per_address=100)
    anonymous = [await live.raw() for _ in range(6)]
    for raw in anonymous:
        assert "ok" in await raw.ask({"id": 1, "do": "hello"})
    late = await live.raw()
    await late.send({"id": 1, "do": "hello"})
    assert (await late.closed())[0] == CLOSES["full"].code
    (ann,) = await live.players(1)
    assert "ok" in await (await live.raw(ann)).ask({"id": 2, "do": "ping"})
    assert "ok" in await anonymous[0].ask({"id": 2, "do": "ping"})


async def test_connections_of_one_address_are_limited(open_live: OpenLive) -> None:
    live = await open_live(max_connections_per_address=1)
    await live.raw()
    assert (await (await live.raw()).closed())[0] == 1013


async def test_an_ipv6_subnet_counts_as_one_address(open_live: OpenLive) -> None:
    """A subscriber has a whole /64, as for the rate limits of HTTP."""
    live = await open_live(max_connections_per_address=1, trusted_proxies=["127.0.0.1"])
    at = [{"X-Forwarded-For": address} for address in ("2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1")]
    first = await live.raw(headers=at[0])
    assert (await (await live.raw(headers=at[1])).closed())[0] == 1013
    assert "ok" in await (await live.raw(headers=at[2])).ask({"id": 1, "do": "hello"})
    await first.ws.close()
    await eventually(lambda: len(live.ws.places) == 1)
    assert "ok" in await (await live.raw(headers=at[1])).ask({"id": 1, "do": "hello"})
    await eventually(lambda: len(live.ws.places) == 2)


async def test_handshakes_of_one_address_are_limited(open_live: OpenLive) -> None:
    limits = Limits(refusal_delay_s=0.2, delayed_refusals=1)
    live = await open_live(
        max_connections_per_address=3, rate_scale=1.0, trusted_proxies=["127.0.0.1"], ws_limits=limits
    )
    at, elsewhere = {"X-Forwarded-For": "2001:db8::1"}, {"X-Forwarded-For": "198.51.100.1"}
    for _ in range(3):
        await (await live.raw(headers=at)).ws.close()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await live.raw(headers=at)
    assert refused.value.status == 429
    assert refused.value.headers is not None
    assert int(refused.value.headers["Retry-After"]) >= 1
    assert "ok" in await (await live.raw(headers=elsewhere)).ask({"id": 1, "do": "hello"})


async def test_a_client_that_is_cut_off_for_its_rate_can_not_connect_again_at_once(open_live: OpenLive) -> None:
    """Each connection may send some hundred messages before it is cut off, so the next one must be dear."""
    limits = Limits(cut_off_costs=30.0, refusals=1, refusal_delay_s=0.0)
    live = await open_live(rate_scale=1.0, max_connections_per_address=20, ws_limits=limits)
    raw = await live.raw()
    raw.ws._writer.transport.write(masked(HELLO) + masked(b'{"id":1,"do":"ping"}') * 100)
    assert (await raw.closed())[0] == CLOSES["too_many_messages"].code
    await eventually(lambda: len(live.ws.places) == 0)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await live.raw()
    assert refused.value.status == 429


@pytest.mark.parametrize("opcode", [aiohttp.WSMsgType.PONG, aiohttp.WSMsgType.PING])
@pytest.mark.parametrize("greets", [True, False])
async def test_control_frames_are_counted(open_live: OpenLive, opcode: aiohttp.WSMsgType, greets: bool) -> None:
    """One socket of empty pongs once stopped everybody: they had no limit, and all that were read were handled in one
    turn of the event loop."""
    live = await open_live(rate_scale=1.0)
    raw, other = await live.raw(), await live.raw()
    await other.ask({"id": 0, "do": "hello"})
    if greets:
        await raw.ask({"id": 0, "do": "hello"})
    raw.ws._writer.transport.write(bytes([0x80 | opcode, 0x80, 0, 0, 0, 0]) * 20_000)
    code, goodbye = await raw.closed()
    assert (code, goodbye and goodbye["code"]) == (CLOSES["too_many_messages"].code, "too_many_messages")
    assert "ok" in await other.ask({"id": 1, "do": "ping"})
    await eventually(lambda: live.endpoint.closes == {"too_many_messages": 1})


async def test_a_client_that_pings_every_second_stays(open_live: OpenLive) -> None:
    live = await open_live(rate_scale=1.0)
    raw = await live.raw()
    raw.ws._autoping = False
    for _ in range(int(Limits().control_frames.burst)):
        await raw.ws.ping()
        assert (await raw.ws.receive(WAIT_S)).type is aiohttp.WSMsgType.PONG
    raw.ws._autoping = True
    assert "ok" in await raw.ask({"id": 1, "do": "hello"})


async def test_nothing_is_read_from_a_client_above_its_rate(open_live: OpenLive) -> None:
    """What it sends after its goodbye stays in its own buffers, until it is cut off."""
    live = await open_live(rate_scale=1.0, ws_limits=Limits(refusals=1, abort_after_s=0.5))
    raw = await live.raw()
    await raw.ask({"id": 0, "do": "hello"})
    (connection,) = live.endpoint._connections
    transport = connection._transport
    raw.ws._writer.transport.write(masked(b'{"id":1,"do":"ping"}') * 20_000)
    await eventually(lambda: connection.closed)
    await eventually(lambda: not transport.is_reading())
    await eventually(lambda: live.node.sockets.all() == [])


async def test_frames_after_a_goodbye_are_counted_too(open_live: OpenLive) -> None:
    live = await open_live(rate_scale=1.0, max_connections=1, ws_limits=Limits(abort_after_s=30.0))
    await live.raw((await live.players(1))[0])
    refused = await live.raw()
    await eventually(lambda: any(each.closed for each in live.endpoint._connections))
    (ours,) = [each for each in live.endpoint._connections if each.closed]
    refused.ws._writer.transport.write(masked(b'{"id":1,"do":"ping"}') * 200)
    await eventually(lambda: not ours._transport.is_reading())
    ours._transport.abort()


async def test_a_number_that_no_type_can_hold_is_a_bad_request(
    open_live: OpenLive, caplog: pytest.LogCaptureFixture
) -> None:
    """In any member of any message, with and without a token: it never fails inside the server."""
    live = await open_live(crash_betting_ms=60_000)
    seated, anonymous = await sitting(live), await live.raw()
    await anonymous.ask({"id": 0, "do": "hello"})
    for verb, arguments in GOOD.items():
        for number in (b"1e999", b"9" * 5_000, b"-1e999"):
            body = encoded({"id": 7, "do": verb, **arguments})
            for raw in (seated, anonymous):
                told = await raw.ask(body[:-1] + b',"z":' + number + b"}")
                assert "error" not in told or error_of(told)["code"] != "internal_error", (verb, number[:9])
    assert caplog.text == ""


@pytest.mark.parametrize(("signed_in", "burst"), [(True, 20), (False, 100)])
async def test_lists_of_rooms_are_limited(open_live: OpenLive, signed_in: bool, burst: int) -> None:
    """For each account, and for all connections of an address that are not signed in."""
    live = await open_live(rate_scale=1.0, messages_per_second=1_000, max_connections_per_address=100)
    ann = (await live.players(1))[0] if signed_in else None
    first, second = await live.raw(ann), await live.raw(ann)
    for raw in (first, second):
        if not signed_in:
            await raw.ask({"id": 0, "do": "hello"})
    for number in range(1_000):
        await first.send({"id": number, "do": "rooms"})
    told = [await first.reply() for _ in range(1_000)]
    assert all("ok" in each for each in told[:burst])
    refused = [error_of(each) for each in told if "error" in each]
    assert {each["code"] for each in refused} == {"rate_limited"}
    assert all(each["retry_after_ms"] > 0 for each in refused)
    assert "ok" in await first.ask({"id": 1, "do": "ping"})


async def test_a_client_that_does_not_answer_pings_is_cut_off(open_live: OpenLive) -> None:
    live = await open_live(heartbeat=0.5)
    watcher = await live.spectator()
    (ann,) = await live.players(1)
    raw = await live.raw(ann)
    await raw.ask({"id": 1, "do": "join", "room": "crash"})
    raw.ws._autoping = False
    await watcher.event_of("player_away", player=ann.username)
    await eventually(lambda: len(live.node.sockets.all()) == 1)


async def test_a_client_that_answers_pings_stays(open_live: OpenLive) -> None:
    live = await open_live(heartbeat=0.2)
    raw = await live.raw()
    await raw.ask({"id": 1, "do": "hello"})
    raw.ws._autoping = False
    for _ in range(3):
        ping = await raw.ws.receive(WAIT_S)
        assert (ping.type, ping.data) == (aiohttp.WSMsgType.PING, b"")
        await raw.ws.pong()
    raw.ws._autoping = True
    assert "ok" in await raw.ask({"id": 2, "do": "rooms"})


async def test_a_client_that_waits_for_a_reply_is_not_pinged(open_live: OpenLive) -> None:
    live = await open_live(heartbeat=0.2)
    raw, other = await sitting(live), await live.raw()
    go_on = asyncio.Event()

    async def takes_long(_call: Call) -> None:
        await go_on.wait()

    live.rooms.around["chat"] = takes_long
    await raw.send({"id": 7, "do": "chat", "room": "crash", "text": "hello"})
    other.ws._autoping = False
    for _ in range(4):
        assert (await other.ws.receive(WAIT_S)).type is aiohttp.WSMsgType.PING
        await other.ws.pong()
    go_on.set()
    assert (await raw.reply())["re"] == 7


async def test_pings_of_clients_are_answered(live: Live) -> None:
    raw = await live.raw()
    raw.ws._autoping = False
    for payload in (b"", b"x" * 125):
        await raw.ws.ping(payload)
        pong = await raw.ws.receive(WAIT_S)
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, payload)


async def test_a_close_is_answered(live: Live) -> None:
    raw = await sitting(live)
    await raw.ws.close(code=1000)
    assert raw.ws.close_code == 1000
    await eventually(lambda: live.node.sockets.all() == [])


async def test_requests_are_answered_in_order(live: Live) -> None:
    raw = await sitting(live)
    for number in range(200):
        await raw.send({"id": number, "do": ("ping", "rooms", "nonsense")[number % 3]})
    assert [(await raw.reply())["re"] for _ in range(200)] == list(range(200))


async def test_an_unexpected_error_is_logged_and_answered(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    raw = await sitting(live)

    async def fails(_call: Call) -> None:
        raise ZeroDivisionError

    live.rooms.around["chat"] = fails
    told = await raw.ask({"id": 1, "do": "chat", "room": "crash", "text": "x"})
    assert error_of(told)["code"] == "internal_error"
    assert "Chat of user" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_without_a_database_sign_ins_fail_and_connections_stay(live: Live) -> None:
    raw = await sitting(live)
    (bob,) = await live.players(1)
    live.db.away = True
    new = await live.raw()
    await new.send({"id": 1, "do": "hello", "token": bob.token})
    assert error_of(await new.reply())["code"] == "unavailable"
    assert "ok" in await raw.ask({"id": 1, "do": "chat", "room": "crash", "text": "x"})
    live.db.away = False
    assert "ok" in await new.ask({"id": 1, "do": "hello", "token": bob.token})
    await asyncio.sleep(0)

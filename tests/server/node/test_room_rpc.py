"""The protocol between nodes: every method of RoomCalls arrives with its arguments, and its result or error returns."""

import inspect
import logging
from typing import Any, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from server.backends.bus import LocalBus
from server.backends.holds import CachedAccount, Hold, KeyUsedError, LocalHolds
from server.errors import ClientError, UnreachableError
from server.messages import encode
from server.node.room_calls import LocalRoomCalls, NotOwnerError, RoomCalls
from server.node.room_rpc import METHODS, BadCallError, Failure, RoomReply, RoomServer, forwarding, remote_room_calls
from server.node.rpc import Rpc
from storage.errors import DatabaseUnavailableError
from storage.store import PlayerRow
from tests.server.fanout.fakes import StillClock
from tests.server.node.generated import values_of

HOLD = Hold(user_id=7, key="k", amount=5, room="dice-1", bet="dice-1.1.1", selection=b'{"a":1}')


class NoRecords:
    """A database without players."""

    async def load(self, user_id: int) -> PlayerRow | None:
        return None

    async def lost_since(self, user_id: int, since: object) -> int:
        return 0


class World:
    """A node that asks, and another one that answers every call with ``result``, or raises it."""

    def __init__(self, result: Any = None) -> None:
        self.result = result
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.holds = LocalHolds(StillClock(), NoRecords(), lambda _account: None)
        self.users_during_call: list[int] = []
        bus = LocalBus()
        self.server = RoomServer(forwarding(self._execute), self.holds)
        self._there = Rpc(bus, "there", self.server)
        self._here = Rpc(bus, "here", RoomServer(LocalRoomCalls({}), self.holds))
        self.remote = remote_room_calls(self._here, "there")

    async def start(self) -> "World":
        await self._here.start()
        await self._there.start()
        return self

    async def _execute(self, method: str, *positional: Any, **named: Any) -> Any:
        self.calls.append((method, positional, named))
        self.users_during_call = self.holds.user_ids()
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def comparable(value: Any) -> Any:
    """Represent accounts by their rows and everything else by its encoding."""
    return encode(value.row() if isinstance(value, CachedAccount) else value)


@given(st.data())
@pytest.mark.parametrize("name", sorted(METHODS))
async def test_every_method_arrives_with_its_arguments_and_its_result_returns(name: str, data: st.DataObject) -> None:
    hints = get_type_hints(getattr(RoomCalls, name))
    result = data.draw(values_of(hints.pop("return")))
    arguments = {parameter: data.draw(values_of(kind)) for parameter, kind in hints.items()}
    world = await World(result).start()
    returned = await getattr(world.remote, name)(**arguments)
    assert (type(returned), comparable(returned)) == (type(result), comparable(result))
    ((method, positional, named),) = world.calls
    assert (method, positional, list(named)) == (name, (), list(arguments))
    for parameter, value in arguments.items():
        assert (parameter, comparable(named[parameter])) == (parameter, comparable(value))


def test_both_forms_have_every_method_of_the_protocol() -> None:
    """The local one with the same parameters, so that callers need not know which one they have."""
    names = {name for name in vars(RoomCalls) if not name.startswith("_")}
    assert set(METHODS) == names
    for name in names:
        assert inspect.signature(getattr(LocalRoomCalls, name)) == inspect.signature(getattr(RoomCalls, name))
        assert name in vars(
            remote_room_calls(Rpc(LocalBus(), "here", RoomServer(LocalRoomCalls({}), World().holds)), "there")
        )


async def test_arguments_may_be_positional_and_have_defaults() -> None:
    world = await World(Raw(b"{}")).start()
    world.result = msgspec.json.decode(b'{"room":"r","epoch":"e","seq":1,"snapshot":{}}')
    await world.remote.snapshot("crash", 7)
    await world.remote.snapshot("crash", None, from_start=True)
    assert [named for _, _, named in world.calls] == [
        {"view": "crash", "user_id": 7, "from_start": False},
        {"view": "crash", "user_id": None, "from_start": True},
    ]


@pytest.mark.parametrize("result", [None, ClientError("not_seated")], ids=["returns", "raises"])
async def test_the_other_node_knows_the_account_for_the_time_of_the_call(result: Exception | None) -> None:
    world = await World(result).start()
    account = CachedAccount(player_row())
    try:
        await world.remote.chat("crash", account, "hello")
    except ClientError:
        assert result is not None
    assert world.users_during_call == [account.user_id]
    assert world.holds.user_ids() == []


def player_row() -> PlayerRow:
    return PlayerRow(
        user_id=7,
        username="ann",
        client_seed="heads",
        is_active=True,
        email_verified=True,
        balance=100,
        version=3,
        limits=None,
    )


@pytest.mark.parametrize(
    "error",
    [
        NotOwnerError("crash"),
        KeyUsedError(HOLD),
        UnreachableError("Redis does not answer"),
        DatabaseUnavailableError("no connection"),
        ClientError("not_seated"),
        ClientError("insufficient_funds", "Too little.", available=17),
        ClientError("rate_limited", retry_after_ms=5, field="x"),
        BadCallError("unknown method"),
    ],
    ids=lambda error: f"{type(error).__name__}-{error}",
)
async def test_each_exception_keeps_its_type_message_and_fields(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    world = await World(error).start()
    with pytest.raises(type(error)) as caught:
        await world.remote.leave("crash", 7)
    assert type(caught.value) is type(error)
    assert str(caught.value) == str(error)
    members = [name for name in ("hold", "what", "message", "extra") if hasattr(error, name)]
    assert [getattr(caught.value, name) for name in members] == [getattr(error, name) for name in members]
    if isinstance(error, ClientError):
        assert isinstance(caught.value, ClientError)
        assert caught.value.error == error.error
    assert caplog.records == []


async def test_an_unexpected_error_is_logged_there_and_arrives_as_internal_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = await World(ZeroDivisionError("oh")).start()
    with pytest.raises(ClientError) as caught:
        await world.remote.leave("crash", 7)
    assert caught.value.error.code == "internal_error"
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (
        logging.ERROR,
        "leave in crash failed for another node, which gets internal_error",
    )
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'["leave"]',
        b'["leave",[]]',
        b'["leave",{"room":"crash"}]',
        b'["leave",["crash"]]',
        b'["leave",["crash","seven"]]',
        b'["dance",["crash",7]]',
        b'["serve",[]]',
        b'["__init__",[]]',
        b"\xff",
    ],
)
async def test_a_call_that_cannot_be_decoded_is_a_bad_call(body: bytes) -> None:
    world = await World().start()
    reply = msgspec.json.decode(await world.server.serve(body), type=RoomReply)
    assert isinstance(reply.failure, Failure)
    assert (reply.failure.kind, world.calls) == ("bad_call", [])


async def test_a_method_that_the_other_node_does_not_have_raises_there_and_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await World().start()
    leave = METHODS["leave"]
    with monkeypatch.context() as here:
        here.setattr(leave, "name", "depart")
        with pytest.raises(BadCallError, match="depart"):
            await world.remote.leave("crash", 7)
    assert world.calls == []

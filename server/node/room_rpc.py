"""Rooms as they are asked, where they are: on this node, or on another one that is asked over the bus."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from server import messages
from server.backends.bus import EncodedFrame, room_of
from server.backends.holds import CachedAccount, Hold, Holds, KeyUsedError
from server.errors import ClientError
from server.messages import Position, SnapshotAt, encode
from server.node.rpc import Rpc
from server.rooms.access import Admission
from server.rooms.room import Room
from storage.errors import DatabaseUnavailableError
from storage.store import PlayerRow

log = logging.getLogger(__name__)


class NotOwnerError(Exception):
    """The node that was asked does not have the room."""


class SeatRequest(Struct, frozen=True):
    """Which seat somebody wants, if not any, and by which invite."""

    seat: int | None = None
    invite: str | None = None


class RoomApi(Protocol):
    """All raise Problem, ElsewhereError and Unavailable; ``bet`` KeyUsedError as well. A ``view`` is a room or its late
    view."""

    async def join(self, account: CachedAccount, room: str, wish: SeatRequest, node: str) -> int:
        """The session."""
        ...

    async def leave(self, user_id: int, room: str) -> None: ...

    async def bet(self, account: CachedAccount, request: messages.Bet) -> messages.BetOk: ...

    async def act(self, account: CachedAccount, room: str, fields: dict[str, Any]) -> dict[str, Any]: ...

    async def chat(self, account: CachedAccount, room: str, text: str) -> None: ...

    async def attached(self, user_id: int, room: str, node: str) -> bool: ...

    async def detached(self, user_id: int, room: str, node: str) -> None: ...

    async def admit(self, room: str, user_id: int | None, invite: str | None) -> Admission: ...

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt: ...

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None: ...

    async def set_watchers(self, room: str, node: str, anonymous: int, users: dict[int, int]) -> None: ...

    async def close(self, room: str) -> None:
        """Begin to close a private room."""


class LocalRooms:
    """The rooms of this node."""

    def __init__(self, rooms: Mapping[str, Room]) -> None:
        self._rooms = rooms

    async def join(self, account: CachedAccount, room: str, wish: SeatRequest, node: str) -> int:
        return await self._room(room).join(account, wish.seat, wish.invite, node)

    async def leave(self, user_id: int, room: str) -> None:
        await self._room(room).leave(user_id)

    async def bet(self, account: CachedAccount, request: messages.Bet) -> messages.BetOk:
        return await self._room(request.room).bet(account, request)

    async def act(self, account: CachedAccount, room: str, fields: dict[str, Any]) -> dict[str, Any]:
        return await self._room(room).act(account, fields)

    async def chat(self, account: CachedAccount, room: str, text: str) -> None:
        await self._room(room).say(account, text)

    async def attached(self, user_id: int, room: str, node: str) -> bool:
        return self._room(room).reconnect(user_id, node)

    async def detached(self, user_id: int, room: str, node: str) -> None:
        self._room(room).disconnect(user_id, node)

    async def admit(self, room: str, user_id: int | None, invite: str | None) -> Admission:
        return self._room(room).admit(user_id, invite)

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        return await self._room(room_of(view)).snapshot(view, user_id, from_start=from_start)

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        return self._room(room_of(view)).frames_since(view, position)

    async def set_watchers(self, room: str, node: str, anonymous: int, users: dict[int, int]) -> None:
        self._room(room).set_watchers(node, anonymous, users)

    async def close(self, room: str) -> None:
        self._room(room).request_close()

    def _room(self, key: str) -> Room:
        room = self._rooms.get(key)
        if room is None:
            raise NotOwnerError
        return room


# -- what is asked of another node --


class Ask(Struct, frozen=True, tag_field="ask"):
    room: str


class Join(Ask, frozen=True, tag="join"):
    row: PlayerRow
    wish: SeatRequest
    node: str


class Leave(Ask, frozen=True, tag="leave"):
    user_id: int


class PlaceBet(Ask, frozen=True, tag="bet"):
    """``request`` is the client's own message."""

    row: PlayerRow
    request: bytes


class DoAct(Ask, frozen=True, tag="act"):
    row: PlayerRow
    fields: bytes


class Say(Ask, frozen=True, tag="say"):
    row: PlayerRow
    text: str


class Attached(Ask, frozen=True, tag="attached"):
    user_id: int
    node: str


class Detached(Ask, frozen=True, tag="detached"):
    user_id: int
    node: str


class Admit(Ask, frozen=True, tag="admit"):
    user_id: int | None
    invite: str | None


class Look(Ask, frozen=True, tag="look"):
    """``room`` may be its late view."""

    user_id: int | None
    from_start: bool


class Since(Ask, frozen=True, tag="since"):
    """``room`` may be its late view."""

    epoch: str
    seq: int


class Attend(Ask, frozen=True, tag="attend"):
    node: str
    anonymous: int
    users: dict[int, int]


class Close(Ask, frozen=True, tag="close"):
    """By its owner's will."""


class Ok(Struct, frozen=True, tag="ok"):
    """``body`` is what was asked for, encoded as its kind of question has it."""

    body: bytes = b""


class No(Struct, frozen=True, tag="no"):
    """A Problem; ``extra`` is JSON."""

    code: str
    message: str
    extra: bytes


class KeyUsed(Struct, frozen=True, tag="key_used"):
    hold: Hold


class Elsewhere(Struct, frozen=True, tag="elsewhere"):
    """The room is not here."""


_Question = Join | Leave | PlaceBet | DoAct | Say | Attached | Detached | Admit | Look | Since | Attend | Close
_Reply = Ok | No | KeyUsed | Elsewhere
_pack = msgspec.msgpack.Encoder().encode
_question = msgspec.msgpack.Decoder(_Question).decode
_reply = msgspec.msgpack.Decoder(_Reply).decode
_request = msgspec.json.Decoder(messages.Bet).decode
_bet_ok = msgspec.json.Decoder(messages.BetOk).decode
_standing = msgspec.json.Decoder(SnapshotAt).decode
_admission = msgspec.msgpack.Decoder(Admission).decode
_frames: Callable[[bytes], list[EncodedFrame] | None] = msgspec.msgpack.Decoder(list[EncodedFrame] | None).decode


class RemoteRooms:
    """The rooms of another node."""

    def __init__(self, calls: Rpc, node: str) -> None:
        self._calls = calls
        self._node = node

    async def join(self, account: CachedAccount, room: str, wish: SeatRequest, node: str) -> int:
        return int(await self._ask(Join(room, account.row(), wish, node)))

    async def leave(self, user_id: int, room: str) -> None:
        await self._ask(Leave(room, user_id))

    async def bet(self, account: CachedAccount, request: messages.Bet) -> messages.BetOk:
        return _bet_ok(await self._ask(PlaceBet(request.room, account.row(), encode(request))))

    async def act(self, account: CachedAccount, room: str, fields: dict[str, Any]) -> dict[str, Any]:
        reply: dict[str, Any] = msgspec.json.decode(await self._ask(DoAct(room, account.row(), encode(fields))))
        return reply

    async def chat(self, account: CachedAccount, room: str, text: str) -> None:
        await self._ask(Say(room, account.row(), text))

    async def attached(self, user_id: int, room: str, node: str) -> bool:
        return await self._ask(Attached(room, user_id, node)) == b"1"

    async def detached(self, user_id: int, room: str, node: str) -> None:
        await self._ask(Detached(room, user_id, node))

    async def admit(self, room: str, user_id: int | None, invite: str | None) -> Admission:
        return _admission(await self._ask(Admit(room, user_id, invite)))

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> SnapshotAt:
        return _standing(await self._ask(Look(view, user_id, from_start)))

    async def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        return _frames(await self._ask(Since(view, position.epoch, position.seq)))

    async def set_watchers(self, room: str, node: str, anonymous: int, users: dict[int, int]) -> None:
        await self._ask(Attend(room, node, anonymous, users))

    async def close(self, room: str) -> None:
        await self._ask(Close(room))

    async def _ask(self, question: _Question) -> bytes:
        reply = _reply(await self._calls.ask(self._node, _pack(question)))
        match reply:
            case Ok():
                return reply.body
            case KeyUsed():
                raise KeyUsedError(reply.hold)
            case Elsewhere():
                raise NotOwnerError
        raise ClientError(reply.code, reply.message, **msgspec.json.decode(reply.extra))


class RpcServer:
    """Takes what other nodes ask to the rooms of this one."""

    def __init__(self, here: LocalRooms, holds: Holds) -> None:
        self._here = here
        self._holds = holds

    async def serve(self, body: bytes) -> bytes:
        """The encoded reply to an encoded question."""
        question = _question(body)
        try:
            reply: _Reply = Ok(await self._answer(question))
        except NotOwnerError:
            reply = Elsewhere()
        except KeyUsedError as used:
            reply = KeyUsed(used.hold)
        except ClientError as problem:
            reply = No(problem.error.code, problem.message, encode(problem.extra))
        except DatabaseUnavailableError:
            reply = _no(ClientError("unavailable"))
        except Exception:
            log.exception("%s in %s failed, which another node asked for", type(question).__name__, question.room)
            reply = _no(ClientError("internal_error"))
        return _pack(reply)

    async def _answer(self, question: _Question) -> bytes:
        here = self._here
        match question:
            case Look(view, user_id, from_start):
                return encode(await here.snapshot(view, user_id, from_start=from_start))
            case Admit(room, user_id, invite):
                return _pack(await here.admit(room, user_id, invite))
            case Since(view, epoch, seq):
                return _pack(await here.frames_since(view, Position(epoch, seq)))
            case Attend(room, node, anonymous, users):
                await here.set_watchers(room, node, anonymous, users)
            case Attached(room, user_id, node):
                return b"1" if await here.attached(user_id, room, node) else b"0"
            case Detached(room, user_id, node):
                await here.detached(user_id, room, node)
            case Leave(room, user_id):
                await here.leave(user_id, room)
            case Close(room):
                await here.close(room)
            case _:
                return await self._answer_player(question)
        return b""

    async def _answer_player(self, question: Join | PlaceBet | DoAct | Say) -> bytes:
        account = await self._holds.enter(question.row)
        try:
            match question:
                case Join(room, _, wish, node):
                    return str(await self._here.join(account, room, wish, node)).encode()
                case PlaceBet(_, _, request):
                    return encode(await self._here.bet(account, _request(request)))
                case DoAct(room, _, fields):
                    return encode(await self._here.act(account, room, msgspec.json.decode(fields)))
                case Say(room, _, text):
                    await self._here.chat(account, room, text)
            return b""
        finally:
            self._holds.exit(account.user_id)


def _no(problem: ClientError) -> No:
    return No(problem.error.code, problem.message, encode(problem.extra))

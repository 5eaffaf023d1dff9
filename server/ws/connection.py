"""One client's connection: who is signed in, what is sent, and how it ends."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import UNSET

from server.backends.holds import CachedAccount
from server.errors import CLOSES, SIGN_OUTS, ClientError, SignOutReason
from server.fanout.framing import PING_FRAME, close_frame, text_frame
from server.fanout.outbox import Outbox
from server.messages import Goodbye, Reply, RequestId, encode
from server.retry import Attempts
from server.ws.dependencies import Dependencies
from server.ws.watched_rooms import WatchedRooms

MAX_SILENT_BEATS = 2
"""After this many beats without a message the client is pinged; after one more the connection is aborted."""
ANSWERING = -(2**31)
"""The number of silent beats while a request is answered: so low that no number of beats leads back to 0."""


class Connection:
    """``token`` comes from the Authorization header, or is None; ``address`` is the client's. Implements
    ``fanout.sockets.Socket``."""

    def __init__(self, transport: asyncio.Transport, token: str | None, address: str, deps: Dependencies) -> None:
        self.token = token
        self.address = address
        self.deps = deps
        self.outbox = Outbox(
            transport,
            deps.hub.sockets.flusher,
            self,
            limit_bytes=deps.config.outbox_bytes,
            deadline_ms=int(deps.config.send_deadline * 1000),
        )
        self.watched = WatchedRooms(self, deps)
        self.seated: set[str] = set()
        self.account: CachedAccount | None = None
        self.token_id: int | None = None
        self.greeted = False
        self.closed_as: str | None = None
        """The name of the close code with which the server closed the connection."""
        self.silent_beats = 0
        """Beats since the client's last message, or ANSWERING: the next message is not read before the reply."""
        self._transport = transport
        self._hello_timer: asyncio.TimerHandle | None = None

    @property
    def user_id(self) -> int | None:
        return self.account.user_id if self.account else None

    @property
    def closed(self) -> bool:
        return self.outbox.closed

    def player(self) -> CachedAccount:
        """The account that is signed in. Raises ClientError not_signed_in."""
        if self.account is None:
            raise ClientError("not_signed_in")
        return self.account

    # -- sending --

    def reply(self, request_id: RequestId | None, ok: Any) -> None:
        self.send(encode(Reply(request_id, ok)))

    def refuse(self, request_id: RequestId | None, problem: ClientError) -> None:
        code, retry = problem.error.code, problem.error.retry
        error = {"code": code, "message": problem.message, "retry": retry, **problem.extra}
        self.send(encode({"re": request_id, "error": error}))

    def send(self, message: bytes) -> None:
        """Send an encoded message."""
        self.outbox.put(text_frame(message))

    # -- hello and heartbeat --

    def expect_hello(self, seconds: float) -> None:
        """Close the connection unless ``stop_expecting_hello`` is called within this time."""
        self._hello_timer = asyncio.get_running_loop().call_later(seconds, self.close, "no_hello")

    def stop_expecting_hello(self) -> None:
        if self._hello_timer is not None:
            self._hello_timer.cancel()

    def beat(self) -> None:
        """To be called twice in each heartbeat interval. Pings a silent client, then aborts its connection."""
        self.silent_beats += 1
        if self.silent_beats == MAX_SILENT_BEATS:
            self.outbox.put(PING_FRAME)
        elif self.silent_beats > MAX_SILENT_BEATS:
            self._transport.abort()

    # -- rooms --

    def room_closed(self, room: str) -> None:
        self.seated.discard(room)
        self.watched.stop(room)

    def review(self, room: str) -> None:
        self.deps.tasks.start(self.watched.review(room))

    # -- the end --

    def close(self, name: str, message: str = "", reason: SignOutReason | None = None) -> None:
        """Say goodbye and close with the close code of this name. A client that does not answer is cut off.

        ``reason`` is a key of ``SIGN_OUTS``, if the sign-in has ended."""
        if self.closed:
            return
        close = CLOSES[name]
        text = message or (SIGN_OUTS[reason] if reason else close.meaning)
        retry = close.code < 4100
        goodbye = Goodbye(
            code=name,
            message=text,
            retry=retry,
            retry_after_ms=random.randint(200, 2000) if retry else 0,  # noqa: S311 - spreads load
            reason=reason or UNSET,
        )
        self.closed_as = name
        self.outbox.finish(text_frame(encode(goodbye)) + close_frame(close.code, text))
        asyncio.get_running_loop().call_later(self.deps.limits.abort_after_s, self._transport.abort)

    def stop_reading(self) -> None:
        """Leave what the client sends in its own buffers. After ``close``, the goodbye still reaches it."""
        self._transport.pause_reading()

    async def wait_closed(self) -> None:
        """After ``close``: wait until the client has closed or is cut off. aiohttp discards what the client sends
        meanwhile; if the socket were closed with unread bytes, the kernel could drop the goodbye."""
        limits = self.deps.limits
        async for _ in Attempts(limits.closed_check_s, give_up_after_s=limits.abort_after_s):
            if self._transport.is_closing():
                return

    async def gone(self) -> None:
        """The socket is closed: undo everything. The player keeps the seats for the grace period."""
        self.outbox.closed = True
        self.stop_expecting_hello()
        self.watched.stop_all()
        self.deps.hub.disconnect(self)
        if self.account is None:
            return
        user_id = self.account.user_id
        try:
            for room in self.seated:
                if not any(room in other.seated for other in self.deps.hub.sockets.of(user_id)):
                    await self.deps.room_service.disconnect(user_id, room)
        finally:
            self.deps.holds.exit(user_id)
            self.deps.presence.remove_connection(user_id)


Command = Callable[[Connection, Any, bytes], Awaitable[None]]
"""Answers one kind of request: takes the connection, the decoded request and its bytes, and sends the reply. Raises
ClientError or DatabaseUnavailableError for the endpoint to reply with."""

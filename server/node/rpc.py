"""Calls from one node to another, over a bus that may lose messages.

A call is sent again until its answer arrives or its deadline has passed. The other node executes it once: when the same
call arrives again, it repeats the answer.
"""

import asyncio
from collections import OrderedDict, deque
from itertools import count
from typing import Protocol

from server.backends.bus import Bus, BusMessage, RpcAnswer, RpcCall, node_channel
from server.errors import UnreachableError
from server.tasks import Tasks


class Server(Protocol):
    """Answers the calls of other nodes."""

    async def serve(self, body: bytes) -> bytes:
        """The answer to an encoded call. Must not raise."""
        ...


class Rpc:
    """A call fails after ``deadline_s``; until then it is sent again every ``resend_s``. Up to ``max_answers`` answers
    are kept for ``keep_answers_s``, in case a call arrives again. An answer can be as large as a snapshot."""

    def __init__(
        self,
        bus: Bus,
        node: str,
        server: Server,
        *,
        deadline_s: float = 4.0,
        resend_s: float = 0.4,
        max_answers: int = 20_000,
        keep_answers_s: float = 8.0,
    ) -> None:
        self._bus = bus
        self._node = node
        self._server = server
        self._deadline_s = deadline_s
        self._resend_s = resend_s
        self._max_answers = max_answers
        self._keep_answers_s = keep_answers_s
        self._ids = count(1)
        self._calls: dict[int, asyncio.Future[bytes]] = {}
        """The calls of this node that have no answer yet."""
        self._answers: OrderedDict[tuple[str, int], RpcAnswer | None] = OrderedDict()
        """The answers to other nodes, by caller and id; None while the call is being executed."""
        self._received_at: deque[float] = deque()
        """When each call in ``_answers`` first arrived."""
        self._tasks = Tasks("calls of other nodes")

    async def start(self) -> None:
        """Start to answer. Raises UnreachableError."""
        await self._bus.subscribe(node_channel(self._node), self._receive)

    async def stop(self) -> None:
        """Finish the calls that are being executed."""
        await self._tasks.wait(self._deadline_s)

    async def call(self, node: str, body: bytes) -> bytes:
        """The answer of ``node``. Raises UnreachableError; then the call may or may not have been executed."""
        call = RpcCall(self._node, next(self._ids), body)
        answer = self._calls[call.id] = asyncio.get_running_loop().create_future()
        resend: asyncio.TimerHandle | None = None

        def send() -> None:
            nonlocal resend
            self._bus.publish(node_channel(node), call)
            resend = asyncio.get_running_loop().call_later(self._resend_s, send)

        try:
            send()
            async with asyncio.timeout(self._deadline_s):
                await answer
            return bytes(answer.result())
        except TimeoutError:
            raise UnreachableError(f"node {node} does not answer") from None
        finally:
            if resend is not None:
                resend.cancel()
            del self._calls[call.id]

    def _receive(self, message: BusMessage) -> None:
        match message:
            case RpcCall():
                self._take(message)
            case RpcAnswer():
                answer = self._calls.get(message.id)
                if answer is not None and not answer.done():
                    answer.set_result(message.body)

    def _take(self, call: RpcCall) -> None:
        known = (call.caller, call.id)
        if known in self._answers:
            answer = self._answers[known]
            if answer is not None:
                self._bus.publish(node_channel(call.caller), answer)
            return
        now = asyncio.get_running_loop().time()
        self._answers[known] = None
        self._received_at.append(now)
        while len(self._received_at) > self._max_answers or self._received_at[0] < now - self._keep_answers_s:
            self._received_at.popleft()
            self._answers.popitem(last=False)
        self._tasks.start(self._execute(call))

    async def _execute(self, call: RpcCall) -> None:
        answer = RpcAnswer(call.id, await self._server.serve(call.body))
        if (call.caller, call.id) in self._answers:
            self._answers[call.caller, call.id] = answer
        self._bus.publish(node_channel(call.caller), answer)

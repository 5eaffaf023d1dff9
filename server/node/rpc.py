"""What one node asks of another, over a bus that may lose messages.

A question is asked again until there is an answer or the deadline has passed; asked again, it is answered, not done
again.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from itertools import count

from server.backends.bus import Bus, BusMessage, RpcAnswer, RpcCall, node_channel
from server.errors import UnreachableError
from server.tasks import Tasks

log = logging.getLogger(__name__)

Serve = Callable[[bytes], Awaitable[bytes]]

DEADLINE = 4.0
ASK_AGAIN = 0.4
REMEMBERED = 20_000
REMEMBERED_S = 2 * DEADLINE
"""How many answers a node keeps for those who ask again, and how long: some are as large as a room's snapshot."""


class Rpc:
    """``serve`` answers what other nodes ask; it must not raise."""

    def __init__(self, bus: Bus, node: str, serve: Serve) -> None:
        self._bus = bus
        self._node = node
        self._serve = serve
        self._ids = count(1)
        self._asked: dict[int, asyncio.Future[bytes]] = {}
        self._answered: OrderedDict[tuple[str, int], RpcAnswer | None] = OrderedDict()
        self._taken: deque[float] = deque()
        """When those in ``_answered`` were asked first."""
        self._tasks = Tasks("calls of other nodes")

    async def start(self) -> None:
        """Answer from here on. Raises UnreachableError."""
        await self._bus.subscribe(node_channel(self._node), self._receive)

    async def stop(self) -> None:
        """Finish what is being answered."""
        await self._tasks.wait(DEADLINE)

    async def ask(self, node: str, body: bytes, deadline: float = DEADLINE) -> bytes:
        """What ``node`` answers within ``deadline`` seconds. Raises UnreachableError; then it may or may not have been
        done."""
        call = RpcCall(self._node, next(self._ids), body)
        answer = self._asked[call.id] = asyncio.get_running_loop().create_future()
        again: asyncio.TimerHandle | None = None

        def send() -> None:
            nonlocal again
            self._bus.publish(node_channel(node), call)
            again = asyncio.get_running_loop().call_later(ASK_AGAIN, send)

        try:
            send()
            async with asyncio.timeout(deadline):
                await answer
            return bytes(answer.result())
        except TimeoutError:
            raise UnreachableError(f"the node {node} does not answer") from None
        finally:
            if again is not None:
                again.cancel()
            del self._asked[call.id]

    def _receive(self, message: BusMessage) -> None:
        match message:
            case RpcCall():
                self._take(message)
            case RpcAnswer():
                asked = self._asked.get(message.id)
                if asked is not None and not asked.done():
                    asked.set_result(message.body)

    def _take(self, call: RpcCall) -> None:
        known = (call.caller, call.id)
        if known in self._answered:
            answer = self._answered[known]
            if answer is not None:
                self._bus.publish(node_channel(call.caller), answer)
            return
        now = asyncio.get_running_loop().time()
        self._answered[known] = None
        self._taken.append(now)
        while len(self._taken) > REMEMBERED or self._taken[0] < now - REMEMBERED_S:
            self._taken.popleft()
            self._answered.popitem(last=False)
        self._tasks.start(self._do(call))

    async def _do(self, call: RpcCall) -> None:
        answer = RpcAnswer(call.id, await self._serve(call.body))
        if (call.caller, call.id) in self._answered:
            self._answered[call.caller, call.id] = answer
        self._bus.publish(node_channel(call.caller), answer)

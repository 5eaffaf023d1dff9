"""From SIGKILL of the node that owns crash to the next frame that a spectator on the other node gets."""

import asyncio
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import databases
from benchmarks.floors import NodeRooms
from benchmarks.report import Figure, show, spread
from benchmarks.server import Served

KILLS = 20
BETTING_MS = 2000
LATEST_S = 5.0
"""Seconds after a round's opening at which the last kill comes; the others are spread over the time before."""
ANSWER_S = 30.0
LOOK_AGAIN_S = 0.2
SETTINGS = {"CROUPIER_CRASH_BETTING_MS": str(BETTING_MS), "CROUPIER_LOG_LEVEL": "ERROR"}
"""That rooms changed hands and rounds were left open are warnings, and wanted here."""


class Spectator:
    """Somebody without an account who watches crash."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws
        self.epoch = ""

    async def watch(self) -> None:
        await self._ask({"id": 1, "do": "hello"})
        # While the room changes hands, who asks is told to try again.
        while (reply := await self._ask({"id": 2, "do": "watch", "room": "crash"})).get("error"):
            sys.stderr.write(f"crash can't be watched yet: {reply['error']}\n")
            await asyncio.sleep(LOOK_AGAIN_S)
        self.epoch = reply["ok"]["epoch"]

    async def round_opened(self) -> None:
        while not any(event["type"] == "round_opened" for event in (await self._hear()).get("events", ())):
            pass

    async def hears_on(self, seconds: float) -> None:
        """Return after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._hear()

    async def first_frame_of_next_owner(self) -> None:
        while (await self._hear()).get("epoch", self.epoch) == self.epoch:
            pass
        while "events" not in await self._hear():
            pass

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._ws.send_json(request)
        while (told := await self._hear()).get("re") != request["id"]:
            pass
        return told

    async def _hear(self) -> dict[str, Any]:
        told: dict[str, Any] = await self._ws.receive_json(timeout=ANSWER_S)
        return told


async def take_over(floor: NodeRooms, nodes: tuple[Served, Served], wait_s: float) -> tuple[Served, float] | None:
    """Kill the owner ``wait_s`` after a round's opening: it, and the seconds from then to the next owner's first frame
    on the other node. None: the room had moved by itself meanwhile."""
    owner, other = await floor.parted("crash", nodes)
    async with aiohttp.ClientSession() as http, http.ws_connect(other.websocket) as ws:
        spectator = Spectator(ws)
        await spectator.watch()
        await spectator.round_opened()
        await spectator.hears_on(wait_s)
        if await floor.parted("crash", nodes) != (owner, other):
            return None
        killed_at = time.perf_counter()
        os.kill(owner.pid, signal.SIGKILL)
        await spectator.first_frame_of_next_owner()
        return owner, time.perf_counter() - killed_at


def measure(kills: int) -> list[float]:
    """Seconds of each; the killed node is started again before the next."""
    with (
        tempfile.TemporaryDirectory(prefix="croupier-") as name,
        databases.postgresql(Path(name)) as url,
        databases.redis(Path(name)) as redis,
        ExitStack() as stack,
    ):
        return _kill_again_and_again(NodeRooms(Path(name), url, redis.url, SETTINGS), stack, kills)


def _kill_again_and_again(floor: NodeRooms, stack: ExitStack, kills: int) -> list[float]:
    nodes = floor.node(stack, None), floor.node(stack, None)
    found: list[float] = []
    while len(found) < kills:
        done = asyncio.run(take_over(floor, nodes, LATEST_S * len(found) / max(kills - 1, 1)))
        if done is not None:
            killed, seconds = done
            found.append(seconds)
            (left,) = set(nodes) - {killed}
            nodes = left, floor.node(stack, None)
            sys.stderr.write(f"kill {len(found)} of {kills}: {seconds:.2f} s\n")
    return found


def main() -> None:
    found = measure(KILLS)
    figures = [
        Figure("from SIGKILL to the next frame", spread(found), "s"),
        Figure(what="the worst of them", value=spread([max(found)]), unit="s", target=("<=", 6)),
    ]
    show("takeover", figures, kills=len(found))


if __name__ == "__main__":
    main()

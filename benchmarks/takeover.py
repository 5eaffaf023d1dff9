"""Seconds from SIGKILL of the node that owns crash to the next frame that a spectator on the other node gets."""

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
from benchmarks.cluster import ClusterSetup
from benchmarks.report import Figure, show, spread
from benchmarks.server import Served

KILLS = 20
BETTING_MS = 2000
LATEST_S = 5.0
"""The kills are spread over this many seconds after the opening of a round."""
ANSWER_S = 30.0
RETRY_S = 0.2
SETTINGS = {"CROUPIER_CRASH_BETTING_MS": str(BETTING_MS), "CROUPIER_LOG_LEVEL": "ERROR"}
"""The log level hides the warnings about takeovers and void rounds, which this benchmark causes on purpose."""


class Spectator:
    """A spectator without an account."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws
        self.epoch = ""

    async def watch(self) -> None:
        await self._ask({"id": 1, "do": "hello"})
        # While the room changes hands, the server refuses and says to retry.
        while (reply := await self._ask({"id": 2, "do": "watch", "room": "crash"})).get("error"):
            sys.stderr.write(f"watching crash failed, retrying: {reply['error']}\n")
            await asyncio.sleep(RETRY_S)
        self.epoch = reply["ok"]["epoch"]

    async def round_opened(self) -> None:
        while not any(event["type"] == "round_opened" for event in (await self._receive()).get("events", ())):
            pass

    async def receive_for(self, seconds: float) -> None:
        """Receive and drop messages for this time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._receive()

    async def first_frame_of_next_owner(self) -> None:
        while (await self._receive()).get("epoch", self.epoch) == self.epoch:
            pass
        while "events" not in await self._receive():
            pass

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._ws.send_json(request)
        while (message := await self._receive()).get("re") != request["id"]:
            pass
        return message

    async def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._ws.receive_json(timeout=ANSWER_S)
        return message


async def take_over(setup: ClusterSetup, nodes: tuple[Served, Served], wait_s: float) -> tuple[Served, float] | None:
    """Kill the owner of crash ``wait_s`` seconds after a round opened.

    Returns the killed node and the seconds until the next owner's first frame reached the other node, or None if the
    room changed its owner before the kill.
    """
    owner, other = await setup.owner_and_other("crash", nodes)
    async with aiohttp.ClientSession() as http, http.ws_connect(other.websocket) as ws:
        spectator = Spectator(ws)
        await spectator.watch()
        await spectator.round_opened()
        await spectator.receive_for(wait_s)
        if await setup.owner_and_other("crash", nodes) != (owner, other):
            return None
        killed_at = time.perf_counter()
        os.kill(owner.pid, signal.SIGKILL)
        await spectator.first_frame_of_next_owner()
        return owner, time.perf_counter() - killed_at


def measure(kills: int) -> list[float]:
    """Return the seconds of each takeover. A new node replaces the killed one before the next kill."""
    with (
        tempfile.TemporaryDirectory(prefix="croupier-") as name,
        databases.postgresql(Path(name)) as url,
        databases.redis(Path(name)) as redis,
        ExitStack() as stack,
    ):
        return _kill_repeatedly(
            ClusterSetup(folder=Path(name), url=url, redis_url=redis.url, settings=SETTINGS), stack, kills
        )


def _kill_repeatedly(setup: ClusterSetup, stack: ExitStack, kills: int) -> list[float]:
    nodes = setup.node(stack, None), setup.node(stack, None)
    found: list[float] = []
    while len(found) < kills:
        done = asyncio.run(take_over(setup, nodes, LATEST_S * len(found) / max(kills - 1, 1)))
        if done is not None:
            killed, seconds = done
            found.append(seconds)
            (left,) = set(nodes) - {killed}
            nodes = left, setup.node(stack, None)
            sys.stderr.write(f"kill {len(found)} of {kills}: {seconds:.2f} s\n")
    return found


def main() -> None:
    found = measure(KILLS)
    figures = [
        Figure("from SIGKILL to the next frame", spread(found), "s"),
        Figure(what="the slowest takeover", value=spread([max(found)]), unit="s", target=("<=", 6)),
    ]
    show("takeover", figures, kills=len(found))


if __name__ == "__main__":
    main()

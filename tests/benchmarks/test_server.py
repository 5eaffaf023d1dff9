"""The benchmarks start a real server on a database with players, and stop it."""

import asyncio
import os
from pathlib import Path

import aiohttp
import pytest

from benchmarks import databases, load
from benchmarks.server import croupier, most_resident, resident


async def _greeted(port: int, token: str) -> str:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"http://127.0.0.1:{port}/ws") as ws:
        await ws.send_json({"id": 1, "do": "hello", "token": token})
        reply = await ws.receive_json()
        return str(reply["ok"]["user"]["username"])


def test_a_player_is_known_to_the_server(tmp_path: Path) -> None:
    core = min(os.sched_getaffinity(0))
    with databases.sqlite(tmp_path) as url:
        tokens = databases.sign_in(url, 2)
        with croupier(tmp_path, url, core) as server:
            assert asyncio.run(_greeted(server.port, tokens[1])) == "player1"
            now = resident(server.pid)
            assert most_resident(server.pid) >= now > 10**7
            assert os.sched_getaffinity(server.pid) == {core}
        assert databases.settled_rounds(url) == 0
        assert databases.flaws(url) == []
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)


def test_connections_have_their_columns(tmp_path: Path) -> None:
    option, path = load.lines(tmp_path, [["a", "b"], ["c", ""]])
    assert (option, Path(path).read_text()) == ("--lines", "a\tb\nc\t\n")

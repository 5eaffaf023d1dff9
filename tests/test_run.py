"""`run.py` as a process: it starts, serves, and stops on a signal."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from cli import demo as demo_account
from cli.client import Client, Listener

RUN = Path(__file__).parents[1] / "run.py"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {
        "CROUPIER_VAR": str(tmp_path / "var"),
        "CROUPIER_PORT": "0",
        "CROUPIER_BCRYPT_COST": "4",
        "CROUPIER_SHUTDOWN_TIMEOUT": "0.5",
    }


async def start(settings: dict[str, str], *argv: str, in_new_session: bool = False) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(RUN),
        *argv,
        env=settings,
        cwd=Path(settings["CROUPIER_VAR"]).parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=in_new_session,
    )


async def run(settings: dict[str, str], *argv: str) -> tuple[int, str, str]:
    process = await start(settings, *argv)
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
async def demo(settings: dict[str, str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server in demo mode and its URL."""
    process = await start(settings, "serve", "--demo")
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    found = re.search(r"http://[\d.:]+", line)
    if found is None:
        process.kill()
        assert process.stderr is not None
        pytest.fail(f"it printed {line!r} and {(await process.stderr.read()).decode()!r}")
    yield process, found.group()
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def test_the_demo_needs_one_command(
    demo: tuple[asyncio.subprocess.Process, str], settings: dict[str, str]
) -> None:
    process, url = demo
    async with aiohttp.ClientSession() as http, http.get(f"{url}/healthz") as answer:
        assert answer.status == 200
    code, out, _ = await run(settings, "bots", "2", "--url", url, "--seconds", "3", "--games", "dice", "--pace", "10")
    assert code == 0, out
    assert "missed frames 0" in out
    code, _, err = await run(settings, "serve")
    assert (code, err.count("\n")) == (2, 1)
    assert "another server" in err
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        assert await process.wait() == 0
    code, said, _ = await run(settings, "audit")
    assert (code, said.splitlines()[0]) == (0, "The books balance.")  # the stop made rounds void that still took bets


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_bots_that_a_signal_stops_print_their_tally(
    demo: tuple[asyncio.subprocess.Process, str], settings: dict[str, str], number: signal.Signals
) -> None:
    bots = await start(settings, "bots", "2", "--url", demo[1], "--games", "dice")
    assert bots.stdout is not None
    assert b"players" in await bots.stdout.readline()
    bots.send_signal(number)
    async with asyncio.timeout(20):
        out, err = await bots.communicate()
    assert bots.returncode == 0, err.decode()
    assert "missed frames 0" in out.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_first_start_creates_the_database_and_a_signal_stops_it(
    settings: dict[str, str], number: signal.Signals
) -> None:
    process = await start(settings, "serve")
    assert process.stdout is not None
    assert b"Croupier is running at http://" in await process.stdout.readline()
    process.send_signal(number)
    async with asyncio.timeout(20):
        _, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert f"creating the database {settings['CROUPIER_VAR']}/croupier.db" in err.decode()
    code, said = (await run(settings, "audit"))[:2]
    assert (code, said.splitlines()[0]) == (0, "The books balance.")


class Notices(Listener):
    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def notice(self, notice: dict[str, Any]) -> None:
        self.heard.append(notice)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_to_the_whole_process_group_plays_rounds_to_their_end(
    settings: dict[str, str], number: signal.Signals
) -> None:
    """As a terminal that is closed sends it: to the settling process, too, which is needed for the last rounds."""
    process = await start(settings, "serve", "--demo", in_new_session=True)
    assert process.stdout is not None
    found = re.search(r"http://[\d.:]+", (await process.stdout.readline()).decode())
    assert found is not None
    url = found.group()
    notices = Notices()
    async with aiohttp.ClientSession() as http:
        client = Client(http, f"{url}/ws", await token_of_the_demo_player(http, url), notices)
        await client.connect()
        dice = (await client.request("join", game="dice"))["room"]
        over = {"target": 50.0, "over": True}
        await client.request("bet", room=dice, key="1", amount=100, selection=over)  # starts the settling process
        mines = (await client.request("join", game="mines"))["room"]
        bet = await client.request("bet", room=mines, key="2", amount=100, selection={"mines": 3})
        os.killpg(process.pid, number)
        closed = await client.wait_closed()
    async with asyncio.timeout(20):
        _, err = await process.communicate()
    assert (process.returncode, "Traceback" in err.decode()) == (0, False), err.decode()
    assert "goodbye" in [each["notice"] for each in notices.heard]
    assert closed.code != 1006
    code, out, _ = await run(settings, "verify", bet["round"])
    assert (code, "as promised" in out) == (0, True)
    assert (await run(settings, "audit"))[1].startswith("The books balance.")


async def token_of_the_demo_player(http: aiohttp.ClientSession, url: str) -> str:
    """The start announces the account a moment before it has it."""
    body = {"identifier": demo_account.USERNAME, "password": demo_account.PASSWORD}
    async with asyncio.timeout(20):
        while True:
            async with http.post(f"{url}/api/v1/auth/login", json=body) as answer:
                if answer.status == 200:
                    return str((await answer.json())["token"])
                assert answer.status in (401, 429), await answer.text()
            await asyncio.sleep(0.1)


async def test_a_port_in_use_is_one_line(
    demo: tuple[asyncio.subprocess.Process, str], settings: dict[str, str], tmp_path: Path
) -> None:
    port = demo[1].rpartition(":")[2]
    other = {**settings, "CROUPIER_VAR": str(tmp_path / "other"), "CROUPIER_PORT": port}
    assert (await run(other, "migrate"))[0] == 0
    code, out, err = await run(other, "serve")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"run.py: can't listen on 127.0.0.1:{port}")
    assert "Traceback" not in err


async def test_missing_packages_are_one_line(settings: dict[str, str]) -> None:
    # Without its site packages, the interpreter finds none of ours.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", str(RUN), "--help", env=settings, stderr=asyncio.subprocess.PIPE
    )
    _, err = await process.communicate()
    assert (process.returncode, err.count(b"\n")) == (2, 1)
    assert b"make run" in err


@pytest.mark.parametrize(("argv", "wanted"), [(("doctor",), 1), (("verify", "x.json"), 2), (("config",), 141)])
async def test_a_reader_who_goes_away_changes_no_exit_code(
    settings: dict[str, str], argv: tuple[str, ...], wanted: int
) -> None:
    """As `| head` does. What `config` prints is longer than the buffer, so it learns of that before its end."""
    reader, writer = os.pipe()
    os.close(reader)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(RUN),
        *argv,
        env=settings,
        cwd=Path(settings["CROUPIER_VAR"]).parent,
        stdout=writer,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writer)
    _, err = await process.communicate()
    assert process.returncode == wanted, err.decode()
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err

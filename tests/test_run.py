"""`run.py` as a process: it starts, serves, and stops on a signal."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

RUN = Path(__file__).parents[1] / "run.py"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {
        "CROUPIER_VAR": str(tmp_path / "var"),
        "CROUPIER_PORT": "0",
        "CROUPIER_BCRYPT_COST": "4",
        "CROUPIER_SHUTDOWN_TIMEOUT": "0.5",
    }


async def start(settings: dict[str, str], *argv: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(RUN),
        *argv,
        env=settings,
        cwd=Path(settings["CROUPIER_VAR"]).parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
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
    assert (await run(settings, "audit"))[:2] == (0, "The books balance.\n")


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

"""The server under test: `run.py serve` as a separate process on one core, with fresh state."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from msgspec import Struct

from benchmarks import machine

ROOT = Path(__file__).parents[1]
STOP_SECONDS = 20
_AT = re.compile(r"Croupier is running at http://[^:]+:(\d+)")

OPEN_GATES = {
    "CROUPIER_PORT": "0",
    "CROUPIER_LOG_LEVEL": "WARNING",
    "CROUPIER_RATE_SCALE": "1000000",
    "CROUPIER_MAX_CONNECTIONS": "50000",
    "CROUPIER_MAX_CONNECTIONS_PER_ADDRESS": "50000",
}
"""Settings for a load generator: all clients come from one address, and no limit makes them wait."""

QUIET_CRASH = {"CROUPIER_CRASH_BETTING_MS": "600000"}
"""The public room keeps taking bets: it sends no ticks and ends no rounds."""


class Served(Struct, frozen=True):
    """A process that listens on a port of the loopback."""

    pid: int
    port: int

    @property
    def children(self) -> list[int]:
        """The processes that the server has started."""
        found = (threads.read_text().split() for threads in Path(f"/proc/{self.pid}/task").glob("*/children"))
        return [int(child) for children in found for child in children]

    def spread_children(self) -> None:
        """Let the processes that the server has started run on both cores, as PostgreSQL may."""
        for child in self.children:
            os.sched_setaffinity(child, machine.cores().both)

    @property
    def websocket(self) -> str:
        return f"http://127.0.0.1:{self.port}/ws"


def resident(pid: int) -> int:
    """Bytes of memory that a process has now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def most_resident(pid: int) -> int:
    """Bytes of memory that a process had at most."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[0]) * 1024


@contextmanager
def croupier(
    folder: Path,
    url: str,
    core: int | None,
    settings: Mapping[str, str] | None = None,
    checkout: Path = ROOT,
) -> Iterator[Served]:
    """The server of a checkout on the migrated database at ``url``; ``core`` None: on both. ``settings`` are further
    CROUPIER_… variables."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CROUPIER_")}
    environ |= OPEN_GATES | {"CROUPIER_VAR": str(folder), "CROUPIER_DATABASE_URL": url} | dict(settings or {})
    with (
        TemporaryFile("w+", dir=folder) as log,
        _process(
            [sys.executable, str(checkout / "run.py"), "serve"], core, cwd=checkout, env=environ, stderr=log
        ) as process,
    ):
        assert process.stdout is not None
        found = _AT.match(process.stdout.readline())
        if found is None:
            log.seek(0)
            raise SystemExit(f"benchmarks: the server did not start:\n{log.read()}")
        yield Served(process.pid, int(found[1]))
        log.seek(0)
        sys.stderr.write(log.read())


@contextmanager
def floor(program: Path, core: int) -> Iterator[Served]:
    """The C server that shows what the kernel allows."""
    with _process([str(program), "0"], core) as process:
        assert process.stdout is not None
        yield Served(process.pid, int(process.stdout.readline()))


@contextmanager
def _process(command: list[str], core: int | None, **how: Any) -> Iterator["subprocess.Popen[str]"]:
    process: subprocess.Popen[str] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **how)
    try:
        # Before it has threads, which inherit it.
        os.sched_setaffinity(process.pid, machine.cores().both if core is None else {core})
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

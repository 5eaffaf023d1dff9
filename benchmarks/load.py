"""Builds and runs the load generator and the floor from the C sources in this folder."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.server import Served

HERE = Path(__file__).parent
HELLO = ("--step", 'send:{"id":1,"do":"hello","token":"%1"}', "--step", 'wait:"re":1')
"""Steps that sign a connection in with the token in the first column of ``--lines``."""


def built(name: str) -> Path:
    """The program ``name``, compiled if it is older than its source. Raises SystemExit without a compiler."""
    source, program = HERE / f"{name}.c", HERE / "build" / name
    if program.exists() and program.stat().st_mtime >= source.stat().st_mtime:
        return program
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise SystemExit("benchmarks: a C compiler is needed (Debian: apt-get install gcc)")
    program.parent.mkdir(exist_ok=True)
    subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True)
    return program


def lines(folder: Path, rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """The option that gives connection i the columns of row i, for %1 … %9 in what it sends."""
    path = folder / "lines.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return "--lines", str(path)


def once(server: Served, *options: str) -> dict[str, Any]:
    """Run the generator to its end; its figures."""
    command = [str(built("wsload")), *_where(server), *options]
    return _figures(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


class Bursts:
    """A generator that keeps its connections open: ``burst`` runs one measurement."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._read()  # the figures of the set-up

    def burst(self) -> dict[str, Any]:
        return together(self)[0]

    def begin(self) -> None:
        """Start a burst; ``end`` must follow."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return _figures(self._process.stdout.readline())


def together(*generators: Bursts) -> list[dict[str, Any]]:
    """A burst of each, all at the same time."""
    for generator in generators:
        generator.begin()
    return [generator.end() for generator in generators]


@contextmanager
def bursts(server: Served, *options: str) -> Iterator[Bursts]:
    """A generator connected to ``server`` until the end of the block."""
    command = [str(built("wsload")), *_where(server), "--gate", *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield Bursts(process)
    finally:
        process.communicate(timeout=30)


def _where(server: Served) -> tuple[str, ...]:
    pids = (option for pid in (server.pid, *server.children) for option in ("--pid", str(pid)))
    return "--port", str(server.port), "--path", "/ws", *pids


def _figures(line: bytes) -> dict[str, Any]:
    figures: dict[str, Any] = msgspec.json.decode(line)
    if "error" in figures or figures.get("failed"):
        raise SystemExit(f"benchmarks: connections failed: {figures}")
    return figures

"""`run.py cluster` starts nodes that share rooms, with their own PostgreSQL and Redis, and stops all of them."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli import main
from cli.terminal import CommandError
from devtools import services
from devtools.cluster import Node
from run import COMMANDS
from tests.processes import await_no_process_in, processes_in

ROOT = Path(__file__).parents[2]
STOP_S = 40.0


class Cluster:
    """The command as a process in ``folder``, with one node on each of ``ports``."""

    def __init__(self, folder: Path, nodes: int) -> None:
        self.folder = folder
        self.ports = [services.free_port() for _ in range(nodes)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CROUPIER_")}
        self.environment = kept | {"CROUPIER_BCRYPT_COST": "4", "CROUPIER_SHUTDOWN_TIMEOUT": "0.5"}
        self.process = subprocess.Popen(
            self.command("cluster", "--ports", *map(str, self.ports)),
            cwd=folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "run.py"), *arguments]

    def await_line(self, part: str) -> str:
        """The output up to and including the first line that contains ``part``."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if part in line:
                return said
        raise AssertionError(f"the output has no {part!r}: {said}{self.logs()}")

    def logs(self) -> str:
        return "".join(f"\n{path.name}:\n{path.read_text()}" for path in self.folder.rglob("*.log"))

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        self.process.communicate(timeout=STOP_S)
        return self.process.returncode


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[int], Cluster]]:
    """Start a cluster with that many nodes and wait until they serve."""
    started: list[Cluster] = []

    def start(nodes: int) -> Cluster:
        started.append(Cluster(tmp_path, nodes))
        started[-1].await_line("Kill a node")
        return started[-1]

    yield start
    for cluster in started:
        cluster.process.kill()
        cluster.process.communicate()
    await_no_process_in(tmp_path)


def status(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        code: int = answer.status
        return code


def pid_of(port: int, folder: Path) -> int:
    """The id of the process that runs the node on ``port``, found by its environment."""
    for pid in processes_in(folder):
        if f"CROUPIER_PORT={port}\0" in Path(f"/proc/{pid}/environ").read_text():
            return pid
    raise AssertionError(f"no process runs the node on port {port}")


def test_two_nodes_serve_until_sigterm(start: Callable[[int], Cluster], tmp_path: Path) -> None:
    cluster = start(2)
    first, second = cluster.ports
    assert [status(port, "/readyz") for port in cluster.ports] == [200, 200]
    settings = (tmp_path / "var" / "cluster" / "settings").read_text().split()
    audit = subprocess.run(["env", *settings, *cluster.command("audit")], check=False, cwd=tmp_path, timeout=30)
    assert audit.returncode == 0
    os.kill(pid_of(first, tmp_path), signal.SIGKILL)
    assert f"port {first} ended (signal 9)." in cluster.await_line(" ended ")
    assert status(second, "/healthz") == 200
    assert cluster.end(signal.SIGTERM) == 0
    assert processes_in(tmp_path) == []


def test_no_process_survives_a_killed_cluster(start: Callable[[int], Cluster], tmp_path: Path) -> None:
    cluster = start(1)
    assert len(processes_in(tmp_path)) > 3
    cluster.end(signal.SIGKILL)
    await_no_process_in(tmp_path, STOP_S)


async def test_a_node_that_does_not_start_is_reported_with_its_error(tmp_path: Path) -> None:
    node = Node(1, "http://127.0.0.1:1", tmp_path / "node.log")
    wrong = {"CROUPIER_DATABASE_URL": "mysql://localhost/croupier", "CROUPIER_REDIS_URL": ""}
    with pytest.raises(CommandError, match=r"the node on port 1 did not start: .*DATABASE_URL is invalid"):
        await node.start(wrong)
    await node.stop(1)


async def test_a_port_in_use_is_reported_before_the_start(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        node = Node(port, f"http://127.0.0.1:{port}", tmp_path / "node.log")
        with pytest.raises(CommandError, match=f"port {port} can't be used: Address already in use"):
            await node.start({})


@pytest.mark.parametrize(("ports", "words"), [(["8081", "8081"], "twice"), (["0"], "'0'"), (["x"], "'x'")])
def test_invalid_ports_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ports: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code("cluster", "--ports", *ports) == 2
    assert words in capsys.readouterr().err


def exit_code(*argv: str) -> int:
    """Run the checkout's command line in this process; returns its exit code."""
    try:
        return main.main(argv, COMMANDS)
    except SystemExit as ended:  # argparse refuses an argument
        return int(ended.code or 0)

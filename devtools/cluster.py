"""`run.py cluster`: a demo cluster on this machine, with private PostgreSQL and Redis servers."""

import argparse
import asyncio
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
from msgspec import structs

from cli import demo
from cli.connect import bring_up_to_date, connected
from cli.serve import local_url
from cli.stopping import catch_signals, run_until
from cli.terminal import CommandError
from devtools.services import PostgresServer, RedisServer, die_with_parent, tail, write_private
from server.config import PREFIX, Config

ROOT = Path(__file__).parents[1]
PORTS = [8081, 8082]
START_S = 30.0
STOP_S = 10.0
"""Added to the time that live rounds get to finish."""
POLL_S = 0.05


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "cluster",
        help="run a demo cluster on this machine, with its own PostgreSQL and Redis",
        description="Start PostgreSQL, Redis and several nodes that serve the same rooms, with a demo account and "
        "bots. Stop with SIGTERM or Ctrl-C. Data and logs stay in CROUPIER_VAR/cluster for the next start.",
        epilog="example: run.py cluster --ports 8081 8082 8083",
    )
    parser.add_argument(
        "--ports", nargs="+", type=_port, default=PORTS, metavar="PORT", help="one port per node (default: 8081 8082)"
    )
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, config: Config) -> int:
    if len(set(args.ports)) < len(args.ports):
        raise CommandError("--ports names a port twice, but each node needs its own")
    folder = Path(config.var).resolve() / "cluster"
    stop = asyncio.Event()
    catch_signals(stop)
    print("Starting PostgreSQL, Redis and the nodes…", flush=True)
    with (
        PostgresServer(folder / "postgresql") as postgres,
        RedisServer(folder / "redis", appendonly=True) as redis,
    ):
        settings = {"VAR": str(folder), "DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
        settings |= {"PUBLIC_URL": "", "DEMO": "false"}
        shared = {f"{PREFIX}{name}": value for name, value in settings.items()}
        write_private(folder / "settings", "".join(f"{name}={value}\n" for name, value in shared.items() if value))
        await bring_up_to_date(postgres.url)
        nodes = [Node(port, local_url(config.host, port), folder / f"node-{port}.log") for port in args.ports]
        try:
            await run_until(stop, _serve(structs.replace(config, database_url=postgres.url), nodes, shared))
        finally:
            print("Stopping…", flush=True)
            await asyncio.gather(*(node.stop(config.shutdown_timeout + STOP_S) for node in nodes))
    return 0


class Node:
    """A server process. Its output goes to the file ``log``."""

    def __init__(self, port: int, url: str, log: Path) -> None:
        self.port = port
        self.url = url
        self.log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    async def start(self, settings: dict[str, str]) -> None:
        """Return when the node is ready. Raises CommandError if it does not start in time."""
        _require_free(self.port)  # a server that is already there would answer in the node's place
        command = die_with_parent([sys.executable, str(ROOT / "run.py"), "serve"])
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                env=os.environ | settings | {f"{PREFIX}PORT": str(self.port)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(START_S):
                while not await _is_ready(self.url):
                    if self._process.returncode is not None:
                        raise CommandError(
                            f"the node on port {self.port} did not start: {tail(self.log)} (log: {self.log})"
                        )
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise CommandError(
                f"the node on port {self.port} is not ready: {tail(self.log)} (log: {self.log})"
            ) from None

    async def ended(self) -> None:
        """Wait for the process to end and report its exit code."""
        assert self._process is not None
        code = await self._process.wait()
        print(f"The node on port {self.port} ended ({_cause(code)}). Log: {self.log}", flush=True)

    async def stop(self, seconds: float) -> None:
        """Send SIGTERM, and SIGKILL if the process still runs after ``seconds``."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _serve(config: Config, nodes: Sequence[Node], settings: dict[str, str]) -> None:
    """Start the nodes and run the demo on them. Raises CommandError when a node does not start or none is left."""
    for node in nodes:
        await node.start(settings)
    print(_greeting(nodes), flush=True)
    async with connected(config) as db:
        guests = asyncio.create_task(demo.entertain(config, db, demo.plans([node.url for node in nodes])))
        try:
            await asyncio.gather(*(node.ended() for node in nodes))
        finally:
            guests.cancel()
            await asyncio.wait([guests])
    raise CommandError("all nodes have ended")


def _greeting(nodes: Sequence[Node]) -> str:
    folder = os.path.relpath(nodes[0].log.parent)
    addresses = "\n".join(f"  {node.url}  process {node.pid}, log {os.path.relpath(node.log)}" for node in nodes)
    return (
        f"{len(nodes)} Croupier nodes serve the same rooms (stop with Ctrl-C):\n{addresses}\n"
        f"Sign in at any of them as {demo.USERNAME} with the password {demo.PASSWORD}; {demo.BOTS} bots are playing.\n"
        f"Mails are written to {folder}/outbox. To run other commands on this cluster, pass its settings:\n"
        f"  env $(cat {folder}/settings) {os.path.relpath(sys.executable)} {sys.argv[0]} audit\n"
        f"Kill a node (kill -9 {nodes[0].pid}) and watch the others take over."
    )


def _require_free(port: int) -> None:
    """Raises CommandError if another process listens on the port."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(f"port {port} can't be used: {error.strerror}") from error


async def _is_ready(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/readyz") as answer:
            return answer.status == 200
    except (aiohttp.ClientError, OSError):
        return False


def _cause(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)

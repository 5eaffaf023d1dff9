"""A real server in its own process and folder, for browsers to visit."""

import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from devtools.services import free_port
from server.mail import SentMail, read_outbox
from tests.simulation.node import RANGE_IN

ROOT = Path(__file__).parents[2]
START_S = 60.0
STOP_S = 20.0
LONGEST_ROUND_MS = 320_000
"""The length of a round of crash with the highest possible point."""
SECRET = "harbour lantern violin moss"

_player_numbers = count(1)


@dataclass(frozen=True)
class Player:
    username: str
    email: str
    password: str = SECRET


def run(arguments: Iterable[str], folder: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, str(ROOT / "run.py"), *arguments]
    done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@cache
def migrated_database() -> bytes:
    """The file of an empty database, made once per process."""
    with TemporaryDirectory() as folder:
        run(["migrate", "--quiet"], Path(folder), os.environ | {"CROUPIER_VAR": folder, "CROUPIER_DATABASE_URL": ""})
        return (Path(folder) / "croupier.db").read_bytes()


@dataclass
class Site:
    """A server process, its folder and its HTTP API. ``settings`` are CROUPIER_… variables without the prefix.

    With ``points``, two multipliers in hundredths, every round of crash ends between the two. Then the server has only
    dice and crash, unless ``all_games`` is set. ``program`` is a module that stands for run.py, ``checkout``
    the folder with run.py.
    """

    folder: Path
    demo: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    points: tuple[int, int] | None = None
    all_games: bool = False
    program: str | None = None
    checkout: Path = ROOT
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {"PORT": str(self.port), "VAR": str(self.folder / "var"), "BCRYPT_COST": "4"}
        own |= {"RATE_SCALE": "1000", "SHUTDOWN_TIMEOUT": "1"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CROUPIER_")}
        kept |= {"PYTHONPATH": str(self.checkout), RANGE_IN: str(self.folder / "points")}
        return kept | {f"CROUPIER_{name}": value for name, value in (own | self.settings).items()}

    def run(self, *arguments: str) -> str:
        """Run a command of run.py while the server runs; return its output."""
        return run(arguments, self.folder, self.environment)

    def start(self) -> None:
        if not (self.folder / "var").exists():
            if "DATABASE_URL" in self.settings:
                self.run("migrate", "--quiet")
            else:
                (self.folder / "var").mkdir()
                (self.folder / "var" / "croupier.db").write_bytes(migrated_database())
        command = [sys.executable, *self._program(), "serve", *(["--demo"] if self.demo else [])]
        with (self.folder / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self._await_greeting(self.process)

    def _program(self) -> list[str]:
        if self.program is not None:
            return ["-m", self.program]
        if self.points is None:
            return [str(self.checkout / "run.py")]
        self.set_points(*self.points)
        return ["-m", "tests.browser.short_crash" if self.all_games else "tests.simulation.node"]

    def set_points(self, least: int, greatest: int) -> None:
        """Let the next rounds of crash end between these multipliers, in hundredths."""
        (self.folder / "points").write_text(f"{least} {greatest}")

    def _await_greeting(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if select.select([process.stdout], [], [], 0.2)[0]:
                line = process.stdout.readline()
                if line.startswith("Croupier is running at"):
                    return
                assert line, self.log()
        raise AssertionError(f"the server did not start: {self.log()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_S)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def call(self, method: str, path: str, body: object = None, token: str | None = None) -> Any:
        """Call the HTTP API, outside the browser. Raises urllib.error.HTTPError."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def await_bets(self, room: str, left_ms: int) -> None:
        """Return when the room takes bets for at least ``left_ms`` more, in which a busy machine manages a click."""
        deadline = time.monotonic() + LONGEST_ROUND_MS / 1000
        while time.monotonic() < deadline:
            view = self._view(room)
            if view["phase"] == "betting":
                # Blackjack's clock starts with the first bet.
                closes_at = view["closes_at"]
                if closes_at is None or closes_at - time.time() * 1000 >= left_ms:
                    return
            time.sleep(0.05)
        raise AssertionError(f"no round of {room} took bets")

    def _view(self, room: str) -> Any:
        try:
            return self.call("GET", f"/rooms/{room}")["snapshot"]["view"]
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
            return {"phase": "moving to another node"}

    def mail_to(self, address: str, subject: str = "", link: str = "") -> SentMail:
        """The newest mail to an address, with this text in a link. Waits until it has arrived."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for mail in read_outbox(self.folder / "var" / "outbox"):
                has_link = not link or any(link in each for each in mail.links)
                if mail.to == address and subject.lower() in mail.subject.lower() and has_link:
                    return mail
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address}")

    def link_to(self, page: str, address: str, account: str = "") -> str:
        """The link to one of our pages in the newest mail to an address, or the newest one for this account."""
        links = self.mail_to(address, link=f"&account={account}" if account else "").links
        return next(link for link in links if f"/{page}#token=" in link)

    def new_name(self, name: str) -> str:
        """``name`` with a unique number, because the tests of a worker share a site."""
        return f"{name}-{next(_player_numbers)}"

    def add_player(self, name: str = "player") -> Player:
        """Sign up a new player over HTTP and verify the address. The username is ``new_name(name)``."""
        username = self.new_name(name)
        number = username.rpartition("-")[2]
        player = Player(username, f"{username}@campus.example")
        names = {"username": username, "full_name": name.title(), "email": player.email, "roll_number": f"R{number}"}
        self.call("POST", "/auth/register", names | {"password": player.password})
        token = self.link_to("verify", player.email).partition("#token=")[2].partition("&")[0]
        self.call("POST", "/auth/verify-email", {"token": token, "password": player.password})
        return player

    def sign_in(self, player: Player) -> str:
        """Sign in on one more device; return its token."""
        answer = self.call("POST", "/auth/login", {"identifier": player.username, "password": player.password})
        token: str = answer["token"]
        return token

    def open_room(self, owner: Player, game: str, **terms: Any) -> dict[str, str]:
        """Open a private room; return its key as ``room`` and its ``invite``."""
        answer: dict[str, str] = self.call("POST", "/rooms", {"game": game, **terms}, self.sign_in(owner))
        return answer

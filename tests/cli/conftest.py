"""Fixtures for the command line: a folder with a database in which a test runs commands, and a server."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli import main
from cli.bot import Seat
from cli.bots import Plan, bot_accounts
from server import app
from server.backends.choose import local_backends, new_node_name
from server.clock import SystemClock
from server.config import Config, load
from server.mail import mailer_of
from storage.accounts import NewAccount
from storage.audit import audit
from storage.database import open_store
from storage.operator_accounts import ensure_players
from storage.store import Store


@dataclass
class Said:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


@dataclass
class Home:
    """The working directory of a test; its ``var`` has the database."""

    folder: Path
    run: Callable[..., Said]

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'var' / 'croupier.db'}"

    @property
    def config(self) -> Config:
        return load()

    def with_database(self, work: Callable[[Store], Coroutine[Any, Any, Any]]) -> Any:
        """Run ``await work(db)`` from a test that is not async."""

        async def run() -> Any:
            db = await open_store(self.url, is_server=False)
            try:
                return await work(db)
            finally:
                await db.close()

        return asyncio.run(run())

    def add_player(self, username: str, credit: int = 100_000) -> int:
        new = NewAccount(
            roll_number=username.upper(),
            email=f"{username}@campus.example",
            username=username,
            full_name=username.title(),
            password_hash="no hash",
        )
        found: list[int] = self.with_database(lambda db: ensure_players(db, [new], credit, datetime.now(UTC)))
        return found[0]


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Home:
    """A folder without a database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CROUPIER_BCRYPT_COST", "4")

    def run(*argv: str) -> Said:
        capsys.readouterr()
        try:
            code = main.main(argv)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return Home(tmp_path, run)


@pytest.fixture
def home(empty_home: Home, migrated_file: Path) -> Home:
    """A folder with a migrated database."""
    (empty_home.folder / "var").mkdir()
    shutil.copy(migrated_file, empty_home.folder / "var" / "croupier.db")
    return empty_home


@dataclass
class Site:
    """A server in this process, with its own database."""

    config: Config
    db: Store
    url: str

    async def seats(self, count: int, name: str = "player") -> list[Seat]:
        """Create players and sign them in."""
        return await bot_accounts(self.config, self.db, Plan(count=count, url=self.url, name=name))


@pytest.fixture
async def site(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Site]:
    """A running server. Its books must balance at the end."""
    shutil.copy(migrated_file, tmp_path / "croupier.db")
    settings: dict[str, Any] = {
        "port": 0,
        "var": str(tmp_path),
        "rate_scale": 100.0,
        "bcrypt_cost": 4,
        "shutdown_timeout": 0.5,
        "crash_betting_ms": 1500,
    }
    config = load({}, **settings)
    clock = SystemClock()
    db = await open_store(config.database())
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    running = asyncio.create_task(
        app.run(
            app.build(config, clock, db, mailer_of(config, clock), local_backends(clock, new_node_name())),
            config,
            stop,
            port.set_result,
        )
    )
    await asyncio.wait((running, port), return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    yield Site(config, db, f"http://127.0.0.1:{port.result()}")
    stop.set()
    await running
    findings = await audit(db)
    await db.close()
    assert findings == []

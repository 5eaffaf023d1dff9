"""Fixtures: worlds with a real HTTP server each."""

import asyncio
import shutil
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpClient

from game_engine.games import GAMES
from server.backends.rate import LocalRateLimiter
from server.config import Config
from server.web.app import add_web
from server.web.live import Parts
from storage import play
from storage.database import Database
from tests.server.web.world import CHEAP_HASHES, KeptMailer, Opener, SmallLobby, SmallPlayers, StillClock, World


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A migrated SQLite database with the games in it, to be copied."""
    path = tmp_path_factory.mktemp("web") / "empty.db"
    shutil.copy(migrated_file, path)

    async def make() -> None:
        db = await Database.open(f"sqlite:///{path}")
        await play.ensure_games(db, {game.name: game.summary for game in GAMES.values()})
        await db.close()

    asyncio.run(make())
    return path


@pytest.fixture
def open_world(tmp_path: Path, empty_database: Path, aiohttp_client: AiohttpClient) -> Opener:
    """Opens a server with the test's own settings."""
    numbers = count()

    async def open_(**settings: Any) -> World:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(empty_database, path)
        defaults: dict[str, Any] = {"bcrypt_cost": CHEAP_HASHES, "rate_scale": 1000.0, "var": str(tmp_path / "var")}
        extra = {
            name: settings.pop(name)
            for name in ("checks", "asyncapi", "client_folder", "packages_folder")
            if name in settings
        }
        extra.setdefault("packages_folder", tmp_path / "none")
        config = Config(**(defaults | settings))
        db = await Database.open(f"sqlite:///{path}")
        clock = StillClock()
        parts = Parts(
            config=config,
            db=db,
            mailer=KeptMailer(clock),
            lobby=SmallLobby(),
            players=SmallPlayers(),
            games=GAMES,
            clock=clock,
            rate_limiter=LocalRateLimiter(clock),
            **extra,
        )
        app = web.Application()
        add_web(app, parts)

        async def close_database(_app: web.Application) -> None:
            await db.close()

        app.on_cleanup.append(close_database)
        return World(db, await aiohttp_client(app), parts)

    return open_


@pytest.fixture
async def world(open_world: Opener) -> World:
    return await open_world()

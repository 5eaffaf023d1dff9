"""Fixtures that open worlds, each with a real HTTP server."""

import asyncio
import shutil
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpClient

from game_engine.games import GAMES
from server.config import Config
from server.web.app import add_web
from storage.database import normalise, open_store
from storage.games import ensure_games
from tests.published import CHECKED
from tests.server.shaky_store import ShakyStore
from tests.server.web.built_client import built_client
from tests.server.web.world import (
    CHEAP_HASHES,
    CountingPasswords,
    FakePlayers,
    FakePrivateRooms,
    FakeRoomService,
    Opener,
    RecordingMailer,
    StillClock,
    World,
    web_deps,
)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A migrated SQLite database with the games in it, to be copied."""
    path = tmp_path_factory.mktemp("web") / "empty.db"
    shutil.copy(migrated_file, path)

    async def make() -> None:
        db = await open_store(f"sqlite:///{path}")
        await ensure_games(db, {game.name: game.summary for game in GAMES.values()})
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
        client_folder = settings.pop("client_folder", built_client(tmp_path / "client"))
        asyncapi = settings.pop("asyncapi", b"{}")
        readiness_checks = settings.pop("readiness_checks", ())
        config = Config(**(defaults | settings))
        db = await ShakyStore.open(normalise(f"sqlite:///{path}"))
        clock = StillClock()
        fakes: dict[str, Any] = {
            "mailer": RecordingMailer(clock),
            "passwords": CountingPasswords(config.bcrypt_cost),
            "room_service": FakeRoomService(),
            "private_rooms": FakePrivateRooms(),
            "players": FakePlayers(),
        }
        deps = web_deps(config, clock, db, readiness_checks=readiness_checks, **fakes)
        app = web.Application()
        add_web(app, deps, asyncapi, client_folder=client_folder)

        async def close_database(_app: web.Application) -> None:
            await db.close()

        app.on_cleanup.append(close_database)
        return World(db=db, clock=clock, deps=deps, client=await aiohttp_client(app, **CHECKED), **fakes)

    return open_


@pytest.fixture
async def world(open_world: Opener) -> World:
    return await open_world()

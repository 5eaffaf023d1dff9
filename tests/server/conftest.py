"""What tests of the live side share: servers with a database each, whose books must balance in the end."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage.audit import audit
from storage.database import normalise
from tests.server.live import QUICK, Live, OpenLive, Rig, ShakyStore, config_of
from tests.server.several import OpenFloor, SharedFloor, open_floor_of


@pytest.fixture
async def db(tmp_path: Path, migrated_file: Path) -> AsyncIterator[ShakyStore]:
    """A migrated SQLite database."""
    path = tmp_path / "alone.db"
    shutil.copy(migrated_file, path)
    db = await ShakyStore.open(normalise(f"sqlite:///{path}"))
    yield db
    await db.close()


@pytest.fixture
async def open_live(tmp_path: Path, migrated_file: Path) -> AsyncIterator[OpenLive]:
    """Opens live sides; ``url`` or ``path`` name the database, ``points`` and ``bettors`` rig the crash rounds;
    ``games`` are more than the listed ones, ``kind`` is more than a Live."""
    opened: list[Live] = []

    async def open_(points: tuple[float, float] = QUICK, bettors: tuple[int, ...] = (1,), **settings: Any) -> Live:
        url = settings.pop("url", f"sqlite:///{tmp_path / 'croupier.db'}")
        path = Path(url.removeprefix("sqlite:///"))
        if url.startswith("sqlite:") and not path.exists():
            shutil.copy(migrated_file, path)
        games = settings.pop("games", ())
        kind = settings.pop("kind", Live)
        live: Live = kind(
            config_of(**settings), await ShakyStore.open(normalise(url)), Rig(points, bettors), None, *games
        )
        opened.append(live)
        await live.start()
        return live

    yield open_
    for live in opened:
        await live.close()
    for live in opened:
        if live is opened[-1]:
            assert await audit(live.db) == []
        await live.db.close()


@pytest.fixture
async def live(open_live: OpenLive) -> Live:
    return await open_live()


@pytest.fixture
async def open_floor(redis_url: str, tmp_path: Path, migrated_file: Path) -> AsyncIterator[OpenFloor]:
    """Opens a floor of several nodes; ``points`` and ``bettors`` rig crash, ``twins`` are further games like it."""
    opened: list[SharedFloor] = []

    async def open_(number: int = 2, **settings: Any) -> SharedFloor:
        floor = await open_floor_of(number, redis_url, tmp_path / "shared.db", migrated_file, **settings)
        opened.append(floor)
        return floor

    yield open_
    for floor in opened:
        await floor.close()

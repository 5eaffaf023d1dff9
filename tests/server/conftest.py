"""What tests of the live side share: servers with a database each, whose books must balance in the end."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage.audit import audit
from storage.database import normalise, open_store
from storage.sqlite import BUSY_SECONDS
from tests.server.live_cluster import LiveCluster, OpenCluster, open_cluster_of
from tests.server.live_node import Live, OpenLive, config_of
from tests.server.rigged_seeds import QUICK, RiggedSeeds
from tests.server.shaky_store import ShakyStore


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
    """Opens live nodes. ``url`` names the database, and ``busy_s`` is how long its writers wait. ``points`` and
    ``bettors`` rig the rounds of crash. ``games`` are played in addition to the usual ones. ``times`` and ``backends``
    replace those of the node, ``ws_limits`` those of the endpoint, and ``clock`` the clock of both. ``kind`` is a
    subclass of Live."""
    opened: list[Live] = []

    async def open_(points: tuple[float, float] = QUICK, bettors: tuple[int, ...] = (1,), **settings: Any) -> Live:
        url = settings.pop("url", f"sqlite:///{tmp_path / 'croupier.db'}")
        path = Path(url.removeprefix("sqlite:///"))
        if url.startswith("sqlite:") and not path.exists():
            shutil.copy(migrated_file, path)
        kind, busy_s = settings.pop("kind", Live), settings.pop("busy_s", BUSY_SECONDS)
        parts = {
            name: settings.pop(name)
            for name in ("games", "times", "ws_limits", "backends", "clock")
            if name in settings
        }
        is_sqlite = url.startswith("sqlite:")
        db = await (ShakyStore.open(normalise(url), busy_s=busy_s) if is_sqlite else open_store(url))
        live: Live = kind(config_of(**settings), db, RiggedSeeds(points, bettors), **parts)
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
async def open_cluster(redis_url: str, tmp_path: Path, migrated_file: Path) -> AsyncIterator[OpenCluster]:
    """Opens a cluster; ``points`` and ``bettors`` rig crash, ``twins`` are further games like it."""
    opened: list[LiveCluster] = []

    async def open_(number: int = 2, **settings: Any) -> LiveCluster:
        cluster = await open_cluster_of(number, redis_url, tmp_path / "shared.db", migrated_file, **settings)
        opened.append(cluster)
        return cluster

    yield open_
    for cluster in opened:
        await cluster.close()

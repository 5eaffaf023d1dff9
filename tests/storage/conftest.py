"""What the tests of storage share: a migrated database of each kind, and a small world in it."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.storage.world import World


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    db = await Database.open(migrated_url)
    yield db
    await db.close()


@pytest.fixture
async def world(database: Database) -> World:
    return World(database)

"""What the tests of storage share: a migrated database of each kind, and a small world in it."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.migrate import upgrade
from tests.storage.world import World


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url)
    db = await Database.open(database_url)
    yield db
    await db.close()


@pytest.fixture
async def world(database: Database) -> World:
    return World(database)

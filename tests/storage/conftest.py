"""Fixtures of the storage tests: a migrated database of each kind, and a small world in it."""

from collections.abc import AsyncIterator

import pytest

from storage.store import Store
from tests.storage.patient_store import open_patient_store
from tests.storage.world import World


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Store]:
    db = await open_patient_store(migrated_url)
    yield db
    await db.close()


@pytest.fixture
async def world(database: Store) -> World:
    return World(database)

"""Migrations of a database's schema; each call is one transaction, safe beside others of its kind."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.calls import translated_errors
from storage.database import open_store

T = TypeVar("T")

CHECK_SECONDS = 10.0
"""How long to wait for the answer which revision a database has."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings for this package, on ``connection``."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    return settings


async def on_connection(url: str, fn: Callable[[Connection], T]) -> T:
    """Call ``fn(connection)`` in one transaction that may change the schema. Raises DatabaseUnavailableError."""
    store = await open_store(url, is_server=False)
    try:
        async with store.alter() as connection:
            return await connection.run_sync(fn)
    finally:
        await store.close()


async def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations up to ``revision``, on an empty database too. Raises DatabaseUnavailableError."""
    await on_connection(url, lambda connection: command.upgrade(config(connection), revision))


async def downgrade(url: str, revision: str) -> None:
    """Undo the migrations after ``revision``; ``base`` undoes all of them and deletes all data. Raises
    DatabaseUnavailableError."""
    await on_connection(url, lambda connection: command.downgrade(config(connection), revision))


async def current(url: str) -> str | None:
    """The database's revision; None: it has none. Does not wait for a migration that is under way. Raises
    DatabaseUnavailableError."""
    store = await open_store(url, is_server=False)
    try:
        async with translated_errors(), asyncio.timeout(CHECK_SECONDS), store.read() as session:
            connection = await session.connection()
            return await connection.run_sync(lambda read: MigrationContext.configure(read).get_current_revision())
    finally:
        await store.close()


def head() -> str:
    """The newest revision."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    assert revision is not None
    return revision


def is_known(revision: str) -> bool:
    """Whether this package has the migration; a newer version may have run others."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions())

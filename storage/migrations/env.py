"""Tells Alembic where to run: on the connection it was handed, or on the one URL of its configuration."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from storage.migrate import on_connection
from storage.models import Base


def run(connection: Connection) -> None:
    # Batch mode: SQLite changes a table by making it anew.
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    asyncio.run(on_connection(str(context.config.get_main_option("sqlalchemy.url")), run))

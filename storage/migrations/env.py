"""Tells Alembic where to run: on the connection it was given, or on the URL of its configuration."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from storage.migrate import on_connection
from storage.models import Base


def run(connection: Connection) -> None:
    # Batch mode: SQLite changes a table by copying it into a new one.
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(on_connection(str(context.config.get_main_option("sqlalchemy.url")), run))

"""Stores for tests that are not about time."""

from storage.database import normalise, open_store
from storage.postgresql import PostgresqlStore
from storage.store import Store


async def open_patient_store(url: str) -> Store:
    """The store that a server opens. PostgreSQL does not cut its transaction if a busy machine stops this process for
    a few seconds."""
    if url.startswith("sqlite"):
        return await open_store(url)
    return await PostgresqlStore.open(normalise(url), idle_transaction_s=600)

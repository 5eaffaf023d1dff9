"""Opens the database that a URL names, on SQLite or PostgreSQL."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage import libpq
from storage.postgresql import PostgresqlStore
from storage.sqlite import SqliteStore
from storage.store import Store

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, whatever characters its path contains."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def normalise(url: str) -> URL:
    """The URL with the driver that this package uses. Raises ValueError for another kind of database, and for
    parameters that can't be obeyed."""
    try:
        parsed = make_url(url)
    except (ValueError, ArgumentError):  # whose text may contain the password
        raise ValueError(
            "a database URL has the form sqlite:///path or postgresql://user:password@host:port/name"
        ) from None
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise ValueError(f"{backend} is not supported: use sqlite:///path or postgresql://…")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ValueError("a SQLite database needs a file")
    if backend == "sqlite" and (parsed.query or parsed.host):
        raise ValueError("a SQLite URL has only a path: sqlite:///path; write ? in it as %3F, and % as %25")
    if backend != "sqlite":
        libpq.connect_args(parsed)
    return parsed.set(drivername=_DRIVERS[backend])


async def open_store(url: str, *, is_server: bool = True) -> Store:
    """Connect to ``sqlite:///path`` or ``postgresql://…``.

    ``is_server``: a server keeps SQLite's write-ahead log short and waits only for a limited time for answers;
    False for a command that runs beside a server, which may write too. Raises ValueError for another kind of
    URL, DatabaseUnavailableError.
    """
    parsed = normalise(url)
    if parsed.get_backend_name() == "sqlite":
        return await SqliteStore.open(parsed, is_server=is_server)
    return await PostgresqlStore.open(parsed, is_server=is_server)

"""Opening a database: which URLs are understood, and what happens when nothing usable is there."""

from pathlib import Path

import pytest

from storage.database import normalise, open_store, sqlite_url
from storage.errors import DatabaseUnavailableError
from storage.migrate import upgrade
from storage.postgresql import PostgresqlStore
from storage.sqlite import SqliteStore


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("sqlite:///var/x.db", "sqlite+aiosqlite:///var/x.db"),
        ("sqlite+pysqlite:////tmp/x.db", "sqlite+aiosqlite:////tmp/x.db"),
        ("postgresql://a:b@h/d", "postgresql+asyncpg://a:b@h/d"),
        ("postgresql+psycopg://h/d?host=/s", "postgresql+asyncpg://h/d?host=%2Fs"),
        ("postgres://h/d?sslmode=require", "postgresql+asyncpg://h/d?sslmode=require"),
    ],
)
def test_urls(url: str, normal: str) -> None:
    assert normalise(url).render_as_string(hide_password=False) == normal


@pytest.mark.parametrize("folder", ["a%20b", "100%", "q?x=1", "a#b", "a b", "a:b@c", "é☕", "a+b&c"])
async def test_a_path_is_taken_as_it_is(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "x.db"
    assert normalise(sqlite_url(path)).database == str(path)
    await upgrade(sqlite_url(path))
    assert path.exists()
    assert [each.name for each in tmp_path.iterdir()] == [folder]


@pytest.mark.parametrize("url", ["sqlite:///x.db?mode=ro", "sqlite://host/x.db"])
def test_a_sqlite_url_has_only_a_path(url: str) -> None:
    with pytest.raises(ValueError, match="only a path"):
        normalise(url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite|supported"):
        normalise(url)


@pytest.mark.parametrize(
    "url", ["postgresql://localhost:1/x", "postgresql://u@/x?host=/nowhere", "sqlite:////dev/null/x.db"]
)
async def test_a_database_that_does_not_exist(url: str) -> None:
    with pytest.raises(DatabaseUnavailableError):
        await open_store(url)


async def test_a_file_that_is_not_a_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 1_000)
    with pytest.raises(DatabaseUnavailableError, match="not a database"):
        await open_store(f"sqlite:///{tmp_path}/x.db")


async def test_the_url_chooses_the_store(sqlite_url: str, postgres_url: str) -> None:
    for url, kind in ((sqlite_url, SqliteStore), (postgres_url, PostgresqlStore)):
        store = await open_store(url)
        await store.close()
        assert type(store) is kind

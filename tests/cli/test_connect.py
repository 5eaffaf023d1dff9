"""Commands open the configured database only if it exists and is up to date."""

import pytest

from cli.connect import account_of, connected, create_if_missing, database_url
from cli.terminal import CommandError
from server.config import load
from storage import migrate
from tests.cli.conftest import Home


async def test_a_migrated_database_is_opened(migrated_url: str) -> None:
    config = load({"CROUPIER_DATABASE_URL": migrated_url})
    async with connected(config) as db:
        await db.ping()
        with pytest.raises(CommandError, match="no player 'nobody'"):
            await account_of(db, "nobody")


async def test_a_new_postgresql_database_has_to_be_migrated(postgres_url: str) -> None:
    with pytest.raises(CommandError, match=r"run\.py migrate"):
        async with connected(load({"CROUPIER_DATABASE_URL": postgres_url})):
            pass


async def test_a_mistyped_path_creates_no_database(empty_home: Home) -> None:
    with pytest.raises(CommandError, match="no database"):
        async with connected(load({})):
            pass
    assert not list(empty_home.folder.rglob("*.db"))


@pytest.mark.parametrize("url", ["mysql://db/croupier", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_an_invalid_url_is_reported(url: str) -> None:
    config = load({"CROUPIER_DATABASE_URL": url})
    with pytest.raises(CommandError, match="CROUPIER_DATABASE_URL"):
        database_url(config)


async def test_a_missing_sqlite_database_is_created(empty_home: Home, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "cli.connect")
    config = load({})
    for _ in range(2):
        await create_if_missing(config.database())
    assert [record.message for record in caplog.records] == ["creating the database var/croupier.db"]
    async with connected(config) as db:
        await db.ping()


async def test_an_empty_file_becomes_a_database(empty_home: Home) -> None:
    path = empty_home.folder / "var" / "croupier.db"
    path.parent.mkdir()
    path.touch()
    await create_if_missing(load({}).database())
    async with connected(load({})) as db:
        await db.ping()


async def test_an_existing_database_is_never_migrated_on_the_way(database_url: str) -> None:
    await migrate.upgrade(database_url, "0001")
    await create_if_missing(database_url)
    assert await migrate.current(database_url) == "0001"
    with pytest.raises(CommandError, match=r"old schema; update it with `run\.py migrate`"):
        async with connected(load({"CROUPIER_DATABASE_URL": database_url})):
            pass

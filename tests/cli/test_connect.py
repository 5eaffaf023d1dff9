"""Commands open the configured database, and only one that is there and up to date."""

import pytest

from cli.connect import account_of, connected, database_url
from cli.terminal import CommandError
from server.config import load
from storage import migrate
from tests.cli.conftest import Home


async def test_a_migrated_database_is_opened_on_both_kinds(database_url: str) -> None:
    config = load({"CROUPIER_DATABASE_URL": database_url})
    await migrate.upgrade(database_url)
    async with connected(config) as db:
        await db.ping()
        with pytest.raises(CommandError, match="no player 'nobody'"):
            await account_of(db, "nobody")


async def test_a_new_postgresql_database_has_to_be_migrated(postgres_url: str) -> None:
    with pytest.raises(CommandError, match=r"run\.py migrate"):
        async with connected(load({"CROUPIER_DATABASE_URL": postgres_url})):
            pass


async def test_a_mistyped_path_makes_no_database(empty_home: Home) -> None:
    with pytest.raises(CommandError, match="no database"):
        async with connected(load({})):
            pass
    assert not list(empty_home.folder.rglob("*.db"))


@pytest.mark.parametrize("url", ["mysql://db/croupier", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_can_not_be_used_is_told(url: str) -> None:
    config = load({"CROUPIER_DATABASE_URL": url})
    with pytest.raises(CommandError, match="CROUPIER_DATABASE_URL"):
        database_url(config)

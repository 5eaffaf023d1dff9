"""`run.py migrate` makes a database, and does nothing to one that is up to date."""

from storage.database import Database
from tests.cli.conftest import Home


def test_a_database_is_made(empty_home: Home) -> None:
    said = empty_home.run("migrate")
    assert said.code == 0
    assert "an empty database" in said.out
    assert (empty_home.folder / "var" / "croupier.db").exists()
    assert "up to date" in empty_home.run("migrate").out
    assert empty_home.run("migrate", "--quiet").out == ""


def test_commands_ask_for_the_migration(home: Home) -> None:
    home.with_database(forget_revision)
    said = home.run("user", "list")
    assert said.code == 2
    assert "run.py migrate" in said.err


def test_a_newer_database_is_told_in_one_line(home: Home) -> None:
    home.with_database(make_newer)
    for command in (("migrate",), ("user", "list"), ("serve",), ("serve", "--demo")):
        said = home.run(*command)
        assert said.code == 2
        assert said.err.startswith("run.py: the database is newer than this code")
        assert said.err.count("\n") == 1


async def make_newer(db: Database) -> None:
    async with db.alter() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


async def forget_revision(db: Database) -> None:
    async with db.alter() as connection:
        await connection.exec_driver_sql("DELETE FROM alembic_version")

"""`run.py migrate` creates a database and leaves one that is up to date alone."""

from storage.store import Store
from tests.cli.conftest import Home


def test_a_database_is_created(empty_home: Home) -> None:
    said = empty_home.run("migrate")
    assert said.code == 0
    assert "an empty database" in said.out
    assert (empty_home.folder / "var" / "croupier.db").exists()
    assert "up to date" in empty_home.run("migrate").out
    assert empty_home.run("migrate", "--quiet").out == ""


def test_commands_refuse_an_outdated_database(home: Home) -> None:
    home.with_database(forget_revision)
    for command in (("user", "list"), ("serve",)):
        said = home.run(*command)
        assert said.code == 2
        assert "run.py migrate" in said.err


def test_a_newer_database_is_refused_in_one_line(home: Home) -> None:
    home.with_database(make_newer)
    for command in (("migrate",), ("user", "list"), ("serve",), ("serve", "--demo")):
        said = home.run(*command)
        assert said.code == 2
        assert said.err.startswith("run.py: a newer version of Croupier made this database")
        assert said.err.count("\n") == 1


async def make_newer(db: Store) -> None:
    async with db.alter() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


async def forget_revision(db: Store) -> None:
    async with db.alter() as connection:
        await connection.exec_driver_sql("DELETE FROM alembic_version")

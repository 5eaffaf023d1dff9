"""What a restore refuses. tests/cli/test_backup.py restores what it has backed up."""

import asyncio

import pytest
from sqlalchemy import text

from storage.database import open_store
from tests.cli.conftest import Home


def test_a_restore_into_nothing_makes_a_database(home: Home) -> None:
    home.add_player("ann")
    assert home.run("backup", "copy").code == 0
    for path in (home.folder / "var").iterdir():
        path.unlink()
    said = home.run("restore", "copy")
    assert (said.code, said.out) == (0, "Restored copy.\nIts books balance.\n")
    assert "ann" in home.run("user", "list").out
    assert (home.folder / "var" / "croupier.db").stat().st_mode & 0o777 == 0o600


def test_a_damaged_database_can_be_replaced(home: Home) -> None:
    home.add_player("ann")
    assert home.run("backup", "copy").code == 0
    (home.folder / "var" / "croupier.db").write_bytes(b"no database" * 1000)
    assert home.run("restore", "copy", "--replace").code == 0
    assert "ann" in home.run("user", "list").out
    [kept] = (home.folder / "var").glob("croupier.db.before-restore-*")
    assert kept.read_bytes() == b"no database" * 1000


def test_a_backup_of_a_newer_version_is_refused(
    empty_home: Home, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def raise_revision() -> None:
        store = await open_store(migrated_url, is_server=False)
        async with store.write() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await store.close()

    monkeypatch.setenv("CROUPIER_DATABASE_URL", migrated_url)
    asyncio.run(raise_revision())
    assert empty_home.run("backup", "copy").code == 0
    said = empty_home.run("restore", "copy", "--replace")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "newer version" in said.err

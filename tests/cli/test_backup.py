"""Backups are whole, private and audited, of a database in use too; restores put them back and keep what was there."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from cli import main
from cli.only_server import only_server_of
from storage import ledger, migrate
from storage.accounts import NewAccount
from storage.database import normalise, open_store
from storage.operator_accounts import ensure_players
from tests.cli.conftest import Home
from tests.conftest import PostgresServer


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def place(request: pytest.FixtureRequest, home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A folder, and a migrated database on SQLite or PostgreSQL with one player."""
    if request.param == "postgresql":
        monkeypatch.setenv("CROUPIER_DATABASE_URL", request.getfixturevalue("migrated_postgres_url"))
    add(home, "ann")
    return home


def add(home: Home, name: str) -> None:
    async def run() -> None:
        store = await open_store(home.config.database(), is_server=False)
        new = NewAccount(
            roll_number=name, email=f"{name}@x.example", username=name, full_name=name, password_hash="no hash"
        )
        await ensure_players(store, [new], 500, datetime.now(UTC))
        await store.close()

    asyncio.run(run())


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def names(home: Home) -> list[str]:
    said = home.run("user", "list")
    assert said.code == 0, said
    return [name for name in ("ann", "bob") if name in said.out]


def spoil(home: Home) -> None:
    """Let the books be wrong."""

    async def run() -> None:
        store = await open_store(home.config.database(), is_server=False)
        async with store.write() as session:
            await session.execute(text("UPDATE wallets SET balance = balance + 1"))
        await store.close()

    asyncio.run(run())


def test_a_backup_is_private_audited_and_brings_back_what_it_has(place: Home) -> None:
    with umask(0):
        said = place.run("backup", "copy")
    assert (said.code, said.err) == (0, ""), said
    assert "Its books balance." in said.out
    assert (place.folder / "copy").stat().st_mode & 0o777 == 0o600
    assert not [each for each in place.folder.iterdir() if each.name not in ("copy", "var")]
    add(place, "bob")
    assert names(place) == ["ann", "bob"]
    said = place.run("restore", "copy")
    assert (said.code, said.out, said.err.count("\n")) == (main.WRONG_INPUT, "", 1)
    assert "not empty; --replace" in said.err
    said = place.run("restore", "copy", "--replace")
    assert (said.code, said.err) == (0, ""), said
    assert "Its books balance." in said.out
    assert names(place) == ["ann"]
    [kept] = (place.folder / "var").glob("*before-restore*")
    assert kept.stat().st_mode & 0o077 == 0
    said = place.run("restore", str(kept), "--replace")
    assert said.code == 0, said
    assert names(place) == ["ann", "bob"]
    assert place.run("audit").code == 0


def test_a_backup_beside_a_server_is_allowed_and_a_restore_is_not(place: Home) -> None:
    async def beside_a_server(*argv: str) -> tuple[int, str]:
        async with only_server_of(place.config.database(), asyncio.Event()):
            store = await open_store(place.config.database())
            try:
                said = await asyncio.to_thread(place.run, *argv)
            finally:
                await store.close()
        return said.code, said.err

    assert asyncio.run(beside_a_server("backup", "copy")) == (0, "")
    code, err = asyncio.run(beside_a_server("restore", "copy", "--replace"))
    assert (code, err) == (2, "run.py: a server uses this database: stop it first, and every node of a cluster\n")


def test_a_backup_under_load_is_of_one_moment(place: Home) -> None:
    """Its books balance although money moves all the time."""

    async def run() -> tuple[int, str, int]:
        store = await open_store(place.config.database())
        moving, credits = True, 0

        async def move() -> None:
            nonlocal credits
            while moving:
                await ledger.credit(store, 1, 5, "top-up", "x")
                credits += 1

        mover = asyncio.create_task(move())
        try:
            said = await asyncio.to_thread(place.run, "backup", "copy")
            after = credits
        finally:
            moving = False
            await mover
            await store.close()
        return said.code, said.out, after

    code, out, credits = asyncio.run(run())
    assert (code, "Its books balance." in out) == (0, True), out
    assert credits > 0


def test_a_file_is_overwritten_only_on_demand(place: Home) -> None:
    (place.folder / "copy").write_text("precious")
    said = place.run("backup", "copy")
    assert (said.code, said.out, said.err) == (2, "", "run.py: copy exists; --overwrite replaces it\n")
    assert (place.folder / "copy").read_text() == "precious"
    assert place.run("backup", "copy", "--overwrite").code == 0
    assert (place.folder / "copy").read_bytes()[:5] in (b"SQLit", b"PGDMP")


@pytest.mark.parametrize("target", ["nowhere/copy", "var", "x" * 300])
def test_a_target_that_can_not_be_written_is_one_line(place: Home, target: str) -> None:
    said = place.run("backup", target)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("content", [None, b"", b"nonsense" * 1000])
def test_a_file_that_is_no_backup_changes_nothing(place: Home, content: bytes | None) -> None:
    if content is not None:
        (place.folder / "copy").write_bytes(content)
    said = place.run("restore", "copy", "--replace")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1), said
    assert names(place) == ["ann"]


def test_wrong_books_are_told_at_backup_and_restore(place: Home) -> None:
    spoil(place)
    said = place.run("backup", "copy")
    assert (said.code, "Its books don't balance" in said.out) == (1, True)
    said = place.run("restore", "copy", "--replace")
    assert (said.code, "Its books don't balance" in said.out) == (1, True)


def test_an_old_backup_is_migrated(empty_home: Home, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROUPIER_DATABASE_URL", database_url)
    asyncio.run(migrate.upgrade(database_url, "0005"))
    said = empty_home.run("backup", "old")
    assert (said.code, "was not audited: its schema" in said.out) == (0, True)
    asyncio.run(migrate.upgrade(database_url))
    said = empty_home.run("restore", "old", "--replace")
    assert said.code == 0, said
    assert f"Migrated it from 0005 to {migrate.head()}." in said.out
    assert empty_home.run("audit").code == 0


def test_the_database_itself_is_no_target_and_no_backup(home: Home) -> None:
    for argv in (("backup", "var/croupier.db", "--overwrite"), ("restore", "var/croupier.db", "--replace")):
        said = home.run(*argv)
        assert (said.code, said.err) == (2, "run.py: var/croupier.db is the database itself\n")


def test_a_log_that_was_not_written_back_is_kept_with_its_file(home: Home) -> None:
    home.run("backup", "copy")
    path = home.folder / "var" / "croupier.db"
    with closing(sqlite3.connect(path)) as open_elsewhere:
        open_elsewhere.execute("PRAGMA journal_mode=WAL")
        home.add_player("bob")
        assert path.with_name("croupier.db-wal").stat().st_size > 0
        said = home.run("restore", "copy", "--replace")
        assert said.code == 0, said
    assert names(home) == []
    [kept] = [each for each in (home.folder / "var").glob("croupier.db.before-restore-*") if each.name.endswith("Z")]
    assert home.run("restore", str(kept), "--replace").code == 0
    assert names(home) == ["bob"]


def test_the_journal_of_live_rounds_is_set_aside(home: Home) -> None:
    home.run("backup", "copy")
    (home.folder / "var" / "live_rounds.jsonl").write_text("{}\n")
    assert home.run("restore", "copy", "--replace").code == 0
    [kept] = (home.folder / "var").glob("live_rounds.jsonl*")
    assert kept.name.startswith("live_rounds.jsonl.before-restore-")


def test_a_user_without_the_right_to_create_databases(
    empty_home: Home,
    postgres_server: PostgresServer,
    migrated_postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = normalise(migrated_postgres_url).database
    postgres_server.execute(f"CREATE ROLE {database}_plain LOGIN")
    postgres_server.execute(f"GRANT pg_read_all_data TO {database}_plain")
    try:
        monkeypatch.setenv("CROUPIER_DATABASE_URL", migrated_postgres_url.replace("postgres@", f"{database}_plain@"))
        said = empty_home.run("backup", "copy")
        assert (said.code, said.err) == (0, ""), said
        assert "It was not audited: the database's user may not create a scratch database" in said.out
    finally:
        postgres_server.execute(f"DROP OWNED BY {database}_plain")
        postgres_server.execute(f"DROP ROLE {database}_plain")

"""The command `restore`: puts a backup in the place of the database, and audits it there."""

import argparse
import asyncio
import errno
import os
import shutil
import sqlite3
import urllib.parse
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import URL

from cli import backup
from cli.connect import database_url, missing_file, revision_of
from cli.only_server import DatabaseInUseError, only_server_of
from cli.pg_tools import run_tool
from cli.private_file import publish, unfinished
from cli.terminal import CommandError, program
from server.backends.choose import LIVE_ROUNDS
from server.config import Config
from storage import libpq, migrate
from storage.database import normalise, sqlite_url
from storage.errors import DatabaseUnavailableError
from storage.sqlite import as_single_file

IS_EMPTY = "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
DROP_EVERYTHING = """DO $$ DECLARE
  each text;
  here constant oid := current_schema()::regnamespace;
  -- All names before the first drop, which takes others with it.
  drops constant text[] := ARRAY(
    SELECT format('DROP TABLE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
      WHERE relnamespace = here AND relkind IN ('r', 'p')
    UNION ALL SELECT format('DROP SEQUENCE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
      WHERE relnamespace = here AND relkind = 'S'
    UNION ALL SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
      WHERE p.pronamespace = here AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype) FROM pg_type
      WHERE typnamespace = here AND typtype = 'e');
BEGIN
  SET LOCAL lock_timeout = '10s';
  FOREACH each IN ARRAY drops LOOP EXECUTE each; END LOOP;
END $$"""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "restore",
        help="put a backup in the place of the database and audit it; exits 1 if its books don't balance",
        description="Put a backup in the place of the database, bring it up to date, and audit it. Stop the server "
        "first. A database that is not empty is kept aside.",
        epilog=f"example: {program()} restore backup/monday.db --replace",
    )
    parser.add_argument("backup", metavar="FILE", help="a file that `backup` wrote")
    parser.add_argument("--replace", action="store_true", help="replace a database that is not empty")
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, config: Config) -> int:
    url, source = database_url(config), Path(args.backup)
    stamp = f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    is_sqlite = normalise(url).get_backend_name() == "sqlite"
    try:
        async with only_server_of(url, asyncio.Event()):
            if is_sqlite:
                await _restore_file(url, source, stamp, replace=args.replace)
            else:
                await _restore_dump(normalise(url), config, source, stamp, replace=args.replace)
            _set_journal_aside(config, stamp)
            print(f"Restored {source}.")
            return await _up_to_date_and_audited(url)
    except OSError as error:
        raise CommandError(f"can't restore {source}: {error.strerror or error}") from error
    except DatabaseInUseError:
        raise CommandError("a server uses this database: stop it first, and every node of a cluster") from None


async def _up_to_date_and_audited(url: str) -> int:
    before = await revision_of(url)
    if before != migrate.head():
        await migrate.upgrade(url)
        print(f"Migrated it from {before} to {migrate.head()}.")
    found = await backup.audited(url)
    assert not isinstance(found, str)
    return backup.report(found)


def _set_journal_aside(config: Config, stamp: str) -> None:
    """A single server's journal has rounds of the database that was there before."""
    journal = Path(config.var) / LIVE_ROUNDS
    if not config.redis_url and journal.exists():
        journal.rename(journal.with_name(f"{LIVE_ROUNDS}.{stamp}"))


# ---- SQLite ----


async def _restore_file(url: str, source: Path, stamp: str, *, replace: bool) -> None:
    target = Path(str(normalise(url).database))
    is_there = missing_file(url) is None
    if is_there and target.is_dir():
        raise DatabaseUnavailableError(f"{target}: {os.strerror(errno.EISDIR)}")
    if is_there and not replace:
        raise CommandError(
            f"the database {target} is not empty; --replace puts the backup in its place and keeps it aside"
        )
    if is_there and source.exists() and source.samefile(target):
        raise CommandError(f"{source} is the database itself")
    with unfinished(target) as path:
        await asyncio.to_thread(_copy, source, path)
        if await revision_of(sqlite_url(path)) is None:
            raise CommandError(f"{source} is no backup of Croupier: it has no schema of it")
        as_single_file(path)
        if is_there:
            kept = target.with_name(f"{target.name}.{stamp}")
            for suffix in ("-wal", "-shm", ""):  # the log has the newest rounds, and follows its file's name
                old = target.with_name(target.name + suffix)
                if old.exists():
                    old.rename(kept.with_name(kept.name + suffix))
            print(f"The old database is kept as {kept}.")
        publish(path, target)


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite file with its log, if it has one. Raises CommandError."""
    if not source.is_file():
        raise CommandError(f"there is no file {source}")
    try:
        with (
            closing(sqlite3.connect(f"file:{urllib.parse.quote(str(source.absolute()))}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise CommandError(f"{source} can't be restored: {error}") from error


# ---- PostgreSQL ----


async def _restore_dump(url: URL, config: Config, source: Path, stamp: str, *, replace: bool) -> None:
    major = await backup.server_version(url)
    is_there = await backup.execute(url, IS_EMPTY) != "0"
    if is_there and not replace:
        raise CommandError("the database is not empty; --replace puts the backup in its place and keeps a dump of it")
    if not source.is_file():
        raise CommandError(f"there is no file {source}")
    Path(config.var).mkdir(parents=True, exist_ok=True)
    with unfinished(Path(config.var) / "restore") as copy:
        # Another program may change the file after the check, so check and load a copy of our own.
        await asyncio.to_thread(shutil.copyfile, source, copy)
        await run_tool("pg_restore", major, url, "--file=/dev/null", str(copy))
        kept = ""
        if is_there:
            kept = await _keep_dump(url, config, stamp, major)
            await _drop_everything(url)
        try:
            where = libpq.connect_args(url)
            name = where["database"] or where["user"]
            await run_tool("pg_restore", major, url, *backup.LOAD, f"--dbname={name}", str(copy))
        except CommandError as error:
            back = f"; the database is empty now, {program()} restore {kept} brings the old one back" if kept else ""
            raise CommandError(f"{error}{back}") from error


async def _keep_dump(url: URL, config: Config, stamp: str, major: int) -> str:
    kept = Path(config.var) / f"{stamp}.dump"
    with unfinished(kept) as path:
        await run_tool("pg_dump", major, url, *backup.DUMP, f"--file={path}")
        publish(path, kept)
    print(f"A dump of the old database is kept as {kept}.")
    return str(kept)


async def _drop_everything(url: URL) -> None:
    try:
        await backup.execute(url, DROP_EVERYTHING)
    except asyncpg.InsufficientPrivilegeError as error:
        raise CommandError(f"the database's user may not replace it: {error}") from error

"""The command `backup`: writes a copy of the database, beside a running server too, and audits the copy."""

import argparse
import secrets
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import URL

from cli.connect import database_url, require_database
from cli.pg_tools import run_tool
from cli.private_file import publish, unfinished
from cli.terminal import CommandError, program, table
from server.config import Config
from storage import audit, libpq, migrate
from storage.database import normalise, open_store, sqlite_url
from storage.errors import DatabaseUnavailableError
from storage.postgresql import PATIENCE_SECONDS
from storage.sqlite import SqliteStore, as_single_file

DUMP = ("--format=custom", "--no-owner", "--no-privileges")


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "backup",
        help="write a copy of the database to a file and audit it; exits 1 if its books don't balance",
        description="Write a copy of the database, as of one moment, to a file that only you may read. The server may "
        "run meanwhile. For PostgreSQL this needs pg_dump; the copy is audited in a scratch database if the "
        "database's user may create one.",
        epilog=f"example: {program()} backup backup/croupier-$(date +%F).db",
    )
    parser.add_argument("to", metavar="FILE", help="the file to write")
    parser.add_argument("--overwrite", action="store_true", help="replace FILE if it exists")
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, config: Config) -> int:
    url, target = database_url(config), Path(args.to)
    require_database(url)
    _refuse_target(url, target, overwrite=args.overwrite)
    with unfinished(target) as path:
        checked = await write(url, path)
        publish(path, target)
    size = f"{target.stat().st_size:,} bytes"
    if isinstance(checked, str):
        print(f"{target} has a copy of the database ({size}). It was not audited: {checked}.")
        return 0
    print(f"{target} has a copy of the database ({size}).")
    return report(checked)


def report(findings: list[audit.BrokenRow]) -> int:
    """Print what an audit found; returns the exit code."""
    if not findings:
        print("Its books balance.")
        return 0
    print(table(("rule", "where", "problem"), [(f.rule, f.where, f.detail) for f in findings]))
    print(f"Its books don't balance: {len(findings)} finding{'' if len(findings) == 1 else 's'}.")
    return 1


def _refuse_target(url: str, target: Path, *, overwrite: bool) -> None:
    parsed = normalise(url)
    try:
        if target.is_dir():
            raise CommandError(f"{target} is a folder: name a file in it")
        if not target.exists():
            return
        if parsed.get_backend_name() == "sqlite" and target.samefile(str(parsed.database)):
            raise CommandError(f"{target} is the database itself")
    except OSError as error:
        raise CommandError(f"can't write {target}: {error.strerror}") from error
    if not overwrite:
        raise CommandError(f"{target} exists; --overwrite replaces it")


async def write(url: str, path: Path) -> list[audit.BrokenRow] | str:
    """Write a copy to ``path``, an empty file. Returns the findings in the copy, or why it was not audited.

    Raises CommandError, DatabaseUnavailableError."""
    parsed = normalise(url)
    if parsed.get_backend_name() == "sqlite":
        store = await open_store(url, is_server=False)
        assert isinstance(store, SqliteStore)
        try:
            await store.copy_to(path)
        finally:
            await store.close()
        found = await audited(sqlite_url(path))
        as_single_file(path)
        return found
    await run_tool("pg_dump", await server_version(parsed), parsed, *DUMP, f"--file={path}")
    return await _audited_dump(parsed, path)


async def audited(url: str) -> list[audit.BrokenRow] | str:
    """The findings in a database, or why it was not audited."""
    if await migrate.current(url) != migrate.head():
        return "its schema is not that of this version"
    store = await open_store(url, is_server=False)
    try:
        return await audit.audit(store)
    finally:
        await store.close()


async def _audited_dump(url: URL, dump: Path) -> list[audit.BrokenRow] | str:
    """What an audit finds in the dump, restored into a database that is dropped again."""
    major, scratch = await server_version(url), f"croupier_check_{secrets.token_hex(6)}"
    try:
        await execute(url, f"CREATE DATABASE {scratch} TEMPLATE template0")
    except asyncpg.InsufficientPrivilegeError:
        # Reads the dump to its end.
        await run_tool("pg_restore", major, url, "--file=/dev/null", str(dump))
        return "the database's user may not create a scratch database (ALTER ROLE … CREATEDB), but the dump is readable"
    there = url.set(database=scratch, query={key: value for key, value in url.query.items() if key != "dbname"})
    try:
        await run_tool("pg_restore", major, there, *LOAD, f"--dbname={scratch}", str(dump))
        return await audited(there.render_as_string(hide_password=False))
    finally:
        await execute(url, f"DROP DATABASE {scratch} WITH (FORCE)")


LOAD = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")


async def server_version(url: URL) -> int:
    """PostgreSQL's major version. Raises DatabaseUnavailableError."""
    return int(await execute(url, "SHOW server_version_num")) // 10_000


async def execute(url: URL, statement: str) -> str:
    """Run a statement of our own outside a transaction; returns its first value. Raises DatabaseUnavailableError, and
    asyncpg's error for a missing privilege."""
    try:
        connection = await asyncpg.connect(**{"timeout": PATIENCE_SECONDS} | libpq.connect_args(url))
        try:
            return str(await connection.fetchval(statement))
        finally:
            await connection.close()
    except asyncpg.InsufficientPrivilegeError:
        raise
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnavailableError(str(error)) from error

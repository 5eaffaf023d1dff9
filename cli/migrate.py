"""The command `migrate`: creates the database or updates it to the newest schema."""

import argparse
from typing import Any

from cli.connect import database_url, revision_of
from server.config import Config
from storage import migrate


def add(commands: Any) -> None:
    parser = commands.add_parser("migrate", help="create the database or update it to the newest schema")
    parser.add_argument("--quiet", action="store_true", help="print nothing if there is nothing to do")
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, config: Config) -> int:
    url = database_url(config)
    before = await revision_of(url)
    if before == migrate.head():
        if not args.quiet:
            print(f"The database is up to date ({before}).")
        return 0
    print(f"Migrating {'an empty database' if before is None else f'from {before}'} to {migrate.head()}…")
    await migrate.upgrade(url)
    return 0

"""The way of every command to the database: opened here, checked, and closed again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from cli.terminal import CommandError
from server.config import PREFIX, Config
from storage import migrate
from storage.accounts import Account
from storage.database import Database, normalise
from storage.operator import AmbiguousNameError, find_account


def database_url(config: Config) -> str:
    """The configured URL, looked at. Raises CommandError."""
    try:
        normalise(config.database())
    except (ValueError, ArgumentError, NoSuchModuleError) as error:
        raise CommandError(f"{PREFIX}DATABASE_URL can't be used: {error}") from error
    return config.database()


def require_made(url: str) -> None:
    """Raises CommandError when a SQLite database is not there, so that a mistyped path makes none."""
    parsed = normalise(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        raise CommandError(f"there is no database at {parsed.database}: make it with `run.py migrate`")


async def revision_of(url: str) -> str | None:
    """The schema revision of the database; None if it is empty.

    Raises CommandError if a newer version of Croupier made it, and DatabaseUnavailableError.
    """
    revision = await migrate.current(url)
    if revision is not None and not migrate.is_known(revision):
        raise CommandError("the database is newer than this code: bring the code up to date, or go back to a backup")
    return revision


async def bring_up_to_date(url: str) -> None:
    """Raises CommandError, DatabaseUnavailableError."""
    if await revision_of(url) != migrate.head():
        await migrate.upgrade(url)


@asynccontextmanager
async def connected(config: Config, *, server: bool = False) -> AsyncIterator[Database]:
    """The configured database, open. ``server`` also starts settlement and the upkeep of SQLite's log.

    Raises CommandError when the database is missing or outdated, and DatabaseUnavailableError.
    """
    url = database_url(config)
    require_made(url)
    if await revision_of(url) != migrate.head():
        raise CommandError("the database is not up to date: bring it there with `run.py migrate`")
    db = await Database.open(url, writer=server)
    try:
        if server:
            await db.start_settling()
        yield db
    finally:
        await db.close()


async def account_of(db: Database, user: str) -> Account:
    """Who is meant by a username, an e-mail address or a roll number. Raises CommandError."""
    try:
        account = await find_account(db, user)
    except AmbiguousNameError:
        raise CommandError(f"{user!r} can mean several players: give the e-mail address") from None
    if account is None:
        raise CommandError(f"there is no player {user!r}")
    return account

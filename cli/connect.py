"""Opens the configured database for a command, after checking that it exists and has the newest schema."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from cli.terminal import CommandError, program
from server.config import PREFIX, Config
from storage import migrate, sign_ups
from storage.accounts import Account
from storage.database import normalise, open_store
from storage.errors import DatabaseUnavailableError
from storage.operator_accounts import AmbiguousNameError, find_account
from storage.store import Store

S = TypeVar("S", bound=Struct)

log = logging.getLogger(__name__)


def database_url(config: Config) -> str:
    """The URL of the configured database. Raises CommandError if the URL is invalid."""
    try:
        normalise(config.database())
    except ValueError as error:
        raise CommandError(f"{PREFIX}DATABASE_URL is invalid: {error}") from error
    return config.database()


def missing_file(url: str) -> Path | None:
    """The path of a SQLite database that does not exist or is an empty file; None for any other database.

    Raises DatabaseUnavailableError if the path can't be looked at."""
    parsed = normalise(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    path = Path(str(parsed.database))
    try:
        return path if not path.exists() or path.stat().st_size == 0 else None
    except OSError as error:  # a closed folder, or a name that is too long
        raise DatabaseUnavailableError(f"{path}: {error.strerror}") from error


def require_database(url: str) -> None:
    """Raises CommandError if the SQLite file does not exist, so that a mistyped path does not create a database."""
    path = missing_file(url)
    if path is not None:
        raise CommandError(f"there is no database at {path}; create it with `{program()} migrate`")


async def create_if_missing(url: str) -> None:
    """Create a SQLite database that does not exist yet; leave any other database as it is.

    Raises DatabaseUnavailableError.
    """
    path = missing_file(url)
    if path is not None:
        log.info("creating the database %s", path)
        await migrate.upgrade(url)


async def revision_of(url: str) -> str | None:
    """The schema revision of the database; None if it is empty.

    Raises CommandError if a newer version of Croupier made it, and DatabaseUnavailableError.
    """
    revision = await migrate.current(url)
    if revision is not None and not migrate.is_known(revision):
        raise CommandError(
            "a newer version of Croupier made this database: install that version, or restore a backup from before it"
        )
    return revision


async def bring_up_to_date(url: str) -> None:
    """Run the migrations that are missing. Raises CommandError, DatabaseUnavailableError."""
    if await revision_of(url) != migrate.head():
        await migrate.upgrade(url)


@asynccontextmanager
async def connected(config: Config, *, server: bool = False) -> AsyncIterator[Store]:
    """The configured database, open. ``server`` also starts settlement and the upkeep of SQLite's log.

    Raises CommandError when the database is missing or outdated, and DatabaseUnavailableError.
    """
    url = database_url(config)
    require_database(url)
    if await revision_of(url) != migrate.head():
        raise CommandError(f"the database is empty or has an old schema; update it with `{program()} migrate`")
    db = await open_store(url, is_server=server)
    try:
        yield db
    finally:
        await db.close()


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Raises CommandError in place of the errors of a row whose values somebody has changed by hand: no server writes
    such a row."""
    try:
        yield
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise CommandError(f"{what} can't be read; somebody has changed it: {error}") from error


def checked(row: S) -> S:
    """The row, whose values have the types of its fields. Raises ValueError. SQLite keeps any value in any column."""
    return msgspec.convert(structs.asdict(row), type(row))


async def account_of(db: Store, user: str) -> Account:
    """The account with this username, e-mail address or roll number. Raises CommandError if it isn't exactly one."""
    try:
        with reading(f"the account of {user!r}"):
            found = await find_account(db, user)
            account = found and checked(found)
    except AmbiguousNameError:
        raise CommandError(f"{user!r} matches more than one player: give the e-mail address") from None
    if account is None:
        with reading(f"the sign-up of {user!r}"):
            waiting = await sign_ups.find_all(db, user, datetime.now(UTC))
        if waiting:
            raise CommandError(f"{user!r} has signed up but has no account yet: verify it first")
        raise CommandError(f"there is no player {user!r}")
    return account

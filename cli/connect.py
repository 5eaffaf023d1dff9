"""The way of every command to the database: opened here, checked, and closed again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from cli.terminal import WrongInput
from server.config import PREFIX, Config
from storage import migrate
from storage.accounts import Account
from storage.database import Database, normalise
from storage.operator import Ambiguous, find_account


def database_url(config: Config) -> str:
    """The configured URL, looked at. Raises WrongInput."""
    try:
        normalise(config.database())
    except (ValueError, ArgumentError, NoSuchModuleError) as error:
        raise WrongInput(f"{PREFIX}DATABASE_URL can't be used: {error}") from error
    return config.database()


@asynccontextmanager
async def connected(config: Config, *, server: bool = False) -> AsyncIterator[Database]:
    """The migrated database. ``server``: this process takes care of SQLite's log. Raises WrongInput, Unavailable."""
    url = database_url(config)
    path = normalise(url).database
    if normalise(url).get_backend_name() == "sqlite" and not Path(str(path)).exists():
        raise WrongInput(f"there is no database at {path}: make it with `run.py migrate`")
    if await migrate.current(url) != migrate.head():
        raise WrongInput("the database is not up to date: bring it there with `run.py migrate`")
    db = await Database.open(url, writer=server)
    try:
        yield db
    finally:
        await db.close()


async def account_of(db: Database, user: str) -> Account:
    """Who is meant by a username, an e-mail address or a roll number. Raises WrongInput."""
    try:
        account = await find_account(db, user)
    except Ambiguous:
        raise WrongInput(f"{user!r} can mean several players: give the e-mail address") from None
    if account is None:
        raise WrongInput(f"there is no player {user!r}")
    return account

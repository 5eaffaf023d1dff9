"""What the exceptions of both database drivers mean: unavailable, try again, or values that can't be written."""

import sqlite3

import asyncpg
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from storage import settle_sqlite

RETRYABLE_SQLSTATES = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: PostgreSQL asks for the same transaction again."""
CONNECTION_SQLSTATES = ("08", "28", "3D000", "53", "57", "58", "XX", "25006", "55P03", "42501")
"""Codes and classes of codes that say "not now": connection, refused sign-in, missing database, resources, operator
intervention, system and internal error; a read-only standby, a lock that is not available, a missing privilege."""
VALUE_SQLSTATES = ("22", "23")
"""Classes of codes for values that can't be written: wrong data, violated constraints."""

_UNAVAILABLE_WITHOUT_SQLSTATE = (
    OperationalError,
    InterfaceError,
    sqlite3.OperationalError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server closed the connection at the moment it was used
)
_UNWRITABLE_WITHOUT_SQLSTATE = (IntegrityError, DataError, *settle_sqlite.UNWRITABLE)


class DatabaseUnavailableError(Exception):
    """The database can't be reached or can't answer now; the same call may work later."""


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of an error, however deeply it is wrapped; empty if there is none."""
    seen: BaseException | None = error
    while seen is not None:
        code = getattr(seen, "sqlstate", None) or getattr(getattr(seen, "orig", None), "sqlstate", None)
        if code:
            return str(code)
        seen = seen.__cause__
    return ""


def is_unavailable(error: BaseException) -> bool:
    """Whether the error says that the database can't answer now."""
    if isinstance(error, (OSError, TimeoutError, PoolTimeoutError)):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # SQLite raises exactly these for a file that is damaged or is not a database; their subclasses mean other things.
    if type(error) in (DatabaseError, sqlite3.DatabaseError):
        return True
    code = sqlstate(error)
    return code.startswith(CONNECTION_SQLSTATES) if code else isinstance(error, _UNAVAILABLE_WITHOUT_SQLSTATE)


def is_unwritable(error: BaseException) -> bool:
    """Whether the error says that these values can't be written, now or later."""
    code = sqlstate(error)
    return code.startswith(VALUE_SQLSTATES) if code else isinstance(error, _UNWRITABLE_WITHOUT_SQLSTATE)


def reason_of(error: BaseException) -> str:
    """The first line of what the database's driver says, without SQLAlchemy's wrapping."""
    driver_error: BaseException = getattr(error, "orig", None) or error
    if isinstance(driver_error, TimeoutError) and not driver_error.args:  # of ``asyncio.timeout``
        return "it has not answered in time"
    driver_error = driver_error.__cause__ or driver_error
    if isinstance(driver_error, OSError) and driver_error.strerror:
        return driver_error.strerror
    lines = str(driver_error).splitlines()
    return lines[0] if lines else type(driver_error).__name__

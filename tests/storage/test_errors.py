"""What drivers' errors mean: unavailable, to be tried again, or values that can't be written."""

import sqlite3

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.errors import is_unavailable, is_unwritable, reason_of, sqlstate


def test_sqlstate_is_found_in_wrapped_errors() -> None:
    assert sqlstate(OperationalError("", None, asyncpg.DeadlockDetectedError())) == "40P01"
    assert sqlstate(asyncpg.SerializationError()) == "40001"
    assert sqlstate(ValueError()) == ""


@pytest.mark.parametrize(
    ("error", "unavailable", "unwritable"),
    [
        (ConnectionResetError(), True, False),
        (TimeoutError(), True, False),
        (asyncpg.AdminShutdownError(), True, False),
        (asyncpg.InvalidPasswordError(), True, False),
        (asyncpg.InvalidCatalogNameError(), True, False),
        (asyncpg.ReadOnlySQLTransactionError(), True, False),
        (asyncpg.InterfaceError("closed"), True, False),
        (sqlite3.OperationalError("disk I/O error"), True, False),
        (sqlite3.DatabaseError("file is not a database"), True, False),
        (sqlite3.IntegrityError("UNIQUE constraint failed"), False, True),
        (IntegrityError("", None, sqlite3.IntegrityError()), False, True),
        (asyncpg.UniqueViolationError(), False, True),
        (asyncpg.DataError("value out of int64 range"), False, True),
        (OverflowError(), False, True),
        (UnicodeError(), False, True),
        (asyncpg.DeadlockDetectedError(), False, False),
        (asyncpg.UndefinedTableError(), False, False),
        (ValueError(), False, False),
    ],
)
def test_errors_are_distinguished(error: Exception, unavailable: bool, unwritable: bool) -> None:
    assert is_unavailable(error) == unavailable
    assert is_unwritable(error) == unwritable


def test_a_reason_is_what_the_driver_says() -> None:
    wrapped = IntegrityError("INSERT INTO bets …", {}, sqlite3.IntegrityError("UNIQUE constraint failed\ndetails"))
    assert reason_of(wrapped) == "UNIQUE constraint failed"
    assert reason_of(ValueError()) == "ValueError"

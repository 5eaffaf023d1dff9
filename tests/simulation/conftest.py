"""What simulations share: one PostgreSQL server, and clusters."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.simulation.cluster import Cluster, Postgres


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for all tests of a process."""
    with Postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
async def cluster(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Cluster]:
    """Two nodes for one test. Their logs are shown if it fails."""
    async with Cluster(tmp_path / "cluster", postgres) as cluster:
        yield cluster
        sys.stdout.write(cluster.logs())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nodes_of_module(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> AsyncIterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    async with Cluster(folder, postgres, CRASH_BETTING_MS="2000", GRACE="3", HISTORY_FRAMES="64") as cluster:
        yield cluster


@pytest_asyncio.fixture(loop_scope="module")
async def shared_cluster(nodes_of_module: Cluster) -> AsyncIterator[Cluster]:
    """Two nodes that the tests of a module share, so no test may stop them. After each test, an audit and the logs must
    be clean.

    For tests with ``pytestmark = pytest.mark.asyncio(loop_scope="module")``.
    """
    yield nodes_of_module
    await nodes_of_module.send_home()
    sys.stdout.write(nodes_of_module.logs())
    assert await nodes_of_module.audit() == []
    assert nodes_of_module.complaints() == []

"""What the simulations share: a PostgreSQL for all of them, and clusters."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.simulation.cluster import Cluster, Postgres


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for a whole test run of one process."""
    with Postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
async def cluster(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Cluster]:
    """Two nodes of the test's own. What they said is shown when the test fails."""
    async with Cluster(tmp_path / "cluster", postgres) as cluster:
        yield cluster
        sys.stdout.write(cluster.logs())

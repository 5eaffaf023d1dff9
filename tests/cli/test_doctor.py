"""`doctor` against real databases and a real Redis, with correct and with wrong set-ups."""

import argparse
import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from cli import doctor
from devtools.services import RedisServer
from game_engine.games import GAMES
from server.backends.bus import LocalBus
from server.backends.holds import Hold
from server.backends.holds_redis import RedisHolds
from server.backends.lease_redis import RedisLease
from server.backends.redis_link import IS_NEW_RUN, RedisLink, Script
from server.clock import SystemClock
from server.config import load
from server.node.room_keys import public_rooms
from storage import migrate
from storage.database import open_store
from storage.store import PlayerRow
from tests.cli.conftest import Home, Said
from tests.server.backends.holds_world import NoRecords
from tests.waiting import eventually

LONG_MS = 120_000
"""Long enough for a whole test, because nothing renews the lease between two calls."""
PUBLIC = tuple(public_rooms(GAMES.values()))
ANN = PlayerRow(
    user_id=1,
    username="ann",
    client_seed="seed",
    is_active=True,
    email_verified=True,
    balance=100_000,
    version=1,
    limits=None,
)


def line(said: Said, what: str) -> str:
    """The line of this finding, and the line with its fix."""
    found = re.search(rf"^  \w+ +{what}  .*(\n {{8,}}→ .*)?", said.out, re.MULTILINE)
    assert found is not None, said.out
    return found[0]


def complaints(said: Said) -> list[str]:
    return re.findall(r"^  wrong +(\w+(?: \w+)*)  ", said.out, re.MULTILINE)


# ---- one server with SQLite ----


def test_a_healthy_sqlite(home: Home) -> None:
    said = home.run("doctor")
    assert said.code == 0, said.out
    assert "up to date at" in line(said, "migrations")
    assert f"SQLite {sqlite3.sqlite_version} of the Python module sqlite3" in line(said, "version")
    assert "Redis" not in said.out


def test_a_missing_sqlite_database_is_not_created(empty_home: Home) -> None:
    said = empty_home.run("doctor")
    assert said.code == 1
    assert "→ run.py migrate" in line(said, "connection")
    assert not (empty_home.folder / "var").exists()


def test_an_outdated_sqlite_database(empty_home: Home) -> None:
    (empty_home.folder / "var").mkdir()
    asyncio.run(migrate.upgrade(empty_home.url, "0001"))
    said = empty_home.run("doctor")
    assert said.code == 1
    assert "at 0001, older than" in line(said, "migrations")
    assert "`run.py migrate`" in line(said, "migrations")


def test_a_state_folder_that_is_a_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROUPIER_DATABASE_URL", home.url)
    monkeypatch.setenv("CROUPIER_VAR", str(home.folder / "file"))
    (home.folder / "file").touch()
    said = home.run("doctor")
    assert said.code == 1
    assert "CROUPIER_VAR" in line(said, "state folder")


# ---- several nodes ----


@dataclass
class Cluster:
    """A migrated PostgreSQL and a Redis, both with correct settings."""

    home: Home
    database_url: str
    redis: RedisServer

    def doctor(self) -> Said:
        return self.home.run("doctor")

    def in_redis(self, work: Callable[[RedisLink], Awaitable[Any]]) -> None:
        async def run() -> None:
            link = RedisLink(self.redis.url)
            try:
                await work(link)
            finally:
                await link.close()

        asyncio.run(run())

    def execute(self, statement: str) -> None:
        async def run() -> None:
            db = await open_store(self.database_url, is_server=False)
            try:
                async with db.write() as session:
                    await session.execute(text(statement))
            finally:
                await db.close()

        asyncio.run(run())


@pytest.fixture
def cluster(
    empty_home: Home, migrated_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cluster]:
    with RedisServer(tmp_path / "redis", appendonly=True) as redis:
        monkeypatch.setenv("CROUPIER_DATABASE_URL", migrated_postgres_url)
        monkeypatch.setenv("CROUPIER_REDIS_URL", redis.url)
        yield Cluster(empty_home, migrated_postgres_url, redis)


def _ignore(_: object) -> None: ...


async def node(link: RedisLink, name: str) -> RedisLease:
    """A node that stays alive for a whole test."""
    # As if nodes had used this Redis since it was started: in a new run, the first node waits for a whole lease.
    await link.run(Script(IS_NEW_RUN + "redis.call('SET', KEYS[1], this_run())"), [link.key("run")])
    lease = RedisLease(link, name, lease_ms=LONG_MS, renew_ms=LONG_MS // 10)
    await lease.start(_ignore, _ignore)
    return lease


async def served(link: RedisLink) -> None:
    """Let one node own the public rooms."""
    lease = await node(link, "node-1")
    for room in PUBLIC:
        assert await lease.acquire(room)


async def stake(link: RedisLink, lease: RedisLease, room: str, amount: int) -> None:
    """Put ``amount`` of Ann's on hold in a room of this node."""
    holds = RedisHolds(link, LocalBus(), SystemClock(), NoRecords(), lambda _account: None)
    claim = await lease.acquire(room)
    assert claim is not None
    await holds.enter(ANN)
    await holds.hold(
        claim,
        Hold(user_id=ANN.user_id, key=f"key-{room}", amount=amount, room=room, bet=f"{room}.1.1", selection=b"{}"),
    )


def test_a_healthy_cluster(cluster: Cluster) -> None:
    async def play(link: RedisLink) -> None:
        await served(link)
        await stake(link, await node(link, "node-2"), "dice-abcdefgh", 500)

    cluster.in_redis(play)
    said = cluster.doctor()
    assert said.code == 0, said.out
    assert "noeviction" in line(said, "full memory")
    assert "appendonly, appendfsync everysec" in line(said, "persistence")
    assert f"2 alive: node-1 ({len(PUBLIC)} rooms), node-2 (1 room)" in line(said, "nodes")
    assert f"{len(PUBLIC) + 1} rooms, each owned by a live node" in line(said, "rooms")
    assert said.out.count("round trip") == said.out.count("this machine's") == 2


def test_no_password_is_printed(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = (cluster.redis.folder / "password").read_text()
    assert secret not in cluster.doctor().out
    monkeypatch.setenv("CROUPIER_DATABASE_URL", "postgresql://croupier:hunter2@127.0.0.1:1/croupier")
    cluster.redis.stop()
    said = cluster.doctor()
    assert said.code == 1
    assert complaints(said) == ["connection", "connection"]
    assert secret not in said.out
    assert "hunter2" not in said.out


@pytest.mark.parametrize("wrong", [{"username": "no_such_role"}, {"database": "no_such_database"}], ids=str)
def test_a_database_that_refuses_the_connection(
    empty_home: Home, postgres_url: str, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    monkeypatch.setenv("CROUPIER_DATABASE_URL", str(make_url(postgres_url).set(**wrong)))
    said = empty_home.run("doctor")
    assert said.code == 1
    assert complaints(said) == ["connection"]
    assert empty_home.run("audit").err.count("\n") == 1


def test_a_redis_that_evicts_keys_and_persists_nothing(cluster: Cluster) -> None:
    async def spoil(link: RedisLink) -> None:
        await served(link)
        for name, value in {"maxmemory-policy": "allkeys-lru", "appendonly": "no", "timeout": "60"}.items():
            await link.call("CONFIG", "SET", name, value)

    cluster.in_redis(spoil)
    said = cluster.doctor()
    assert said.code == 1
    assert complaints(said) == ["full memory", "persistence"]
    assert "allkeys-lru" in line(said, "full memory")
    assert "→ maxmemory-policy noeviction" in line(said, "full memory")
    assert "→ appendonly yes" in line(said, "persistence")
    assert "warn   timeout" in line(said, "timeout")


def test_a_redis_that_does_not_permit_config_get(cluster: Cluster) -> None:
    async def spoil(link: RedisLink) -> None:
        await served(link)
        await link.call("ACL", "SETUSER", "default", "-config")

    cluster.in_redis(spoil)
    said = cluster.doctor()
    assert said.code == 0, said.out
    assert "does not permit CONFIG GET" in line(said, "settings")


def test_a_postgresql_whose_commits_are_not_durable(cluster: Cluster) -> None:
    cluster.in_redis(served)
    name = cluster.database_url.partition("?")[0].rpartition("/")[2]
    cluster.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    said = cluster.doctor()
    assert said.code == 1
    assert complaints(said) == ["synchronous_commit"]
    assert "→ set synchronous_commit = on" in line(said, "synchronous_commit")


def test_an_outdated_postgresql_database(cluster: Cluster) -> None:
    cluster.in_redis(served)
    asyncio.run(migrate.downgrade(cluster.database_url, "0001"))
    said = cluster.doctor()
    assert said.code == 1
    assert complaints(said) == ["migrations"]
    assert "`run.py migrate`" in line(said, "migrations")


def test_no_node_is_alive(cluster: Cluster) -> None:
    said = cluster.doctor()
    assert said.code == 1
    assert complaints(said) == ["nodes"]
    assert "→ start a node" in line(said, "nodes")


def test_rooms_of_a_dead_node_that_no_node_takes_over(cluster: Cluster) -> None:
    async def spoil(link: RedisLink) -> None:
        await node(link, "node-1")
        dead = await node(link, "node-2")
        await stake(link, dead, "dice-abcdefgh", 500)
        await stake(link, dead, "dice-stuvwxyz", 700)
        await link.call("HDEL", link.key("owners"), "dice-stuvwxyz")
        await link.call("HINCRBY", link.key(f"wallet:{ANN.user_id}"), "held", 1)
        await dead.leave()

    cluster.in_redis(spoil)
    cluster.execute("INSERT INTO games (name, description, created_at) VALUES ('dice', '', now())")
    cluster.execute(
        "INSERT INTO rounds (game_id, room, number, server_seed_hash, nonce, status, options, started_at)"
        " SELECT id, 'dice-stuvwxyz', 1, 'hash', 1, 'open', '{}', now() FROM games"
    )
    said = cluster.doctor()
    assert said.code == 1
    assert complaints(said) == ["dead owners", "no owner", "orphaned holds", "holds"]
    assert "1 room leased to dead nodes: dice-abcdefgh (node-2)" in line(said, "dead owners")
    assert "→ nodes should take over such rooms within seconds" in line(said, "dead owners")
    assert "crash" in line(said, "no owner")
    assert "dice-stuvwxyz" in line(said, "orphaned holds")
    assert "user 1 has 1201 instead of 1200" in line(said, "holds")
    assert "dice-stuvwxyz" in line(said, "orphaned rounds")


async def reads_of_owners(link: RedisLink) -> int:
    """How often the owners of the rooms were read."""
    stats = (await link.call("INFO", "commandstats")).decode()
    found = re.search(r"cmdstat_hgetall:calls=(\d+)", stats)
    return int(found[1]) if found else 0


async def test_rooms_that_are_moving_between_nodes_are_not_reported(
    migrated_postgres_url: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    link = RedisLink(redis_url)
    lease = await node(link, "node-1")

    async def take_late() -> None:
        await eventually(lambda: reads_of_owners(link), "a look at the owners of rooms")
        for room in PUBLIC:
            assert await lease.acquire(room)

    taking = asyncio.create_task(take_late())
    await doctor.run(argparse.Namespace(), load({}, "none", database_url=migrated_postgres_url, redis_url=redis_url))
    await taking
    await lease.leave()
    await link.close()
    said = Said(0, capsys.readouterr().out, "")
    assert f"{len(PUBLIC)} rooms, each owned by a live node" in line(said, "rooms")
    assert complaints(said) == ["persistence"]
